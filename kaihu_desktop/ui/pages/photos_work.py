"""The blocking work of the photo pages, for background tasks: prepare, process, read, pack, upload, fetch."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Callable, Mapping

from kaihu_desktop.core.ports import Backend, CardReader, Progress, Reading

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

    from kaihu_desktop.ui.page import PageContext
    from kaihu_desktop.vision.arrays import BgrImage, Corners
    from kaihu_desktop.vision.capture import Capture

JPEG = "image/jpeg"


def cut_out(image: BgrImage, kind: str) -> Capture:
    """Find the card and cut it out; raises PIC-TOO-SMALL."""
    from kaihu_desktop.vision.capture import process_capture

    return process_capture(image, kind)


def cut_out_at(image: BgrImage, corners: Corners, kind: str) -> Capture:
    """Cut the card out at these corners."""
    from kaihu_desktop.vision.capture import process_with_corners

    return process_with_corners(image, corners, kind)


def turned(card: BgrImage, quarters: int) -> BgrImage:
    """The picture turned clockwise by so many times 90°."""
    import numpy as np

    return np.ascontiguousarray(np.rot90(card, -quarters))


def prepare(context: PageContext, page: QObject) -> None:
    """Load the reader while the person still holds the card before the camera.

    That takes longer than reading a card. A failure is told by the first reading.
    """
    context.tasks.run(page, lambda _: context.card_reader().prepare(), lambda _: None)


def read(card_reader: Callable[[], CardReader], kind: str, card: BgrImage) -> Reading:
    """The fields of an upright card; the first call loads the reader unless `prepare` did."""
    return card_reader().read(kind, card)


def fetch(backend: Backend, upload_id: str) -> BgrImage:
    """A picture that lies on the server."""
    from kaihu_desktop.vision.decode import decode_picture

    return decode_picture(backend.upload_content(upload_id)).image


def pack(card: BgrImage, original: BgrImage | None, corners: Corners | None) -> dict[str, Any]:
    """A photo as a draft keeps it: ``{picture, original, corners}``, pictures as JPEG in base64.

    Both are encoded anew, so that no place, device or time stored in a file leaves this PC.
    """
    from kaihu_desktop.vision.decode import encode_jpeg

    def text(image: BgrImage) -> str:
        return base64.b64encode(encode_jpeg(image)).decode()

    return {
        "picture": text(card),
        "original": None if original is None else text(original),
        "corners": None
        if original is None or corners is None
        else [list(map(float, one)) for one in corners],
    }


def unpack(packed: Mapping[str, Any]) -> tuple[BgrImage, BgrImage | None, Corners | None]:
    """The pictures of a draft: (card, original, corners in the pixels of the original)."""
    import numpy as np

    from kaihu_desktop.vision.decode import decode_picture

    def image(text: str) -> BgrImage:
        return decode_picture(base64.b64decode(text)).image

    original, corners = packed["original"], packed["corners"]
    return (
        image(packed["picture"]),
        None if original is None else image(original),
        None if corners is None else np.array(corners),
    )


def upload(
    backend: Backend, kind: str, packed: Mapping[str, Any], progress: Progress, *, originals: bool
) -> tuple[str, str | None]:
    """Send a packed photo, with `originals` its original too: (upload id, upload id of the original)."""
    small = base64.b64decode(packed["picture"])
    large = base64.b64decode(packed["original"] or "") if originals else b""
    total = len(small) + len(large)
    upload_id = backend.upload(kind, JPEG, small, lambda done, _: progress(done, total))
    if not large:
        return upload_id, None
    return upload_id, backend.upload(
        "original", JPEG, large, lambda done, _: progress(len(small) + done, total)
    )

"""The blocking work of the photo pages, for background tasks: process, read, upload, fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from kaihu_desktop.core.ports import Backend, CardReader, Progress, Reading

if TYPE_CHECKING:
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


def read(card_reader: Callable[[], CardReader], kind: str, card: BgrImage) -> Reading:
    """The fields of an upright card; the first call loads the reader."""
    return card_reader().read(kind, card)


def fetch(backend: Backend, upload_id: str) -> BgrImage:
    """A picture that lies on the server."""
    from kaihu_desktop.vision.decode import decode_picture

    return decode_picture(backend.upload_content(upload_id)).image


def upload(
    backend: Backend, kind: str, card: BgrImage, original: BgrImage | None, progress: Progress
) -> tuple[str, str | None]:
    """Send the card and, when given, the original: (upload id, upload id of the original).

    Both are encoded anew, so that no place, device or time stored in a file leaves this PC.
    """
    from kaihu_desktop.vision.decode import encode_jpeg

    small = encode_jpeg(card)
    large = b"" if original is None else encode_jpeg(original)
    total = len(small) + len(large)
    upload_id = backend.upload(kind, JPEG, small, lambda done, _: progress(done, total))
    if not large:
        return upload_id, None
    return upload_id, backend.upload(
        "original", JPEG, large, lambda done, _: progress(len(small) + done, total)
    )

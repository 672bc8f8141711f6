"""``kaihu-desktop scan``: finds, uprights, judges and reads cards in picture files, one JSON line each."""

from __future__ import annotations

import argparse
import json
import logging
import time
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

from kaihu_desktop.core.failure import Failure

if TYPE_CHECKING:
    from kaihu_desktop.core.ports import CardReader
    from kaihu_desktop.vision.capture import Capture
    from kaihu_desktop.vision.decode import Picture

log = logging.getLogger(__name__)

KINDS = ("id-portrait", "id-emblem", "bank-card", "signature")
DESCRIPTION = """\
识别照片文件中的证件。每个文件输出一行 JSON：file, kind, corners（正放证件的左上、右上、右下、左下角，
单位为显示图像的像素；没有找到为 null）, accepted, orientation, quality, advice, fields, ms, error。
全部成功时退出码为 0，否则为 1；一个文件出错不影响其他文件。"""


def add_parser(subparsers: Any) -> None:
    """Add ``scan`` to the program's command line."""
    parser = subparsers.add_parser(
        "scan",
        help="识别照片文件中的证件",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    parser.add_argument("--kind", required=True, choices=KINDS, help="照片的种类")
    parser.add_argument("--no-ocr", action="store_true", help="只找证件，不识别文字")
    parser.add_argument(
        "--out", type=Path, metavar="目录", help="把裁好的证件（或签名）保存为 PNG：原文件名-种类.png"
    )
    parser.add_argument("images", nargs="+", type=Path, metavar="照片", help="JPG、PNG、BMP 或 GIF 文件")


def run(args: argparse.Namespace) -> int:
    """0: every file was processed without an error; 1: at least one wasn't."""
    reader = None if args.no_ocr or args.kind == "signature" else _card_reader()
    names = _output_names(args.images, args.kind)
    failed = False
    for image, name in zip(args.images, names):
        document = scan(image, args.kind, reader, args.out / name if args.out else None)
        print(json.dumps(document, ensure_ascii=False), flush=True)
        failed = failed or document["error"] is not None
    return 1 if failed else 0


def scan(path: Path, kind: str, reader: CardReader | None, out: Path | None) -> dict[str, Any]:
    """The JSON object of one file. What was found before an error stays in it."""
    document: dict[str, Any] = {
        "file": str(path),
        "kind": kind,
        "corners": None,
        "accepted": False,
        "orientation": None,
        "quality": None,
        "advice": None,
        "fields": {},
        "ms": {"decode": None, "find": None, "ocr": None},
        "error": None,
    }
    try:
        _fill(document, path, reader, out)
    except Failure as failure:
        document["error"] = _error(failure)
    except Exception as error:  # whatever a picture does to a decoder, the next file has its turn
        log.error("scan failed: %s", type(error).__name__)
        document["error"] = _error(Failure("PC-INTERNAL"))
    return document


def _fill(document: dict[str, Any], path: Path, reader: CardReader | None, out: Path | None) -> None:
    """Decode, find, save, read; each stage adds to the document."""
    from kaihu_desktop.vision.capture import process_capture
    from kaihu_desktop.vision.decode import read_picture

    times = document["ms"]
    with _timed(times, "decode"):
        picture = read_picture(path)
    with _timed(times, "find"):
        capture = process_capture(picture.image, document["kind"])
    document.update(_findings(capture, picture))
    if out is not None:
        _save(out, capture)
    if reader is not None:
        with _timed(times, "ocr"):
            fields = reader.read(document["kind"], capture.card).fields
        document["fields"] = {
            name: {"value": field.value or None, "confidence": round(field.confidence, 4)}
            for name, field in fields.items()
        }


@contextmanager
def _timed(times: dict[str, float | None], stage: str) -> Iterator[None]:
    """Notes the stage's milliseconds, also when it fails."""
    start = time.perf_counter()
    try:
        yield
    finally:
        times[stage] = round(1000 * (time.perf_counter() - start), 1)


def _findings(capture: Capture, picture: Picture) -> dict[str, Any]:
    """Corners are given in pixels of the picture as displayed, also when it was reduced for the work."""
    corners = None
    if capture.corners is not None:
        corners = [[round(float(x), 2), round(float(y), 2)] for x, y in capture.corners / picture.scale]
    quality = {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(capture.quality).items()
    }
    return {
        "corners": corners,
        "accepted": capture.accepted,
        "orientation": capture.orientation,
        "quality": quality,
        "advice": capture.advice,
    }


def _save(out: Path, capture: Capture) -> None:
    import cv2

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # imwrite can't write to paths with Chinese characters on Windows.
        out.write_bytes(cv2.imencode(".png", capture.card)[1].tobytes())
    except OSError:
        raise Failure("PC-DISK") from None


def _output_names(images: list[Path], kind: str) -> list[str]:
    """A name for each picture; pictures of the same name from several folders get a number."""
    names: list[str] = []
    for image in images:
        name, number = f"{image.stem}-{kind}.png", 1
        while name in names:
            number += 1
            name = f"{image.stem}-{number}-{kind}.png"
        names.append(name)
    return names


def _error(failure: Failure) -> dict[str, str]:
    return {"code": failure.code, "text": failure.text, "remedy": failure.remedy}


def _card_reader() -> CardReader:
    from kaihu_desktop import bootstrap

    return bootstrap.card_reader()

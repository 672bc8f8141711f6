"""Makes of the two PP-OCRv6 files the model folders that the `paddleocr` package asks for.

Such a folder holds `inference.onnx` and `inference.yml`, which says how pictures are prepared and outputs are
understood. It is named by the SHA-256 of what is in it, so one that exists is right.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any, Mapping

from kaihu_desktop.ocr.detector import BOX_THRESHOLD, DEVIATION, GROWTH, MEAN, PIXEL_THRESHOLD
from kaihu_desktop.ocr.recognizer import HEIGHT

DETECTION_NAME = "PP-OCRv6_small_det"
RECOGNITION_NAME = "PP-OCRv6_small_rec"
USUAL_WIDTH = 320  # of a line in pixels; shorter ones are padded to it, longer ones keep their width
MOST_BOXES = 1000

_DECODE = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}


def detection_folder(onnx_file: Path, cache: Path) -> Path:
    """The folder in `cache` for text detection; made when it isn't there. Raises OSError."""
    normalise = {"mean": MEAN.tolist(), "std": DEVIATION.tolist(), "scale": "1./255.", "order": "hwc"}
    post = {"thresh": PIXEL_THRESHOLD, "box_thresh": BOX_THRESHOLD, "unclip_ratio": GROWTH}
    return _folder(
        onnx_file,
        cache,
        {
            "Global": {"model_name": DETECTION_NAME},
            "PreProcess": {
                "transform_ops": [
                    _DECODE,
                    {"DetResizeForTest": {"resize_long": 960}},
                    {"NormalizeImage": normalise},
                    {"ToCHWImage": None},
                ]
            },
            "PostProcess": {"name": "DBPostProcess", "max_candidates": MOST_BOXES, **post},
        },
    )


def recognition_folder(onnx_file: Path, cache: Path) -> Path:
    """The folder in `cache` for text recognition; made when it isn't there. Raises OSError."""
    return _folder(
        onnx_file,
        cache,
        {
            "Global": {"model_name": RECOGNITION_NAME},
            "PreProcess": {
                "transform_ops": [_DECODE, {"RecResizeImg": {"image_shape": [3, HEIGHT, USUAL_WIDTH]}}]
            },
            "PostProcess": {"name": "CTCLabelDecode", "character_dict": _characters(onnx_file)},
        },
    )


def _characters(onnx_file: Path) -> list[str]:
    """The characters that the file itself names, in the order of the network's outputs."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(onnx_file), options, providers=["CPUExecutionProvider"])
    names: str = session.get_modelmeta().custom_metadata_map["character"]
    return names.rstrip("\n").split("\n")


def _folder(onnx_file: Path, cache: Path, description: Mapping[str, Any]) -> Path:
    """A folder with the network and its description, complete or not there at all."""
    text = json.dumps(description, ensure_ascii=False).encode("utf-8")  # JSON is YAML too
    digest = hashlib.sha256(onnx_file.read_bytes() + text).hexdigest()[:16]
    folder = cache / f"{description['Global']['model_name']}-{digest}"
    if folder.is_dir():
        return folder
    part = cache / f".{folder.name}.{secrets.token_hex(4)}"
    part.mkdir(mode=0o700, parents=True)
    try:
        (part / "inference.yml").write_bytes(text)
        _link(onnx_file, part / "inference.onnx")
        os.replace(part, folder)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        if not folder.is_dir():  # else another process was quicker
            raise
    return folder


def _link(source: Path, target: Path) -> None:
    """Give the file a second name, or copy it where the file system can't."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)

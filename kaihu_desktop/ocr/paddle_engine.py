"""The second engine: the `paddleocr` package on the same PP-OCRv6 files, run by ONNX Runtime, offline.

An optional component (extra `paddle`): 60 packages, among them clients of model hubs. These are told to stay
silent before they are imported, and have nothing to ask for, as the models are given to them as folders.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Sequence

import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr import paddle_models
from kaihu_desktop.ocr.engine import Character, TextLine
from kaihu_desktop.ocr.onnx_engine import DETECTION_FILE, RECOGNITION_FILE

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Floats, Image

DETECTION_LONG_SIDE = 480  # pixels
NARROW = 0.5  # width of a half-width character, in full-width ones


def installed() -> bool:
    """Whether the optional component is there; nothing of it is imported."""
    return importlib.util.find_spec("paddleocr") is not None


class PaddleEngine:
    """Reads text with `paddleocr` on the two PP-OCRv6 files in `model_dir`, on `threads` threads.

    cache: private folder, in which the package's model folders are made and to which its own files go.
    The characters of a line have the line's probability and no rivals: the package tells no more.
    One engine may be called from several threads; they wait for each other.
    """

    def __init__(
        self, model_dir: Path, cache: Path, threads: int = 2, long_side: int = DETECTION_LONG_SIDE
    ) -> None:
        self._model_dir, self._cache, self._threads, self._long_side = model_dir, cache, threads, long_side
        self._lock = threading.Lock()
        self._pipeline: Any = None
        self._recognition: Any = None

    def prepare(self) -> None:
        """Import the package and load the networks; see `OcrEngine`."""
        with self._lock:
            self._load()

    def read(self, image: Image, alphabet: str = "") -> list[TextLine]:
        """All lines of an upright image, from top to bottom; see `OcrEngine`."""
        with self._lock:
            self._load()
            (found,) = self._pipeline.predict(np.ascontiguousarray(image), return_word_box=True)
        lines = zip(
            found["rec_texts"],
            found["rec_scores"],
            found["rec_polys"],
            found["text_word"],
            found["text_word_boxes"],
        )
        read = [
            TextLine(_characters(text, score, _places(text, poly, words, boxes), alphabet), _box(poly))
            for text, score, poly, words, boxes in lines
        ]
        return sorted(read, key=lambda line: float(line.box[:, 1].mean()))

    def read_line(self, image: Image, alphabet: str = "") -> TextLine:
        """An image that holds exactly one line; see `OcrEngine`."""
        with self._lock:
            self._load()
            (found,) = self._recognition.predict(np.ascontiguousarray(image))
        text = found["rec_text"]
        height, width = image.shape[:2]
        box = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
        return TextLine(_characters(text, found["rec_score"], _spread(text), alphabet), box)

    def _load(self) -> None:
        """Raises Failure OCR-ENGINE when the package or a network can't be loaded."""
        if self._recognition is not None:
            return
        try:
            _silence(self._cache)
            import paddleocr

            logging.getLogger("paddlex").setLevel(logging.ERROR)
            self._pipeline, self._recognition = self._networks(paddleocr)
        except Exception as error:  # of a package that isn't ours, and of all those below it
            raise Failure("OCR-ENGINE") from error

    def _networks(self, paddleocr: Any) -> tuple[Any, Any]:
        """The pipeline for whole pictures, and the recogniser alone for single lines."""
        detection = paddle_models.detection_folder(self._model_dir / DETECTION_FILE, self._cache)
        recognition = paddle_models.recognition_folder(self._model_dir / RECOGNITION_FILE, self._cache)
        runtime = {
            "engine": "onnxruntime",
            "engine_config": {
                "intra_op_num_threads": self._threads,
                "inter_op_num_threads": 1,
                "enable_cpu_mem_arena": False,  # see onnx_engine
            },
            "device": "cpu",
        }
        pipeline = paddleocr.PaddleOCR(
            text_detection_model_name=paddle_models.DETECTION_NAME,
            text_detection_model_dir=str(detection),
            text_recognition_model_name=paddle_models.RECOGNITION_NAME,
            text_recognition_model_dir=str(recognition),
            text_recognition_batch_size=1,  # a batch is padded to its longest line: slower here, and larger
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            text_det_limit_side_len=self._long_side,
            text_det_limit_type="max",
            **runtime,
        )
        line = paddleocr.TextRecognition(
            model_name=paddle_models.RECOGNITION_NAME, model_dir=str(recognition), **runtime
        )
        return pipeline, line


def _silence(cache: Path) -> None:
    """Keep the package from the network and from the home folder; it reads this when it is imported."""
    os.environ.update(
        PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK="True",
        PADDLE_PDX_CACHE_HOME=str(cache / "paddlex"),
        PADDLEOCR_DISABLE_AUTO_LOGGING_CONFIG="1",
        HF_HOME=str(cache / "huggingface"),
        HF_HUB_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        MODELSCOPE_CACHE=str(cache / "modelscope"),
    )


def _characters(text: str, score: float, positions: Sequence[float], alphabet: str) -> tuple[Character, ...]:
    """Characters at their positions. The package knows no alphabet: what is outside it is left out."""
    return tuple(
        Character(one, float(score), position)
        for one, position in zip(text, positions)
        if not alphabet or one in alphabet
    )


def _box(poly: Floats) -> Floats:
    return np.asarray(poly, np.float32).reshape(4, 2)


def _places(text: str, poly: Floats, words: Sequence[str], boxes: Sequence[Floats]) -> list[float]:
    """Where the characters stand along the line, 0 to 1.

    words, boxes: pieces of the line from left to right, and (left, top, right, bottom) of each; a piece is a
    Han character, or a run of letters and digits or of signs, whose box reaches from its first to its last.
    """
    if "".join(words) != text or len(words) != len(boxes):
        return _spread(text)
    left, right = float(poly[0][0]), float(poly[1][0])
    places: list[float] = []
    for word, box in zip(words, boxes):
        start, end = ((float(box[edge]) - left) / max(right - left, 1.0) for edge in (0, 2))
        if len(word) == 1:
            places.append((start + end) / 2)
        else:
            places.extend(np.linspace(start, end, len(word)).tolist())
    return places


def _spread(text: str) -> list[float]:
    """Centres, 0 to 1, of characters set close together, each as wide as its kind."""
    widths = np.array([_width(character) for character in text])
    ends = np.cumsum(widths)
    total = float(ends[-1]) if len(ends) else 1.0
    return [float(centre) / total for centre in ends - widths / 2]


def _width(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else NARROW

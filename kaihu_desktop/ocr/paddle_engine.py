"""The second engine: the `paddleocr` package on the same PP-OCRv6 files, run by ONNX Runtime, offline.

An optional component (extra `paddle`): 60 packages, among them clients of model hubs. These are told to stay
silent before they are imported, and have nothing to ask for, as the models are given to them as folders.
"""

from __future__ import annotations

import logging
import os
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Sequence

import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr import paddle_models
from kaihu_desktop.ocr.engine import Character, TextLine
from kaihu_desktop.ocr.onnx_engine import DETECTION_FILE, RECOGNITION_FILE

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Floats, Image

#: What differs from the package's defaults: lines are looked for at 480 pixels; a batch is padded to its
#: longest line, which is slower here, and larger.
OPTIONS: Mapping[str, Any] = {
    "text_det_limit_side_len": 480,
    "text_det_limit_type": "max",
    "text_recognition_batch_size": 1,
}
#: The same for ONNX Runtime; the arena as in `onnx_engine`.
RUNTIME: Mapping[str, Any] = {"inter_op_num_threads": 1, "enable_cpu_mem_arena": False}
NARROW = 0.5  # width of a half-width character, in full-width ones


class PaddleEngine:
    """Reads text with `paddleocr` on the two PP-OCRv6 files in `model_dir`, on `threads` threads.

    cache: private folder, in which the package's model folders are made and to which its own files go.
    options, runtime: for the package's pipeline, and for ONNX Runtime.
    The package tells the probability of a line alone: characters have no rivals; see `line_of`.
    One engine may be called from several threads; they wait for each other.
    """

    def __init__(
        self,
        model_dir: Path,
        cache: Path,
        threads: int = 2,
        options: Mapping[str, Any] = OPTIONS,
        runtime: Mapping[str, Any] = RUNTIME,
    ) -> None:
        self._model_dir, self._cache = model_dir, cache
        self._options = options
        self._runtime = {"intra_op_num_threads": threads, **runtime}
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
        parts = ("rec_texts", "rec_scores", "rec_polys", "text_word", "text_word_boxes")
        lines = [
            line_of(text, score, poly, words, boxes, alphabet)
            for text, score, poly, words, boxes in zip(*(found[part] for part in parts))
        ]
        return sorted(lines, key=lambda line: float(line.box[:, 1].mean()))

    def read_line(self, image: Image, alphabet: str = "") -> TextLine:
        """An image that holds exactly one line; see `OcrEngine`."""
        with self._lock:
            self._load()
            (found,) = self._recognition.predict(np.ascontiguousarray(image))
        height, width = image.shape[:2]
        box = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
        return line_of(found["rec_text"], found["rec_score"], box, alphabet=alphabet)

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
        runtime = {"engine": "onnxruntime", "engine_config": self._runtime, "device": "cpu"}
        pipeline = paddleocr.PaddleOCR(
            text_detection_model_name=paddle_models.DETECTION_NAME,
            text_detection_model_dir=str(detection),
            text_recognition_model_name=paddle_models.RECOGNITION_NAME,
            text_recognition_model_dir=str(recognition),
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            **self._options,
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


def line_of(
    text: str,
    score: float,
    poly: Floats,
    words: Sequence[str] = (),
    boxes: Sequence[Floats] = (),
    alphabet: str = "",
) -> TextLine:
    """A line as the package tells of it.

    score: the mean of the characters' probabilities. That of one isn't told: each gets the least that it can
    be, as if all the doubt were about one, so that a misread character in a long line is marked for review;
    but half the mean at least, so that a line of small doubts doesn't count as illegible.

    poly: corners TL, TR, BR, BL as (x, y). words, boxes: pieces of the line from left to right, and (left,
    top, right, bottom) of each; a piece is a Han character, or a run of letters and digits or of signs whose
    box reaches from its first to its last. Without pieces that make up the text, characters stand close
    together. alphabet: what is outside it is left out, as the package knows no alphabets.
    """
    box = np.asarray(poly, np.float32).reshape(4, 2)
    told = "".join(words) == text and len(words) == len(boxes)
    positions = _places(float(box[0, 0]), float(box[1, 0]), words, boxes) if told else _spread(text)
    least = max(score / 2, 1 - len(text) * (1 - score))
    characters = (Character(one, float(least), position) for one, position in zip(text, positions))
    return TextLine(tuple(one for one in characters if not alphabet or one.text in alphabet), box)


def _places(left: float, right: float, words: Sequence[str], boxes: Sequence[Floats]) -> list[float]:
    """Where the characters of `words` stand between `left` and `right`, 0 to 1; see `line_of`."""
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

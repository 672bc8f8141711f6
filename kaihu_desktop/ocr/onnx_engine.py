"""The default engine: PP-OCRv6 small detection and recognition run by ONNX Runtime, offline."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr import detector, recognizer
from kaihu_desktop.ocr.engine import TextLine

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Floats, Image

DETECTION_FILE = "PP-OCRv6_det_small.onnx"
RECOGNITION_FILE = "PP-OCRv6_rec_small.onnx"
DETECTION_LONG_SIDE = 640  # pixels; at 480 lines of 16 pixels on a security print are lost now and then


class OnnxEngine:
    """Reads text with the two PP-OCRv6 files in `model_dir`, on `threads` threads.

    The networks are loaded by `prepare` or the first reading, and stay. One engine may be called from several
    threads.
    """

    def __init__(self, model_dir: Path, threads: int = 2, long_side: int = DETECTION_LONG_SIDE) -> None:
        self._model_dir, self._threads, self._long_side = model_dir, threads, long_side
        self._lock = threading.Lock()
        # The same threads every time: the memory allocator keeps a heap for each that ever came.
        self._pool = ThreadPoolExecutor(threads, "ocr")
        self._networks: _Networks | None = None

    def prepare(self) -> None:
        """Load the networks; see `OcrEngine`."""
        self._loaded()

    def read(self, image: Image, alphabet: str = "") -> list[TextLine]:
        """All lines of an upright image, from top to bottom; see `OcrEngine`."""
        networks = self._loaded()
        probability = networks.detect(detector.prepare(image, self._long_side))
        boxes = detector.find_boxes(probability, detector.scale_for(image, self._long_side))
        # The longest first, so that no thread waits long for the other at the end.
        longest_first = sorted(range(len(boxes)), key=lambda number: -float(np.ptp(boxes[number][:, 0])))
        lines = self._pool.map(
            lambda number: networks.recognise(
                detector.cut_line(image, boxes[number]), boxes[number], alphabet
            ),
            longest_first,
        )
        return [line for _, line in sorted(zip(longest_first, lines), key=lambda pair: pair[0])]

    def read_line(self, image: Image, alphabet: str = "") -> TextLine:
        """An image that holds exactly one line; see `OcrEngine`."""
        height, width = image.shape[:2]
        box = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
        return self._loaded().recognise(image, box, alphabet)

    def _loaded(self) -> _Networks:
        with self._lock:
            if self._networks is None:
                self._networks = _Networks(self._model_dir, self._threads)
            return self._networks


class _Networks:
    """The two sessions and their decoder. Raises Failure OCR-ENGINE when they can't load."""

    def __init__(self, model_dir: Path, threads: int) -> None:
        try:
            self._detection = open_network(model_dir / DETECTION_FILE, threads)
            # Lines are read side by side on one thread each: a third quicker than several threads for a line.
            self._recognition = open_network(model_dir / RECOGNITION_FILE, 1)
            names = self._recognition.get_modelmeta().custom_metadata_map["character"]
        except Exception as error:  # ONNX Runtime's own exceptions share no base but Exception
            raise Failure("OCR-ENGINE") from error
        self._decoder = recognizer.Decoder([*names.rstrip("\n").split("\n"), " "])

    def detect(self, batch: Floats) -> Floats:
        output: Floats = self._detection.run(None, {self._detection.get_inputs()[0].name: batch})[0]
        return cast("Floats", output[0, 0])

    def recognise(self, picture: Image, box: Floats, alphabet: str) -> TextLine:
        """One line by itself: batches of unequal widths cost 200 MB for padding and save nothing."""
        batch = recognizer.prepare(picture)
        output: Floats = self._recognition.run(None, {self._recognition.get_inputs()[0].name: batch})[0]
        return TextLine(self._decoder.decode(output[0], alphabet), box)


def open_network(path: Path, threads: int) -> Any:
    """An ONNX Runtime session on the CPU. The library is imported here, not at start."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A thread that spins while it waits takes the time in which lines could be read.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena stays on: tensors that come from the system each time, page by page, take half of the time.
    # But a plan for each width that came by would be kept: 100 MB after 40 cards.
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

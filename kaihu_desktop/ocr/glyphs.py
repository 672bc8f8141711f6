"""A small network that sees one Han character at a time and holds none likelier than another beforehand.

The engine's network has learnt from texts: of rare characters in a small picture it hardly thinks. This one
has learnt from single characters in many faces, all equally often; `docs/train_glyphs.py` makes it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Mapping, cast

import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr.onnx_engine import open_network

if TYPE_CHECKING:
    from pathlib import Path

    from kaihu_desktop.ocr.engine import Floats, Image

SIDE = 32  # pixels of a window
FLATTEST = 4.0  # added to the deviation of the tones, so that the grain of an empty window stays faint


class Glyphs:
    """What the network in `path` knows; nothing without one. May be asked from several threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._lock = path, threading.Lock()
        self._network: Any = None
        self._characters = ""
        self._numbers: dict[str, int] = {}

    def prepare(self) -> None:
        """Load the network, once; whatever needs it does so, too. Raises Failure OCR-ENGINE."""
        with self._lock:
            if self._path is None or self._network is not None:
                return
            try:
                network = open_network(self._path, 1)
                self._characters = network.get_modelmeta().custom_metadata_map["characters"]
            except Exception as error:  # ONNX Runtime's own exceptions share no base but Exception
                raise Failure("OCR-ENGINE") from error
            self._numbers = {text: number for number, text in enumerate(self._characters)}
            self._network = network

    @property
    def characters(self) -> str:
        """Those that it knows, in the order of `likelihoods`."""
        self.prepare()
        return self._characters

    @property
    def numbers(self) -> Mapping[str, int]:
        """Where each of `characters` stands among them."""
        self.prepare()
        return self._numbers

    def likelihoods(self, windows: Image) -> Floats:
        """N×C: the natural logarithms of how likely each of `characters` is in each window.

        windows: N×SIDE×SIDE uint8; in the middle of each a character that fills half of it or more.
        """
        self.prepare()
        return cast("Floats", self._network.run(None, {"windows": normal(windows)})[0])


#: Where it isn't installed, characters stay as the engine read them.
NO_GLYPHS = Glyphs()


def normal(windows: Image) -> Floats:
    """The network's input for N×SIDE×SIDE uint8 windows: N×1×SIDE×SIDE, mean 0, deviation nearly 1."""
    tones = windows.astype(np.float32)
    tones -= tones.mean((1, 2), keepdims=True)
    tones /= tones.std((1, 2), keepdims=True) + FLATTEST
    return tones[:, None]

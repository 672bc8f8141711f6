"""The card reader in a process of its own, beside the window.

In the window's process it would stop the window: ONNX Runtime holds the interpreter's lock while it makes its
networks, PaddleOCR for seconds while it is imported. What either of them does wrong ends this process alone.
"""

from __future__ import annotations

import base64
import threading
from typing import Any, Callable, Mapping, NamedTuple, cast

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import ImageArray
from kaihu_desktop.devices.helper import Conversation, Silent

LIMIT = 90.0  # seconds, more than the slowest engine takes to load, to take a card, and to read it
TRIES = 2  # a process that has died is replaced once: something else may have ended it


class ReadField(NamedTuple):
    """Implements `core.ports.Field`."""

    value: str
    confidence: float
    box: tuple[int, int, int, int] | None
    needs_review: bool


class ReadCard(NamedTuple):
    """Implements `core.ports.Reading`."""

    fields: Mapping[str, ReadField]


class CardReaderProcess:
    """Implements `core.ports.CardReader`; may be called from several threads, reads one card at a time.

    engine: the name of the engine that reads, asked each time; another one gets another process. The process
    ends with the program.
    """

    def __init__(self, engine: Callable[[], str]) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._process: Conversation | None = None
        self._runs = ""

    def prepare(self) -> None:
        """Start the process and load its networks. Raises OCR-ENGINE."""
        self._ask({"kind": ""})

    def read(self, kind: str, card_image: ImageArray) -> ReadCard:
        """See `core.ports.CardReader`; OCR-ENGINE also when the process dies or hangs."""
        pixels = base64.b64encode(card_image.tobytes()).decode("ascii")
        fields = self._ask({"kind": kind, "shape": list(card_image.shape), "pixels": pixels})["fields"]
        return ReadCard({name: _field(told) for name, told in fields.items()})

    def close(self) -> None:
        """End the process; the next call starts another."""
        with self._lock:
            self._end()

    def _ask(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._lock:
            for _ in range(TRIES):
                answer = self._answer(message)
                if answer is not None:
                    break
                self._end()
            else:
                raise Failure("OCR-ENGINE")
        if "failure" in answer:
            raise Failure(answer["failure"])
        return answer

    def _answer(self, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What the process says; None when it has died."""
        try:
            process = self._running()
            process.ask(message, LIMIT)
            return cast("Mapping[str, Any] | None", process.next(LIMIT))
        except (Failure, Silent):
            self._end()
            raise Failure("OCR-ENGINE") from None

    def _running(self) -> Conversation:
        engine = self._engine()
        if self._process is None or self._runs != engine:
            self._end()
            self._process, self._runs = Conversation({"job": "read_cards", "engine": engine}), engine
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()


def _field(told: Mapping[str, Any]) -> ReadField:
    box = told["box"]
    return ReadField(told["value"], told["confidence"], None if box is None else tuple(box), told["review"])

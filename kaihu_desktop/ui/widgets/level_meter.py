"""The microphone's loudness as a row of blocks, with a sentence that says what to do."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QRectF, QSize, Qt, QTimer, Signal
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import AudioDirectory, Cancelled, Microphone, Progress
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import label

BLOCKS = 24
#: The scale of the meter (dBFS): an empty one, a full one; a voice before the microphone; too loud.
SILENCE, FULL, VOICE, TOO_LOUD = -60.0, 0.0, -35.0, -3.0
#: So many loud looks make a voice; a knock on the table is over sooner.
VOICE_LOOKS = 4
LOOK_MS = 80


class LevelMeter(QWidget):
    """Blocks that fill with the loudness."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("麦克风音量")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(18)
        self.filled = 0

    def sizeHint(self) -> QSize:
        return QSize(240, 18)

    def set_level(self, decibels: float | None) -> None:
        """Show a loudness in dBFS; None when there is none to show."""
        share = 0.0 if decibels is None else (decibels - SILENCE) / (FULL - SILENCE)
        filled = round(min(max(share, 0.0), 1.0) * BLOCKS)
        if filled != self.filled:
            self.filled = filled
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = Theme.current, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = 4.0
        width = (self.width() + gap) / BLOCKS - gap
        loud = BLOCKS * (TOO_LOUD - SILENCE) / (FULL - SILENCE)
        for block in range(BLOCKS):
            lit = tokens.warn if block >= loud else tokens.ok
            painter.setBrush(QColor(lit if block < self.filled else tokens.line))
            painter.drawRoundedRect(QRectF(block * (width + gap), 0, width, self.height()), 2, 2)


class MicrophonePane(QFrame):
    """Listens between `start` and `stop`.

    Signals:
        heard(): there was a voice; once per `start`.
        lost(Failure): there is no sound at all; told once until there is again.
        back(): there is sound again after `lost`.
    """

    heard = Signal()
    lost = Signal(object)
    back = Signal()

    def __init__(self, name: str, tasks: TaskRunner, audio: Callable[[], AudioDirectory]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName(name)
        self._tasks, self._audio = tasks, audio
        self._microphone: Microphone | None = None
        self._opening: Task | None = None
        self._code, self._loud, self._heard = "", 0, False
        self._hint = label("", "secondary", f"{name}.hint", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.meter = LevelMeter(f"{name}.level")
        heading = QHBoxLayout()
        heading.addWidget(label("麦克风音量", "strong"))
        heading.addWidget(self._hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(12)
        column.addLayout(heading)
        column.addWidget(self.meter)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def listening(self) -> bool:
        """Whether a microphone is open, or about to be."""
        return self._microphone is not None or self._opening is not None

    def start(self, name: str) -> None:
        """Listen to the microphone of this name, empty for the default; no change if one is open."""
        if self.listening:
            return
        self._code, self._loud = "", 0
        self._hint.setText("请说一句话")
        self._heard = False
        audio = self._audio
        self._opening = self._tasks.run(
            self, lambda progress: _open(audio, name, progress), self._opened, self._tell_lost
        )
        self._opening.ended.connect(self._opening_ended)

    def stop(self, then: Callable[[], None] = lambda: None) -> None:
        """Close the microphone; `then` is called when it can be opened by others."""
        self._timer.stop()
        self.meter.set_level(None)
        self._hint.setText("")
        opening, microphone = self._opening, self._microphone
        self._opening = self._microphone = None
        if opening is not None:
            opening.cancel()
        if microphone is None:
            then()
        else:
            self._tasks.run(self, lambda _: microphone.close(), lambda _: then(), lambda _: then())

    def _opened(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self._timer.start()

    def _opening_ended(self) -> None:
        self._opening = None

    def _look(self) -> None:
        try:
            decibels = self._microphone.level()
        except Failure as failure:
            self._tell_lost(failure)
            return
        self.meter.set_level(decibels)
        if decibels is None:
            return
        if self._code:
            self._code = ""
            self._hint.setText("请说一句话")
            self.back.emit()
        self._listen(decibels)

    def _listen(self, decibels: float) -> None:
        self._loud = self._loud + 1 if decibels >= VOICE else max(self._loud - 1, 0)
        if decibels >= TOO_LOUD:
            self._hint.setText("声音太大，请离麦克风远一点")
        elif self._loud >= VOICE_LOOKS:
            self._hint.setText("已听到声音")
            if not self._heard:
                self._heard = True
                self.heard.emit()

    def _tell_lost(self, failure: Failure) -> None:
        self.meter.set_level(None)
        self._loud = 0
        if failure.code != self._code:
            self._code = failure.code
            self._hint.setText("没有声音")
            self.lost.emit(failure)


def _open(audio: Callable[[], AudioDirectory], name: str, progress: Progress) -> Microphone:
    microphone = audio().open_microphone(name)
    try:
        progress(1, 1)
    except Cancelled:
        microphone.close()
        raise
    return microphone

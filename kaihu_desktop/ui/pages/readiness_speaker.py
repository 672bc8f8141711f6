"""The speaker's row: plays the test tone; where the microphone didn't hear it, the person is asked."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QObject, Qt
from qtpy.QtWidgets import QHBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import Finding, State
from kaihu_desktop.core.ports import AudioDirectory, Settings
from kaihu_desktop.ui.readiness import ReadinessMonitor, failed_finding
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.check_row import CheckRow
from kaihu_desktop.ui.widgets.labels import button, label
from kaihu_desktop.ui.widgets.resting import rest, wake

PLAY, PLAY_AGAIN, PLAYING = "播放测试音", "再放一次", "正在播放…"


class SpeakerTest(QObject):
    """Adds the button, the question and what follows from them to the row."""

    def __init__(
        self,
        row: CheckRow,
        tasks: TaskRunner,
        audio: Callable[[], AudioDirectory],
        settings: Settings,
        monitor: ReadinessMonitor,
    ) -> None:
        super().__init__(row)
        self._tasks, self._audio, self._settings, self._monitor = tasks, audio, settings, monitor
        self._play = row.add_button(PLAY, "play", self.start)
        self._play.show()
        self._question = QWidget()
        self._question.setObjectName("readiness.speaker.question")
        line = QHBoxLayout(self._question)
        line.setContentsMargins(0, 8, 0, 0)
        line.setSpacing(8)
        line.addWidget(label("您听到测试音了吗？", "strong"))
        self._yes = button("听到了", "secondary", "readiness.speaker.yes", self._heard, small=True)
        line.addWidget(self._yes)
        no = button("没听到", "secondary", "readiness.speaker.no", self._not_heard, small=True)
        line.addWidget(no)
        line.addStretch(1)
        row.below.insertWidget(0, self._question)
        self._question.hide()

    def start(self) -> None:
        """Play the tone."""
        if not self._play.isEnabled():
            return
        self._question.hide()
        rest(self._play)
        self._play.setText(PLAYING)
        audio, settings = self._audio, self._settings
        task = self._tasks.run(
            self,
            lambda _: audio().play_tone(settings.speaker, settings.microphone),
            self._played,
            self._failed,
        )
        task.ended.connect(self._ended)

    def _ended(self) -> None:
        self._play.setText(PLAY_AGAIN)
        wake(self._play)

    def _played(self, heard: bool) -> None:
        if heard:
            self._tell(Finding(State.OK, "麦克风已听到测试音"))
            return
        self._question.show()
        self._yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, failure: Failure) -> None:
        self._tell(failed_finding(failure))

    def _heard(self) -> None:
        self._tell(Finding(State.OK, "您已听到测试音"))

    def _not_heard(self) -> None:
        self._tell(failed_finding(Failure("SPK-SILENT")))

    def _tell(self, finding: Finding) -> None:
        had_focus = self._question.isAncestorOf(self._question.window().focusWidget() or self._question)
        self._question.hide()
        if had_focus:
            self._play.setFocus(Qt.FocusReason.OtherFocusReason)
        self._monitor.tell("speaker", finding)

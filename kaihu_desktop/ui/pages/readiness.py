"""Page 设备检测: how this PC is, what to do about it, and a look and a word to try camera and microphone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import Finding, State
from kaihu_desktop.ui.covering_page import CoveringPage
from kaihu_desktop.ui.pages.readiness_certificates import show_certificates
from kaihu_desktop.ui.pages.readiness_devices import DeviceWatch
from kaihu_desktop.ui.pages.readiness_help import WITHOUT
from kaihu_desktop.ui.pages.readiness_report import report
from kaihu_desktop.ui.pages.readiness_rows import ReadinessRows
from kaihu_desktop.ui.pages.readiness_speaker import SpeakerTest
from kaihu_desktop.ui.readiness import ReadinessMonitor, failed_finding, speaker_finding
from kaihu_desktop.ui.refusals import not_kept
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.camera_preview import CameraPreview
from kaihu_desktop.ui.widgets.check_row import choice_menu
from kaihu_desktop.ui.widgets.labels import Note, button, set_property
from kaihu_desktop.ui.widgets.level_meter import MicrophonePane
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow, lined_up

if TYPE_CHECKING:
    from kaihu_desktop.ui.dialogs import Dialogs
    from kaihu_desktop.ui.navigator import Ports

SUBTITLE = "办理前先确认电脑可以用，避免做到一半才发现问题"
#: Below this width the picture stands under the rows.
TWO_COLUMNS = 820
DEVICES = ("camera", "microphone", "speaker")


class ReadinessPage(CoveringPage):
    """Lies over the page where one was."""

    def __init__(self, tasks: TaskRunner, dialogs: Dialogs, ports: Ports, monitor: ReadinessMonitor) -> None:
        super().__init__("readiness", "设备检测", SUBTITLE)
        self._tasks, self._dialogs, self._ports, self._monitor = tasks, dialogs, ports, monitor
        self._settings = ports.settings
        self._left = False
        self._seen: dict[str, tuple[str, ...]] = {}
        self._unsure: set[str] = set()  # kinds of devices that were seen first while their check still ran
        self._before: dict[str, Finding] = {}
        self._watch = DeviceWatch(tasks, ports.cameras, ports.audio, self)
        self._watch.seen.connect(self._devices_seen)
        self._build()
        monitor.changed.connect(self._changed)
        self._rows.show_all()
        for check_id in ("camera", "microphone"):
            self._look_live(check_id)
        self._unfolded = False
        self._show_actions()
        self._watch.start()

    def _build(self) -> None:
        self._rows = ReadinessRows(self._monitor)
        rows = self._rows.rows
        left = lined_up(QVBoxLayout(), list(rows.values()))
        self._preview = CameraPreview("readiness.preview", self._tasks, self._ports.cameras)
        self._preview.lost.connect(lambda failure: self._lost("camera", failure))
        self._preview.back.connect(lambda: self._well("camera", "画面正常"))
        self._microphone = MicrophonePane("readiness.listening", self._tasks, self._ports.audio)
        self._microphone.lost.connect(lambda failure: self._lost("microphone", failure))
        self._microphone.back.connect(lambda: self._well("microphone", "可以使用"))
        self._microphone.heard.connect(self._heard)
        self._note = Note("", "", "readiness.note")
        self._note.hide()
        both = ResponsiveRow(TWO_COLUMNS)
        both.add(left, 5)
        both.add(lined_up(QVBoxLayout(), [self._preview, self._microphone, self._note]), 4)
        self.body.addWidget(both)
        self._change = {kind: rows[kind].add_button("换一个", "change") for kind in DEVICES if kind in rows}
        if "speaker" in rows:
            self._speaker = SpeakerTest(
                rows["speaker"], self._tasks, self._ports.audio, self._settings, self._monitor
            )
        if "certificates" in rows:
            rows["certificates"].add_button("查看", "view", self._show_certificates).show()

    def tools(self) -> Sequence[QWidget]:
        self._again = button("重新检测", "secondary", "readiness.again", lambda: self._check())
        self._export = button("导出诊断信息", "link", "readiness.export", self._choose_file)
        return self._again, self._export

    def first_focus(self) -> QWidget | None:
        """The way back: Enter goes on at once where all is well."""
        return self.way_back

    def go_back(self) -> None:
        """The page below may want the camera at once: it gets it free."""
        self.way_back.setEnabled(False)
        self._microphone.stop()
        self._preview.stop(self.returned.emit)

    def leave(self) -> None:
        """Give camera and microphone back."""
        if not self._left:
            self._left = True
            self._monitor.changed.disconnect(self._changed)
            self._watch.stop()
            self._preview.stop()
            self._microphone.stop()

    # checks

    def _check(self, *check_ids: str) -> None:
        """Check again. What is looked at here live is let go first: most drivers give a device out once."""
        self._note.hide()
        for check_id in check_ids or tuple(self._monitor.titles):
            live = self._live.get(check_id)
            if check_id == "speaker":
                self._speaker.start()
                continue
            self._rows.show_checking(check_id)
            if live is None:
                self._monitor.check(check_id)
            else:
                live.stop(lambda check_id=check_id: self._monitor.check(check_id))

    @property
    def _live(self) -> dict[str, CameraPreview | MicrophonePane]:
        return {"camera": self._preview, "microphone": self._microphone}

    def _changed(self, check_id: str) -> None:
        self._rows.show(check_id)
        if check_id in self._unsure and not self._monitor.checking(check_id):
            self._unsure.remove(check_id)
            if self._contradicted(check_id):
                self._look_again(check_id)
        self._look_live(check_id)
        self._show_actions()

    def _look_live(self, check_id: str) -> None:
        if self._monitor.checking(check_id) or not self.way_back.isEnabled():
            return
        if check_id == "camera":
            self._preview.start()
        elif check_id == "microphone":
            self._microphone.start(self._settings.microphone)

    def _lost(self, check_id: str, failure: Failure) -> None:
        """What is looked at live has failed."""
        result = self._monitor.result(check_id)
        if result is not None and result.finding.code is None:
            self._before[check_id] = result.finding
        self._monitor.tell(check_id, failed_finding(failure))

    def _well(self, check_id: str, text: str) -> None:
        """It works: as it did before, if anything was wrong meanwhile."""
        result = self._monitor.result(check_id)
        if result is not None and result.finding.code is not None:
            self._monitor.tell(check_id, self._before.get(check_id) or Finding(State.OK, text))

    def _heard(self) -> None:
        name = self._settings.microphone or "默认麦克风"
        self._monitor.tell("microphone", Finding(State.OK, f"{name}，已听到声音"))

    def _unfold_worst(self) -> None:
        """Once, when everything is known: show at once what to do first."""
        if not self._unfolded and not self._monitor.busy:
            self._unfolded = True
            self._rows.unfold_worst()

    def _show_actions(self) -> None:
        self._unfold_worst()
        problems = [] if self._monitor.busy else self._monitor.problems
        set_property(self._again, "kind", "primary" if problems else "secondary")
        set_property(self.way_back, "kind", "secondary" if problems else "primary")
        self._again.setEnabled(not self._monitor.busy)
        lost = (one.id for one in problems if one.finding.state is State.FAILED)
        without = dict.fromkeys(WITHOUT[check_id] for check_id in lost if check_id in WITHOUT)
        if self._monitor.busy:
            text = "先继续办理"
        elif not problems:
            text = "完成"
        elif len(without) == 1:
            text = f"仍然继续（{next(iter(without))}）"
        else:
            text = "仍然继续"
        self.way_back.setText(text)
        self.way_back.setAccessibleName(text)

    # devices

    def _devices_seen(self, kind: str, names: tuple[str, ...]) -> None:
        """Something came or went; the first time only what contradicts the result is looked at again."""
        first = kind not in self._seen
        before = self._seen.get(kind, ())
        self._seen[kind] = names
        chosen = getattr(self._settings, kind)
        current = chosen if chosen in names else next(iter(names), "")
        choose = self._change[kind]
        choice_menu(choose, names, current, lambda name: self._choose(kind, name))
        choose.setVisible(len(names) > 1)
        if first and (self._monitor.checking(kind) or self._monitor.result(kind) is None):
            self._unsure.add(kind)  # it may have come or gone since the check began
        elif self._contradicted(kind) if first else sorted(names) != sorted(before):
            self._look_again(kind)

    def _contradicted(self, kind: str) -> bool:
        """Whether a check has found no device of a kind that is plugged in, or one of a kind that isn't."""
        result = self._monitor.result(kind)
        told_none = result is not None and (result.finding.code or "").endswith("-NONE")
        return result is not None and told_none == bool(self._seen[kind])

    def _look_again(self, kind: str) -> None:
        if kind == "speaker":
            self._monitor.tell(kind, speaker_finding(self._seen[kind], self._settings.speaker))
        else:
            self._check(kind)

    def _choose(self, kind: str, name: str) -> None:
        settings = self._settings

        def unkept(failure: Failure) -> None:
            self._chosen(kind, name)
            self._note.show_text(not_kept(failure), "error")

        self._tasks.run(
            self, lambda _: settings.remember(**{kind: name}), lambda _: self._chosen(kind, name), unkept
        )

    def _chosen(self, kind: str, name: str) -> None:
        choice_menu(self._change[kind], self._seen[kind], name, lambda other: self._choose(kind, other))
        self._check(kind)

    # certificates and diagnostics

    def _show_certificates(self) -> None:
        show_certificates(self, self._tasks, self._dialogs, self._ports, self._say_failed)

    def _choose_file(self) -> None:
        name = f"诊断信息 {datetime.now():%Y-%m-%d}.txt"
        dialog = QFileDialog(self, "导出诊断信息", name, "文本文件 (*.txt)")
        dialog.setObjectName("readiness.files")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export)
        dialog.open()

    def export(self, path: str) -> None:
        """Write what was found, without anything personal, to a file."""
        results = [self._monitor.result(one) for one in self._monitor.titles]
        devices = [name for names in self._watch.names.values() for name in names]
        devices += [self._settings.camera, self._settings.microphone, self._settings.speaker]
        text = report([one for one in results if one is not None], devices, datetime.now())
        self._tasks.run(self, lambda _: _write(path, text), lambda _: self._say_saved(path), self._say_failed)

    def _say_saved(self, path: str) -> None:
        told = f"诊断信息已保存为“{Path(path).name}”，里面没有您的个人信息，可以发给客服。"
        self._note.show_text(told, "ok")

    def _say_failed(self, failure: Failure) -> None:
        self._note.show_text(f"{failure.text}。{failure.remedy}", "error")


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_bytes(text.encode("utf-8-sig"))  # the mark tells old editors of Windows
    except OSError:
        raise Failure("PC-DISK") from None

"""Page 设置: which devices and which OCR engine are used on this PC. Each choice is kept at once."""

from __future__ import annotations

import threading
from typing import Callable

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import AudioDirectory, CameraDirectory, Settings
from kaihu_desktop.ui.covering_page import CoveringPage
from kaihu_desktop.ui.pages.readiness_devices import DeviceWatch
from kaihu_desktop.ui.refusals import not_kept
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.fields import ChoiceField
from kaihu_desktop.ui.widgets.labels import Note, button, card, chip, icon_label, label, set_tooltip
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow

#: Name of the setting, what it is called, what the first row says.
DEVICES = (
    ("camera", "摄像头", "默认（第一个摄像头）"),
    ("microphone", "麦克风", "默认（跟随系统）"),
    ("speaker", "扬声器", "默认（跟随系统）"),
)
#: Value of the setting, title, sentence.
ENGINES = (
    ("onnx", "标准识别引擎", "随本程序安装，识别快，占用内存少。一般请使用它。"),
    (
        "paddleocr",
        "PaddleOCR 引擎（可选组件）",
        "用同样的模型、另一套程序识别，较慢，占用内存多。标准引擎识别不理想时可以试用。",
    ),
)
NOT_INSTALLED = "这台电脑没有安装这个组件。需要时请联系期货公司，或由电脑管理员安装。"
#: Below this width the two cards stand under each other.
TWO_COLUMNS = 900
#: Of a list of devices (pixels), and how much of a name it shows at least (characters).
WIDEST_LIST, LEAST_NAME = 560, 12
#: Height of a card's heading with or without something beside its title (pixels).
HEADING = 32


class SettingsPage(CoveringPage):
    """Lies over the page where one was, before and after the login.

    engines: tells which OCR engines are installed, as `Settings.ocr_engine` names them; may block.

    Signals: check_devices(): the person wants to try the devices.
    """

    check_devices = Signal()

    def __init__(
        self,
        tasks: TaskRunner,
        settings: Settings,
        cameras: CameraDirectory,
        audio: Callable[[], AudioDirectory],
        engines: Callable[[], tuple[str, ...]],
    ) -> None:
        super().__init__("settings", "设置", "只影响这台电脑，更改后立即保存")
        self._tasks, self._settings = tasks, settings
        self._chosen: dict[str, str] = {}
        self._writing = threading.Lock()
        self._devices = {
            name: ChoiceField(title, f"settings.{name}", placeholder=first) for name, title, first in DEVICES
        }
        self._engines = {value: _EngineChoice(value, title, text) for value, title, text in ENGINES}
        self._engine_note = Note("", "warn", "settings.engine.note")
        self._saved = {name: chip("已保存", "ok", f"settings.{name}.saved") for name in ("devices", "ocr")}
        self._note = Note("", "error", "settings.note")
        self._note.hide()
        self.body.addWidget(self._note)
        both = ResponsiveRow(TWO_COLUMNS)
        both.add(self._device_card(), 1)
        both.add(self._engine_card(), 1)
        self.body.addWidget(both)
        self.body.addStretch(1)
        self._watch = DeviceWatch(tasks, cameras, audio, self)
        self._watch.seen.connect(self._offer)
        self._watch.start()
        tasks.run(self, lambda _: engines(), self._show_engines)

    def first_focus(self) -> QWidget | None:
        """The first list: the page is for changing something."""
        return self._devices["camera"].editor

    def leave(self) -> None:
        """Look for devices no more."""
        self._watch.stop()

    # devices

    def _device_card(self) -> QFrame:
        link = button("去检测", "link", "settings.check_devices", self.check_devices.emit)
        frame, column = self._card("devices", "camera", "设备", "插上或拔下设备后，列表自动更新", link)
        for name, field in self._devices.items():
            field.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.combo.setMinimumContentsLength(LEAST_NAME)
            field.setMaximumWidth(WIDEST_LIST)
            self._fill(name, ())
            field.hint.setText("正在查找…")
            field.changed.connect(lambda name=name, field=field: self._device_chosen(name, field))
            column.addWidget(field)
        column.addStretch(1)
        return frame

    def _card(
        self, name: str, icon_name: str, title: str, text: str, tool: QWidget | None = None
    ) -> tuple[QFrame, QVBoxLayout]:
        frame, column = card(f"settings.{name}", margins=20, spacing=12)
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addStrut(HEADING)
        heading.addWidget(icon_label(icon_name, Theme.current.text_secondary, 18))
        heading.addWidget(label(title, "card-title"))
        heading.addWidget(self._saved[name])
        self._saved[name].hide()
        heading.addStretch(1)
        if tool is not None:
            heading.addWidget(tool)
        column.addLayout(heading)
        column.addWidget(label(text, "secondary", wrap=True))
        return frame, column

    def _offer(self, name: str, plugged: tuple[str, ...]) -> None:
        """Offer what is plugged in."""
        self._fill(name, plugged)
        self._devices[name].hint.setText("" if plugged else "没有找到")

    def _fill(self, name: str, plugged: tuple[str, ...]) -> None:
        """A device that was chosen stays in the list when it isn't plugged in."""
        field, chosen = self._devices[name], self._value(name)
        choices = [(one, one) for one in dict.fromkeys(plugged)]
        if chosen and chosen not in plugged:
            choices.append((chosen, f"{chosen}（未连接）"))
        field.set_choices(tuple(choices))
        field.set_value(chosen)
        set_tooltip(field.combo, chosen)  # a long name doesn't fit in

    def _device_chosen(self, name: str, field: ChoiceField) -> None:
        set_tooltip(field.combo, field.value)
        self._save(name, field.value, self._saved["devices"])

    # OCR

    def _engine_card(self) -> QFrame:
        text = "识别证件和银行卡上的文字，只在这台电脑上进行。更改后从下一次识别开始生效"
        frame, column = self._card("ocr", "id-card", "文字识别", text)
        self._engine_note.hide()
        column.addWidget(self._engine_note)
        group = QButtonGroup(self)
        for value, choice in self._engines.items():
            group.addButton(choice.radio)
            choice.radio.clicked.connect(lambda _=False, value=value: self._engine_chosen(value))
            column.addWidget(choice)
        self._engines["onnx"].radio.setChecked(True)
        self._engines["paddleocr"].radio.setEnabled(False)  # until it is known to be there
        column.addStretch(1)
        return frame

    def _show_engines(self, installed: tuple[str, ...]) -> None:
        chosen = self._value("ocr_engine")
        for value, choice in self._engines.items():
            choice.set_installed(value in installed)
            choice.radio.setChecked(value == chosen and value in installed)
        if chosen not in installed:
            self._engines["onnx"].radio.setChecked(True)
            self._engine_note.set("您选择的识别引擎没有安装，现在使用标准识别引擎。", "warn")
            self._engine_note.show()

    def _engine_chosen(self, value: str) -> None:
        self._engine_note.hide()
        self._save("ocr_engine", value, self._saved["ocr"])

    # keeping

    def _value(self, name: str) -> str:
        """What counts for this page: what was chosen here, else what is kept."""
        return self._chosen.get(name, str(getattr(self._settings, name)))

    def _save(self, name: str, value: str, saved: QLabel) -> None:
        saved.hide()
        self._chosen[name] = value
        chosen = dict(self._chosen)

        def tell(failure: Failure | None) -> None:
            if chosen == self._chosen:  # else something newer is being written
                saved.setVisible(failure is None)
                self._note.show_text("" if failure is None else not_kept(failure), "error")

        self._tasks.run(self, lambda _: self._write(), lambda _: tell(None), tell)

    def _write(self) -> None:
        """Keep all choices as they are now: of two writes the later can't bring the older choice back."""
        with self._writing:
            self._settings.remember(**dict(self._chosen))


class _EngineChoice(QWidget):
    """A radio button with a sentence, and the reason when it can't be chosen."""

    def __init__(self, value: str, title: str, text: str) -> None:
        super().__init__()
        self.radio = QRadioButton(title)
        self.radio.setObjectName(f"settings.engine.{value}")
        self.radio.setAccessibleName(title)
        self.radio.setAccessibleDescription(text)
        self._missing = chip("未安装", "", f"settings.engine.{value}.missing")
        self._missing.hide()
        self._text, self._sentence = (
            text,
            label(text, "secondary", f"settings.engine.{value}.text", wrap=True),
        )
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.radio)
        above.addWidget(self._missing)
        above.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(above)
        self._sentence.setContentsMargins(26, 0, 0, 0)
        column.addWidget(self._sentence)

    def set_installed(self, installed: bool) -> None:
        """Let it be chosen, or say why it can't."""
        self.radio.setEnabled(installed)
        self._missing.setVisible(not installed)
        text = self._text if installed else NOT_INSTALLED
        self._sentence.setText(text)
        self.radio.setAccessibleDescription(text)

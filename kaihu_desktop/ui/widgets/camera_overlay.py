"""What lies over the live picture: the choice of cameras, brightness, and why there is no picture."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from kaihu_desktop.ui.widgets.labels import button, label


class CameraOverlay(QWidget):
    """Signals: chosen(index): another camera. reconnect(). brighten(steps): darker when negative.

    rules(), check_devices(): to be opened.
    """

    chosen = Signal(int)
    reconnect = Signal()
    brighten = Signal(int)
    rules = Signal()
    check_devices = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._names: tuple[str, ...] | None = None
        self._choice = _over_picture("摄像头", f"{name}.cameras", "选择摄像头")
        self._choice.setMenu(QMenu(self._choice))
        self._brightness = [
            _over_picture("调暗", f"{name}.darker", "把画面调暗", lambda: self.brighten.emit(-1)),
            _over_picture("调亮", f"{name}.brighter", "把画面调亮", lambda: self.brighten.emit(1)),
        ]
        self._panel = self._made_panel(name)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(_over_picture("拍照规范", f"{name}.rules", "拍照规范", self.rules.emit))
        above.addWidget(
            _over_picture("检测设备", f"{name}.check_devices", "检测设备", self.check_devices.emit)
        )
        above.addStretch(1)
        for widget in self._brightness:
            above.addWidget(widget)
            widget.hide()
        above.addWidget(self._choice)
        self._choice.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(above)
        column.addStretch(1)
        column.addWidget(self._panel)
        column.addStretch(1)

    def _made_panel(self, name: str) -> QFrame:
        """Stands in place of the picture when there is none."""
        panel = QFrame()
        panel.setObjectName(f"{name}.panel")
        inside = QVBoxLayout(panel)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        self._text = label("", "on-dark-strong", f"{name}.camera_text", wrap=True)
        self._remedy = label("", "on-dark", f"{name}.camera_remedy", wrap=True)
        for widget in (self._text, self._remedy):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(widget)
        self._ways = QWidget()
        ways = QHBoxLayout(self._ways)
        ways.setContentsMargins(0, 4, 0, 0)
        ways.setSpacing(8)
        ways.addStretch(1)
        ways.addWidget(button("重新连接", "secondary", f"{name}.reconnect", self.reconnect.emit, small=True))
        ways.addWidget(
            button("检测设备", "secondary", f"{name}.check_camera", self.check_devices.emit, small=True)
        )
        ways.addStretch(1)
        inside.addWidget(self._ways)
        return panel

    def show_cameras(self, names: tuple[str, ...], index: int) -> None:
        """Offer these cameras, if there is a choice; `index` is the one that is open."""
        self._choice.setVisible(len(names) > 1)
        if names:
            self._choice.setText(names[index])
        if names == self._names:
            return
        self._names = names
        menu = self._choice.menu()
        menu.clear()
        for place, name in enumerate(names):
            menu.addAction(name).triggered.connect(lambda _=False, place=place: self.chosen.emit(place))

    def show_panel(self, text: str, remedy: str, *, failed: bool) -> None:
        """Say why there is no picture, and what can be done."""
        self._text.setText(text)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self._ways.setVisible(failed)
        self._panel.show()
        self.show_brightness(False)

    def hide_panel(self) -> bool:
        """There is a picture; whether there was none before."""
        was_there = not self._panel.isHidden()
        self._panel.hide()
        return was_there

    def show_brightness(self, adjustable: bool) -> None:
        """Offer to make the picture brighter or darker, where the camera's driver can."""
        for widget in self._brightness:
            widget.setVisible(adjustable)


def _over_picture(text: str, name: str, told: str, clicked: Callable[[], None] | None = None) -> QPushButton:
    made = button(text, "over-picture", name, clicked)
    made.setAccessibleName(told)
    return made

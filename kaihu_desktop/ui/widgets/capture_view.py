"""Takes one picture: by camera, with live outline and automatic shutter, by file, by drop or by paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from qtpy.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from qtpy.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QShortcut,
    QVBoxLayout,
    QWidget,
)

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import CameraDirectory
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.card_camera import CardCamera, Sight
from kaihu_desktop.ui.widgets.flow_layout import FlowLayout
from kaihu_desktop.ui.widgets.labels import Note, button, chip, label, set_chip
from kaihu_desktop.ui.widgets.live_picture import LivePicture
from kaihu_desktop.ui.widgets.pictures import png_of

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage

FILE_FILTER = "照片 (*.jpg *.jpeg *.png *.bmp *.gif)"
WAITING = "正在打开摄像头…"
A_SHEET = 1.414
SIGNATURE = "signature"

#: Height of the window's other parts, so that picture and buttons are seen without scrolling (pixels).
OTHER_PARTS = 330
#: A card can't be held before a lower picture; in a low window the page scrolls to it.
LEAST_HEIGHT = 240


class CaptureView(QWidget):
    """Shows the camera from `begin` until `end` or until it is hidden.

    Signals:
        captured(image): a picture, BGR uint8; nothing more is taken by camera until `begin`.
    """

    captured = Signal(object)

    def __init__(self, name: str, tasks: TaskRunner, cameras: CameraDirectory) -> None:
        super().__init__()
        self.setObjectName(name)
        self._name, self._tasks, self._cameras = name, tasks, cameras
        self._kind, self._begun, self._index = "", False, 0
        self._names: tuple[str, ...] | None = None
        self.setAcceptDrops(True)
        self.camera = CardCamera(tasks, cameras, self)
        self.picture = LivePicture(f"{name}.picture")
        self.note = Note("", "error", f"{name}.note")
        self.note.hide()
        self._build_over_picture()
        row = QHBoxLayout()
        row.setSpacing(8)
        chips = QWidget()
        self._chips = FlowLayout(chips, 8)
        row.addWidget(chips, 1)
        self.shutter = button("手动拍摄", "secondary", f"{name}.shutter", self._shoot, small=True)
        self.choose = button("选择文件", "secondary", f"{name}.choose", self._choose_file, small=True)
        row.addWidget(self.shutter, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.note)
        column.addWidget(self.picture)
        column.addLayout(row)
        column.addStretch(1)
        self._connect()

    def _connect(self) -> None:
        self.camera.framed.connect(self._show_frame)
        self.camera.sighted.connect(self._show_sight)
        self.camera.held.connect(self._take)
        self.camera.lost.connect(self._show_lost)
        self._paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        self._paste.activated.connect(self._take_pasted)

    def _build_over_picture(self) -> None:
        """The choice of cameras, and the panel that stands in place of the picture when there is none."""
        name = self._name
        self._choice = QPushButton("摄像头")
        self._choice.setObjectName(f"{name}.cameras")
        self._choice.setProperty("kind", "over-picture")
        self._choice.setAccessibleName("选择摄像头")
        self._choice.setMenu(QMenu(self._choice))
        self._choice.hide()
        self._panel = QFrame()
        self._panel.setObjectName(f"{name}.panel")
        inside = QVBoxLayout(self._panel)
        inside.setSpacing(8)
        self._text = label(WAITING, "on-dark-strong", f"{name}.camera_text", wrap=True)
        self._remedy = label("", "on-dark", f"{name}.camera_remedy", wrap=True)
        self._reconnect = button("重新连接", "secondary", f"{name}.reconnect", self._open, small=True)
        middle = Qt.AlignmentFlag.AlignHCenter
        for widget in (self._text, self._remedy):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(widget)
        inside.addSpacing(4)
        inside.addWidget(self._reconnect, 0, middle)
        over = QVBoxLayout(self.picture)
        over.setContentsMargins(12, 12, 12, 12)
        over.addWidget(self._choice, 0, Qt.AlignmentFlag.AlignRight)
        over.addStretch(1)
        over.addWidget(self._panel)
        over.addStretch(1)

    # running

    def begin(self, kind: str) -> None:
        """Take a picture of this kind: id-portrait, id-emblem, bank-card or signature."""
        self._kind, self._begun = kind, True
        self.say("")
        self._show_checks(())
        self.picture.set_guide(A_SHEET if kind == SIGNATURE else 0.0)
        if self.camera.running:
            self.camera.resume(self._finding)
            self.picture.set_outline(None, False)
            self.picture.set_advice(self._first_advice)
        elif self.isVisible():
            self._open()

    def end(self) -> None:
        """Close the camera."""
        self._begun = False
        self._stop()

    def say(self, text: str, kind: str = "error") -> None:
        """A sentence above the picture; an empty one takes it away."""
        self.note.set(text, kind)
        self.note.setVisible(bool(text))

    def refuse(self, failure: Failure) -> None:
        """Say why the picture can't be used, and look for the next."""
        self.say(f"{failure.text}。{failure.remedy}")
        self.camera.resume(self._finding)

    @property
    def _finding(self) -> bool:
        return self._begun and self._kind != SIGNATURE

    @property
    def _first_advice(self) -> str:
        return "写好后放进虚线框，点“手动拍摄”" if self._kind == SIGNATURE else "请把证件放进画面"

    def showEvent(self, event: QShowEvent) -> None:
        self.window().installEventFilter(self)
        if self._begun and not self.camera.running:
            self._open()

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()

    def _stop(self) -> None:
        self.camera.stop()
        self.picture.set_frame(None)

    # camera

    def _open(self) -> None:
        """Ask for the names first: a camera that was plugged in meanwhile is among them."""
        self._stop()
        self._show_panel(WAITING, "", failed=False)
        self._tasks.run(self, lambda _: self._cameras.names(), self._start, self._show_lost)

    def _start(self, names: tuple[str, ...]) -> None:
        if not (self._begun and self.isVisible()) or self.camera.running:
            return
        self._show_choice(names)
        if not names:
            self._show_lost(Failure("CAM-NONE"))
            return
        self._index = min(self._index, len(names) - 1)
        self.camera.start(self._index, self._finding)
        self.picture.set_advice(self._first_advice)

    def _show_choice(self, names: tuple[str, ...]) -> None:
        self._choice.setVisible(len(names) > 1)
        if names == self._names:
            return
        self._names = names
        menu = self._choice.menu()
        menu.clear()
        for index, name in enumerate(names):
            menu.addAction(name).triggered.connect(lambda _=False, index=index: self._choose_camera(index))
        if names:
            self._choice.setText(names[min(self._index, len(names) - 1)])

    def _choose_camera(self, index: int) -> None:
        self._index = index
        self._choice.setText(self._names[index])
        self._open()

    def _show_panel(self, text: str, remedy: str, *, failed: bool) -> None:
        self._text.setText(text)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self._reconnect.setVisible(failed)
        self._panel.show()
        self.shutter.setEnabled(False)

    def _show_lost(self, failure: Failure) -> None:
        self.picture.set_frame(None)
        self._show_checks(())
        self._show_panel(failure.text, failure.remedy, failed=True)

    def _show_frame(self, image: BgrImage) -> None:
        if self._panel.isVisibleTo(self.picture):
            self._panel.hide()
            self.picture.set_advice(self._first_advice)
        self.shutter.setEnabled(True)
        self.picture.set_frame(image)

    def _show_sight(self, sight: Sight) -> None:
        self.picture.set_outline(sight.corners, sight.accepted)
        self.picture.set_advice(sight.advice)
        from kaihu_desktop.vision.quality import CHECKS

        wrong = sight.quality.flags
        self._show_checks(
            tuple((flag, title, flag in wrong) for flag, title in CHECKS) if sight.quality.found else ()
        )

    def _show_checks(self, checks: tuple[tuple[str, str, bool], ...]) -> None:
        known = {one.objectName(): one for one in self._chips.widgets()}
        for flag, title, wrong in checks:
            name = f"{self._name}.check.{flag}"
            if name not in known:
                known[name] = chip("", "", name)
                self._chips.addWidget(known[name])
            text = f"▲ {_WRONG[flag]}" if wrong else f"● {title}"
            set_chip(known[name], text, "warn" if wrong else "ok")
        for one in known.values():
            one.setVisible(bool(checks))

    # taking a picture

    def _shoot(self) -> None:
        if self.camera.newest is not None:
            self._take(self.camera.newest)

    def _take(self, image: BgrImage) -> None:
        self.camera.resume(False)
        self.say("")
        self.captured.emit(image.copy())

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "选择照片")
        dialog.setObjectName(f"{self._name}.files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(FILE_FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    def take_file(self, path: str) -> None:
        """Take the picture in a file."""
        self._read(lambda: _read_file(path))

    def _read(self, work: Callable[[], BgrImage]) -> None:
        self.say("")
        self._tasks.run(self, lambda _: work(), self._take, self.refuse, "正在读取照片…")

    def _take_pasted(self) -> None:
        clipboard = QGuiApplication.clipboard()  # held: PySide2 drops its data together with it
        self._accept(clipboard.mimeData())

    def _accept(self, data: QMimeData) -> None:
        """Take the picture of a drop or of the clipboard: a file, or the picture itself."""
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self.take_file(files[0])
        elif data.hasImage():
            image = QImage(data.imageData())
            self._read(lambda: _decode(png_of(image)))
        else:
            self.say("剪贴板里没有照片，请先复制一张照片或照片文件。", "warn")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self.picture.set_advice("松开鼠标，使用这张照片")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.picture.set_advice(self._first_advice)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._accept(event.mimeData())

    # size

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        room = max(self.window().height() - OTHER_PARTS, LEAST_HEIGHT)
        self.picture.setFixedHeight(min(round(self.width() * 9 / 16), room))


#: What a chip says while the check fails; short, for the advice in the picture says what to do.
_WRONG = {
    "cut_off": "没有拍全",
    "too_far": "再靠近一点",
    "dark": "太暗",
    "glare": "有反光",
    "blur": "模糊",
    "low_contrast": "背景相近",
}


def _read_file(path: str) -> BgrImage:
    from kaihu_desktop.vision.decode import read_picture

    return read_picture(path).image


def _decode(data: bytes) -> BgrImage:
    from kaihu_desktop.vision.decode import decode_picture

    return decode_picture(data).image

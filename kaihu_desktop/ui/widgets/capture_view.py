"""Takes one picture: by camera, with live outline and automatic shutter, by file, by drop or by paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QEvent, QObject, Qt, Signal
from qtpy.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QHideEvent, QShowEvent
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import CameraDirectory
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.later import later
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.camera_overlay import CameraOverlay
from kaihu_desktop.ui.widgets.card_camera import CardCamera
from kaihu_desktop.ui.widgets.check_chips import CheckChips
from kaihu_desktop.ui.widgets.focus import reveal
from kaihu_desktop.ui.widgets.labels import Note, button
from kaihu_desktop.ui.widgets.live_feed import Glance, View
from kaihu_desktop.ui.widgets.live_picture import LivePicture
from kaihu_desktop.ui.widgets.photo_rules import open_photo_rules
from kaihu_desktop.ui.widgets.picture_intake import PictureIntake

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners

WAITING = "正在打开摄像头…"
A_SHEET = 1.414
SIGNATURE = "signature"

#: Height of the window's other parts where nothing stands below the view (pixels).
OTHER_PARTS = 330
#: A card can't be held before a lower picture; in a low window the page scrolls to it.
LEAST_HEIGHT = 220
#: In a low window: what is seen above the picture, and below it for two rows of checks (pixels).
ABOVE, BELOW = 8, 76


class CaptureView(QWidget):
    """Shows the camera from `begin` until `end` or until it is hidden.

    check_devices: what the person is offered when the camera doesn't work. others: height of the window's
    other parts, so that picture and buttons are seen without scrolling (pixels).

    Signals:
        captured(image): a picture, BGR uint8; nothing more is taken by camera until `begin`.
    """

    captured = Signal(object)

    def __init__(
        self,
        name: str,
        tasks: TaskRunner,
        cameras: CameraDirectory,
        dialogs: Dialogs,
        check_devices: Callable[[], None],
        *,
        others: int = OTHER_PARTS,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._tasks, self._cameras, self._dialogs = tasks, cameras, dialogs
        self._others = others
        self._kind, self._begun, self._taking, self._index = "", False, False, 0
        self.setAcceptDrops(True)
        self.camera = CardCamera(tasks, cameras, self)
        self.picture = LivePicture(f"{name}.picture", others=others, least=LEAST_HEIGHT)
        self.note = Note("", "error", f"{name}.note")
        self.note.hide()
        self._overlay = CameraOverlay(name)
        over = QVBoxLayout(self.picture)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self._overlay)
        self._chips = CheckChips(name)
        self._intake = PictureIntake(name, tasks, self)
        self.shutter = button("手动拍摄", "secondary", f"{name}.shutter", self._shoot, small=True)
        self.choose = self._intake.button
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._chips, 1)
        for made in (self.shutter, self.choose):
            row.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.note)
        column.addWidget(self.picture)
        column.addLayout(row)
        column.addStretch(1)
        self._connect(check_devices)

    def _connect(self, check_devices: Callable[[], None]) -> None:
        self.picture.resized.connect(lambda: self.camera.show_at(self.picture.pixels))
        self.camera.framed.connect(self._show_view)
        self.camera.glanced.connect(self._show_glance)
        self.camera.held.connect(self._take)
        self.camera.lost.connect(self._show_lost)
        self._overlay.chosen.connect(self._choose_camera)
        self._overlay.reconnect.connect(self._open)
        self._overlay.brighten.connect(self.camera.brighten)
        self._overlay.rules.connect(self._open_rules)
        self._overlay.check_devices.connect(lambda: check_devices())
        self._intake.begun.connect(lambda: self.say(""))
        self._intake.taken.connect(self._take)
        self._intake.refused.connect(self.refuse)
        self._intake.said.connect(lambda text: self.say(text, "warn"))

    # running

    def begin(self, kind: str) -> None:
        """Take a picture of this kind: id-portrait, id-emblem, bank-card or signature."""
        self._kind, self._begun, self._taking = kind, True, False
        self.say("")
        self._chips.show_quality(None)
        self.picture.set_guide(A_SHEET if kind == SIGNATURE else 0.0)
        if self.camera.running:
            self.camera.seek(self._sought)
            self.picture.set_advice(self._first_advice)
        elif self.isVisible():
            self._open()
        later(self, self._reveal)

    def end(self) -> None:
        """Close the camera."""
        self._begun = False
        self._stop()

    def say(self, text: str, kind: str = "error") -> None:
        """A sentence above the picture; an empty one takes it away."""
        self.note.show_text(text, kind)

    def refuse(self, failure: Failure) -> None:
        """Say why the picture can't be used, and look for the next."""
        self._taking = False
        self.say(f"{failure.text}。{failure.remedy}")
        self.camera.seek(self._sought)

    @property
    def _sought(self) -> str:
        """The kind of card that is looked for in the live picture; a sheet of paper isn't."""
        return self._kind if self._begun and self._kind != SIGNATURE else ""

    @property
    def _first_advice(self) -> str:
        return "写好后放进虚线框，点“手动拍摄”" if self._kind == SIGNATURE else "请把证件放进画面"

    def showEvent(self, event: QShowEvent) -> None:
        self.window().installEventFilter(self)
        later(self, self._reveal)
        if self._begun and not self.camera.running:
            self._open()

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()

    def _stop(self) -> None:
        self.camera.stop()
        self.picture.set_view(None)

    # camera

    def _open(self) -> None:
        """Ask for the names first: a camera that was plugged in meanwhile is among them."""
        self._stop()
        self._show_panel(WAITING, "", failed=False)
        self._tasks.run(self, lambda _: self._cameras.names(), self._start, self._show_lost)

    def _start(self, names: tuple[str, ...]) -> None:
        if not (self._begun and self.isVisible()) or self.camera.running:
            return
        if not names:
            self._overlay.show_cameras(names, 0)
            self._show_lost(Failure("CAM-NONE"))
            return
        self._index = min(self._index, len(names) - 1)
        self._overlay.show_cameras(names, self._index)
        self.camera.start(self._index, self._sought)
        self.picture.set_advice(self._first_advice)

    def _choose_camera(self, index: int) -> None:
        self._index = index
        self._open()

    def _show_panel(self, text: str, remedy: str, *, failed: bool) -> None:
        self._overlay.show_panel(text, remedy, failed=failed)
        self.shutter.setEnabled(False)

    def _show_lost(self, failure: Failure) -> None:
        self.picture.set_view(None)
        self._chips.show_quality(None)
        self._show_panel(failure.text, failure.remedy, failed=True)

    def _show_view(self, view: View) -> None:
        if self._overlay.hide_panel():
            self.picture.set_advice(self._first_advice)
            self.shutter.setEnabled(True)
            self._overlay.show_brightness(self.camera.adjustable)
        self.picture.set_view(view)

    def _show_glance(self, glance: Glance) -> None:
        self.picture.set_advice(glance.sight.advice, glance.progress)
        self._chips.show_quality(glance.sight.quality)

    def _open_rules(self) -> None:
        """Nothing is taken while they are read."""
        self.camera.seek("")
        self.picture.set_advice("")
        open_photo_rules(self._dialogs, self._kind, self._rules_read)

    def _rules_read(self) -> None:
        if not self._taking:
            self.camera.seek(self._sought)
            self.picture.set_advice(self._first_advice)

    # taking a picture

    def _shoot(self) -> None:
        """The sharpest of the newest frames: a press of a button shakes the table."""
        frames, corners = self.camera.newest, self._seen_corners()
        if frames and not self._taking:
            self._taking = True
            self.camera.seek("")
            self._tasks.run(self, lambda _: _sharpest(frames, corners), self._take, self.refuse)

    def _seen_corners(self) -> Corners | None:
        """The card's corners in pixels of the frames."""
        view, frames = self.picture.view, self.camera.newest
        if view is None or view.corners is None or not frames:
            return None
        return view.corners * (frames[-1].shape[1] / view.pixels.width)

    def _take(self, image: BgrImage) -> None:
        self._taking = True
        self.camera.seek("")
        self.say("")
        self.captured.emit(image)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._intake.accepts(event.mimeData()):
            event.acceptProposedAction()
            self.picture.set_advice("松开鼠标，使用这张照片")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.picture.set_advice(self._first_advice)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._intake.accept(event.mimeData())

    # size

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            later(self, self._reveal)
        return False

    def _reveal(self) -> None:
        """Where not everything has room, the picture with its advice and the checks count most."""
        if self._begun and self.window().height() - self._others < LEAST_HEIGHT:
            reveal(self, self.picture.geometry().adjusted(0, -ABOVE, 0, BELOW))


def _sharpest(frames: tuple[BgrImage, ...], corners: Corners | None) -> BgrImage:
    from kaihu_desktop.vision.shutter import sharpest

    return sharpest(frames, corners)

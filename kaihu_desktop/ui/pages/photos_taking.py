"""From the live picture or a file to a cut-out card, by way of the corner editor where that is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QObject, Signal

from kaihu_desktop.ui.pages import photos_work as work
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.capture_view import SIGNATURE, CaptureView
from kaihu_desktop.ui.widgets.corner_editor import CornerEditor
from kaihu_desktop.ui.widgets.labels import Note

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners
    from kaihu_desktop.vision.capture import Capture

CUTTING = "正在裁剪照片…"
BY_HAND = "；也可以拖动四个角自行裁剪"


class PhotoTaking(QObject):
    """Works the capture view and the corner editor of a page; the page shows the one or the other.

    Signals:
        taken(image, Capture, fresh): a picture and what was cut out of it; not `fresh`: the picture was there
        before, and is cut out anew.
        doubted(): the corner editor is to be shown, where the person sets the corners of a new picture.
        left(fresh): the corner editor was left; `fresh` as above: back to the camera.
        failed(Failure).
    """

    taken = Signal(object, object, bool)
    doubted = Signal()
    left = Signal(bool)
    failed = Signal(object)

    def __init__(
        self, tasks: TaskRunner, capture: CaptureView, editor: CornerEditor, doubt: Note, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tasks, self._capture, self._editor, self._doubt = tasks, capture, editor, doubt
        self._kind, self._turn, self._fresh = "", 0, False
        capture.captured.connect(self._captured)
        editor.done.connect(self._adjusted)
        editor.cancelled.connect(lambda: self.left.emit(self._fresh))

    def begin(self, kind: str) -> None:
        """Take a picture of this kind (see `vision.capture`): the capture view is shown."""
        self._kind, self._turn = kind, self._turn + 1
        self._capture.begin(kind)

    def leave(self) -> None:
        """Something else is shown: what is being cut out isn't wanted any more."""
        self._turn += 1

    def adjust(self, kind: str, image: BgrImage, corners: Corners | None) -> None:
        """Set the corners anew in a picture that was taken before: the editor is shown."""
        self._kind, self._fresh = kind, False
        self._doubt.set("")
        self._doubt.hide()
        self._editor.edit(image, corners)

    def _captured(self, image: BgrImage) -> None:
        kind = self._kind
        done = self._in_this_turn(lambda capture: self._cut_out(image, capture))
        self._tasks.run(self, lambda _: work.cut_out(image, kind), done, self._capture.refuse, label=CUTTING)

    def _in_this_turn(self, done: Callable[[Capture], None]) -> Callable[[Capture], None]:
        turn = self._turn
        return lambda capture: done(capture) if turn == self._turn else None

    def _cut_out(self, image: BgrImage, capture: Capture) -> None:
        if capture.accepted:
            self.taken.emit(image, capture, True)
        elif self._kind == SIGNATURE:
            self.begin(self._kind)
            self._capture.say(capture.advice, "warn")
        else:
            self._fresh = True
            self._doubt.set(capture.advice + ("" if capture.corners is not None else BY_HAND), "warn")
            self.doubted.emit()
            self._editor.edit(image, capture.corners, "重新拍摄")

    def _adjusted(self, image: BgrImage, corners: Corners) -> None:
        kind, fresh = self._kind, self._fresh
        self._tasks.run(
            self,
            lambda _: work.cut_out_at(image, corners, kind),
            lambda capture: self.taken.emit(image, capture, fresh),
            self.failed.emit,
            label=CUTTING,
        )

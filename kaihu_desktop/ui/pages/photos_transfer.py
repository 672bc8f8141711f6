"""Sends photos to the backend as soon as they are taken, and fetches those that lie there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QObject, Signal

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.ui.pages import photos_work as work
from kaihu_desktop.ui.pages.photos_model import Photo
from kaihu_desktop.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage


class PhotoTransfer(QObject):
    """Signals: changed(kind): a photo's upload began, was done, or failed. progressed(kind, done, total)."""

    changed = Signal(str)
    progressed = Signal(str, int, int)

    def __init__(self, tasks: TaskRunner, backend: Backend, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._backend = tasks, backend

    def upload(self, kind: str, photo: Photo) -> None:
        """Send the card, and the original unless it is there; the ids are then in the photo."""
        photo.upload_id, photo.failure, photo.recorded = None, None, False
        card, backend = photo.card, self._backend
        original = photo.original if photo.original_id is None else None

        def sent(ids: tuple[str, str | None]) -> None:
            if photo.card is card:
                photo.upload_id, photo.original_id = ids[0], ids[1] or photo.original_id
                self.changed.emit(kind)

        def failed(failure: Failure) -> None:
            if photo.card is card:
                photo.failure = failure
                self.changed.emit(kind)

        task = self._tasks.run(
            self, lambda progress: work.upload(backend, kind, card, original, progress), sent, failed
        )
        task.progressed.connect(lambda done, total: self.progressed.emit(kind, done, total))
        self.changed.emit(kind)

    def fetch(
        self,
        upload_id: str,
        done: Callable[[BgrImage], None],
        failed: Callable[[Failure], None],
        label: str | None = None,
    ) -> None:
        """Fetch a picture; `label` says so when the person waits for it."""
        self._tasks.run(self, lambda _: work.fetch(self._backend, upload_id), done, failed, label)

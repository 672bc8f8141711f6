"""Sends photos as soon as they are taken, or when a draft has kept them, and fetches those that were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

from qtpy.QtCore import QObject, Signal

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.ui.pages import photos_work as work
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners


class PhotoTransfer(QObject):
    """originals: whether the whole pictures are sent beside what was cut out of them.

    Signals, with a photo's key: changed(key): its upload began, was done, or failed; it can be kept in a
    draft now. progressed(key, done, total).
    """

    changed = Signal(str)
    progressed = Signal(str, int, int)

    def __init__(
        self, tasks: TaskRunner, backend: Backend, parent: QObject, *, originals: bool = True
    ) -> None:
        super().__init__(parent)
        self._tasks, self._backend, self._originals = tasks, backend, originals

    def upload(self, key: str, photo: Photo, kind: str) -> None:
        """Send the card, and the original unless it is there; the ids are then in the photo."""
        photo.upload_id, photo.failure, photo.recorded = None, None, False
        card, corners = photo.card, photo.corners
        original = photo.original if photo.original_id is None else None

        def packed(pending: Mapping[str, Any]) -> None:
            if photo.card is card:
                photo.pending = pending
                self._send(key, photo, kind)

        def failed(failure: Failure) -> None:
            if photo.card is card:
                photo.failure = failure
                self.changed.emit(key)

        self._tasks.run(self, lambda _: work.pack(card, original, corners), packed, failed)
        self.changed.emit(key)

    def resume(
        self,
        key: str,
        photo: Photo,
        kind: str,
        show: Callable[[BgrImage], None],
        lost: Callable[[Failure], None],
    ) -> None:
        """Take up a photo that a draft kept: its pictures are there at `show`, then it is sent.

        lost: nothing can be made of it.
        """

        def unpacked(pictures: tuple[BgrImage, BgrImage | None, Corners | None]) -> None:
            photo.card, photo.original, photo.corners = pictures
            show(photo.card)
            self._send(key, photo, kind)

        pending = photo.pending
        self._tasks.run(self, lambda _: work.unpack(pending), unpacked, lost)

    def _send(self, key: str, photo: Photo, kind: str) -> None:
        card, pending, backend, originals = photo.card, photo.pending, self._backend, self._originals

        def sent(ids: tuple[str, str | None]) -> None:
            if photo.card is card:
                photo.upload_id, photo.original_id, photo.pending = ids[0], ids[1] or photo.original_id, None
                self.changed.emit(key)

        def failed(failure: Failure) -> None:
            if photo.card is card:
                photo.failure = failure
                self.changed.emit(key)

        task = self._tasks.run(
            self,
            lambda progress: work.upload(backend, kind, pending, progress, originals=originals),
            sent,
            failed,
        )
        task.progressed.connect(lambda done, total: self.progressed.emit(key, done, total))
        self.changed.emit(key)

    def fetch(
        self,
        upload_id: str,
        done: Callable[[BgrImage], None],
        failed: Callable[[Failure], None] | None = None,
        label: str | None = None,
    ) -> None:
        """Fetch a picture; `label` says so when the person waits for it."""
        self._tasks.run(self, lambda _: work.fetch(self._backend, upload_id), done, failed, label)

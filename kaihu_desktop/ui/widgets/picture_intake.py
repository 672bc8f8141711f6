"""Pictures that don't come from the camera: by file, by drop, by paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QMimeData, Qt, Signal
from qtpy.QtGui import QGuiApplication, QImage, QKeySequence
from qtpy.QtWidgets import QFileDialog, QShortcut, QWidget

from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.labels import button
from kaihu_desktop.ui.widgets.pictures import bgra_of, png_of

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage

FILE_FILTER = "照片 (*.jpg *.jpeg *.png *.bmp *.gif)"
NOTHING_TO_PASTE = "剪贴板里没有照片，请先复制一张照片或照片文件。"


class PictureIntake(QWidget):
    """The button 选择文件, and what is dropped on or pasted into the widget around it.

    Signals:
        begun(): a picture is being read. taken(image): there it is, BGR uint8. refused(Failure): it can't be
        read. said(str): there is none.
    """

    begun = Signal()
    taken = Signal(object)
    refused = Signal(object)
    said = Signal(str)

    def __init__(self, name: str, tasks: TaskRunner, around: QWidget) -> None:
        super().__init__(around)
        self._name, self._tasks = name, tasks
        self.button = button("选择文件", "secondary", f"{name}.choose", self._choose_file, small=True)
        self._paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), around)
        self._paste.activated.connect(self._take_pasted)
        self.hide()

    def accepts(self, data: QMimeData) -> bool:
        """Whether a drop may bring a picture."""
        return data.hasUrls() or data.hasImage()

    def accept(self, data: QMimeData) -> None:
        """Take the picture of a drop or of the clipboard: a file, or the picture itself."""
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self.take_file(files[0])
        elif data.hasImage():
            image = bgra_of(QImage(data.imageData()))
            self._read(lambda: _decode(png_of(image)))
        else:
            self.said.emit(NOTHING_TO_PASTE)

    def take_file(self, path: str) -> None:
        """Take the picture in a file."""
        self._read(lambda: _read_file(path))

    def _read(self, work: Callable[[], BgrImage]) -> None:
        self.begun.emit()
        self._tasks.run(self, lambda _: work(), self.taken.emit, self.refused.emit, "正在读取照片…")

    def _choose_file(self) -> None:
        dialog = QFileDialog(self.parentWidget(), "选择照片")
        dialog.setObjectName(f"{self._name}.files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(FILE_FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    def _take_pasted(self) -> None:
        clipboard = QGuiApplication.clipboard()  # held: PySide2 drops its data together with it
        self.accept(clipboard.mimeData())


def _read_file(path: str) -> BgrImage:
    from kaihu_desktop.vision.decode import read_picture

    return read_picture(path).image


def _decode(data: bytes) -> BgrImage:
    from kaihu_desktop.vision.decode import decode_picture

    return decode_picture(data).image

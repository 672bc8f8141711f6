"""The system's dialogs for a PDF to open, a name to save one under, and a folder for several."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from qtpy.QtCore import QStandardPaths, Qt
from qtpy.QtWidgets import QFileDialog, QWidget

PDF_FILES = "PDF 文件 (*.pdf)"
Chosen = Callable[[str], None]


def in_documents(name: str = "") -> str:
    """Where the person keeps documents: unless it is told, a dialog begins in the program's own folder."""
    places = QStandardPaths.StandardLocation
    documents = Path(QStandardPaths.writableLocation(places.DocumentsLocation))
    folder = documents if documents.is_dir() else Path(QStandardPaths.writableLocation(places.HomeLocation))
    return str(folder / name)


def ask_where_to_save(parent: QWidget, name: str, chosen: Chosen) -> None:
    """Ask for the path under which a PDF is saved; the dialog itself asks before a file is replaced."""
    dialog = QFileDialog(parent, "保存协议", in_documents(name), PDF_FILES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pdf")
    _open(dialog, chosen)


def ask_for_folder(parent: QWidget, title: str, chosen: Chosen) -> None:
    """Ask for an existing folder."""
    dialog = QFileDialog(parent, title, in_documents())
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _open(dialog, chosen)


def ask_for_pdf(parent: QWidget, title: str, chosen: Chosen) -> None:
    """Ask for an existing PDF."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([PDF_FILES, "所有文件 (*)"])
    _open(dialog, chosen)


def _open(dialog: QFileDialog, chosen: Chosen) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(path))
    dialog.open()

"""Photographs of specimens as files, hands that give them to the capture view, a reader to wait for."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication, QWidget

from kaihu_desktop.core.ports import CardReader
from kaihu_desktop.sandbox.specimens.photograph import photograph


class HeldReader:
    """The reader of the PC, which reads nothing until it may go on."""

    def __init__(self, reader: CardReader) -> None:
        self._reader, self.go_on, self.prepared = reader, threading.Event(), threading.Event()

    def prepare(self) -> None:
        self._reader.prepare()
        self.prepared.set()

    def read(self, kind: str, card_image: Any) -> Any:
        self.go_on.wait()
        return self._reader.read(kind, card_image)


def write_picture(path: Path, image: Any) -> str:
    """Write a BGR array as a picture file, whatever characters are in its path."""
    _, data = cv2.imencode(path.suffix, image)
    path.write_bytes(data.tobytes())
    return str(path)


def write_photo(path: Path, card: Any, seed: int = 3) -> str:
    """Write a photograph of a flat card lying on a table; easy enough for any finder."""
    return write_picture(path, photograph(card, seed=seed, condition="easy")[0])


def drop(widget: QWidget, path: str) -> None:
    """Drop a file from the file manager onto a widget."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(20, 20), copy, data, left, none))
    QApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), copy, data, left, none))

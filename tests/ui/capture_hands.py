"""Photographs of specimens as files, and hands that give them to the capture view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication, QWidget

from kaihu_desktop.sandbox.specimens.photograph import photograph


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

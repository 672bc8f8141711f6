"""查看: the certificates of this PC, as they would be offered for signing."""

from __future__ import annotations

from typing import Callable, Sequence

from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore
from kaihu_desktop.ui.dialogs import Dialogs, Overlay
from kaihu_desktop.ui.page import scrolling
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.certificate_card import CertificateCard
from kaihu_desktop.ui.widgets.labels import button, label


def show_certificates(
    owner: QWidget,
    tasks: TaskRunner,
    dialogs: Dialogs,
    certificates: Callable[[], CertificateStore],
    failed: Callable[[Failure], None],
) -> None:
    """Read the store in the background and show what is in it."""
    tasks.run(
        owner,
        lambda _: tuple(certificates().list()),
        lambda infos: _show(dialogs.host, infos),
        failed,
        "正在读取数字证书…",
    )


def _show(host: QWidget, infos: Sequence[CertificateInfo]) -> None:
    overlay = Overlay(host, "本机的数字证书", width=640, height=520 if infos else 0)
    overlay.column.addWidget(_cards(infos) if infos else _none(), 1)
    overlay.buttons.addWidget(button("关闭", "primary", "dialog.accept", overlay.close_overlay))
    overlay.open_over()


def _none() -> QLabel:
    text = "还没有数字证书。办理业务到“证书检测”时，可以导入以前备份的证书文件（.pfx 或 .p12）。"
    return label(text, "subtitle", "readiness.certificates.none", wrap=True)


def _cards(infos: Sequence[CertificateInfo]) -> QWidget:
    inside = QWidget()
    inside.setProperty("role", "card-body")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(12)
    for number, info in enumerate(infos):
        column.addWidget(CertificateCard(info, f"readiness.certificates.{number}", None, lambda: None))
    column.addStretch(1)
    area = scrolling(inside)
    area.setProperty("role", "card-scroll")
    return area

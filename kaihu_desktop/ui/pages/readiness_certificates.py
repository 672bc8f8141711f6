"""查看: everybody's certificates on this PC, and why any of them can't be used, as 证书检测 tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator, Sequence

from qtpy.QtWidgets import QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.certificate_checks import company_word
from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis, diagnose_everybody
from kaihu_desktop.core.model.certificate import CertificateInfo
from kaihu_desktop.ui.dialogs import Dialogs, Overlay
from kaihu_desktop.ui.pages.certificate_check_panels import causes, finding_text
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.certificate_card import CertificateCard
from kaihu_desktop.ui.widgets.fitted_scroll import FittedScroll
from kaihu_desktop.ui.widgets.labels import button, label
from kaihu_desktop.ui.widgets.take_from_windows import place_text

if TYPE_CHECKING:
    from kaihu_desktop.ui.navigator import Ports

WHERE = (
    "证书保存在申领时使用的电脑上。办理业务到“证书检测”时，或在“我的证书”里，可以导入以前备份的证书文件"
    "（.pfx 或 .p12）。找不到的原因通常是："
)


def show_certificates(
    owner: QWidget, tasks: TaskRunner, dialogs: Dialogs, ports: Ports, failed: Callable[[Failure], None]
) -> None:
    """Look through the store in the background and show what is in it."""
    tasks.run(
        owner,
        lambda _: _look(ports),
        lambda people: _show(dialogs.host, people),
        failed,
        "正在读取数字证书…",
    )


def _look(ports: Ports) -> tuple[Diagnosis, ...]:
    word = company_word(ports.backend, ports.settings.company_code)
    return diagnose_everybody(ports.certificates(), word, ports.windows())


def _show(host: QWidget, people: Sequence[Diagnosis]) -> None:
    overlay = Overlay(host, "本机的数字证书", width=640)
    overlay.column.addWidget(FittedScroll(_cards(people) if people else _none()), 1)
    overlay.buttons.addWidget(button("关闭", "primary", "dialog.accept", overlay.close_overlay))
    overlay.open_over()


def _none() -> QWidget:
    inside = QWidget()
    inside.setProperty("role", "card-body")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(label(KINDS["CERT-NONE"].text, "strong", "readiness.certificates.none", wrap=True))
    column.addWidget(label(WHERE, "subtitle", wrap=True))
    column.addLayout(causes())
    return inside


def _cards(people: Sequence[Diagnosis]) -> QWidget:
    inside = QWidget()
    inside.setProperty("role", "card-body")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    for number, (info, reason) in enumerate(told for person in people for told in _told(person)):
        shown = CertificateCard(info, f"readiness.certificates.{number}", None, lambda: None)
        if reason:
            shown.show_reason(reason)
        column.addWidget(shown)
    return inside


def _told(person: Diagnosis) -> Iterator[tuple[CertificateInfo, str]]:
    """Each certificate, with the reason why it can't be used; without one it can."""
    for finding in (*person.own, *person.nameless):
        yield finding.info, finding_text(finding, witnessed=False)
    if not person.usable:
        for one in person.windows:
            yield one.info, place_text(one)

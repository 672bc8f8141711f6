"""Page 期货公司: which company's hall one enters, by number, link or QR code."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from qtpy.QtCore import QEvent, QObject, Qt, QTimer, QUrl, Signal
from qtpy.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.core.rules.company_code import company_code_of
from kaihu_desktop.ui.page import Page, centred
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.tasks import QUIET_MS, TaskRunner
from kaihu_desktop.ui.widgets.busy_overlay import Spinner
from kaihu_desktop.ui.widgets.fields import TextField
from kaihu_desktop.ui.widgets.labels import Note, button, card, label

WHERE_IT_IS = (
    "编号在开户短信、期货公司网站的“网上开户”页面，以及客户经理发给您的链接或二维码中都能找到。"
    "也可以直接粘贴 kaihu://company/8888 这样的链接。"
)
PICTURES = "二维码图片 (*.png *.jpg *.jpeg *.bmp *.gif)"
FORM_WIDTH = 520
MOST_OF_LINK = 60  # characters that are shown of a link


class CompanyPage(Page):
    """Signals: chosen(Company, bytes), the company and its logo (PNG, empty if it has none)."""

    chosen = Signal(object, object)

    def __init__(self, tasks: TaskRunner, backend: Backend, company_code: str) -> None:
        super().__init__("company", "选择期货公司", "输入期货公司编号，进入它的网上营业厅")
        self._tasks, self._backend = tasks, backend
        self._looking_up = False
        self.setAcceptDrops(True)
        self._build()
        self.code.set_text(company_code)

    def _arrange(self, inside: QWidget) -> None:
        """A column in the middle, with a quiet spinner in its place while the company is fetched."""
        super()._arrange(centred(inside, FORM_WIDTH + 64))
        self._inside = inside
        self._waiting = QWidget(self)
        self._waiting.setObjectName("company.waiting")
        row = QHBoxLayout(self._waiting)
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(Spinner())
        row.addWidget(label("正在连接期货公司…", "subtitle"))
        row.addStretch(1)
        self._waiting.hide()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._waiting.show)

    def _build(self) -> None:
        frame, column = card("company.card", margins=24, spacing=16)
        self.code = TextField(
            "期货公司编号", "company.code", placeholder="例如 8888，或粘贴 kaihu:// 链接", length=64
        )
        self.code.edit.returnPressed.connect(self._entered)
        self.code.edit.installEventFilter(self)
        self._enter = button("下一步", "primary", "company.enter", self._entered)
        picture = button(
            "选择二维码图片", "secondary", "company.choose_picture", self._choose_picture, icon_name="qr-code"
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(picture)
        buttons.addStretch(1)
        buttons.addWidget(self._enter)
        column.addWidget(self.code)
        column.addWidget(Note(WHERE_IT_IS, name="company.where"))
        column.addWidget(label("二维码图片也可以拖到这里，或复制后按 Ctrl+V 粘贴。", "hint", wrap=True))
        column.addLayout(buttons)
        self.body.addWidget(frame)
        self.body.addStretch(1)

    def first_focus(self) -> QWidget:
        """The number."""
        return self.code.edit

    def submit(self) -> None:
        """Fetch the company whose number stands in the field; used at the start, when it is known."""
        self._inside.hide()
        self._quiet.start()
        self._look_up(None)

    def refuse_link(self, link: str) -> None:
        """Say that the client was started with a link that names no company."""
        self._refuse(f"链接“{link[:MOST_OF_LINK]}”里没有期货公司编号，请填写编号")

    def _entered(self) -> None:
        self._look_up("正在连接期货公司…")

    def _look_up(self, words: str | None) -> None:
        code = company_code_of(self.code.text)
        if code is None:
            self._show_form()
            self._refuse(
                "请填写期货公司编号，编号由数字或字母组成" if self.code.text else "请填写期货公司编号"
            )
            return
        if self._looking_up:
            return
        self.code.set_error("")
        self._looking_up = True
        self._tasks.run(self, lambda _: self._fetch(code), self._fetched, self._failed, label=words)

    def _fetch(self, code: str) -> tuple[Company, bytes]:
        company = self._backend.company(code)
        try:
            logo = self._backend.logo(code) if company.has_logo else b""
        except Failure:
            logo = b""  # the company's initial stands in for it
        return company, logo

    def _fetched(self, found: tuple[Company, bytes]) -> None:
        self._looking_up = False
        self._quiet.stop()
        self.chosen.emit(*found)

    def _failed(self, failure: Failure) -> None:
        self._looking_up = False
        self._show_form()
        if failure.code == "COMPANY-UNKNOWN":
            self._refuse(f"{refusal_text(failure)}。{failure.remedy}")
        else:
            self.failed.emit(failure, self._entered)

    def _show_form(self) -> None:
        self._quiet.stop()
        self._waiting.hide()
        self._inside.show()

    def _refuse(self, text: str) -> None:
        self.code.set_error(text)
        self.code.edit.setFocus()
        self.code.edit.selectAll()

    # a picture of a QR code

    def _choose_picture(self) -> None:
        dialog = QFileDialog(self, "选择二维码图片")
        dialog.setObjectName("company.file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([PICTURES])
        dialog.fileSelected.connect(self.read_picture)
        dialog.open()

    def read_picture(self, path: str) -> None:
        """Take the company from a picture file of its QR code."""

        def read() -> str | None:
            from kaihu_desktop.vision.decode import read_picture

            return _company_in(read_picture(Path(path)).image)

        self._read_code(read)

    def _read_image(self, image: QImage) -> None:
        from kaihu_desktop.ui.widgets.pictures import bgra_of, png_of

        pixels = bgra_of(image)

        def read() -> str | None:
            from kaihu_desktop.vision.decode import decode_picture

            return _company_in(decode_picture(png_of(pixels)).image)

        self._read_code(read)

    def _read_code(self, read: Callable[[], str | None]) -> None:
        self._tasks.run(
            self,
            lambda _: read(),
            self._picture_read,
            lambda failure: self._refuse(f"{failure.text}。{failure.remedy}"),
            label="正在识别二维码…",
        )

    def _picture_read(self, code: str | None) -> None:
        if code is None:
            self._refuse("图片里没有找到期货公司的二维码，请换一张清晰完整的图片，或直接填写编号")
            return
        self.code.set_text(code)
        self.code.set_error("")
        self._entered()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste_picture()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field takes pasted text itself; a pasted picture is for the page."""
        if event.type() != QEvent.Type.KeyPress or not event.matches(QKeySequence.StandardKey.Paste):
            return False
        return self._paste_picture()

    def _paste_picture(self) -> bool:
        """Read a picture, or the file of one, from the clipboard; False when it holds text or nothing.

        Not by its QMimeData: PySide2 hands out one that is gone already.
        """
        clipboard = QGuiApplication.clipboard()
        text, image = clipboard.text(), clipboard.image()
        if text.startswith("file:"):
            self.read_picture(QUrl(text.splitlines()[0]).toLocalFile())
        elif not text and not image.isNull():
            self._read_image(image)
        else:
            return False
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        data = event.mimeData()
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self.read_picture(files[0])
        elif data.hasImage():
            self._read_image(QImage(data.imageData()))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._waiting.setGeometry(self.rect())


def _company_in(image: object) -> str | None:
    from kaihu_desktop.vision.qr_code import read_qr_code

    return company_code_of(read_qr_code(image) or "")

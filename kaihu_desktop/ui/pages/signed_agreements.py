"""Page 协议下载: what the person has signed, to be read, verified and saved."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import SignedAgreement
from kaihu_desktop.ui.file_dialogs import ask_for_folder, ask_for_pdf, ask_where_to_save
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pdf import PdfDocument
from kaihu_desktop.ui.saving import document_name
from kaihu_desktop.ui.signed_copies import SignedCopies, name_of
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.widgets.labels import Note, button, label
from kaihu_desktop.ui.widgets.resting import rest, wake
from kaihu_desktop.ui.widgets.signed_document import SignedDocument
from kaihu_desktop.ui.widgets.signed_list import PREFIX, SignedList, heading_of
from kaihu_desktop.ui.widgets.skeleton import Skeleton

TITLE = "协议下载"
ABOUT = "您签署过的协议可以在这里打开、验证签名，并保存到自己的电脑"
OTHER = "选择要验证的 PDF 文件"
#: A person's own file that is larger isn't opened here (bytes).
LARGEST = 100 * 1024 * 1024


class SignedAgreementsPage(Page):
    """Shows the list, or one document in its place."""

    def __init__(self, tasks: TaskRunner, copies: SignedCopies) -> None:
        super().__init__(PREFIX, TITLE, ABOUT)
        self._tasks, self._copies = tasks, copies
        self._agreements: tuple[SignedAgreement, ...] | None = None
        self._reading = False
        self._saving: Task | None = None
        self._saved: list[bool] = []
        self._document: SignedDocument | None = None
        self._focus_before = ""
        self._add_heading()
        self._note = Note("", "", f"{PREFIX}.note")
        self._note.hide()
        self.body.addWidget(self._note)
        self.body.addWidget(self._list_view(), 1)
        self._read()

    def _add_heading(self) -> None:
        self._back = button(
            "返回列表", "secondary", f"{PREFIX}.back", self._go_back, small=True, icon_name="chevron-left"
        )
        self._back.hide()
        self._read_at = label("", "hint", f"{PREFIX}.read_at")
        self._refresh = button("刷新", "link", f"{PREFIX}.refresh", self._read, icon_name="refresh-cw")
        for widget in (self._read_at, self._refresh, self._back):
            self.heading.addWidget(widget)

    def _list_view(self) -> QWidget:
        self._list_part = QWidget()
        column = QVBoxLayout(self._list_part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._save_all = button(
            "全部保存…", "secondary", f"{PREFIX}.save_all", self._ask_folder, small=True, icon_name="save"
        )
        self._save_all.hide()
        other = button(
            "验证其他文件…",
            "secondary",
            f"{PREFIX}.verify_other",
            lambda: ask_for_pdf(self, OTHER, self.verify_file),
            small=True,
            icon_name="shield-check",
        )
        tools = QHBoxLayout()
        tools.addWidget(self._save_all)
        tools.addWidget(other)
        tools.addStretch(1)
        self._contents: QWidget = Skeleton(f"{PREFIX}.skeleton")
        self._column = column
        column.addLayout(tools)
        column.addWidget(self._contents)
        column.addStretch(1)
        return self._list_part

    def leave(self) -> None:
        self._close_document()
        self._copies.forget()

    # the list

    def _read(self) -> None:
        if self._reading:
            return
        self._reading = True
        rest(self._refresh)
        self.begun.emit()
        task = self._tasks.run(
            self,
            lambda _: self._copies.all(),
            self._show_list,
            lambda failure: self.failed.emit(failure, self._read),
        )
        task.ended.connect(self._has_read)

    def _has_read(self) -> None:
        self._reading = False
        wake(self._refresh)

    def _show_list(self, agreements: tuple[SignedAgreement, ...]) -> None:
        self._read_at.setText(f"更新于 {datetime.now():%H:%M}")
        if agreements == self._agreements:
            return
        self._agreements = agreements
        made = SignedList(agreements)
        made.opened.connect(self._open)
        made.saved.connect(self._ask_path)
        before, self._contents = self._contents, made
        self._column.replaceWidget(before, made)
        before.hide()
        before.deleteLater()
        self._save_all.setVisible(bool(agreements))

    # one document

    def _open(self, agreement: SignedAgreement) -> None:
        self.begun.emit()
        self._tasks.run(
            self,
            lambda progress: PdfDocument(self._copies.content(agreement, progress)),
            lambda document: self._show(agreement.title, heading_of(agreement), document, name_of(agreement)),
            lambda failure: self.failed.emit(failure, lambda: self._open(agreement)),
            label="正在打开协议…",
        )

    def verify_file(self, path: str) -> None:
        """Show a PDF of this PC, and what its signatures are worth."""
        name = Path(path).name
        self.begun.emit()
        self._tasks.run(
            self,
            lambda _: _opened(Path(path)),
            lambda document: self._show(name, "这台电脑上的文件", document, document_name(Path(path).stem)),
            lambda failure: self.failed.emit(failure, lambda: self.verify_file(path)),
            label="正在打开文件…",
        )

    def _show(self, title: str, subtitle: str, document: PdfDocument, file: str) -> None:
        self._close_document()
        focused = self.window().focusWidget()
        self._focus_before = focused.objectName() if focused and self.isAncestorOf(focused) else ""
        made = SignedDocument(self._tasks, self._copies.check)
        made.saved.connect(self._tell_saved)
        made.failed.connect(lambda failure: self.failed.emit(failure, None))
        self._document = made
        self.body.addWidget(made, 1)
        self._turn_to(subtitle)
        made.show_document(title, document, file)
        made.pages.setFocus()

    def _go_back(self) -> None:
        self._close_document()
        self._turn_to(ABOUT)
        (self.findChild(QWidget, self._focus_before) or self).setFocus()

    def _close_document(self) -> None:
        before, self._document = self._document, None
        if before is not None:
            before.close_document()
            self.body.removeWidget(before)
            before.hide()
            before.deleteLater()

    def _turn_to(self, subtitle: str) -> None:
        listed = self._document is None
        self.set_heading(TITLE, subtitle)
        self._note.hide()
        self._list_part.setVisible(listed)
        self._read_at.setVisible(listed)
        self._refresh.setVisible(listed)
        self._back.setVisible(not listed)

    # saving

    def _ask_path(self, agreement: SignedAgreement) -> None:
        ask_where_to_save(self, name_of(agreement), lambda path: self._save(agreement, path))

    def _save(self, agreement: SignedAgreement, path: str) -> None:
        self.begun.emit()
        self._tasks.run(
            self,
            lambda progress: self._copies.save(agreement, Path(path), progress),
            lambda _: self._tell_saved(path),
            lambda failure: self.failed.emit(failure, lambda: self._save(agreement, path)),
            label="正在保存协议…",
        )

    def _tell_saved(self, path: str) -> None:
        self._note.show_text(f"已保存到 {Path(path)}", "ok")

    def _ask_folder(self) -> None:
        ask_for_folder(self, "选择保存协议的文件夹", self._save_all_to)

    def _save_all_to(self, folder: str) -> None:
        agreements, saved = self._agreements or (), []
        self._saved = saved
        self.begun.emit()
        self._saving = self._tasks.run(
            self,
            lambda progress: self._copies.save_all(agreements, Path(folder), progress, saved),
            lambda _: self._note.show_text(f"{_counted(saved)}。文件夹：{Path(folder)}", "ok"),
            lambda failure: self._not_all_saved(failure, folder),
            label=f"正在保存 {len(agreements)} 份协议…",
        )
        self._saving.ended.connect(self._saving_ended)

    def _saving_ended(self) -> None:
        task, self._saving = self._saving, None
        if task is not None and task.cancelled:
            self._note.show_text(f"已取消，{_counted(self._saved)}", "warn")

    def _not_all_saved(self, failure: Failure, folder: str) -> None:
        self._note.show_text(f"没有全部保存，{_counted(self._saved)}", "warn")
        self.failed.emit(failure, lambda: self._save_all_to(folder))


def _counted(saved: list[bool]) -> str:
    """How many documents are in the folder now. saved: for each whether it was written."""
    there = saved.count(False)
    again = f"，另有 {there} 份文件夹里已经有了，没有重复保存" if there else ""
    return f"保存了 {saved.count(True)} 份协议{again}"


def _opened(path: Path) -> PdfDocument:
    """A PDF of this PC. Raises PC-FILE, SIGN-FORMAT."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        raise Failure("PC-FILE") from None
    if len(data) > LARGEST:
        raise Failure("SIGN-FORMAT", "这个文件太大，不能在这里打开")
    try:
        return PdfDocument(data)
    except Failure:
        raise Failure("SIGN-FORMAT") from None

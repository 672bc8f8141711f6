"""我的证书: backups are exported, and certificates taken in from them."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog

from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.model.certificate import ExportProfile
from kaihu_desktop.core.rules.backups import has_backup
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.settings import Settings
from kaihu_desktop.ui.file_dialogs import in_documents
from kaihu_desktop.ui.pages.my_certificates import MyCertificatesPage
from kaihu_desktop.ui.widgets.import_dialog import ImportDialog
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import Hands
from tests.ui.managing import (
    BACKUP_PASSWORD,
    FILE_PASSWORD,
    NEW_PASSWORD,
    PASSWORD,
    Open,
    certificates,
    keep,
    kept,
    open_page,
    opens,
)

__all__ = ["certificates", "keep", "kept", "open_page"]  # the fixtures


def _save_dialog(page: MyCertificatesPage) -> QFileDialog:
    return page.findChild(QFileDialog, "my_certificates.save_dialog")


def _fill_export(hands: Hands) -> None:
    """Open the form that exports the first certificate and enter all passwords."""
    hands.click("my_certificates.0.export")
    hands.type("dialog.password", PASSWORD)
    hands.type("dialog.new", BACKUP_PASSWORD)
    hands.type("dialog.new.again", BACKUP_PASSWORD)


def _save_to(hands: Hands, page: MyCertificatesPage, path: Path) -> None:
    """Answer the dialog of the system, whichever it is."""
    hands.wait(lambda: _save_dialog(page))
    dialog = _save_dialog(page)
    dialog.fileSelected.emit(str(path))
    dialog.accepted.emit()
    dialog.setParent(None)
    dialog.deleteLater()


def _choose(hands: Hands, path: Path, password: str) -> None:
    """Name the file and its password in the form that takes it in."""
    hands.wait(lambda: hands.shell.findChild(ImportDialog))
    hands.shell.findChild(ImportDialog).choose_file(str(path))
    hands.type("dialog.password", password)


def test_a_backup_is_saved_and_the_reminder_goes(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    kept: Callable[[], Settings],
    tmp_path: Path,
) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    page = open_page()
    hands.see_text("my_certificates.0.backup.text", "还没有备份")
    hands.click("my_certificates.0.export")
    hands.type("dialog.password", "000000")
    hands.type("dialog.new", "letters")
    hands.click("dialog.accept")
    hands.see_text("dialog.new.error", "同时包含字母和数字")
    hands.type("dialog.new", BACKUP_PASSWORD)
    assert hands.text("dialog.new.strength") == "强"
    hands.type("dialog.new.again", BACKUP_PASSWORD + "x")
    hands.click("dialog.accept")
    hands.see_text("dialog.new.again.error", "不一致")
    hands.type("dialog.new.again", BACKUP_PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "还可以试 4 次")
    hands.type("dialog.password", PASSWORD)
    hands.click("dialog.accept")
    path = tmp_path / "备份.p12"
    _save_to(hands, page, path)
    hands.see_text("my_certificates.note.text", "备份已经导出")
    hands.wait(lambda: hands.find("my_certificates.0.backup") is None)
    again = MemoryCertificateStore()
    imported = again.import_pkcs12(path.read_bytes(), Secret(BACKUP_PASSWORD), Secret(PASSWORD))
    assert (imported.info.id, imported.legacy) == (certificate_id, False)
    assert has_backup(kept().backed_up, certificate_id)
    assert certificate_id[:8] not in kept().backed_up


def test_the_format_of_windows_7_is_called_weaker(
    open_page: Open, hands: Hands, keep: Callable[[str], str], tmp_path: Path
) -> None:
    keep(SAMPLE_ID_NUMBER)
    page = open_page()
    _fill_export(hands)
    assert hands.find("dialog.weaker") is None
    hands.click("dialog.profile.windows_7")
    hands.see_text("dialog.weaker.text", "保护较弱")
    hands.click("dialog.accept")
    path = tmp_path / "旧格式.p12"
    _save_to(hands, page, path)
    hands.see_text("my_certificates.note.text", "备份已经导出")
    again = MemoryCertificateStore()
    assert again.import_pkcs12(path.read_bytes(), Secret(BACKUP_PASSWORD), Secret(PASSWORD)).legacy


def test_a_backup_that_cannot_be_written_is_saved_elsewhere_without_typing_anew(
    open_page: Open, hands: Hands, keep: Callable[[str], str], kept: Callable[[], Settings], tmp_path: Path
) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    page = open_page()
    _fill_export(hands)
    hands.click("dialog.accept")
    _save_to(hands, page, tmp_path / "no such folder" / "x.p12")
    hands.see_text("dialog.text", "磁盘空间不足或文件夹不可写")
    assert not has_backup(kept().backed_up, certificate_id)
    hands.click("dialog.reject")
    hands.see_text("my_certificates.note.text", "备份还没有导出")
    hands.see("my_certificates.0.backup")
    _fill_export(hands)
    assert hands.find("my_certificates.note.text") is None  # it was about what was before
    hands.click("dialog.accept")
    _save_to(hands, page, tmp_path / "no such folder" / "x.p12")
    hands.click("dialog.accept")
    _save_to(hands, page, tmp_path / "x.p12")
    hands.see_text("my_certificates.note.text", "备份已经导出")
    assert has_backup(kept().backed_up, certificate_id)


def test_a_backup_that_is_not_saved_is_called_so(
    open_page: Open, hands: Hands, keep: Callable[[str], str]
) -> None:
    keep(SAMPLE_ID_NUMBER)
    page = open_page()
    _fill_export(hands)
    hands.click("dialog.accept")
    hands.wait(lambda: _save_dialog(page))
    dialog = _save_dialog(page)
    assert Path(dialog.directory().absolutePath()) == Path(in_documents())
    dialog.reject()
    hands.see_text("my_certificates.note.text", "备份还没有导出")


def test_a_file_is_imported_under_a_password_of_its_own(
    open_page: Open,
    hands: Hands,
    sandbox: SandboxServer,
    certificates: MemoryCertificateStore,
    tmp_path: Path,
) -> None:
    path = tmp_path / "证书.p12"
    path.write_bytes(sandbox.certificate_file(SAMPLE_ID_NUMBER))
    open_page()
    hands.click("my_certificates.import")
    hands.click("dialog.accept")
    hands.see_text("dialog.file.error", "请先选择证书文件")
    _choose(hands, path, "wrong")
    hands.tick("dialog.own_password")
    hands.type("dialog.new", PASSWORD)
    hands.type("dialog.new.again", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "证书密码不正确")
    hands.type("dialog.password", FILE_PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "数字证书已经导入")
    hands.see_text("my_certificates.0.subject", "张样本")
    assert hands.find("my_certificates.0.backup") is None
    assert opens(certificates, certificates.list()[0].id, PASSWORD)


def test_what_is_no_certificate_is_told_at_the_file(open_page: Open, hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "photo.p12"
    path.write_bytes(b"no certificate")
    open_page()
    hands.click("my_certificates.import")
    _choose(hands, path, "anything")
    hands.click("dialog.accept")
    hands.see_text("dialog.file.error", "这不是有效的证书文件")
    hands.focused("dialog.choose_file")


def test_an_old_file_is_labelled_as_such(
    open_page: Open,
    hands: Hands,
    sandbox: SandboxServer,
    tmp_path: Path,
) -> None:
    other = MemoryCertificateStore()
    data = sandbox.certificate_file(SAMPLE_ID_NUMBER)
    certificate_id = other.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORD)).info.id
    old = ExportProfile.WINDOWS_7
    path = tmp_path / "旧.pfx"
    path.write_bytes(other.export(certificate_id, Secret(PASSWORD), Secret(BACKUP_PASSWORD), old))
    open_page()
    hands.click("my_certificates.import")
    _choose(hands, path, BACKUP_PASSWORD)
    hands.qtbot.keyClick(hands.see("dialog.password"), Qt.Key.Key_Return)
    hands.see_text("my_certificates.note.text", "旧的加密方法")


def test_a_forgotten_password_is_replaced_by_the_backup(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    sandbox: SandboxServer,
    certificates: MemoryCertificateStore,
    tmp_path: Path,
) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    path = tmp_path / "备份.p12"
    path.write_bytes(sandbox.certificate_file(SAMPLE_ID_NUMBER))
    open_page()
    hands.click("my_certificates.0.forgotten")
    assert "没有人能找回" in hands.text("dialog.text.0")
    assert "视频见证" in hands.text("dialog.text.2")
    hands.click("dialog.accept")
    _choose(hands, path, FILE_PASSWORD)
    hands.type("dialog.new", NEW_PASSWORD)
    hands.type("dialog.new.again", NEW_PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "已经导入")
    assert [info.id for info in certificates.list()] == [certificate_id]
    assert opens(certificates, certificate_id, NEW_PASSWORD)

"""我的证书: listed with what is to be done, exported, imported, renewed, its password changed, deleted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.model.certificate import ExportProfile
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.rules.backups import has_backup
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.settings import Settings, load_settings
from kaihu_desktop.ui.file_dialogs import in_documents
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages import my_certificates_actions
from kaihu_desktop.ui.pages.my_certificates import MyCertificatesPage
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.visitor import Visitor
from kaihu_desktop.ui.widgets.import_dialog import ImportDialog
from kaihu_desktop.ui.widgets.managed_certificate import ManagedCertificate, Standing
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import LONG, Hands
from tests.unit.certificates.certificate_people import Watch

OTHER = "410101198601295030"
EXPIRED = "410101197410191082"
#: Of the sandbox's certificate files.
FILE_PASSWORD = "Kaihu-2026"
PASSWORD, NEW_PASSWORD, BACKUP_PASSWORD = "730164", "918273", "Backup-2026"
Open = Callable[..., MyCertificatesPage]


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], Settings]:
    """The settings as the next run of the program would read them."""
    return lambda: load_settings({"KAIHU_HOME": str(tmp_path)})


@pytest.fixture
def certificates() -> MemoryCertificateStore:
    """A certificate store with nothing in it, in which waiting times don't pass."""
    return MemoryCertificateStore(clock=Watch())


@pytest.fixture
def keep(sandbox: SandboxServer, certificates: MemoryCertificateStore) -> Callable[[str], str]:
    """Keeps a customer's certificate on this PC under PASSWORD; its id."""

    def keep(id_number: str) -> str:
        data = sandbox.certificate_file(id_number)
        return certificates.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORD)).info.id

    return keep


@pytest.fixture
def open_page(
    tasks: TaskRunner,
    shell: Shell,
    backend: RestBackend,
    company: Company,
    certificates: MemoryCertificateStore,
    show: Callable[[Page], Page],
    kept: Callable[[], Settings],
    log_in: Callable[..., None],
) -> Open:
    """Shows the page to the sample customer, or to nobody who is known."""

    def open_page(*, logged_in: bool = True) -> MyCertificatesPage:
        visitor = Visitor(backend, None, None)
        if logged_in:
            log_in()
            visitor = Visitor(backend, company, backend.customer())
        page = MyCertificatesPage(tasks, shell.dialogs, lambda: certificates, lambda: None, kept(), visitor)
        show(page)
        return page

    return open_page


def _opens(certificates: MemoryCertificateStore, certificate_id: str, password: str) -> bool:
    with certificates.open(certificate_id, Secret(password)) as opened:
        return opened.info.id == certificate_id


def _listed(hands: Hands, name: str = "张样本") -> None:
    hands.see_text("my_certificates.0.subject", name)


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


def test_all_certificates_are_listed_ones_own_first(
    open_page: Open, hands: Hands, keep: Callable[[str], str]
) -> None:
    for one in (OTHER, SAMPLE_ID_NUMBER, EXPIRED):
        keep(one)
    open_page()
    _listed(hands)
    assert hands.text("my_certificates.0.mine") == "本人"
    assert hands.find("my_certificates.1.mine") is None
    assert hands.text("my_certificates.2.state") == "已过期"
    assert hands.find("my_certificates.2.renew") is None
    assert hands.see("my_certificates.2.reapply").text() == "重新申领"
    hands.focused("my_certificates.return")


def test_nobody_has_to_be_logged_in(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page(logged_in=False)
    _listed(hands)
    assert hands.find("my_certificates.0.mine") is None
    hands.click("my_certificates.0.renew")
    hands.see_text("dialog.text", "登录以后")
    hands.click("dialog.accept")
    hands.click("my_certificates.0.diagnose")
    hands.see_text("checks.person", "登录后才能判断")
    hands.see_text("checks.issuer", "连接期货公司后才能判断")
    hands.see_text("checks.validity", "在有效期内")


def test_where_there_is_none_it_says_what_to_do(open_page: Open, hands: Hands, qtbot: QtBot) -> None:
    page = open_page()
    hands.see("my_certificates.none")
    hands.see_text("my_certificates.memory.text", "不会保存到这台电脑")
    with qtbot.waitSignal(page.returned, timeout=LONG):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_details_name_everything(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.details")
    values = [hands.text(f"details.{row}") for row in range(11)]
    assert values[:3] == ["张样本", "410101********0033", "可用"]
    assert values[7:9] == ["签署电子协议", "RSA 2048 位"]
    assert values[10].replace(" ", "") == certificate_id


def test_in_a_small_window_the_details_are_read_by_the_keyboard(
    open_page: Open, hands: Hands, keep: Callable[[str], str], shell: Shell, qtbot: QtBot
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    shell.resize(768, 432)
    hands.click("my_certificates.0.details")
    last = hands.see("details.10")
    assert last.visibleRegion().isEmpty()
    hands.focused("dialog.accept")
    qtbot.keyClick(hands.see("dialog.accept"), Qt.Key.Key_PageDown)
    hands.wait(lambda: not last.visibleRegion().isEmpty())


def test_diagnosis_asks_the_company(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    keep(OTHER)
    open_page()
    hands.click("my_certificates.0.diagnose")
    hands.see_text("checks.conclusion.text", "发现 2 个问题")
    hands.see_text("checks.keyring", "没有可用的系统密钥保管功能")
    hands.see_text("checks.person", "不是您本人的")
    assert "CERT-OTHER-PERSON" in hands.text("checks.person.remedy")
    hands.see_text("checks.issuer", "期货公司认可的机构")
    hands.see_text("checks.revocation", "没有被吊销")


def test_diagnosis_tells_what_the_ca_has_taken_back(
    open_page: Open, hands: Hands, keep: Callable[[str], str], sandbox: SandboxServer
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    sandbox.revoke_certificate(SAMPLE_ID_NUMBER)
    try:
        hands.click("my_certificates.0.diagnose")
        hands.see_text("checks.revocation", "已被吊销")
        assert "CERT-REVOKED" in hands.text("checks.revocation.remedy")
    finally:
        sandbox.revoke_certificate(SAMPLE_ID_NUMBER, False)


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


def test_wrong_passwords_lock_for_a_while(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.change_password")
    hands.type("dialog.new", NEW_PASSWORD)
    hands.type("dialog.new.again", NEW_PASSWORD)
    for told in (
        "还可以试 4 次",
        "还可以试 3 次",
        "还可以试 2 次，请 3 秒后再试",
        "证书暂时锁定，请 3 秒后再试",
    ):
        hands.type("dialog.password", "111222")
        hands.click("dialog.accept")
        hands.see_text("dialog.password.error", told)
    assert hands.find("dialog.title") is not None


def test_the_password_is_changed(
    open_page: Open, hands: Hands, keep: Callable[[str], str], certificates: MemoryCertificateStore
) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.change_password")
    hands.type("dialog.password", PASSWORD)
    hands.type("dialog.new", PASSWORD)
    hands.type("dialog.new.again", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("dialog.new.error", "与现在的密码相同")
    for easy in ("123456", "950813"):
        hands.type("dialog.new", easy)
        hands.type("dialog.new.again", easy)
        hands.click("dialog.accept")
        hands.see("dialog.new.error")
    hands.type("dialog.new", NEW_PASSWORD)
    hands.type("dialog.new.again", NEW_PASSWORD)
    hands.qtbot.keyClick(hands.see("dialog.new.again"), Qt.Key.Key_Return)
    hands.see_text("my_certificates.note.text", "密码已经修改")
    assert _opens(certificates, certificate_id, NEW_PASSWORD)


def test_deleting_says_what_is_lost(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(my_certificates_actions, "DELETE_SECONDS", 0)
    keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.delete")
    hands.see_text("dialog.text", "它还没有备份，删除后无法恢复")
    hands.click("dialog.reject")
    assert len(certificates.list()) == 1
    hands.click("my_certificates.0.delete")
    hands.click("dialog.accept")
    hands.see("my_certificates.none")
    assert certificates.list() == ()


def test_a_file_is_imported_under_a_password_of_its_own(
    open_page: Open,
    hands: Hands,
    sandbox: SandboxServer,
    certificates: MemoryCertificateStore,
    tmp_path: Path,
    shell: Shell,
) -> None:
    path = tmp_path / "证书.p12"
    path.write_bytes(sandbox.certificate_file(SAMPLE_ID_NUMBER))
    open_page()
    hands.click("my_certificates.import")
    hands.click("dialog.accept")
    hands.see_text("dialog.file.error", "请先选择证书文件")
    shell.findChild(ImportDialog).choose_file(str(path))
    hands.type("dialog.password", "wrong")
    hands.tick("dialog.own_password")
    hands.type("dialog.new", PASSWORD)
    hands.type("dialog.new.again", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "证书密码不正确")
    hands.type("dialog.password", FILE_PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "数字证书已经导入")
    _listed(hands)
    assert hands.find("my_certificates.0.backup") is None
    assert _opens(certificates, certificates.list()[0].id, PASSWORD)


def test_what_is_no_certificate_is_told_at_the_file(
    open_page: Open, hands: Hands, tmp_path: Path, shell: Shell
) -> None:
    path = tmp_path / "photo.p12"
    path.write_bytes(b"no certificate")
    open_page()
    hands.click("my_certificates.import")
    shell.findChild(ImportDialog).choose_file(str(path))
    hands.type("dialog.password", "anything")
    hands.click("dialog.accept")
    hands.see_text("dialog.file.error", "这不是有效的证书文件")
    hands.focused("dialog.choose_file")


def test_an_old_file_is_labelled_as_such(
    open_page: Open,
    hands: Hands,
    sandbox: SandboxServer,
    tmp_path: Path,
    shell: Shell,
) -> None:
    other = MemoryCertificateStore()
    data = sandbox.certificate_file(SAMPLE_ID_NUMBER)
    certificate_id = other.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORD)).info.id
    old = ExportProfile.WINDOWS_7
    path = tmp_path / "旧.pfx"
    path.write_bytes(other.export(certificate_id, Secret(PASSWORD), Secret(BACKUP_PASSWORD), old))
    open_page()
    hands.click("my_certificates.import")
    shell.findChild(ImportDialog).choose_file(str(path))
    hands.type("dialog.password", BACKUP_PASSWORD)
    hands.qtbot.keyClick(hands.see("dialog.password"), Qt.Key.Key_Return)
    hands.see_text("my_certificates.note.text", "旧的加密方法")


def test_a_forgotten_password_is_replaced_by_the_backup(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    sandbox: SandboxServer,
    certificates: MemoryCertificateStore,
    tmp_path: Path,
    shell: Shell,
) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    path = tmp_path / "备份.p12"
    path.write_bytes(sandbox.certificate_file(SAMPLE_ID_NUMBER))
    open_page()
    hands.click("my_certificates.0.forgotten")
    assert "没有人能找回" in hands.text("dialog.text.0")
    assert "视频见证" in hands.text("dialog.text.2")
    hands.click("dialog.accept")
    hands.wait(lambda: shell.findChild(ImportDialog))
    shell.findChild(ImportDialog).choose_file(str(path))
    hands.type("dialog.password", FILE_PASSWORD)
    hands.type("dialog.new", NEW_PASSWORD)
    hands.type("dialog.new.again", NEW_PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "已经导入")
    assert [info.id for info in certificates.list()] == [certificate_id]
    assert _opens(certificates, certificate_id, NEW_PASSWORD)


def test_applying_again_leads_to_the_businesses_and_deletes_nothing(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    qtbot: QtBot,
) -> None:
    keep(SAMPLE_ID_NUMBER)
    page = open_page()
    hands.click("my_certificates.0.forgotten")
    with qtbot.waitSignal(page.go_to_business, timeout=LONG):
        hands.click("dialog.business")
    assert len(certificates.list()) == 1


def test_a_certificate_is_renewed(
    open_page: Open, hands: Hands, keep: Callable[[str], str], certificates: MemoryCertificateStore
) -> None:
    before = keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.renew")
    hands.type("dialog.password", "000000")
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "还可以试 4 次")
    hands.type("dialog.password", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "新的数字证书已经安装成功")
    hands.see("my_certificates.1.subject")
    ids = [info.id for info in certificates.list()]
    assert before in ids
    (after,) = set(ids) - {before}
    assert _opens(certificates, after, PASSWORD)


def test_a_lost_answer_to_a_renewal_leaves_no_orphan(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    sandbox: SandboxServer,
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    sandbox.fault("/v1/certificates/renewals", "lose_answer", method="POST", times=None)
    hands.click("my_certificates.0.renew")
    hands.type("dialog.password", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("dialog.note.text", "NET-")
    assert "请点“续期”" in hands.text("dialog.note.text")
    sandbox.clear_faults()
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "新的数字证书已经安装成功")
    assert len(certificates.list()) == 2


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("other_name", "CERT-MISMATCH"),
        ("other_key", "CERT-MISMATCH"),
        ("expired", "CERT-EXPIRED"),
        ("not_yet", "CERT-NOT-YET"),
        ("untrusted", "CERT-UNTRUSTED"),
        ("refused", "CERT-REQUEST"),
    ],
)
def test_a_wrong_answer_to_a_renewal_is_told_and_tried_again(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    sandbox: SandboxServer,
    kind: str,
    code: str,
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    sandbox.next_certificate(SAMPLE_ID_NUMBER, kind)
    hands.click("my_certificates.0.renew")
    hands.type("dialog.password", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("dialog.note.text", code)
    assert len(certificates.list()) == 1
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "新的数字证书已经安装成功")
    assert len(certificates.list()) == 2


def test_a_certificate_that_ends_soon_is_marked(
    hands: Hands,
    certificates: MemoryCertificateStore,
    keep: Callable[[str], str],
    show: Callable[[Page], Page],
) -> None:
    keep(SAMPLE_ID_NUMBER)
    info = certificates.list()[0]
    soon = info.not_after - timedelta(days=20)
    page = Page("near", "near")
    page.body.addWidget(ManagedCertificate(info, 0, Standing(True, True, soon), lambda action: None))
    show(page)
    assert hands.text("my_certificates.0.soon") == "即将到期"
    hands.see_text("my_certificates.0.expiry.text", "还有 20 天到期（2045-01-01），请在到期前续期")
    assert hands.find("my_certificates.0.backup") is None

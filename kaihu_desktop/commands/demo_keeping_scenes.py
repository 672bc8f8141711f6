"""The scenes of the tour about what the person keeps: the certificates of this PC, and what was signed."""

from __future__ import annotations

from kaihu_desktop.commands.demo_actions import Action, click, click_any, enter, see, see_any, see_text_with
from kaihu_desktop.commands.demo_world import NEW_PASSWORD, DemoWorld
from kaihu_desktop.ui.tour.player import Scene

BACKUP_PASSWORD = "Henan-2026-hetao"  # noqa: S105 - of the backup that the demonstration makes
REMINDER = ".backup"


def my_certificates(world: DemoWorld) -> list[Scene]:
    """The certificate that has no backup yet is looked at, backed up and diagnosed."""
    export = [
        enter("dialog.password", NEW_PASSWORD),
        enter("dialog.new", BACKUP_PASSWORD),
        enter("dialog.new.again", BACKUP_PASSWORD),
    ]
    save = [
        click("dialog.accept"),
        lambda driver: driver.choose_file("my_certificates.save_dialog", world.backup_file()),
        see_text_with("my_certificates.note.text", "备份已经导出"),
    ]
    close = click("dialog.accept")
    return [
        Scene("my-certificates", "我的证书", [click("shell.certificates"), see_any(REMINDER)]),
        Scene("my-certificates-details", "证书详情", [_without_backup("details"), see("dialog.accept")]),
        Scene("my-certificates-export", "导出备份", [close, _without_backup("export"), *export]),
        Scene("my-certificates-exported", "备份已导出", save),
        Scene("my-certificates-diagnosis", "证书诊断", [click_any(".diagnose"), see("dialog.accept")]),
        Scene(
            "my-certificates-forgotten", "忘记密码", [close, click_any(".forgotten"), see("dialog.accept")]
        ),
    ]


def signed_agreements() -> list[Scene]:
    """What was signed is listed, opened and verified."""
    valid = see_text_with("signed_agreements.verdict.text", "签名有效")
    leave = [click("dialog.reject"), click("my_certificates.return")]
    return [
        Scene("signed-agreements", "协议下载", [*leave, click("rail.signed_agreements"), see_any(".open")]),
        Scene("signed-agreement", "协议已验证", [click_any(".open"), valid]),
    ]


def _without_backup(action: str) -> Action:
    """Do this with the certificate that is reminded of."""
    return lambda driver: driver.click(driver.ending(REMINDER)[: -len(REMINDER)] + f".{action}")

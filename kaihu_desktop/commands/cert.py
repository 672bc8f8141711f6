"""``kaihu-desktop cert``: the certificates of this PC without the window, and the verification of PDFs."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

from kaihu_desktop.commands import cert_files, cert_texts, cert_windows
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_backups import remember_backup
from kaihu_desktop.core.flow.windows_certificates import put_into_windows, take_from_windows
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore, ExportProfile
from kaihu_desktop.core.rules.backups import has_backup
from kaihu_desktop.core.rules.passwords import DEFAULT_RULE, EXPORT_RULE, password_problem
from kaihu_desktop.core.secret import Secret

OK, FAILED, NOT_JUDGED = 0, 1, 3
#: Words for `ExportProfile` on the command line.
PROFILES = {"modern": ExportProfile.MODERN, "windows7": ExportProfile.WINDOWS_7}


def add_parser(subparsers: Any) -> None:
    """Add ``cert`` and its actions to the program's command line."""
    parser = subparsers.add_parser(
        "cert", help="管理本机的数字证书", description=cert_texts.DESCRIPTION, epilog=cert_texts.RENEWAL
    )
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(dest="action", required=True, metavar="操作")
    for name, text in cert_texts.ACTIONS.items():
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("--json", action="store_true", help="以 JSON 输出结果")
        for argument, help_text in cert_texts.ARGUMENTS.get(name, {}).items():
            action.add_argument(argument, type=Path if argument == "file" else str, help=help_text)
    actions.choices["list"].add_argument("--windows", action="store_true", help=cert_texts.WINDOWS_HELP)
    actions.choices["delete"].add_argument("--yes", action="store_true", help="不再询问，直接删除")
    actions.choices["export"].add_argument(
        "--profile", choices=PROFILES, default="modern", help=cert_texts.PROFILE_HELP
    )
    actions.choices["diagnose"].add_argument("id", nargs="?", default="", help=cert_texts.DIAGNOSE_ID)
    for name in ("verify", "diagnose"):
        actions.choices[name].add_argument(
            "--trust", action="append", type=Path, default=[], metavar="PEM", help=cert_texts.TRUST_HELP
        )


def run(args: argparse.Namespace) -> int:
    """0: done, or verified; 1: failed, or a problem found; 3: sound, but no trust anchors to judge by."""
    try:
        document, code = _HANDLERS[args.action](args)
    except Failure as failure:
        document, code = cert_texts.failure_document(failure), FAILED
    print(cert_texts.as_json(document) if args.json else cert_texts.as_text(document))
    return code


def _list(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    if args.windows:
        found = cert_windows.windows_stores().find()
        return {"windows": [cert_windows.document(one) for one in found]}, OK
    store = _store()
    certificates = [cert_texts.certificate_document(info) for info in store.list()]
    return {"persistent": store.persistent, "certificates": certificates}, OK


def _import(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    data, store = cert_files.read(args.file), _lasting_store()
    file_password = _ask("证书文件的密码：")
    chosen = _ask("保存在本机的新密码（直接回车表示与文件密码相同）：")
    if chosen:
        _refuse_weak(chosen)
    imported = store.import_pkcs12(data, file_password, chosen or file_password)
    _remember_backup(imported.info.id)
    return {"imported": cert_texts.certificate_document(imported.info), "legacy": imported.legacy}, OK


def _export(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    store = _store()
    info = _named(store, args.id)
    if args.file.exists():
        raise Failure("PC-FILE-EXISTS")
    password = _ask("证书密码：")
    export_password = _ask("给备份文件设置的密码（至少 8 位，包含字母和数字）：")
    problem = password_problem(export_password, EXPORT_RULE)
    if problem:
        raise Failure("CERT-WEAK-PASSWORD", problem)
    _ask_again(export_password)
    cert_files.write_new(args.file, store.export(info.id, password, export_password, PROFILES[args.profile]))
    _remember_backup(info.id)
    exported = cert_texts.certificate_document(info)
    return {"exported": exported, "file": str(args.file), "profile": args.profile}, OK


def _details(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    from kaihu_desktop.bootstrap import settings

    info = _named(_store(), args.id)
    backed_up = has_backup(settings().backed_up, info.id)
    return {"details": cert_texts.certificate_document(info), "backed_up": backed_up}, OK


def _change_password(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    store = _store()
    info = _named(store, args.id)
    password = _ask("现在的证书密码：")
    new = _ask("新的证书密码：")
    _refuse_weak(new)
    _ask_again(new)
    store.change_password(info.id, password, new)
    return {"changed": cert_texts.certificate_document(info)}, OK


def _diagnose(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    from kaihu_desktop.commands.cert_diagnosis import diagnose

    store = _store()
    infos = (_named(store, args.id),) if args.id else store.list()
    return diagnose(args, store, infos)


def _delete(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    store = _store()
    info = _named(store, args.id)
    if not args.yes:
        print(
            cert_texts.DELETE_QUESTION.format(name=info.subject_name or info.id[: cert_texts.ID_PREFIX]),
            file=sys.stderr,
        )
        if _line().strip().lower() != "yes":
            return {"deleted": None}, FAILED
    store.delete(info.id)
    return {"deleted": cert_texts.certificate_document(info)}, OK


def _windows_import(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    windows, store = cert_windows.windows_stores(), _lasting_store()
    found = cert_windows.named(windows, args.id)
    password = _ask("在本机使用的新密码：")
    _refuse_weak(password)
    _ask_again(password)
    taken = take_from_windows(windows, store, found, password)
    return {"taken": cert_texts.certificate_document(taken)}, OK


def _windows_export(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    windows, store = cert_windows.windows_stores(), _store()
    info = _named(store, args.id)
    put_into_windows(windows, store, info.id, _ask("证书密码："))
    return {"put": cert_texts.certificate_document(info)}, OK


def _verify(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    from kaihu_desktop.certificates import pkcs12
    from kaihu_desktop.certificates.pdf_verification import verify_pdf
    from kaihu_desktop.certificates.trust import judge

    anchors = cert_files.anchors(args.trust)
    now = datetime.now(timezone.utc)
    if not Path(args.target).is_file():
        store = _store()
        verdict = store.verify(_named(store, args.target).id, anchors)
        return cert_texts.certificate_verdict(verdict), _exit_code(verdict.code, verdict.trusted)
    data = cert_files.read(Path(args.target))
    if b"%PDF-" in data[:1024]:  # a PDF may begin with some foreign bytes (ISO 32000-1, annex H)
        report = verify_pdf(data, anchors, now)
        return cert_texts.pdf_verdict(report), _exit_code(report.code, report.trusted)
    credential = pkcs12.load(data, _ask("证书文件的密码："))
    verdict = judge(credential.certificate, credential.chain, anchors, now)
    return cert_texts.certificate_verdict(verdict), _exit_code(verdict.code, verdict.trusted)


_HANDLERS: dict[str, Callable[[argparse.Namespace], tuple[dict[str, Any], int]]] = {
    "list": _list,
    "import": _import,
    "details": _details,
    "export": _export,
    "change-password": _change_password,
    "delete": _delete,
    "windows-import": _windows_import,
    "windows-export": _windows_export,
    "diagnose": _diagnose,
    "verify": _verify,
}


def _exit_code(code: str | None, trusted: bool | None) -> int:
    if code:
        return FAILED
    return OK if trusted else NOT_JUDGED


def _store() -> CertificateStore:
    from kaihu_desktop.bootstrap import certificate_store

    return certificate_store()


def _lasting_store() -> CertificateStore:
    """The store, if what is imported is still there when this command has ended. Raises PC-KEYRING."""
    store = _store()
    if not store.persistent:
        raise Failure("PC-KEYRING", cert_texts.NOT_IMPORTED)
    return store


def _named(store: CertificateStore, name: str) -> CertificateInfo:
    """The certificate whose id begins with `name`. Raises CERT-NOT-FOUND, also when there are several."""
    found = [info for info in store.list() if info.id.startswith(name.lower())]
    if len(name) < cert_texts.ID_PREFIX or len(found) != 1:
        raise Failure("CERT-NOT-FOUND")
    return found[0]


def _refuse_weak(password: Secret) -> None:
    """Raises CERT-WEAK-PASSWORD unless the password would do for a certificate or for a backup."""
    problem = password_problem(password, DEFAULT_RULE)
    if problem and password_problem(password, EXPORT_RULE):
        raise Failure("CERT-WEAK-PASSWORD", problem)


def _ask_again(password: Secret) -> None:
    """Who types wants to be sure; a script knows what it says."""
    if sys.stdin.isatty() and _ask("再输入一遍：").reveal() != password.reveal():
        raise Failure("CERT-WEAK-PASSWORD", "两次输入的密码不一致")


def _remember_backup(certificate_id: str) -> None:
    from kaihu_desktop.bootstrap import settings

    remember_backup(settings(), certificate_id)


def _ask(prompt: str) -> Secret:
    """A password from the terminal without echo, or the next line of standard input."""
    if sys.stdin.isatty():
        return Secret(getpass.getpass(prompt))
    return Secret(_line())


def _line() -> str:
    """The next line of standard input, as UTF-8 whatever the console's code page is; empty at its end."""
    return sys.stdin.buffer.readline().decode("utf-8-sig", "replace").rstrip("\r\n")

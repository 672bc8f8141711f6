"""``kaihu-desktop cert`` as it is used: real processes, a real keyring, passwords through standard input."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kaihu_desktop.certificates.pkcs12 import is_legacy, load
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    FILE_PASSWORD,
    ID_NUMBER,
    NAME,
    PASSWORD,
    ROOT,
    Authority,
    authority,
    backup_of,
    keep,
    person,
    small_pdf,
)
from tests.unit.certificates.keyring_session import in_keyring_session, needs_keyring

NEW_PASSWORD, CHANGED_PASSWORD = "730164", "918273"
EXPORT_PASSWORD = "Backup-2026"
RUN_ALL = """
    import json, subprocess
    for line in Path(folder / "commands.json").read_text(encoding="utf-8").splitlines():
        arguments, lines = json.loads(line)
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "kaihu_desktop", "cert", *arguments],
            input="\\n".join(lines).encode("utf-8"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert b"Traceback" not in done.stderr, done.stderr
        sys.stdout.buffer.write(b"%d %s" % (done.returncode, done.stdout))
"""


@pytest.fixture
def backup(tmp_path):
    path = tmp_path / "张测试的备份.pfx"
    path.write_bytes(backup_of(person()))
    return path


@pytest.fixture(scope="module")
def signed():
    store = MemoryCertificateStore(CHEAP)
    return store.sign_pdf(keep(store, person()), Secret(PASSWORD), [small_pdf()])[0]


def in_session(tmp_path, *commands):
    """(exit code, JSON) of each ``cert`` command (arguments, lines of standard input) in one session."""
    printed = said_in_session(
        tmp_path, *(((*arguments, "--json"), lines) for arguments, lines in commands)
    ).splitlines()
    return [(int(code), json.loads(document)) for code, document in (line.split(" ", 1) for line in printed)]


def said_in_session(tmp_path, *commands):
    """All that these commands print, each behind its exit code."""
    text = "\n".join(json.dumps([[*map(str, arguments)], lines]) for arguments, lines in commands)
    (tmp_path / "commands.json").write_text(text, encoding="utf-8")
    return in_keyring_session(RUN_ALL, tmp_path)


def alone(*arguments, lines=()):
    """(exit code, output) of one ``cert`` command that needs no keyring."""
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "kaihu_desktop", "cert", *map(str, arguments)],
        input="\n".join(lines).encode("utf-8"),
        capture_output=True,
        check=False,
        cwd=str(ROOT),
        env=environment,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8")
    return done.returncode, done.stdout.decode("utf-8")


def verdict(*arguments, lines=()):
    code, output = alone("verify", *arguments, "--json", lines=lines)
    return code, json.loads(output)


@needs_keyring
def test_a_life_of_a_certificate(tmp_path, backup):
    root = tmp_path / "root.pem"
    root.write_bytes(authority().pem)
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(Authority("别家中心").pem)
    exported, for_windows_7 = tmp_path / "新备份.p12", tmp_path / "旧格式.p12"
    certificate_id = keep(MemoryCertificateStore(CHEAP), person())
    short = certificate_id[:8]
    answers = in_session(
        tmp_path,
        (("list",), ()),
        (("import", backup), ("not-it", "")),
        (("import", backup), (FILE_PASSWORD, "123456")),
        (("import", backup), (FILE_PASSWORD, NEW_PASSWORD)),
        (("import", backup), (FILE_PASSWORD,)),
        (("list",), ()),
        (("verify", short, "--trust", root), ()),
        (("export", short, exported), (NEW_PASSWORD, "weak")),
        (("export", short, exported), ("000000", EXPORT_PASSWORD)),
        (("export", short, exported), (NEW_PASSWORD, EXPORT_PASSWORD)),
        (("export", short, exported), (NEW_PASSWORD, EXPORT_PASSWORD)),
        (("details", short), ()),
        (("change-password", short), (NEW_PASSWORD, "123456")),
        (("change-password", short), (NEW_PASSWORD, CHANGED_PASSWORD)),
        (("export", short, for_windows_7, "--profile", "windows7"), (CHANGED_PASSWORD, EXPORT_PASSWORD)),
        (("diagnose", short, "--trust", root), ()),
        (("diagnose", "--trust", stranger), ()),
        (("delete", short), ("no",)),
        (("delete", short), ("yes",)),
        (("delete", short, "--yes"), ()),
        (("list",), ()),
    )
    codes = [(code, document.get("error", {}).get("code")) for code, document in answers]
    assert codes == [
        (0, None),
        (1, "CERT-PASSWORD"),
        (1, "CERT-WEAK-PASSWORD"),
        (0, None),
        (1, "CERT-EXISTS"),
        (0, None),
        (0, None),
        (1, "CERT-WEAK-PASSWORD"),
        (1, "CERT-PASSWORD"),
        (0, None),
        (1, "PC-FILE-EXISTS"),
        (0, None),
        (1, "CERT-WEAK-PASSWORD"),
        (0, None),
        (0, None),
        (3, None),
        (1, None),
        (1, None),
        (0, None),
        (1, "CERT-NOT-FOUND"),
        (0, None),
    ]
    documents = [document for _, document in answers]
    assert documents[0] == {"persistent": True, "certificates": []}
    (listed,) = documents[5]["certificates"]
    assert listed["id"] == certificate_id
    assert listed["subject_name"] == NAME
    assert listed["subject_id_number"] == "410101********0033"
    assert listed["state"] == "usable"
    assert (documents[6]["trusted"], documents[6]["code"]) == (True, None)
    assert documents[8]["error"]["remaining"] == 4
    assert load(exported.read_bytes(), Secret(EXPORT_PASSWORD)).certificate == person().certificate
    assert load(for_windows_7.read_bytes(), Secret(EXPORT_PASSWORD)).certificate == person().certificate
    assert is_legacy(for_windows_7.read_bytes())
    details = documents[11]
    assert (details["backed_up"], details["details"]["key"]) == (True, "RSA 2048 位")
    answers = {one["id"]: (one["answer"], one["code"]) for one in documents[15]["diagnoses"][0]["checks"]}
    assert answers["issuer"] == ("good", None)
    assert answers["revocation"] == ("unknown", None)
    answers = {one["id"]: (one["answer"], one["code"]) for one in documents[16]["diagnoses"][0]["checks"]}
    assert answers["issuer"] == ("bad", "CERT-UNTRUSTED")
    assert ID_NUMBER not in json.dumps(documents)


def test_a_signed_file_is_verified(tmp_path, signed):
    path, root, stranger = tmp_path / "已签协议.pdf", tmp_path / "root.pem", tmp_path / "stranger.pem"
    path.write_bytes(signed)
    root.write_bytes(authority().pem)
    stranger.write_bytes(Authority("别家中心").pem)
    code, document = verdict(path, "--trust", root, "--trust", stranger)
    assert (code, document["kind"], document["code"]) == (0, "pdf", None)
    assert (document["intact"], document["trusted"]) == (True, True)
    assert document["signatures"][0]["signer_name"] == NAME
    assert verdict(path, "--trust", stranger)[1]["code"] == "CERT-UNTRUSTED"
    code, document = verdict(path)
    assert (code, document["trusted"]) == (3, None)


def test_a_changed_file_is_called_changed(tmp_path, signed):
    path = tmp_path / "changed.pdf"
    path.write_bytes(signed.replace(b"page 1 of", b"page 9 of"))
    code, document = verdict(path)
    assert (code, document["code"], document["intact"]) == (1, "SIGN-DOCUMENT", False)
    code, text = alone("verify", path)
    assert code == 1
    assert "签署后被改动过" in text


def test_a_backup_file_is_verified(tmp_path, backup):
    root = tmp_path / "root.pem"
    root.write_bytes(authority().pem)
    code, document = verdict(backup, "--trust", root, lines=[FILE_PASSWORD])
    assert (code, document["kind"], document["trusted"]) == (0, "certificate", True)
    assert verdict(backup, lines=["wrong"])[1]["error"]["code"] == "CERT-PASSWORD"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("import", "no-such-file.pfx"), "PC-FILE"),
        (("verify", "no-such-file.pdf"), "CERT-NOT-FOUND"),
        (("export", "0123456789abcdef", "x.p12"), "CERT-NOT-FOUND"),
        (("details", "0123456789abcdef"), "CERT-NOT-FOUND"),
        (("diagnose",), "CERT-NONE"),
    ],
)
def test_what_is_not_there(arguments, error):
    code, output = alone(*arguments, "--json")
    assert (code, json.loads(output)["error"]["code"]) == (1, error)


@needs_keyring
def test_what_it_says_in_words(backup, tmp_path):
    text = said_in_session(tmp_path, (("import", backup), (FILE_PASSWORD, NEW_PASSWORD)))
    assert text.startswith("0 数字证书已经导入")
    assert "需要登录" in alone("--help")[1]


def test_without_a_keyring_it_is_said_and_nothing_is_imported(backup):
    code, text = alone("list")
    assert code == 0
    assert "这台电脑没有可用的系统密钥保管功能" in text
    code, output = alone("import", backup, "--json", lines=(FILE_PASSWORD, NEW_PASSWORD))
    assert (code, json.loads(output)["error"]["code"]) == (1, "PC-KEYRING")


def test_passwords_are_no_arguments(backup):
    code, _ = alone("import", backup, FILE_PASSWORD)
    assert code == 2

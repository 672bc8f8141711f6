"""``cert`` with Windows' own certificate store, written out; and on a PC that has none."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

from kaihu_desktop import bootstrap
from kaihu_desktop.__main__ import main
from kaihu_desktop.certificates.store import FileCertificateStore, MemoryCertificateStore
from kaihu_desktop.core.model.windows_certificate import Place, PrivateKey
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import CHEAP, DEVICE, PASSWORD, keep, opens, person
from tests.unit.certificates.windows_stores import WindowsPc

Cert = Callable[..., "tuple[int, dict[str, Any]]"]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FileCertificateStore:
    store = FileCertificateStore(tmp_path / "certificates", Secret(DEVICE), CHEAP)
    monkeypatch.setattr(bootstrap, "certificate_store", lambda: store)
    return store


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> WindowsPc:
    windows = WindowsPc()
    monkeypatch.setattr(bootstrap, "windows_certificates", lambda: windows)
    return windows


@pytest.fixture
def cert(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_settings: None) -> Cert:
    """Runs ``cert`` with lines for its standard input; exit code and JSON."""

    def cert(*arguments: str, lines: str = "") -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode("utf-8"))))
        code = main(["cert", *arguments, "--json"])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, document

    return cert


def test_what_lies_in_windows_is_listed(store: FileCertificateStore, windows: WindowsPc, cert: Cert) -> None:
    certificate_id = windows.lay(person(), Place.ADDRESS_BOOK)
    code, document = cert("list", "--windows")
    (one,) = document["windows"]
    assert (code, one["certificate"]["id"], one["place"]) == (0, certificate_id, "CurrentUser\\AddressBook")
    assert (one["private_key"], one["code"]) == ("exportable", "CERT-WRONG-STORE")


def test_it_is_imported_by_its_thumbprint(
    store: FileCertificateStore, windows: WindowsPc, cert: Cert
) -> None:
    certificate_id = windows.lay(person())
    thumbprint = cert("list", "--windows")[1]["windows"][0]["thumbprint"]
    code, document = cert("windows-import", thumbprint[:8], lines="123456")
    assert (code, document["error"]["code"]) == (1, "CERT-WEAK-PASSWORD")
    code, document = cert("windows-import", thumbprint, lines=PASSWORD)
    assert (code, document["taken"]["id"]) == (0, certificate_id)
    assert opens(store, certificate_id)


def test_without_a_keyring_nothing_is_imported(
    monkeypatch: pytest.MonkeyPatch, windows: WindowsPc, cert: Cert
) -> None:
    """It would be gone when the command ends."""
    store = MemoryCertificateStore(CHEAP)
    monkeypatch.setattr(bootstrap, "certificate_store", lambda: store)
    code, document = cert("windows-import", windows.lay(person()), lines=PASSWORD)
    assert (code, document["error"]["code"]) == (1, "PC-KEYRING")
    assert store.list() == ()


def test_a_name_that_is_too_short_is_nobodys(
    store: FileCertificateStore, windows: WindowsPc, cert: Cert
) -> None:
    certificate_id = windows.lay(person())
    assert cert("windows-import", certificate_id[:7])[1]["error"]["code"] == "CERT-NOT-FOUND"
    assert cert("windows-import", "")[1]["error"]["code"] == "CERT-NOT-FOUND"


def test_it_is_put_into_windows(store: FileCertificateStore, windows: WindowsPc, cert: Cert) -> None:
    certificate_id = keep(store, person())
    code, document = cert("windows-export", certificate_id[:8], lines=PASSWORD)
    assert (code, document["put"]["id"]) == (0, certificate_id)
    assert windows.holds(certificate_id)


def test_diagnose_tells_what_windows_alone_has(
    store: FileCertificateStore, windows: WindowsPc, cert: Cert
) -> None:
    assert cert("diagnose")[1]["error"]["code"] == "CERT-NONE"
    windows.lay(person(), key=PrivateKey.MISSING)
    code, document = cert("diagnose")
    assert (code, document["diagnoses"]) == (1, [])
    assert [one["code"] for one in document["windows"]] == ["CERT-WINDOWS-NO-KEY"]
    keep(store, person())
    assert cert("diagnose")[1]["windows"] == []


def test_the_same_in_words(
    store: FileCertificateStore,
    windows: WindowsPc,
    own_settings: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["cert", "list", "--windows"]) == 0
    assert "没有个人证书" in capsys.readouterr().out
    windows.lay(person(), Place.MACHINE)
    assert main(["cert", "diagnose"]) == 1
    said = capsys.readouterr().out
    assert "位置：本地计算机的“个人”" in said and "CERT-WRONG-STORE" in said


@pytest.mark.skipif(sys.platform == "win32", reason="here is one")
@pytest.mark.parametrize("arguments", [("list", "--windows"), ("windows-import", "0" * 8)])
def test_elsewhere_there_is_no_such_store(cert: Cert, arguments: tuple[str, ...]) -> None:
    code, document = cert(*arguments)
    assert (code, document["error"]["code"]) == (1, "CERT-NOT-WINDOWS")

"""Each readiness check: what is fine, bearable or not, and that none can hang or break the others."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Callable

import pytest

from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis, diagnose_everybody
from kaihu_desktop.core.flow.certificate_diagnosis import Finding as Judged
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState
from kaihu_desktop.core.model.readiness import Finding, State
from kaihu_desktop.core.model.windows_certificate import Place
from kaihu_desktop.devices import checks
from kaihu_desktop.devices.checks import MEGABYTE, OLDEST_BUILD
from kaihu_desktop.devices.readiness import Check, run_check
from tests.unit.certificates.certificate_people import CHEAP, person
from tests.unit.certificates.windows_stores import WindowsPc
from tests.unit.devices.outcomes import outcome


def raising(error: Exception) -> Callable[[], Finding]:
    def work() -> Finding:
        raise error

    return work


def test_a_check_that_hangs_is_given_up() -> None:
    done = threading.Event()

    def hang() -> Finding:
        done.wait(20)
        return Finding(State.OK, "")

    assert outcome(Check("x", "某项", hang, "CAM-STALLED", limit=0.05)) == (State.FAILED, "CAM-STALLED")
    done.set()


def test_a_check_that_is_broken_is_one_more_finding() -> None:
    assert outcome(Check("x", "某项", raising(RuntimeError()), "PC-DISK")) == (State.FAILED, "PC-INTERNAL")


def test_a_bearable_failure_is_a_warning() -> None:
    check = Check("x", "某项", raising(Failure("PC-KEYRING")), "PC-KEYRING", bearable=True)
    assert outcome(check) == (State.WARNING, "PC-KEYRING")


def test_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "数据"
    assert outcome(checks.folder(folder)) == (State.OK, None)
    assert list(folder.iterdir()) == []
    (tmp_path / "file").write_text("")
    assert outcome(checks.folder(tmp_path / "file")) == (State.FAILED, "PC-DISK")


def test_a_keyring() -> None:
    assert outcome(checks.keyring(lambda: None)) == (State.OK, None)
    assert outcome(checks.keyring(raising(Failure("PC-KEYRING")))) == (State.WARNING, "PC-KEYRING")


def certificate(state: CertificateState) -> CertificateInfo:
    return CertificateInfo("00", "张样本", "4101**********0033", "01", "测试 CA", None, None, state)


def diagnosis(*codes: str | None, unasked: str | None = None, nameless: bool = False) -> Diagnosis:
    """Of one person, with a certificate for each code; of nobody where they are `nameless`."""
    found = tuple(Judged(certificate(CertificateState.USABLE), code, "") for code in codes)
    return Diagnosis(() if nameless else found, found if nameless else (), 0, unasked, True)


@pytest.mark.parametrize(
    ("people", "expected", "text", "reasons"),
    [
        ([], (State.OK, None), "可以读取，还没有证书", ["CERT-NONE"]),
        ([diagnosis(None)], (State.OK, None), "共 1 张，其中 1 张可用", []),
        (
            [diagnosis(None, unasked="NET-TIMEOUT")],
            (State.OK, None),
            "共 1 张，其中 1 张可用",
            ["CERT-STATUS"],
        ),
        ([diagnosis(None, "CERT-EXPIRED")], (State.OK, None), "共 2 张，其中 1 张可用", ["CERT-EXPIRED"]),
        (
            [diagnosis(None), diagnosis("CERT-REVOKED"), diagnosis("CERT-DAMAGED", nameless=True)],
            (State.WARNING, "CERT-REVOKED"),
            "共 3 张，其中 1 张可用",
            ["CERT-REVOKED", "CERT-DAMAGED"],
        ),
    ],
)
def test_certificates(
    people: list[Diagnosis], expected: tuple[State, str | None], text: str, reasons: list[str]
) -> None:
    check = checks.certificates(lambda: people)
    assert outcome(check) == expected
    finding = run_check(check).finding
    assert finding.text == text
    assert [reason.code for reason in finding.reasons] == reasons
    for reason in finding.reasons:
        assert KINDS[reason.code].text in reason.text
        assert reason.remedy == KINDS[reason.code].remedy
        assert "张样本" not in reason.text


def test_a_certificate_that_lies_in_windows_alone_is_told() -> None:
    windows = WindowsPc()
    windows.lay(person(), Place.CA)
    check = checks.certificates(lambda: diagnose_everybody(MemoryCertificateStore(CHEAP), None, windows))
    assert outcome(check) == (State.WARNING, "CERT-WRONG-STORE")
    finding = run_check(check).finding
    assert finding.text == "共 0 张，其中 0 张可用"
    assert [reason.code for reason in finding.reasons] == ["CERT-WRONG-STORE"]


def test_each_reason_tells_of_how_many_certificates() -> None:
    check = checks.certificates(lambda: [diagnosis("CERT-EXPIRED"), diagnosis("CERT-EXPIRED")])
    (reason,) = run_check(check).finding.reasons
    assert reason.text == "2 张：数字证书已过期"


@pytest.mark.parametrize(
    ("megabytes", "expected"),
    [(100, (State.FAILED, "PC-DISK")), (500, (State.WARNING, None)), (2000, (State.OK, None))],
)
def test_free_space(tmp_path: Path, megabytes: int, expected: tuple[State, str | None]) -> None:
    assert outcome(checks.disk(tmp_path / "not" / "yet", lambda _: megabytes * MEGABYTE)) == expected
    assert run_check(checks.disk(tmp_path)).finding.text.startswith("剩余")


def test_models(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"network")
    digest = hashlib.sha256(b"network").hexdigest()

    def look(name: str, digest: str, engine_missing: bool = False) -> tuple[State, str | None]:
        return outcome(checks.models(tmp_path, {name: digest}, lambda: engine_missing))

    assert look("a.onnx", digest) == (State.OK, None)
    assert look("b.onnx", digest) == (State.WARNING, "OCR-ENGINE")
    assert look("a.onnx", "00") == (State.WARNING, "OCR-ENGINE")
    assert look("a.onnx", digest, engine_missing=True) == (State.WARNING, None)


def test_versions_and_system() -> None:
    assert outcome(checks.versions("0.1.0", {"pytest": "pytest"})) == (State.OK, None)
    missing = run_check(checks.versions("0.1.0", {"no_such_module": "nothing"})).finding
    assert (missing.state, missing.text.endswith("缺少 nothing")) == (State.WARNING, True)
    assert outcome(checks.system()) == (State.OK, None)


@pytest.mark.parametrize(
    ("build", "expected"),
    [(OLDEST_BUILD - 1, (State.FAILED, "PC-SYSTEM")), (OLDEST_BUILD, (State.OK, None))],
)
def test_a_windows_without_support(build: int, expected: tuple[State, str | None]) -> None:
    assert outcome(checks.system(build)) == expected
    assert str(build) in run_check(checks.system(build)).finding.text

"""Each reason why a certificate can't be used is told with its code; what isn't known is not called good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kaihu_desktop.certificates.store import FileCertificateStore, MemoryCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_checks import Answer, CompanyWord, check_certificate
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    YEAR,
    Authority,
    Watch,
    authority,
    keep,
    person,
)


def _answers(store, word=None, mine=None):
    (info,) = store.list()
    return {one.id: (one.answer, one.code) for one in check_certificate(store, info, mine, word)}


def _no_answer(_):
    raise Failure("NET-TIMEOUT")


def test_what_is_not_known_is_called_unknown():
    store = MemoryCertificateStore(CHEAP)
    keep(store, person())
    assert _answers(store) == {
        "keyring": (Answer.BAD, "PC-KEYRING"),
        "file": (Answer.GOOD, None),
        "device": (Answer.GOOD, None),
        "validity": (Answer.GOOD, None),
        "person": (Answer.UNKNOWN, None),
        "issuer": (Answer.UNKNOWN, None),
        "revocation": (Answer.UNKNOWN, None),
    }


@pytest.mark.parametrize(
    ("mine", "expected"),
    [(True, (Answer.GOOD, None)), (False, (Answer.BAD, "CERT-OTHER-PERSON"))],
)
def test_whose_it_is(mine, expected):
    store = MemoryCertificateStore(CHEAP)
    keep(store, person())
    assert _answers(store, mine=mine)["person"] == expected


def test_of_a_file_that_cannot_be_read_nobody_can_tell_more(tmp_path):
    keep(FileCertificateStore(tmp_path, Secret(b"a" * 32), CHEAP), person())
    other = FileCertificateStore(tmp_path, Secret(b"b" * 32), CHEAP)  # its key was made on another PC
    (info,) = other.list()
    word = CompanyWord(authority().pem, _no_answer)
    checks = {one.id: one for one in check_certificate(other, info, False, word)}
    assert [one.id for one in checks.values() if one.answer is Answer.BAD] == ["device"]
    for asked in ("validity", "person", "issuer", "revocation"):
        assert "不能读取" in checks[asked].text


def test_the_issuer_is_judged_by_the_companys_word():
    store = MemoryCertificateStore(CHEAP)
    keep(store, person())
    assert _answers(store, CompanyWord(authority().pem, None))["issuer"] == (Answer.GOOD, None)
    stranger = CompanyWord(Authority("别家中心").pem, None)
    assert _answers(store, stranger)["issuer"] == (Answer.BAD, "CERT-UNTRUSTED")


def test_a_ca_that_cannot_be_asked_leaves_it_open():
    store = MemoryCertificateStore(CHEAP)
    keep(store, person())
    word = CompanyWord(authority().pem, _no_answer)
    assert _answers(store, word)["revocation"] == (Answer.UNKNOWN, "NET-TIMEOUT")


@pytest.mark.parametrize(
    ("later", "code"), [(20 * YEAR, "CERT-EXPIRED"), (timedelta(days=-20 * 365), "CERT-NOT-YET")]
)
def test_a_certificate_out_of_its_time(later, code):
    watch = Watch()
    store = MemoryCertificateStore(CHEAP, watch)
    keep(store, person())
    watch.wall += later.total_seconds()
    assert _answers(store)["validity"] == (Answer.BAD, code)

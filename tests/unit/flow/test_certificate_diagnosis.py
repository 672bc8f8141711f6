"""Everybody's certificates on one PC: who can sign, each reason why not, and a silent CA asked once."""

from __future__ import annotations

import pytest

from kaihu_desktop.certificates.store import FileCertificateStore, MemoryCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_checks import CompanyWord
from kaihu_desktop.core.flow.certificate_diagnosis import diagnose_everybody
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    NOW,
    OTHER_ID_NUMBER,
    OTHER_NAME,
    YEAR,
    Authority,
    authority,
    keep,
    person,
)


@pytest.fixture
def store():
    return MemoryCertificateStore(CHEAP)


def expired(**who):
    return authority().issue(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR, **who)


def test_nobody(store):
    assert diagnose_everybody(store, None) == ()


def test_who_has_another_that_can_be_used_is_well(store):
    keep(store, person())
    keep(store, expired())
    (one,) = diagnose_everybody(store, CompanyWord(authority().pem, None))
    assert one.code is None
    assert [found.code for found in one.own] == [None, "CERT-EXPIRED"]


def test_one_persons_certificate_does_not_help_another(store):
    keep(store, person())
    keep(store, expired(name=OTHER_NAME, id_number=OTHER_ID_NUMBER))
    well, ill = sorted(diagnose_everybody(store, None), key=lambda one: one.code or "")
    assert (well.code, well.others) == (None, 1)
    assert (ill.code, ill.others) == ("CERT-EXPIRED", 1)


def test_the_issuer_is_judged_by_the_companys_word(store):
    keep(store, person())
    (one,) = diagnose_everybody(store, CompanyWord(Authority("别家中心").pem, None))
    assert one.code == "CERT-UNTRUSTED"


def test_files_of_another_pc_are_nobodys(tmp_path):
    keep(FileCertificateStore(tmp_path, Secret(b"a" * 32), CHEAP), person())
    (one,) = diagnose_everybody(FileCertificateStore(tmp_path, Secret(b"b" * 32), CHEAP), None)
    assert (one.own, one.code) == ((), "CERT-OTHER-PC")


def test_a_ca_that_did_not_answer_is_not_asked_again(store):
    keep(store, person())
    keep(store, authority().issue(OTHER_NAME, OTHER_ID_NUMBER))
    asked = []

    def ask(request):
        asked.append(request)
        raise Failure("NET-TIMEOUT")

    people = diagnose_everybody(store, CompanyWord(authority().pem, ask))
    assert [one.unasked for one in people] == ["NET-TIMEOUT"] * 2
    assert len(asked) == 1

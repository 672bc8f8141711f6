"""Certificates between the program's store and Windows', and what is said of one in the wrong place."""

from __future__ import annotations

import pytest

from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.flow.certificate_diagnosis import diagnose, diagnose_everybody
from kaihu_desktop.core.flow.windows_certificates import put_into_windows, take_from_windows
from kaihu_desktop.core.model.windows_certificate import Place, PrivateKey
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    ID_NUMBER,
    NOW,
    OTHER_ID_NUMBER,
    PASSWORD,
    YEAR,
    authority,
    failure_of,
    keep,
    opens,
    other_person,
    person,
)
from tests.unit.certificates.windows_stores import WindowsPc


@pytest.fixture
def store():
    return MemoryCertificateStore(CHEAP)


@pytest.fixture
def windows():
    return WindowsPc()


def expired():
    return authority().issue(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR)


def test_it_is_taken_in_under_a_password_of_its_own(store, windows):
    windows.lay(person())
    (found,) = windows.find(ID_NUMBER)
    info = take_from_windows(windows, store, found, Secret(PASSWORD))
    assert info.id == found.info.id and opens(store, info.id)
    assert windows.holds(info.id)


def test_it_is_put_in_with_the_right_password_only(store, windows):
    certificate_id = keep(store, person())
    failure = failure_of(put_into_windows, windows, store, certificate_id, Secret("000000"))
    assert failure.code == "CERT-PASSWORD" and not windows.holds(certificate_id)
    put_into_windows(windows, store, certificate_id, Secret(PASSWORD))
    assert windows.holds(certificate_id) and opens(store, certificate_id)
    failure = failure_of(put_into_windows, windows, store, certificate_id, Secret(PASSWORD))
    assert failure.code == "CERT-WINDOWS-EXISTS"


def test_a_locked_key_stays_there(store, windows):
    windows.lay(person(), key=PrivateKey.LOCKED)
    (found,) = windows.find()
    failure = failure_of(take_from_windows, windows, store, found, Secret(PASSWORD))
    assert failure.code == "CERT-WINDOWS-LOCKED" and store.list() == ()


@pytest.mark.parametrize(
    "place, key, code",
    [
        (Place.MY, PrivateKey.EXPORTABLE, "CERT-IN-WINDOWS"),
        (Place.MY, PrivateKey.LOCKED, "CERT-WINDOWS-LOCKED"),
        (Place.MY, PrivateKey.MISSING, "CERT-WINDOWS-NO-KEY"),
        (Place.MACHINE, PrivateKey.EXPORTABLE, "CERT-WRONG-STORE"),
        (Place.CA, PrivateKey.EXPORTABLE, "CERT-WRONG-STORE"),
        (Place.ADDRESS_BOOK, PrivateKey.MISSING, "CERT-WINDOWS-NO-KEY"),
    ],
)
def test_where_it_lies_is_the_diagnosis(store, windows, place, key, code):
    windows.lay(person(), place, key)
    found = diagnose(store, ID_NUMBER, windows=windows)
    assert (found.code, found.windows[0].place) == (code, place)
    (everybodys,) = diagnose_everybody(store, None, windows)
    assert everybodys.code == code


def test_one_that_can_be_brought_in_is_more_than_an_expired_one_here(store, windows):
    keep(store, expired())
    assert diagnose(store, ID_NUMBER, windows=windows).code == "CERT-EXPIRED"
    windows.lay(person(), Place.CA)
    assert diagnose(store, ID_NUMBER, windows=windows).code == "CERT-WRONG-STORE"


def test_an_expired_one_in_windows_is_none(store, windows):
    windows.lay(expired())
    found = diagnose(store, ID_NUMBER, windows=windows)
    assert found.code == "CERT-EXPIRED" and not found.windows[0].takeable


def test_what_is_here_too_is_not_told_twice(store, windows):
    keep(store, person())
    windows.lay(person())
    found = diagnose(store, ID_NUMBER, windows=windows)
    assert found.code is None and found.windows == ()
    (everybodys,) = diagnose_everybody(store, None, windows)
    assert everybodys.windows == ()


def test_other_peoples_are_theirs(store, windows):
    windows.lay(other_person())
    assert diagnose(store, ID_NUMBER, windows=windows).code == "CERT-NONE"
    assert diagnose(store, OTHER_ID_NUMBER, windows=windows).code == "CERT-IN-WINDOWS"

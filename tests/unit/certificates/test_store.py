"""The store through its public door: what it keeps, whom it lets in, and what it survives."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates.binding import ScryptCost
from kaihu_desktop.certificates.pkcs12 import is_legacy, load, save
from kaihu_desktop.certificates.store import FileCertificateStore, open_store
from kaihu_desktop.core.model.certificate import CertificateState, ExportProfile
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    DEVICE,
    FILE_PASSWORD,
    ID_NUMBER,
    NAME,
    NOW,
    OTHER_ID_NUMBER,
    PASSWORD,
    YEAR,
    Authority,
    authority,
    backup_of,
    failure_of,
    keep,
    needs,
    opens,
    openssl,
    other_person,
    person,
    small_pdf,
)

EXPORT_PASSWORD = "Backup-2026"


def try_wrong(store, certificate_id, times=1):
    """The failure of the last of some wrong tries."""
    for _ in range(times):
        failure = failure_of(opens, store, certificate_id, "000000")
    return failure


# keeping


def test_an_empty_store_has_nothing_and_makes_nothing(store, folder):
    assert store.list() == () == store.find(ID_NUMBER)
    assert not folder.exists()


def test_an_imported_certificate_is_listed_and_found(any_store):
    info = any_store.import_pkcs12(backup_of(person()), Secret(FILE_PASSWORD), Secret(PASSWORD)).info
    assert any_store.list() == (info,)
    assert any_store.find(ID_NUMBER) == (info,)
    assert any_store.find(OTHER_ID_NUMBER) == ()
    assert info.subject_name == NAME
    assert info.subject_id_number_masked == "410101********0033"
    assert info.issuer == "演示证书认证中心"
    assert (info.not_before, info.not_after) == (NOW - YEAR, NOW + YEAR)
    assert info.state is CertificateState.USABLE


def test_people_on_one_pc_keep_apart(any_store):
    mine, theirs = keep(any_store, person()), keep(any_store, other_person(), "730164")
    assert [info.id for info in any_store.find(ID_NUMBER)] == [mine]
    assert [info.id for info in any_store.find(OTHER_ID_NUMBER.lower())] == [theirs]
    assert try_wrong(any_store, mine, 5).code == "CERT-LOCKED"
    assert opens(any_store, theirs, "730164")


def test_the_same_certificate_is_not_imported_twice(any_store):
    keep(any_store, person())
    assert failure_of(keep, any_store, person()).code == "CERT-EXISTS"
    assert len(any_store.list()) == 1


def test_an_empty_password_protects_nothing(any_store):
    failure = failure_of(any_store.import_pkcs12, backup_of(person()), Secret(FILE_PASSWORD), Secret(""))
    assert failure.code == "CERT-WEAK-PASSWORD"


def test_a_wrong_file_password_is_no_wrong_try_of_the_store(any_store):
    failure = failure_of(any_store.import_pkcs12, backup_of(person()), Secret("wrong"), Secret(PASSWORD))
    assert (failure.code, failure.remaining) == ("CERT-PASSWORD", None)


def test_a_deleted_certificate_is_gone_and_may_come_back(any_store):
    certificate_id = keep(any_store, person())
    any_store.delete(certificate_id)
    assert any_store.list() == ()
    assert failure_of(any_store.certificate_pem, certificate_id).code == "CERT-NOT-FOUND"
    assert failure_of(any_store.delete, certificate_id).code == "CERT-NOT-FOUND"
    assert keep(any_store, person()) == certificate_id


def test_deleting_leaves_no_trace_in_the_folder(store, folder):
    certificate_id = keep(store, person())
    try_wrong(store, certificate_id)
    store.delete(certificate_id)
    assert [path.name for path in folder.iterdir()] == ["store.lock"]


@pytest.mark.parametrize("certificate_id", ["", "..", "../../etc/passwd", "0" * 63, "g" * 64, "0" * 64])
def test_an_id_that_is_none(store, certificate_id):
    assert failure_of(store.certificate_pem, certificate_id).code == "CERT-NOT-FOUND"


def test_the_best_certificate_comes_first(any_store):
    spans = {
        "expired": (NOW - 2 * YEAR, NOW - YEAR),
        "future": (NOW + YEAR, NOW + 2 * YEAR),
        "short": (NOW - YEAR, NOW + YEAR / 12),
        "long": (NOW - YEAR, NOW + YEAR),
    }
    key = person().key
    ids = {
        name: keep(any_store, authority().issue(NAME, ID_NUMBER, *span, key)) for name, span in spans.items()
    }
    found = any_store.find(ID_NUMBER)
    assert [info.id for info in found] == [ids[name] for name in ("long", "short", "future", "expired")]
    assert [info.state.value for info in found] == ["usable", "usable", "not_yet_valid", "expired"]


@pytest.mark.parametrize(
    ("span", "code"),
    [((NOW - 2 * YEAR, NOW - YEAR), "CERT-EXPIRED"), ((NOW + YEAR, NOW + 2 * YEAR), "CERT-NOT-YET")],
)
def test_a_certificate_out_of_its_time_cannot_sign_but_can_be_saved(any_store, span, code):
    certificate_id = keep(any_store, authority().issue(NAME, ID_NUMBER, *span))
    assert failure_of(any_store.sign_pdf, certificate_id, Secret(PASSWORD), [small_pdf()]).code == code
    assert opens(any_store, certificate_id)


def test_the_public_certificate_needs_no_password(any_store):
    pem = any_store.certificate_pem(keep(any_store, person()))
    assert x509.load_pem_x509_certificate(pem.encode()) == person().certificate


# exporting


def test_an_export_has_a_password_of_its_own(any_store):
    exported = any_store.export(keep(any_store, person()), Secret(PASSWORD), Secret(EXPORT_PASSWORD))
    assert load(exported, Secret(EXPORT_PASSWORD)).certificate == person().certificate
    assert failure_of(load, exported, Secret(PASSWORD)).code == "CERT-PASSWORD"


@needs("openssl")
def test_openssl_reads_an_export(store, tmp_path):
    exported = store.export(keep(store, person()), Secret(PASSWORD), Secret(EXPORT_PASSWORD))
    (tmp_path / "backup.pfx").write_bytes(exported)
    told = openssl(
        "pkcs12", "-in", tmp_path / "backup.pfx", "-passin", "stdin", "-noenc", stdin=EXPORT_PASSWORD
    )
    assert "BEGIN PRIVATE KEY" in told


def test_an_export_for_windows_7_is_labelled_and_the_store_is_none(any_store):
    certificate_id = keep(any_store, person())
    secrets = Secret(PASSWORD), Secret(EXPORT_PASSWORD)
    exported = any_store.export(certificate_id, *secrets, ExportProfile.WINDOWS_7)
    any_store.delete(certificate_id)
    assert any_store.import_pkcs12(exported, Secret(EXPORT_PASSWORD), Secret(PASSWORD)).legacy
    again = any_store.export(certificate_id, *secrets)
    any_store.delete(certificate_id)
    assert not any_store.import_pkcs12(again, Secret(EXPORT_PASSWORD), Secret(PASSWORD)).legacy


def test_what_was_weak_is_strong_in_the_store(store, folder):
    weak = save(person(), Secret(FILE_PASSWORD), ExportProfile.WINDOWS_7)
    store.import_pkcs12(weak, Secret(FILE_PASSWORD), Secret(PASSWORD))
    (key_file,) = folder.glob("*.p12")
    assert not is_legacy(key_file.read_bytes())


def test_an_export_needs_the_certificates_password_and_one_of_its_own(any_store):
    certificate_id = keep(any_store, person())
    wrong = failure_of(any_store.export, certificate_id, Secret("000000"), Secret(EXPORT_PASSWORD))
    assert (wrong.code, wrong.remaining) == ("CERT-PASSWORD", 4)
    empty = failure_of(any_store.export, certificate_id, Secret(PASSWORD), Secret(""))
    assert empty.code == "CERT-WEAK-PASSWORD"


# changing the password


def test_a_changed_password_opens_and_the_old_one_counts_as_wrong(any_store):
    certificate_id = keep(any_store, person())
    any_store.change_password(certificate_id, Secret(PASSWORD), Secret("730164"))
    assert opens(any_store, certificate_id, "730164")
    assert failure_of(opens, any_store, certificate_id).code == "CERT-PASSWORD"
    assert any_store.verify(certificate_id, authority().pem).trusted is True


def test_a_password_is_changed_by_who_knows_it(any_store):
    certificate_id = keep(any_store, person())
    wrong = failure_of(any_store.change_password, certificate_id, Secret("000000"), Secret("730164"))
    assert (wrong.code, wrong.remaining) == ("CERT-PASSWORD", 4)
    empty = failure_of(any_store.change_password, certificate_id, Secret(PASSWORD), Secret(""))
    assert empty.code == "CERT-WEAK-PASSWORD"
    assert opens(any_store, certificate_id)


def test_changing_a_password_leaves_one_key_file(store, folder):
    certificate_id = keep(store, person())
    (before,) = folder.glob("*.p12")
    store.change_password(certificate_id, Secret(PASSWORD), Secret("730164"))
    (after,) = folder.glob("*.p12")
    assert before.name != after.name


def test_a_forgotten_password_is_replaced_from_the_backup(any_store, watch):
    certificate_id = keep(any_store, person())
    try_wrong(any_store, certificate_id, 4)
    backup = backup_of(person()), Secret(FILE_PASSWORD), Secret("730164")
    assert failure_of(any_store.import_pkcs12, *backup).code == "CERT-EXISTS"
    assert any_store.import_pkcs12(*backup, replace=True).info.id == certificate_id
    assert opens(any_store, certificate_id, "730164")
    assert len(any_store.list()) == 1


# the binding


PEOPLE = [text.encode(code) for text in (NAME, ID_NUMBER) for code in ("utf-8", "utf-16-be", "gb18030")]


def test_the_disk_names_nobody(store, folder):
    """Neither name, ID number nor certificate stands in any file, also not in a request's."""
    certificate_id = keep(store, person())
    try_wrong(store, certificate_id)
    store.begin(NAME, ID_NUMBER, 1024, Secret(PASSWORD))
    store.begin_renewal(certificate_id, Secret(PASSWORD), 1024)
    public = person().certificate.public_bytes(Encoding.DER)
    names = {path.suffix for path in folder.iterdir()}
    assert names == {".json", ".p12", ".tries", ".request", ".lock"}
    for path in folder.iterdir():
        data = path.read_bytes()
        hidden = b"".join(base64.b64decode(line, validate=True) for line in base64_lines(data))
        for clue in (*PEOPLE, public[40:80], b"BEGIN CERTIFICATE"):
            assert clue not in data + hidden


def base64_lines(data):
    return re.findall(rb"(?<=\")[A-Za-z0-9+/]{40,}={0,2}(?=\")", data)


def test_a_stolen_file_cannot_be_opened_with_the_password_alone(store, folder):
    keep(store, person())
    (key_file,) = folder.glob("*.p12")
    assert failure_of(load, key_file.read_bytes(), Secret(PASSWORD)).code == "CERT-PASSWORD"


def test_a_folder_copied_to_another_pc_is_told_apart_from_a_wrong_password(store, folder):
    certificate_id = keep(store, person())
    elsewhere = FileCertificateStore(folder, Secret(b"e" * 32), CHEAP)
    (info,) = elsewhere.list()
    assert (info.state, info.subject_name, info.subject_id_number_masked, info.not_after) == (
        CertificateState.OTHER_DEVICE,
        "",
        "",
        None,
    )
    assert elsewhere.find(ID_NUMBER) == ()
    assert try_wrong(elsewhere, certificate_id, 9).code == "CERT-OTHER-PC"
    assert opens(store, certificate_id)  # and no try was counted
    assert keep(elsewhere, person()) == certificate_id  # the backup helps there
    assert opens(elsewhere, certificate_id)


def test_the_cost_of_a_guess_is_stated_in_the_file(folder):
    store = FileCertificateStore(folder, Secret(DEVICE), ScryptCost(n=2**5, r=4, p=2))
    certificate_id = keep(store, person())
    assert opens(FileCertificateStore(folder, Secret(DEVICE), CHEAP), certificate_id)


@pytest.mark.parametrize("cost", [{"n": 2**5}, {"n": 2**16, "r": 1}, {"p": 16}])
def test_a_forged_cost_is_damage_and_no_wrong_try(store, folder, cost):
    """Else whoever can write the file locks its owner out, or makes every try take half a minute."""
    certificate_id = keep(store, person())
    path = folder / f"{certificate_id}.json"
    whole = path.read_text()
    document = json.loads(whole)
    document["scrypt"].update(cost)
    del document["sha256"]
    checksum = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps({**document, "sha256": checksum}))
    assert failure_of(opens, store, certificate_id).code == "CERT-DAMAGED"
    path.write_text(whole)
    assert try_wrong(store, certificate_id).remaining == 4


@pytest.mark.parametrize("cost", [(0, 8, 1), (3, 8, 1), (2**30, 8, 1), (2**14, 0, 1), (2**14, 8, 10**9)])
def test_absurd_costs_are_refused(cost):
    with pytest.raises(ValueError):
        ScryptCost(*cost)


def test_without_a_device_secret_nothing_is_written(folder):
    store = open_store(folder, None)
    assert not store.persistent
    assert not folder.exists()
    assert open_store(folder, Secret(DEVICE)).persistent


# wrong passwords


def test_wrong_tries_count_down_wait_and_lock(any_store, watch):
    certificate_id = keep(any_store, person())
    told = []
    for _ in range(5):
        failure = try_wrong(any_store, certificate_id)
        told.append((failure.code, failure.remaining, failure.wait))
        watch.pass_time(failure.wait or 0)
    assert told == [
        ("CERT-PASSWORD", 4, None),
        ("CERT-PASSWORD", 3, None),
        ("CERT-PASSWORD", 2, 3),
        ("CERT-PASSWORD", 1, 10),
        ("CERT-LOCKED", None, 900),
    ]
    assert opens(any_store, certificate_id)


def test_between_two_tries_it_is_not_called_locked(any_store, watch):
    certificate_id = keep(any_store, person())
    try_wrong(any_store, certificate_id, 3)
    failure = failure_of(opens, any_store, certificate_id)
    assert (failure.remaining, failure.wait, "锁定" in failure.text) == (2, 3, False)


def test_a_locked_certificate_refuses_the_right_password_too(any_store, watch):
    certificate_id = keep(any_store, person())
    for _ in range(5):
        watch.pass_time(try_wrong(any_store, certificate_id).wait or 0)
    watch.pass_time(-1)
    failure = failure_of(opens, any_store, certificate_id)
    assert (failure.code, failure.wait) == ("CERT-LOCKED", 1)


def test_tries_survive_a_restart(store, folder, watch):
    certificate_id = keep(store, person())
    assert try_wrong(store, certificate_id, 2).remaining == 3
    again = FileCertificateStore(folder, Secret(DEVICE), CHEAP, watch)
    assert try_wrong(again, certificate_id).remaining == 2


def test_the_right_password_forgives(any_store):
    certificate_id = keep(any_store, person())
    try_wrong(any_store, certificate_id, 2)
    assert opens(any_store, certificate_id)
    assert try_wrong(any_store, certificate_id).remaining == 4


def test_setting_the_clock_does_not_unlock(store, folder, watch):
    certificate_id = keep(store, person())
    for _ in range(4):
        watch.pass_time(try_wrong(store, certificate_id).wait or 0)
    assert try_wrong(store, certificate_id).code == "CERT-LOCKED"
    for jump in (10**6, -(10**7)):
        watch.wall += jump
        assert failure_of(opens, store, certificate_id).code == "CERT-LOCKED"


# verifying


def test_a_chain_is_judged_against_the_anchors(any_store):
    certificate_id = keep(any_store, person())
    assert any_store.verify(certificate_id, authority().pem).trusted is True
    stranger = any_store.verify(certificate_id, Authority("别家中心").pem)
    assert (stranger.trusted, stranger.code) == (False, "CERT-UNTRUSTED")
    unjudged = any_store.verify(certificate_id, b"")
    assert (unjudged.trusted, unjudged.code) == (None, None)


def test_an_expired_certificate_is_called_expired(any_store, watch):
    certificate_id = keep(any_store, person())
    watch.pass_time(2 * YEAR.total_seconds())
    assert any_store.verify(certificate_id, authority().pem).code == "CERT-EXPIRED"


def test_anchors_that_are_none(any_store):
    assert failure_of(any_store.verify, keep(any_store, person()), b"no anchors").code == "CERT-FORMAT"


def test_nothing_personal_is_printed(any_store):
    info = any_store.import_pkcs12(backup_of(person()), Secret(FILE_PASSWORD), Secret(PASSWORD)).info
    assert NAME not in repr(info)
    assert ID_NUMBER not in repr(info)

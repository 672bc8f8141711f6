"""The way to a new certificate through the store's public door: begin, continue, install, renew, discard."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.model.certificate import CertificateState
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    DEVICE,
    FILE_PASSWORD,
    ID_NUMBER,
    NAME,
    NOW,
    OTHER_ID_NUMBER,
    OTHER_NAME,
    PASSWORD,
    YEAR,
    Authority,
    authority,
    backup_of,
    failure_of,
    install,
    keep,
    needs,
    opens,
    openssl,
    other_person,
    person,
)

BITS = 1024  # quickly made: the length matters in no test but its own
NEW_PASSWORD = "730164"


def begin(store, password=PASSWORD, name=NAME, id_number=ID_NUMBER, bits=BITS, new=False):
    return store.begin(name, id_number, bits, Secret(password), new)


# applying


def test_a_request_asks_for_the_person_and_proves_the_key(any_store):
    pending = begin(any_store)
    csr = x509.load_pem_x509_csr(pending.request_pem.encode())
    assert csr.is_signature_valid
    assert [(attribute.oid, attribute.value) for attribute in csr.subject] == [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.COMMON_NAME, NAME),
        (NameOID.SERIAL_NUMBER, ID_NUMBER),
    ]
    assert csr.public_key().key_size == BITS == pending.key_bits
    assert pending.created_at == NOW
    assert pending.renews is None


@needs("openssl")
def test_openssl_verifies_a_request(store, tmp_path):
    (tmp_path / "request.pem").write_text(begin(store).request_pem)
    assert "verify OK" in openssl("req", "-in", tmp_path / "request.pem", "-verify", "-noout")


def test_a_request_is_no_certificate_yet(any_store):
    pending = begin(any_store)
    assert any_store.list() == () == any_store.find(ID_NUMBER)
    assert any_store.pending(ID_NUMBER) == pending
    assert any_store.pending(OTHER_ID_NUMBER) is None


def test_an_installed_certificate_opens_and_its_request_is_done_with(any_store):
    info = install(any_store, begin(any_store))
    assert any_store.find(ID_NUMBER) == (info,)
    assert info.state is CertificateState.USABLE
    assert opens(any_store, info.id)
    assert any_store.pending(ID_NUMBER) is None
    assert any_store.verify(info.id, authority().pem).trusted is True


def test_an_interrupted_application_continues_with_the_same_request(folder, store, watch):
    pending = begin(store)
    restarted = FileCertificateStore(folder, Secret(DEVICE), CHEAP, watch)
    assert restarted.pending(ID_NUMBER) == pending == begin(restarted)
    assert opens(restarted, install(restarted, pending).id)


def test_continuing_needs_the_same_password_and_wrong_ones_count(any_store):
    pending = begin(any_store)
    assert failure_of(begin, any_store, "000000").remaining == 4
    assert failure_of(install, any_store, pending, password="000000").remaining == 3
    assert any_store.pending(ID_NUMBER) == pending
    assert any_store.list() == ()


def test_a_request_locks_and_survives_that(any_store, watch):
    pending = begin(any_store)
    for _ in range(5):
        watch.pass_time(60)
        failure = failure_of(begin, any_store, "000000")
    assert failure.code == "CERT-LOCKED"
    assert failure_of(install, any_store, pending).code == "CERT-LOCKED"
    watch.pass_time(15 * 60)
    assert opens(any_store, install(any_store, pending).id)


def test_a_forgotten_password_begins_anew(any_store):
    first = begin(any_store)
    second = begin(any_store, NEW_PASSWORD, new=True)
    assert second.id != first.id
    assert any_store.pending(ID_NUMBER) == second
    assert failure_of(install, any_store, first).code == "CERT-NOT-FOUND"


@pytest.mark.parametrize("change", [{"name": "张改名"}, {"bits": 2048}])
def test_a_request_that_no_longer_fits_is_made_anew(any_store, change):
    first = begin(any_store)
    second = begin(any_store, **change)
    assert second.id != first.id
    assert any_store.pending(ID_NUMBER) == second


def test_a_longer_key_than_needed_is_continued(any_store):
    pending = begin(any_store, bits=2048)
    assert begin(any_store, bits=BITS) == pending


def test_people_on_one_pc_apply_apart(any_store):
    mine, theirs = begin(any_store), begin(any_store, NEW_PASSWORD, OTHER_NAME, OTHER_ID_NUMBER)
    assert any_store.pending(ID_NUMBER) == mine
    assert any_store.pending(OTHER_ID_NUMBER.lower()) == theirs
    any_store.discard(mine.id)
    assert any_store.pending(ID_NUMBER) is None
    assert any_store.pending(OTHER_ID_NUMBER) == theirs


def test_discarding_leaves_no_trace_in_the_folder(store, folder):
    pending = begin(store)
    failure_of(begin, store, "000000")
    store.discard(pending.id)
    store.discard(pending.id)
    assert [path.name for path in folder.iterdir()] == ["store.lock"]


def test_an_empty_password_protects_nothing(any_store):
    assert failure_of(begin, any_store, "").code == "CERT-WEAK-PASSWORD"
    assert any_store.pending(ID_NUMBER) is None


@pytest.mark.parametrize("person", [{"name": ""}, {"id_number": ""}, {"name": "长" * 65}])
def test_a_subject_that_nobody_can_certify(any_store, person):
    assert failure_of(begin, any_store, **person).code == "CERT-REQUEST"


def test_a_certificate_installed_again_after_a_cut_is_the_same(store, folder):
    """Cut off between keeping the certificate and removing the request: neither is an orphan."""
    pending = begin(store)
    kept = (folder / f"{pending.id}.request").read_bytes()
    pem = authority().certify_request(pending.request_pem)
    info = install(store, pending, pem)
    (folder / f"{pending.id}.request").write_bytes(kept)
    assert store.pending(ID_NUMBER) is None
    assert install(store, pending, pem) == info
    assert store.list() == (info,)
    (folder / f"{pending.id}.request").write_bytes(kept)
    store.delete(info.id)
    assert store.pending(ID_NUMBER) is None
    assert [path.name for path in folder.iterdir()] == ["store.lock"]


@pytest.mark.parametrize("how", ["empty", "flipped", "of another device"])
def test_a_request_that_cannot_be_read_is_none_and_hides_no_other(store, folder, how):
    pending = begin(store)
    path = folder / f"{pending.id}.request"
    data = path.read_bytes()
    if how == "of another device":
        store = FileCertificateStore(folder, Secret(b"e" * 32), CHEAP)
    else:
        path.write_bytes(b"" if how == "empty" else data[:-200] + bytes([data[-200] ^ 1]) + data[-199:])
    assert store.pending(ID_NUMBER) is None
    theirs = begin(store, PASSWORD, OTHER_NAME, OTHER_ID_NUMBER)
    assert store.pending(OTHER_ID_NUMBER) == theirs
    assert begin(store).id != pending.id


# what the CA issued is checked


def other_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": OTHER_NAME}, "CERT-MISMATCH"),
        ({"id_number": OTHER_ID_NUMBER}, "CERT-MISMATCH"),
        ({"public_key": ec.generate_private_key(ec.SECP256R1()).public_key()}, "CERT-MISMATCH"),
        ({"not_before": NOW - 2 * YEAR, "not_after": NOW - YEAR}, "CERT-EXPIRED"),
        ({"not_before": NOW + YEAR, "not_after": NOW + 2 * YEAR}, "CERT-NOT-YET"),
    ],
)
def test_a_certificate_that_was_not_asked_for_is_not_installed(any_store, changes, code):
    pending = begin(any_store)
    wrong = authority().certify_request(pending.request_pem, **changes)
    assert failure_of(install, any_store, pending, wrong).code == code
    assert any_store.list() == ()
    assert opens(any_store, install(any_store, pending).id)  # and the right one still is


@pytest.mark.parametrize(("years", "code"), [(-30, "CERT-NOT-YET"), (70, "CERT-EXPIRED")])
def test_a_wrong_clock_is_told_and_all_works_when_it_is_right(any_store, watch, years, code):
    """As after the PC's battery has died: what can't be judged isn't lost."""
    kept, pending = keep(any_store, other_person()), begin(any_store)
    pem, right = authority().certify_request(pending.request_pem), watch.wall
    watch.wall += years * YEAR.total_seconds()
    assert failure_of(install, any_store, pending, pem).code == code
    assert any_store.pending(ID_NUMBER) == pending
    assert any_store.verify(kept, authority().pem).code == code
    assert failure_of(any_store.sign_pdf, kept, Secret(PASSWORD), [b""]).code == code
    any_store.change_password(kept, Secret(PASSWORD), Secret(NEW_PASSWORD))
    watch.wall = right
    assert opens(any_store, install(any_store, pending, pem).id)
    assert opens(any_store, kept, NEW_PASSWORD)
    assert {info.state for info in any_store.list()} == {CertificateState.USABLE}


def test_a_certificate_of_a_stranger_is_not_installed(any_store):
    pending = begin(any_store)
    strange = Authority("演示证书认证中心").certify_request(pending.request_pem)
    assert failure_of(install, any_store, pending, strange).code == "CERT-UNTRUSTED"
    assert failure_of(install, any_store, pending, anchors=b" ").code == "CERT-UNTRUSTED"
    assert any_store.pending(ID_NUMBER) == pending


@pytest.mark.parametrize(
    "pem", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_an_answer_that_is_no_certificate(any_store, pem):
    pending = begin(any_store)
    chain = [authority().pem.decode("ascii")]
    failure = failure_of(any_store.install, pending.id, Secret(PASSWORD), pem, chain, authority().pem)
    assert failure.code == "CERT-MISMATCH"


def test_a_second_name_beside_the_right_one_is_another_person(any_store):
    pending = begin(any_store)
    csr = x509.load_pem_x509_csr(pending.request_pem.encode())
    two = x509.Name([*csr.subject, x509.NameAttribute(NameOID.COMMON_NAME, OTHER_NAME)])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = x509.CertificateBuilder(two, two, csr.public_key(), 1, NOW - YEAR, NOW + YEAR).sign(
        key, SHA256()
    )
    pem = certificate.public_bytes(Encoding.PEM).decode()
    assert failure_of(install, any_store, pending, pem).code == "CERT-MISMATCH"


# renewing


def renew(store, certificate_id, password=PASSWORD, bits=BITS):
    return store.begin_renewal(certificate_id, Secret(password), bits)


def test_a_renewal_is_signed_by_the_old_key(any_store):
    old = keep(any_store, person())
    pending, signature = renew(any_store, old)
    csr = x509.load_pem_x509_csr(pending.request_pem.encode())
    request = csr.public_bytes(Encoding.DER)
    person().certificate.public_key().verify(signature, request, PKCS1v15(), SHA256())
    assert pending.renews == old
    assert csr.subject == person().certificate.subject
    assert csr.public_key() != person().certificate.public_key()


def test_an_elliptic_key_signs_its_renewal_too(any_store):
    old = keep(any_store, other_person())
    pending, signature = renew(any_store, old)
    request = x509.load_pem_x509_csr(pending.request_pem.encode()).public_bytes(Encoding.DER)
    other_person().certificate.public_key().verify(signature, request, ec.ECDSA(SHA256()))


def test_a_renewed_certificate_comes_first_and_the_old_one_stays(any_store):
    old = keep(any_store, person())
    pending, _ = renew(any_store, old)
    pem = authority().certify_request(pending.request_pem, not_after=NOW + 2 * YEAR)
    info = install(any_store, pending, pem)
    assert [one.id for one in any_store.find(ID_NUMBER)] == [info.id, old]
    assert opens(any_store, info.id)
    assert opens(any_store, old)


def test_a_renewal_continues_and_is_no_application(any_store):
    old = keep(any_store, person())
    pending, _ = renew(any_store, old)
    assert renew(any_store, old)[0] == pending
    assert any_store.pending(ID_NUMBER) is None
    assert begin(any_store).id != pending.id
    assert renew(any_store, old, bits=2048)[0].id != pending.id


def test_a_renewal_needs_the_certificates_password(any_store):
    old = keep(any_store, person())
    failure = failure_of(renew, any_store, old, "000000")
    assert (failure.code, failure.remaining) == ("CERT-PASSWORD", 4)


def test_a_renewal_follows_a_changed_password(any_store):
    old = keep(any_store, person())
    pending, _ = renew(any_store, old)
    any_store.change_password(old, Secret(PASSWORD), Secret(NEW_PASSWORD))
    assert renew(any_store, old, NEW_PASSWORD)[0] == pending
    assert opens(any_store, install(any_store, pending, password=NEW_PASSWORD).id, NEW_PASSWORD)


def test_a_certificate_restored_under_another_password_is_renewed_anew(any_store):
    old = keep(any_store, person())
    pending, _ = renew(any_store, old)
    any_store.import_pkcs12(backup_of(person()), Secret(FILE_PASSWORD), Secret(NEW_PASSWORD), replace=True)
    assert renew(any_store, old, NEW_PASSWORD)[0].id != pending.id


def test_a_renewal_goes_with_its_certificate(store, folder):
    """Nothing else leads to it: its key would lie there for ever."""
    old, kept = keep(store, person()), keep(store, other_person())
    renew(store, old)
    pending, _ = renew(store, kept)
    store.delete(old)
    assert [path.stem for path in folder.glob("*.request")] == [pending.id]


def test_nothing_personal_is_printed(any_store):
    assert "BEGIN" not in repr(begin(any_store))


# whatever stands in a request's file


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
def test_a_mutated_request_is_none(folder, store, place, bits):
    """No byte of it can be changed unnoticed, and nothing but a clear answer comes of it."""
    pending = store.pending(ID_NUMBER) or begin(store)
    path = folder / f"{pending.id}.request"
    original = path.read_bytes()
    at = int(place * len(original))
    path.write_bytes(original[:at] + bytes([original[at] ^ bits]) + original[at + 1 :])
    try:
        assert store.pending(ID_NUMBER) in (None, pending)  # spaces between the fields mean nothing
    finally:
        path.write_bytes(original)
    assert store.pending(ID_NUMBER) == pending


def test_files_of_two_requests_cannot_take_turns(store, folder):
    mine, theirs = begin(store), begin(store, PASSWORD, OTHER_NAME, OTHER_ID_NUMBER)
    (folder / f"{theirs.id}.request").replace(folder / f"{mine.id}.request")
    assert store.pending(ID_NUMBER) is None
    assert store.pending(OTHER_ID_NUMBER) is None

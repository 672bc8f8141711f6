"""The client's own store with the sandbox's CA: apply, install, ask for revocation, renew."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import requests

from kaihu_desktop.certificates.binding import ScryptCost
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import PendingCertificate, RevocationStatus
from kaihu_desktop.core.secret import Secret
from tests.contract.walk import Walk
from tests.sandbox_server import SandboxServer

ID_NUMBER, NAME = "410101199203152012", "卫见证"
PASSWORD = "482915"


@pytest.fixture
def store(tmp_path: Path) -> FileCertificateStore:
    return FileCertificateStore(tmp_path / "certificates", Secret(b"d" * 32), ScryptCost(n=2**4))


@pytest.fixture
def applicant(sandbox: SandboxServer) -> Walk:
    """卫见证, who has none and says so."""
    walk = Walk(sandbox, ID_NUMBER).begin().through("bank_cards")
    assert walk.put("certificate_check", {"certificate": None}).status_code == 200
    return walk


class Office:
    """What the client's backend does, for one applicant."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.v1 = walk.server.url + "/v1"
        self.anchors = requests.get(f"{self.v1}/companies/8888/trust-anchors", timeout=60).content

    def issue(self, path: str, **body: str) -> tuple[str, list[str]]:
        answer = self.walk.request("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["certificate"], answer.json()["chain"]

    def apply(self, pending: PendingCertificate) -> tuple[str, list[str]]:
        return self.issue(f"/applications/{self.walk.id}/certificates", request=pending.request_pem)

    def status(self, query: bytes) -> bytes:
        headers = {"Content-Type": "application/ocsp-request"}
        return requests.post(f"{self.v1}/ca/ocsp", data=query, headers=headers, timeout=60).content


def begin(store: FileCertificateStore, new: bool = False) -> PendingCertificate:
    return store.begin(NAME, ID_NUMBER, 2048, Secret(PASSWORD), new)


def test_from_the_request_to_the_certificate_and_its_successor(
    store: FileCertificateStore, applicant: Walk
) -> None:
    office = Office(applicant)
    pending = begin(store)
    first = office.apply(pending)
    assert office.apply(begin(store)) == first  # the answer was lost: the same again
    info = store.install(pending.id, Secret(PASSWORD), *first, office.anchors)
    assert applicant.put("certificate", {"certificate": first[0]}).status_code == 200
    checked = store.check_revocation(info.id, office.anchors, office.status)
    assert (checked.status, checked.code) == (RevocationStatus.GOOD, None)

    renewal, signature = store.begin_renewal(info.id, Secret(PASSWORD), 2048)
    signed = base64.b64encode(signature).decode("ascii")
    certificate = store.certificate_pem(info.id)
    second = office.issue(
        "/certificates/renewals", request=renewal.request_pem, certificate=certificate, signature=signed
    )
    successor = store.install(renewal.id, Secret(PASSWORD), *second, office.anchors)
    assert {one.id for one in store.find(ID_NUMBER)} == {info.id, successor.id}


def test_a_certificate_that_was_lost_is_revoked_by_the_next_application(
    store: FileCertificateStore, applicant: Walk
) -> None:
    office = Office(applicant)
    lost = begin(store)
    info = store.install(lost.id, Secret(PASSWORD), *office.apply(lost), office.anchors)
    office.apply(begin(store))
    checked = store.check_revocation(info.id, office.anchors, office.status)
    assert (checked.status, checked.code) == (RevocationStatus.REVOKED, "CERT-REVOKED")
    assert checked.revoked_at is not None


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("other_name", "CERT-MISMATCH"),
        ("other_number", "CERT-MISMATCH"),
        ("other_key", "CERT-MISMATCH"),
        ("expired", "CERT-EXPIRED"),
        ("not_yet", "CERT-NOT-YET"),
        ("untrusted", "CERT-UNTRUSTED"),
    ],
)
def test_a_wrong_certificate_is_not_installed_but_the_next_one_is(
    store: FileCertificateStore, applicant: Walk, kind: str, code: str
) -> None:
    office = Office(applicant)
    pending = begin(store)
    applicant.server.next_certificate(ID_NUMBER, kind)
    with pytest.raises(Failure) as caught:
        store.install(pending.id, Secret(PASSWORD), *office.apply(pending), office.anchors)
    assert caught.value.code == code
    assert store.list() == ()
    info = store.install(pending.id, Secret(PASSWORD), *office.apply(pending), office.anchors)
    assert [one.id for one in store.find(ID_NUMBER)] == [info.id]

"""Renewing a certificate: by its holder, while it is good, and it stays so."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tests.contract.requests_for_certificates import Request, certificate_in, key_number
from tests.contract.test_certificates import code, issued
from tests.contract.walk import Walk, certificate_pem
from tests.sandbox_server import SandboxServer

EXPIRING = "410101199801092021"  # 韩将至


@pytest.fixture
def holder(sandbox: SandboxServer) -> Walk:
    """韩将至, whose certificate ends within 20 days."""
    return Walk(sandbox, EXPIRING).log_in()


def old_one(walk: Walk) -> tuple[Any, str]:
    """The key and the certificate (PEM) in the customer's backup file."""
    password = walk.person["certificate_password"].encode()
    key, certificate, _ = pkcs12.load_key_and_certificates(
        walk.server.certificate_file(walk.id_number), password
    )
    assert certificate is not None
    return key, certificate.public_bytes(Encoding.PEM).decode()


def renewal(walk: Walk, number: int = 5, **changes: Any) -> dict[str, str]:
    """A good renewal of the customer's certificate, with changes."""
    key, pem = old_one(walk)
    request = Request.of(key_number(number), walk.person["name"], walk.id_number)
    signature = base64.b64encode(request.signed_by(key)).decode()
    return {"request": request.pem, "certificate": pem, "signature": signature, **changes}


def renew(walk: Walk, body: dict[str, str]) -> requests.Response:
    """Sends a renewal."""
    return walk.request("POST", "/certificates/renewals", json=body)


def test_a_certificate_that_ends_soon_is_renewed_and_stays_valid(holder: Walk) -> None:
    body = renewal(holder)
    old, new = certificate_in(body["certificate"]), issued(renew(holder, body))
    assert new.not_valid_after_utc > old.not_valid_after_utc and new.subject == old.subject
    assert issued(renew(holder, body)) == new
    assert [item["revoked_at"] for item in holder.server.certificates(EXPIRING)] == [None, None]
    walk = holder.begin().through("bank_cards")
    for certificate in (old, new):
        answer = {"certificate": certificate.public_bytes(Encoding.PEM).decode()}
        assert walk.put("certificate_check", answer).status_code == 200


def test_the_certificate_that_ends_soon_does_so_by_the_sandboxs_clock(sandbox: SandboxServer) -> None:
    first = certificate_pem(sandbox, EXPIRING)
    assert certificate_pem(sandbox, EXPIRING) == first
    sandbox.shift_clock(30 * 86_400)
    second = certificate_in(certificate_pem(sandbox, EXPIRING))
    sandbox.shift_clock(-30 * 86_400)
    assert certificate_pem(sandbox, EXPIRING) == first
    assert second.not_valid_after_utc > certificate_in(first).not_valid_after_utc


def test_a_renewal_that_is_not_the_holders_own_is_refused(holder: Walk) -> None:
    body = renewal(holder)
    for changes in (
        {"signature": "AAAA"},
        {"signature": "no Base64!"},
        {"signature": renewal(holder, 6)["signature"]},
        {"request": "none"},
    ):
        assert code(renew(holder, {**body, **changes})) == "CERT-REQUEST"
    key, _ = old_one(holder)
    same_key = Request.of(key, holder.person["name"], EXPIRING)
    signature = base64.b64encode(same_key.signed_by(key)).decode()
    assert code(renew(holder, {**body, "request": same_key.pem, "signature": signature})) == "CERT-REQUEST"
    assert code(renew(Walk(holder.server).log_in(), body)) == "CERT-OTHER-PERSON"


@pytest.mark.parametrize(
    ("id_number", "expected"),
    [
        ("410101197410191082", "CERT-EXPIRED"),
        ("410101199001010112", "CERT-NOT-YET"),
        ("410101199602149072", "CERT-REVOKED"),
    ],
)
def test_only_a_good_certificate_is_renewed(sandbox: SandboxServer, id_number: str, expected: str) -> None:
    walk = Walk(sandbox, id_number).log_in()
    assert code(renew(walk, renewal(walk))) == expected
    assert code(renew(walk, renewal(walk, certificate="none"))) == "CERT-UNTRUSTED"


def test_the_ca_renews_wrongly_on_demand(holder: Walk) -> None:
    holder.server.next_certificate(EXPIRING, "other_name")
    body = renewal(holder)
    wrong, right = (certificate_in(renew(holder, body).json()["certificate"]) for _ in range(2))
    old = certificate_in(body["certificate"])
    assert wrong.subject != old.subject and right.subject == old.subject

"""What needs no login: companies and health."""

from __future__ import annotations

import email.utils
import io

import pytest
import requests
from cryptography import x509
from PIL import Image

from tests.sandbox_server import SandboxServer

OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.mark.parametrize(
    ("code", "rule", "types"),
    [("8888", "block", ["futures", "asset_management"]), ("6666", "first_submission", ["futures"])],
)
def test_companies_differ_by_configuration(
    sandbox: SandboxServer, code: str, rule: str, types: list[str]
) -> None:
    company = requests.get(f"{sandbox.url}/v1/companies/{code}", timeout=60).json()
    assert (company["in_flight_rule"], company["account_types"]) == (rule, types)
    assert {bank["code"] for bank in company["banks"]} >= {"ICBC", "ABC", "BOC", "CCB", "COMM"}


def test_a_logo_is_a_picture(sandbox: SandboxServer) -> None:
    answer = requests.get(f"{sandbox.url}/v1/companies/8888/logo", timeout=60)
    with Image.open(io.BytesIO(answer.content)) as logo:
        assert (logo.format, logo.size) == ("PNG", (192, 192))


def test_trust_anchors_are_the_root_and_the_issuing_ca(sandbox: SandboxServer) -> None:
    pem = requests.get(f"{sandbox.url}/v1/companies/8888/trust-anchors", timeout=60).text
    end = "-----END CERTIFICATE-----\n"
    root, issuing = (x509.load_pem_x509_certificate((part + end).encode()) for part in pem.split(end)[:2])
    assert root.issuer == root.subject == issuing.issuer != issuing.subject


@pytest.mark.parametrize("path", ["", "/logo", "/trust-anchors"])
def test_an_unknown_company_is_refused(sandbox: SandboxServer, path: str) -> None:
    answer = requests.get(f"{sandbox.url}/v1/companies/1234{path}", timeout=60)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (404, "COMPANY-UNKNOWN")


def test_the_date_header_tells_the_sandboxs_clock(sandbox: SandboxServer) -> None:
    sandbox.set_clock("2019-09-09T09:54:00")
    answer = requests.get(f"{sandbox.url}/v1/health", timeout=60)
    assert answer.json()["time"].startswith("2019-09-09T09:54")
    assert email.utils.parsedate_to_datetime(answer.headers["Date"]).date().isoformat() == "2019-09-09"
    assert int(answer.headers["RateLimit-Remaining"]) > 0


@pytest.mark.parametrize("size", [1, 256 * 1024])
def test_a_line_is_measured_either_way(sandbox: SandboxServer, size: int) -> None:
    url = f"{sandbox.url}/v1/speed-test"
    got = requests.get(f"{url}?bytes={size}", timeout=60)
    assert (len(got.content), got.headers["Content-Type"]) == (size, "application/octet-stream")
    assert requests.post(url, data=bytes(size), headers=OCTETS, timeout=60).status_code == 204


def test_nobody_gets_or_sends_much_for_nothing(sandbox: SandboxServer) -> None:
    url = f"{sandbox.url}/v1/speed-test"
    assert requests.get(f"{url}?bytes={256 * 1024 + 1}", timeout=60).json()["code"] == "SERVER-REFUSED"
    sent = requests.post(url, data=bytes(256 * 1024 + 1), headers=OCTETS, timeout=60)
    assert sent.json()["code"] == "UPLOAD-TOO-LARGE"

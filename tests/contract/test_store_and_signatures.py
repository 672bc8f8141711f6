"""What the client's own store signs, with the sandbox's timestamps and without, as the server judges it."""

from __future__ import annotations

import uuid
from typing import Any, Callable

import pytest
import requests

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.binding import ScryptCost
from kaihu_desktop.certificates.pdf_verification import verify_pdf
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.secret import Secret
from tests.contract.walk import Walk
from tests.faults.backend_answers import log_in
from tests.sandbox_server import SandboxServer

SAMPLE = "410101199508130033"
Stamper = Callable[[bytes], bytes]


def stamper_of(sandbox: SandboxServer) -> Stamper:
    """The timestamp service of a sandbox, as the client asks it."""
    backend = RestBackend(sandbox.url)
    log_in(backend, sandbox)
    return backend.timestamp


def signed_by_store(walk: Walk, timestamp: Stamper | None) -> dict[str, Any]:
    """A good answer of the step sign, with copies that the client's store has signed."""
    store, password = MemoryCertificateStore(ScryptCost(n=2**4)), Secret("482915")
    file_password = Secret(walk.person["certificate_password"])
    imported = store.import_pkcs12(walk.server.certificate_file(walk.id_number), file_password, password)
    ids = [entry["id"] for entry in walk.agreements()]
    documents = [walk.document(name) for name in ids]
    copies = store.sign_pdf(imported.info.id, password, documents, timestamp=timestamp)
    return walk.sign(**dict(zip(ids, copies)))


def stored_copies(walk: Walk) -> list[bytes]:
    """The copies that the server has kept."""
    copies = walk.request("GET", "/signed-agreements").json()["items"]
    path = f"/applications/{walk.id}/agreements/"
    return [walk.request("GET", f"{path}{copy['agreement_id']}/signed").content for copy in copies]


@pytest.mark.parametrize("stamped", [True, False], ids=["B-T", "B-B"])
def test_the_server_accepts_what_the_store_signs(sandbox: SandboxServer, stamped: bool) -> None:
    walk = Walk(sandbox).begin().through("certificate_check")
    stamper = stamper_of(sandbox) if stamped else None
    answer = walk.put("sign", signed_by_store(walk, stamper), key=str(uuid.uuid4()))
    assert answer.status_code == 200, answer.text
    copies = stored_copies(walk)
    anchors = requests.get(f"{sandbox.url}/v1/companies/8888/trust-anchors", timeout=60).content
    assert len(copies) == 4
    for copy in copies:
        verdict = verify_pdf(copy, anchors)
        assert (verdict.intact, verdict.trusted, verdict.code) == (True, True, None)
        assert verdict.signer_name == walk.person["name"]
        assert (verdict.signatures[0].proven_at is not None) is stamped
    page = requests.get(f"{sandbox.console}applications/{walk.id}", timeout=60).text
    assert page.count("时间戳 ") == (4 if stamped else 0)


def test_the_server_refuses_a_timestamp_of_somebody_else(
    sandbox: SandboxServer, own_sandbox: SandboxServer
) -> None:
    own_sandbox.start().open_hours()
    walk = Walk(sandbox).begin().through("certificate_check")
    refused = walk.put("sign", signed_by_store(walk, stamper_of(own_sandbox))).json()
    assert refused["code"] == "SIGN-REJECTED" and "时间戳" in refused["detail"]

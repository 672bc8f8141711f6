"""Timestamps of the sandbox (RFC 3161), as OpenSSL judges them, and in what is signed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from asn1crypto import algos, core, tsp
from cryptography.hazmat.primitives.serialization import Encoding

from tests.contract.test_revocation import anchors
from tests.contract.walk import Walk
from tests.sandbox_server import SandboxServer

QUERY_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
HOLDER = "410101199508130033"


class Refusal(core.Sequence):
    """A TimeStampResp without a token, which asn1crypto's own can't be."""

    _fields = [("status", tsp.PKIStatusInfo)]  # noqa: RUF012 - asn1crypto's way


@pytest.fixture
def holder(sandbox: SandboxServer) -> Walk:
    """张样本, logged in."""
    return Walk(sandbox, HOLDER).log_in()


def query(digest: str = "sha256", hashed: bytes | None = None, **more: object) -> bytes:
    """A question for a timestamp."""
    algorithm = algos.DigestAlgorithm({"algorithm": digest})
    imprint = {"hash_algorithm": algorithm, "hashed_message": hashed or hashlib.new(digest, b"").digest()}
    return bytes(tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, **more}).dump())


def ask(walk: Walk, asked: bytes, media_type: str = QUERY_TYPE) -> requests.Response:
    """Asks for a timestamp; a question needs no Idempotency-Key."""
    headers = {"Content-Type": media_type, "Authorization": "Bearer " + walk.token}
    return requests.post(f"{walk.server.url}/v1/timestamps", data=asked, headers=headers, timeout=60)


def reply(walk: Walk, asked: bytes) -> tsp.TimeStampResp:
    """The answer to a question."""
    answer = ask(walk, asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, REPLY_TYPE)
    return tsp.TimeStampResp.load(answer.content)


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_timestamp_says_what_was_there_when(holder: Walk, digest: str) -> None:
    asked = query(digest, nonce=123_456_789, cert_req=True)
    answer = reply(holder, asked)
    assert answer["status"]["status"].native == "granted"
    signed = answer["time_stamp_token"]["content"]
    info = signed["encap_content_info"]["content"].parsed
    assert info["message_imprint"].dump() == tsp.TimeStampReq.load(asked)["message_imprint"].dump()
    assert info["nonce"].native == 123_456_789
    assert len(signed["certificates"]) == 1


def test_the_certificate_comes_only_when_it_is_wanted(holder: Walk) -> None:
    signed = reply(holder, query())["time_stamp_token"]["content"]
    assert len(signed["certificates"]) == 0
    assert "nonce" not in {
        name for name, value in signed["encap_content_info"]["content"].parsed.native.items() if value
    }


def test_the_time_is_the_sandboxs(holder: Walk) -> None:
    holder.server.set_clock("2026-03-02T10:00:00")
    holder.log_in()
    info = reply(holder, query())["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert info["gen_time"].native.isoformat().startswith("2026-03-02T02:0")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (b"0\x00", "bad_data_format"),
        (b"0\x03\x02\x01\x01", "bad_data_format"),
        (query(hashed=b"short"), "bad_data_format"),
        (query("sha1"), "bad_alg"),
        (query("md5"), "bad_alg"),
        (query(req_policy="1.2.3.4"), "unaccepted_policy"),
    ],
    ids=["empty", "half", "short", "sha1", "md5", "policy"],
)
def test_why_there_is_no_timestamp(holder: Walk, asked: bytes, reason: str) -> None:
    answer = ask(holder, asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, REPLY_TYPE)
    status = Refusal.load(answer.content, strict=True)["status"]
    assert (status["status"].native, status["fail_info"].native) == ("rejection", {reason})


@pytest.mark.parametrize("asked", [b"", b"0", b"no DER", query()[:-1], query() + b"more", b"\x30\x80\x00"])
def test_what_is_no_question(holder: Walk, asked: bytes) -> None:
    answer = ask(holder, asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "SERVER-REFUSED")


def test_who_gets_none(sandbox: SandboxServer, holder: Walk) -> None:
    assert ask(holder, query(), "application/json").json()["code"] == "UPLOAD-TYPE"
    assert ask(holder, bytes(20_000)).json()["code"] == "UPLOAD-TOO-LARGE"
    other = Walk(sandbox, HOLDER, "6666").log_in()
    assert ask(other, query()).json()["code"] == "SERVER-NOT-FOUND"
    other.token = "nobody's"
    assert ask(other, query()).json()["code"] == "AUTH-EXPIRED"


def test_faults_strike_here_too(holder: Walk) -> None:
    holder.server.fault("/timestamps$", "status", method="POST")
    assert ask(holder, query()).status_code == 503
    holder.server.fault("/timestamps$", "drop")
    with pytest.raises(requests.ConnectionError):
        ask(holder, query())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")
def test_openssl_verifies_a_timestamp(holder: Walk, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"what was there")
    root, _ = anchors(holder.server)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))

    def openssl(*words: str) -> str:
        command = ["openssl", *words]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
        return run.stdout + run.stderr

    openssl("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query")
    answer = ask(holder, (tmp_path / "query").read_bytes())
    (tmp_path / "reply").write_bytes(answer.content)
    said = openssl("ts", "-verify", "-in", "reply", "-queryfile", "query", "-CAfile", "root.pem")
    assert "Verification: OK" in said

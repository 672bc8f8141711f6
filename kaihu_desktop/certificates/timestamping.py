"""Gets timestamps (RFC 3161) for signatures from the company's service, and believes none unseen."""

from __future__ import annotations

import hashlib
import time
from typing import Any, Callable

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from kaihu_desktop.core.failure import Failure, Retry

#: Asks the service: a DER query in, a DER answer out. Raises `Failure`, or `Cancelled` to end the signing.
Ask = Callable[[bytes], bytes]

#: Seconds to wait before each further try.
PAUSES = (0.2, 1.0)

GRANTED = ("granted", "granted_with_mods")


class Timestamper(TimeStamper):
    """Asks for a token until one fits: of this hash, of this query, signed by who may make timestamps.

    One for all documents of a signing: how large its tokens are is asked once. Raises SIGN-TIMESTAMP, or
    the failure that says more: of the network, of the login, of a backend that asks to wait.
    """

    def __init__(self, ask: Ask) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ask = ask

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        pauses = iter(PAUSES)
        while True:
            try:
                return self._token(message_digest, md_algorithm)
            except Failure as failure:
                pause = next(pauses, None) if failure.retry is Retry.SAME and not failure.wait else None
                if pause is None:
                    raise _told(failure) from None
            time.sleep(pause)

    def _token(self, digest: bytes, algorithm: str) -> Any:
        nonce, query = self.request_cms(digest, algorithm)  # type: ignore[no-untyped-call]
        answer = self._ask(query.dump())
        try:
            token = _granted(answer)
            info = token["content"]["encap_content_info"]["content"].parsed
            fits = (
                info["nonce"].native == nonce
                and info["message_imprint"]["hash_algorithm"]["algorithm"].native == algorithm
                and info["message_imprint"]["hashed_message"].native == digest
                and _is_sound(token["content"])
            )
        except Exception:  # asn1crypto and pyHanko raise whatever a broken answer makes them stumble over
            fits = False
        if not fits:
            raise Failure("SIGN-TIMESTAMP")
        return token


def _granted(answer: bytes) -> Any:
    response = tsp.TimeStampResp.load(answer, strict=True)
    if response["status"]["status"].native not in GRANTED:
        raise ValueError("the service refused")
    return response["time_stamp_token"]


def _is_sound(signed: Any) -> bool:
    """Whether the token is signed by the certificate it brings, and that one is for timestamps."""
    certificate = extract_certs_for_validation(signed).signer_cert
    usage = certificate.extended_key_usage_value
    if usage is None or "time_stamping" not in usage.native:
        return False
    (signer,) = signed["signer_infos"]
    content = bytes(signed["encap_content_info"]["content"])
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
    return all(validate_sig_integrity(signer, certificate, "tst_info", digest))


def _told(failure: Failure) -> Failure:
    """What the person is told in the end: who cures it, the network, a new login, or time."""
    says_more = failure.code.startswith("NET-") and failure.code != "NET-BAD-ANSWER"
    return failure if says_more or failure.wait or failure.retry is Retry.LOGIN else Failure("SIGN-TIMESTAMP")

"""The company's backend over REST, as the business sees it."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import uuid
from dataclasses import replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Callable, Mapping

from kaihu_desktop.backend import codec
from kaihu_desktop.backend.request import Answer, Request, TimeLimits
from kaihu_desktop.backend.uploads import Uploader
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import Agreement, SignedAgreement
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.certificate import IssuedCertificate
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.model.login import Captcha, Credentials, LoggedIn, SmsSent
from kaihu_desktop.core.ports import Progress

if TYPE_CHECKING:
    from kaihu_desktop.backend.transport import Transport

LOGO_BYTES = 2 * 1024 * 1024
PEM_BYTES = 1024 * 1024
REPLY_BYTES = 64 * 1024  # a timestamp or the status of a certificate, with the certificates of who signed it
FILE_BYTES = 20 * 1024 * 1024  # the contract's largest upload, and more than any agreement

#: A refused refresh token means: log in again. A failure on the way doesn't.
_REFRESH_REFUSED = ("AUTH-EXPIRED", "SERVER-REFUSED", "SERVER-NOT-FOUND", "SERVER-CONFLICT")


class _Login:
    """One login: its tokens, and the agreements (by SHA-256) that were fetched under it."""

    def __init__(self, tokens: codec.Tokens) -> None:
        self.tokens = tokens
        self.renewing = threading.Lock()
        self.agreements: dict[str, bytes] = {}

    def wipe(self) -> None:
        self.tokens.wipe()
        self.agreements.clear()


class RestBackend:
    """Implements `core.ports.Backend`. A few worker threads may share it.

    An access token that has expired is renewed once, unseen; is that refused, the failure is AUTH-EXPIRED.
    """

    def __init__(
        self,
        base_url: str,
        limits: TimeLimits | None = None,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._base_url = base_url
        self._limits = limits or TimeLimits()
        self._wait = wait or threading.Event().wait
        self._connecting = threading.Lock()
        self._connected: Transport | None = None
        self._login: _Login | None = None

    def close(self) -> None:
        """Forget the login and close the connections."""
        self._forget()
        if self._connected is not None:
            self._connected.close()

    def clock(self) -> datetime:
        """The backend's time (aware), which also shows that it is there. Raises every NET-… failure."""
        answer = self._transport.send(Request("GET", "/health"))
        codec.Reader(answer.document()).text("status")
        try:
            return parsedate_to_datetime(answer.headers["Date"]).astimezone(timezone.utc)
        except (KeyError, TypeError, ValueError):
            raise Failure("NET-BAD-ANSWER") from None

    def download_sample(self, size: int) -> None:
        """Fetch so many bytes (at most 256 K), to see how long it takes. Raises every NET-… failure."""
        request = Request("GET", "/speed-test?bytes={size}", {"size": str(size)}, limit=size)
        self._transport.send(replace(request, media_type="application/octet-stream"))

    def upload_sample(self, size: int) -> None:
        """Send so many bytes (at most 256 K), to see how long it takes. Raises every NET-… failure."""
        headers = {"Content-Type": "application/octet-stream"}
        self._transport.send(Request("POST", "/speed-test", data=os.urandom(size), headers=headers))

    # company

    def company(self, company_code: str) -> Company:
        """Raises COMPANY-UNKNOWN."""
        return codec.company_of(self._get("/companies/{code}", code=company_code))

    def logo(self, company_code: str) -> bytes:
        """A PNG, of at most 2 MB."""
        request = Request("GET", "/companies/{code}/logo", {"code": company_code})
        return self._transport.send(replace(request, media_type="image/png", limit=LOGO_BYTES)).body

    def trust_anchors(self, company_code: str) -> bytes:
        """The company's CA certificates as a PEM bundle."""
        request = Request("GET", "/companies/{code}/trust-anchors", {"code": company_code})
        return self._transport.send(
            replace(request, media_type="application/x-pem-file", limit=PEM_BYTES)
        ).body

    # login

    def captcha(self) -> Captcha:
        """A new captcha picture."""
        return codec.captcha_of(self._transport.send(Request("POST", "/captchas")).document())

    def send_sms(
        self, company_code: str, account_type: str, id_number: str, captcha_id: str, captcha_text: str
    ) -> SmsSent:
        """Raises the AUTH-… failures that are known before a code is sent."""
        document = {
            "company_code": company_code,
            "account_type": account_type,
            "id_number": id_number,
            "captcha_id": captcha_id,
            "captcha_text": captcha_text,
        }
        return codec.sms_sent_of(
            self._transport.send(Request("POST", "/sms-codes", json=document)).document()
        )

    def login(self, credentials: Credentials) -> LoggedIn:
        """Raises the AUTH-… failures."""
        document = {
            "company_code": credentials.company_code,
            "account_type": credentials.account_type,
            "id_number": credentials.id_number,
            "captcha_id": credentials.captcha_id,
            "captcha_text": credentials.captcha_text,
            "sms_code": credentials.sms_code.reveal_text(),
            "consents": [
                {"purpose": purpose, "version": version} for purpose, version in credentials.consents
            ],
        }
        answer = self._transport.send(Request("POST", "/sessions", json=document)).document()
        logged_in = codec.logged_in_of(answer)
        self._forget()
        self._login = _Login(codec.tokens_of(answer))
        return logged_in

    def logout(self) -> None:
        """Forget the login here whatever happens, and tell the backend if it can be reached."""
        login = self._login
        self._login = None
        if login is None:
            return
        request = Request("DELETE", "/sessions/current", token=login.tokens.access, key=str(uuid.uuid4()))
        try:
            self._transport.send(request)
        except Failure:
            pass  # the tokens die by themselves within minutes, and nobody has them any more
        login.wipe()

    def customer(self) -> Customer:
        """The logged-in person."""
        return codec.customer_of(self._get_authorised("/customers/me"))

    # applications

    def applications(self) -> tuple[Application, ...]:
        """The person's applications, newest first."""
        return codec.applications_of(self._get_authorised("/applications"))

    def application(self, application_id: str) -> Application:
        """Raises SERVER-NOT-FOUND."""
        return codec.application_of(self._get_authorised("/applications/{id}", id=application_id))

    def create_application(self, business: str, key: str) -> Application:
        """key: idempotency key, a UUID; the same key makes no second application. Raises APP-IN-FLIGHT."""
        request = Request("POST", "/applications", json={"business": business}, key=key)
        return codec.application_of(self._authorised(request).document())

    def abandon(self, application_id: str, key: str) -> None:
        """Erase a draft. Raises APP-CLOSED."""
        self._authorised(Request("DELETE", "/applications/{id}", {"id": application_id}, key=key))

    def put_step(self, application_id: str, step_id: str, body: Mapping[str, Any], key: str) -> Application:
        """Raises APP-ANSWER (with `errors`), APP-STEP-ORDER, APP-CLOSED, and the failures of the step."""
        request = Request(
            "PUT",
            "/applications/{id}/steps/{step}",
            {"id": application_id, "step": step_id},
            json=dict(body),
            key=key,
        )
        return codec.application_of(self._authorised(request).document())

    def agreements(self, application_id: str) -> tuple[Agreement, ...]:
        """The agreements to read and sign."""
        return codec.agreements_of(self._get_authorised("/applications/{id}/agreements", id=application_id))

    def agreement_content(
        self, application_id: str, agreement: Agreement, progress: Progress | None = None
    ) -> bytes:
        """The PDF, exactly the one that `agreement.sha256` names. Raises SIGN-DOCUMENT."""
        fetched = self._logged_in().agreements
        content = fetched.get(agreement.sha256)
        if content is None:
            request = Request(
                "GET",
                "/applications/{id}/agreements/{agreement}/content",
                {"id": application_id, "agreement": agreement.id},
                media_type="application/pdf",
                limit=FILE_BYTES,
                progress=progress,
            )
            content = self._authorised(request).body
            if hashlib.sha256(content).hexdigest() != agreement.sha256:
                raise Failure("SIGN-DOCUMENT")
            fetched[agreement.sha256] = content
        elif progress is not None:
            progress(len(content), len(content))
        return content

    def signed_agreements(self) -> tuple[SignedAgreement, ...]:
        """All that the person has signed at this company, newest first."""
        return codec.signed_agreements_of(self._get_authorised("/signed-agreements"))

    def signed_agreement_content(
        self, application_id: str, agreement_id: str, progress: Progress | None = None
    ) -> bytes:
        """The signed PDF, whole as its ETag says. Raises SERVER-NOT-FOUND, SIGN-DOCUMENT."""
        request = Request(
            "GET",
            "/applications/{id}/agreements/{agreement}/signed",
            {"id": application_id, "agreement": agreement_id},
            media_type="application/pdf",
            limit=FILE_BYTES,
            progress=progress,
        )
        answer = self._authorised(request)
        tag = answer.headers.get("ETag", "").rpartition("W/")[2].strip('"')  # proxies make it a weak one
        if tag != hashlib.sha256(answer.body).hexdigest():
            raise Failure("SIGN-DOCUMENT")
        return answer.body

    # certificates

    def apply_certificate(self, application_id: str, request_pem: str, key: str) -> IssuedCertificate:
        """Raises CERT-NOT-WITNESSED, CERT-REQUEST, APP-CLOSED."""
        request = Request(
            "POST",
            "/applications/{id}/certificates",
            {"id": application_id},
            json={"request": request_pem},
            key=key,
        )
        return codec.issued_certificate_of(self._authorised(request).document())

    def renew_certificate(
        self, request_pem: str, certificate_pem: str, signature: bytes, key: str
    ) -> IssuedCertificate:
        """Raises CERT-REQUEST and what is wrong with the old certificate (CERT-…)."""
        document = {
            "request": request_pem,
            "certificate": certificate_pem,
            "signature": base64.b64encode(signature).decode("ascii"),
        }
        request = Request("POST", "/certificates/renewals", json=document, key=key)
        return codec.issued_certificate_of(self._authorised(request).document())

    def timestamp(self, query: bytes) -> bytes:
        """The TimeStampResp (DER) to a TimeStampReq (DER). Raises SERVER-NOT-FOUND where there is none."""
        request = self._query("/timestamps", "application/timestamp-query", query)
        return self._authorised(replace(request, media_type="application/timestamp-reply")).body

    def certificate_status(self, ocsp_request: bytes) -> bytes:
        """The OCSPResponse (DER) to an OCSPRequest (DER); needs no login."""
        request = self._query("/ca/ocsp", "application/ocsp-request", ocsp_request)
        return self._transport.send(replace(request, media_type="application/ocsp-response")).body

    # uploads

    def upload(self, kind: str, media_type: str, data: bytes, progress: Progress | None = None) -> str:
        """See `Uploader.upload`. No piece goes under the login of the next person."""
        login = self._logged_in()
        uploader = Uploader(lambda request: self._authorised(request, login), self._wait)
        return uploader.upload(kind, media_type, data, progress)

    def upload_content(self, upload_id: str) -> bytes:
        """The bytes of a complete upload."""
        request = Request(
            "GET", "/uploads/{id}/content", {"id": upload_id}, media_type=None, limit=FILE_BYTES
        )
        return self._authorised(request).body

    # requests

    @property
    def _transport(self) -> Transport:
        """Made at the first request, in a worker's thread: no window waits until requests is loaded."""
        with self._connecting:
            if self._connected is None:
                from kaihu_desktop.backend.transport import Transport

                self._connected = Transport(self._base_url, self._limits, self._wait)
            return self._connected

    @staticmethod
    def _query(template: str, media_type: str, data: bytes) -> Request:
        """A question that isn't JSON, asked again when it was lost on the way."""
        headers = {"Content-Type": media_type}
        return Request("POST", template, data=data, headers=headers, reads=True, limit=REPLY_BYTES)

    def _get(self, template: str, **variables: str) -> object:
        return self._transport.send(Request("GET", template, variables)).document()

    def _get_authorised(self, template: str, **variables: str) -> object:
        return self._authorised(Request("GET", template, variables)).document()

    def _logged_in(self) -> _Login:
        if self._login is None:
            raise Failure("AUTH-EXPIRED")
        return self._login

    def _authorised(self, request: Request, begun: _Login | None = None) -> Answer:
        """The answer to a request of who is logged in; `begun`: of this login and no other."""
        login = self._logged_in()
        if begun not in (None, login):
            raise Failure("AUTH-EXPIRED")
        tokens = login.tokens
        try:
            return self._transport.send(replace(request, token=tokens.access))
        except Failure as failure:
            if failure.code != "AUTH-EXPIRED":
                raise
        return self._transport.send(replace(request, token=self._renewed(login, tokens).access))

    def _renewed(self, login: _Login, expired: codec.Tokens) -> codec.Tokens:
        """The tokens after `expired`, of the same login. Of several threads only one asks for them."""
        with login.renewing:
            if login is not self._login:
                raise Failure("AUTH-EXPIRED")  # never goes on under the login of somebody else
            if login.tokens is expired:
                login.tokens = self._renew(login)
                expired.wipe()
            return login.tokens

    def _renew(self, login: _Login) -> codec.Tokens:
        document = {"refresh_token": login.tokens.refresh.reveal_text()}
        try:
            answer = self._transport.send(Request("POST", "/sessions/refresh", json=document))
        except Failure as failure:
            if failure.code not in _REFRESH_REFUSED:
                raise
            if login is self._login:
                self._forget()
            raise Failure("AUTH-EXPIRED") from None
        return codec.tokens_of(answer.document())

    def _forget(self) -> None:
        login = self._login
        self._login = None
        if login is not None:
            login.wipe()

"""Turns the backend's JSON into the model; a document of any other shape is NET-BAD-ANSWER."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Mapping, TypeVar

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import Agreement, SignedAgreement
from kaihu_desktop.core.model.application import (
    Application,
    Reason,
    Status,
    StepRecord,
    StepState,
    TimelineEntry,
)
from kaihu_desktop.core.model.certificate import IssuedCertificate
from kaihu_desktop.core.model.company import (
    Bank,
    CertificateProfile,
    Company,
    ConsentItem,
    Document,
    OfferedBusiness,
    PasswordRule,
)
from kaihu_desktop.core.model.customer import BankCardOnRecord, Customer
from kaihu_desktop.core.model.login import Captcha, LoggedIn, SmsSent
from kaihu_desktop.core.secret import Secret

T = TypeVar("T")

#: RFC 3339: date, time, fraction, offset. The offset is required.
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)")

#: Bits of an RSA key that a company may ask for.
KEY_BITS = (2048, 3072)

#: What JSON can write and UTF-8 can't.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Tokens:
    """The tokens of a login."""

    access: Secret
    refresh: Secret

    def wipe(self) -> None:
        """Forget both."""
        self.access.wipe()
        self.refresh.wipe()


@dataclass(frozen=True)
class UploadState:
    """How much of an upload the backend has."""

    id: str
    offset: int
    complete: bool


class Reader:
    """Reads the members of one JSON object; a missing member or one of another type is NET-BAD-ANSWER.

    Members that aren't asked for are ignored, so that a newer backend may add some.
    """

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise Failure("NET-BAD-ANSWER")
        self._value: dict[str, Any] = value

    def get(self, name: str, kind: type[T]) -> T:
        """The member `name`, exactly of this type (True is no integer); a text without half characters."""
        value = self._value.get(name)
        if type(value) is not kind or (isinstance(value, str) and _HALF_CHARACTER.search(value)):
            raise Failure("NET-BAD-ANSWER")
        return value

    def optional(self, name: str, kind: type[T]) -> T | None:
        """The member `name`, None when it is null or missing."""
        return None if self._value.get(name) is None else self.get(name, kind)

    def text(self, name: str) -> str:
        return self.get(name, str)

    def whole(self, name: str) -> int:
        value = self.get(name, int)
        if value < 0:
            raise Failure("NET-BAD-ANSWER")
        return value

    def time(self, name: str) -> datetime:
        return time_of(self.text(name))

    def optional_time(self, name: str) -> datetime | None:
        return None if self._value.get(name) is None else self.time(name)

    def object(self, name: str) -> Reader:
        return Reader(self._value.get(name))

    def optional_object(self, name: str) -> Reader | None:
        return None if self._value.get(name) is None else self.object(name)

    def items(self, name: str, make: Callable[[Reader], T]) -> tuple[T, ...]:
        """The list `name` of objects, each read by `make`."""
        return tuple(make(Reader(item)) for item in self.get(name, list))

    def mapping(self, name: str) -> Mapping[str, Any]:
        return self.get(name, dict)


def time_of(text: str) -> datetime:
    """An aware datetime from RFC 3339 text. Python before 3.11 reads neither ``Z`` nor every fraction."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise Failure("NET-BAD-ANSWER")
    day, clock, fraction, offset = match.groups()
    offset = "+00:00" if offset in "Zz" else offset
    try:
        return datetime.fromisoformat(f"{day}T{clock}.{(fraction or '').ljust(6, '0')[:6]}{offset}")
    except ValueError:
        raise Failure("NET-BAD-ANSWER") from None


def company_of(document: object) -> Company:
    """The answer of GET /companies/{company_code}."""
    it = Reader(document)
    rule = it.object("certificate_password")
    account_types = it.get("account_types", list)
    if not all(isinstance(name, str) for name in account_types):
        raise Failure("NET-BAD-ANSWER")
    return Company(
        code=it.text("code"),
        name=it.text("name"),
        has_logo=it.optional("logo_url", str) is not None,
        colour=it.optional("colour", str),
        hotline=it.text("hotline"),
        service_hours_text=it.text("service_hours_text"),
        app_download_url=it.text("app_download_url"),
        account_types=tuple(account_types),
        businesses=it.items("businesses", _offered_business),
        banks=it.items(
            "banks", lambda bank: Bank(bank.text("code"), bank.text("name"), bank.text("signing_guide"))
        ),
        privacy_policy=_document(it.object("privacy_policy")),
        consents=it.items(
            "consents",
            lambda item: ConsentItem(item.text("purpose"), item.text("title"), item.get("required", bool)),
        ),
        certificate_password=PasswordRule(rule.text("kind"), rule.whole("min"), rule.whole("max")),
        usage_notice=_document(it.object("usage_notice")),
        certificate_responsibility=_document(it.object("certificate_responsibility")),
        certificate_profile=_profile(it.object("certificate_profile")),
        timestamps=it.get("timestamps", bool),
    )


def _profile(it: Reader) -> CertificateProfile:
    """A key of another size than these would be too weak, or take minutes to make."""
    key_bits = it.whole("key_bits")
    if key_bits not in KEY_BITS:
        raise Failure("NET-BAD-ANSWER")
    return CertificateProfile(key_bits)


def _offered_business(it: Reader) -> OfferedBusiness:
    return OfferedBusiness(
        it.text("id"), it.text("title"), it.text("description"), it.whole("minutes"), it.get("enabled", bool)
    )


def _document(it: Reader) -> Document:
    """A notice that nobody accepts by version has none."""
    return Document(it.optional("version", str) or "", it.text("title"), it.text("text"))


def captcha_of(document: object) -> Captcha:
    """The answer of POST /captchas."""
    it = Reader(document)
    try:
        return Captcha(it.text("captcha_id"), base64.b64decode(it.text("image_png"), validate=True))
    except (binascii.Error, ValueError):
        raise Failure("NET-BAD-ANSWER") from None


def sms_sent_of(document: object) -> SmsSent:
    """The answer of POST /sms-codes."""
    it = Reader(document)
    return SmsSent(it.text("sent_to"), it.whole("resend_after"))


def tokens_of(document: object) -> Tokens:
    """The tokens in the answer of POST /sessions and /sessions/refresh."""
    it = Reader(document)
    return Tokens(Secret(it.text("access_token")), Secret(it.text("refresh_token")))


def logged_in_of(document: object) -> LoggedIn:
    """The customer in the answer of POST /sessions."""
    it = Reader(document).object("customer")
    return LoggedIn(it.text("name"), it.text("masked_id_number"))


def customer_of(document: object) -> Customer:
    """The answer of GET /customers/me."""
    it = Reader(document)
    photos = it.object("photos")
    kept = {kind: photos.optional_object(kind) for kind in ("id_portrait", "id_emblem", "signature")}
    return Customer(
        name=it.text("name"),
        masked_id_number=it.text("masked_id_number"),
        id_number=it.text("id_number"),
        photos={kind: photo.text("upload_id") for kind, photo in kept.items() if photo is not None},
        bank_cards=it.items("bank_cards", _card_on_record),
    )


def _card_on_record(it: Reader) -> BankCardOnRecord:
    return BankCardOnRecord(
        it.text("id"),
        it.text("bank_code"),
        it.text("bank_name"),
        it.text("masked_number"),
        it.text("branch"),
    )


def applications_of(document: object) -> tuple[Application, ...]:
    """The answer of GET /applications."""
    return Reader(document).items("items", _application)


def application_of(document: object) -> Application:
    """One Application of the contract."""
    return _application(Reader(document))


def _application(it: Reader) -> Application:
    rejection = it.optional_object("rejection")
    return Application(
        id=it.text("id"),
        business=it.text("business"),
        title=it.text("title"),
        status=_member(Status, it.text("status")),
        created_at=it.time("created_at"),
        submitted_at=it.optional_time("submitted_at"),
        remark=it.optional("remark", str) or "",
        reasons=rejection.items("reasons", _reason) if rejection else (),
        steps={name: _step_record(Reader(step)) for name, step in it.mapping("steps").items()},
        timeline=it.items(
            "timeline",
            lambda entry: TimelineEntry(entry.text("status"), entry.text("text"), entry.time("at")),
        ),
        can_abandon=it.get("can_abandon", bool),
        capital_account=it.optional("capital_account", str),
        witnessed=it.get("witnessed", bool),
    )


def _reason(it: Reader) -> Reason:
    return Reason(it.text("step"), it.optional("field", str), it.text("text"))


def _step_record(it: Reader) -> StepRecord:
    return StepRecord(_member(StepState, it.text("state")), it.optional("answer", dict))


def _member(kind: Callable[[str], T], value: str) -> T:
    try:
        return kind(value)
    except ValueError:
        raise Failure("NET-BAD-ANSWER") from None


def agreements_of(document: object) -> tuple[Agreement, ...]:
    """The answer of GET /applications/{id}/agreements."""
    return Reader(document).items("items", _agreement)


def _agreement(it: Reader) -> Agreement:
    return Agreement(
        it.text("id"), it.text("title"), it.whole("pages"), it.text("sha256").lower(), it.whole("min_seconds")
    )


def signed_agreements_of(document: object) -> tuple[SignedAgreement, ...]:
    """The answer of GET /signed-agreements."""
    return Reader(document).items("items", _signed_agreement)


def _signed_agreement(it: Reader) -> SignedAgreement:
    return SignedAgreement(
        application_id=it.text("application_id"),
        agreement_id=it.text("agreement_id"),
        business=it.text("business"),
        business_title=it.text("business_title"),
        title=it.text("title"),
        signed_at=it.time("signed_at"),
        pages=it.whole("pages"),
        size=it.whole("size"),
        sha256=it.text("sha256").lower(),
    )


def issued_certificate_of(document: object) -> IssuedCertificate:
    """The answer of POST /applications/{id}/certificates and /certificates/renewals."""
    it = Reader(document)
    chain = it.get("chain", list)
    if not all(isinstance(pem, str) for pem in chain):
        raise Failure("NET-BAD-ANSWER")
    return IssuedCertificate(it.text("certificate"), tuple(chain))


def upload_state_of(document: object) -> UploadState:
    """The answer of each request under /uploads."""
    it = Reader(document)
    return UploadState(it.text("upload_id"), it.whole("offset"), it.get("complete", bool))

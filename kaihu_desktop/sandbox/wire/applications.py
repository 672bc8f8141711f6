"""Applications, the answers of their steps, and agreements."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from kaihu_desktop.sandbox.wire.common import Answer, Ask, Identifier, IdNumber

Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="2099-12-31 长期")]
Pem = Annotated[str, Field(max_length=20_000, description="PEM")]
StepState = Literal["open", "accepted", "rejected"]
Status = Literal[
    "draft",
    "awaiting_video",
    "video_rejected",
    "awaiting_review",
    "reviewing",
    "review_rejected",
    "awaiting_counter",
    "succeeded",
    "failed",
]


class NewApplication(Ask):
    """Starts a business."""

    business: str = Field(max_length=40, examples=["settlement-account"])


class Reason(Answer):
    """Why, and which field of which step is asked again."""

    step: str
    field: str | None
    text: str


class Rejection(Answer):
    """The reasons that are still open."""

    reasons: list[Reason]


class StepRecord(Answer):
    """What the server accepted of one step."""

    state: StepState
    accepted_at: str | None
    answer: dict[str, Any] | None = Field(description="Echo of the accepted answer, without secrets")


class TimelineEntry(Answer):
    """Something that happened."""

    status: str
    text: str
    at: str


class ApplicationRecord(Answer):
    """A business of the customer."""

    id: str
    business: str
    title: str
    status: Status
    status_text: str
    created_at: str
    updated_at: str
    submitted_at: str | None
    remark: str
    capital_account: str | None
    rejection: Rejection | None
    steps: dict[str, StepRecord] = Field(
        description="In their order; `certificate` is among them while a certificate is applied for"
    )
    timeline: list[TimelineEntry]
    witnessed: bool = Field(description="A video witness has passed: a certificate may be applied for")
    can_abandon: bool


class ApplicationList(Answer):
    """All businesses of the customer, newest first."""

    items: list[ApplicationRecord]


class Photo(Ask):
    """A cropped photo and the picture that it was cropped from."""

    upload_id: Identifier
    original_id: Identifier | None


class Photos(Ask):
    """The three photos."""

    id_portrait: Photo
    id_emblem: Photo
    signature: Photo


class IdentityFields(Ask):
    """What is printed on the ID card, as confirmed by the customer."""

    name: str = Field(min_length=1, max_length=40)
    sex: Literal["男", "女"]
    ethnicity: str = Field(min_length=1, max_length=20)
    birth: Date
    address: str = Field(min_length=1, max_length=200)
    id_number: IdNumber
    authority: str = Field(min_length=1, max_length=60)
    valid_from: Date
    valid_until: Date


class PhotosAnswer(Ask):
    """Answer of the step photos."""

    photos: Photos
    fields: IdentityFields
    responsibility_version: Identifier


class CardAnswer(Ask):
    """One settlement card; `id` names a card on record, whose number is not sent again."""

    id: Identifier | None
    bank_code: Identifier
    number: str | None = Field(max_length=40)
    branch: str = Field(max_length=200)
    photo_id: Identifier | None
    source: Literal["record", "ocr", "typed"]


class BankCardsAnswer(Ask):
    """Answer of the step bank_cards: the cards that shall be on record afterwards."""

    cards: list[CardAnswer] = Field(max_length=40)
    notice_accepted: bool


class CertificateAnswer(Ask):
    """Answer of the step certificate_check."""

    certificate: Pem | None = Field(description="null: there is none, one is applied for (needs `witnessed`)")


class InstalledAnswer(Ask):
    """Answer of the step certificate: what was issued is installed."""

    certificate: Pem


class SignedAgreement(Ask):
    """A signed copy."""

    agreement_id: Identifier
    upload_id: Identifier


class ReadAgreement(Ask):
    """How far and how long an agreement was read."""

    agreement_id: Identifier
    pages: int = Field(ge=0)
    seconds: float = Field(ge=0)


class SignAnswer(Ask):
    """Answer of the step sign."""

    signed: list[SignedAgreement] = Field(max_length=40)
    read: list[ReadAgreement] = Field(max_length=40)
    consent: bool


class AgreementEntry(Answer):
    """An agreement to be read and signed."""

    id: str
    title: str
    pages: int
    sha256: str
    min_seconds: int


class AgreementList(Answer):
    """The agreements of an application in reading order."""

    items: list[AgreementEntry]

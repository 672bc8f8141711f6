"""What the business needs of the world outside: Protocols that the rooms implement."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Protocol

from kaihu_desktop.core.model.agreement import Agreement, SignedAgreement
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.certificate import CertificateStore, IssuedCertificate, PdfVerification
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.model.login import Captcha, Credentials, LoggedIn, SmsSent
from kaihu_desktop.core.model.readiness import Result
from kaihu_desktop.core.model.windows_certificate import WindowsCertificates

__all__ = [
    "AudioDirectory",
    "Backend",
    "Camera",
    "CameraDirectory",
    "CardReader",
    "CertificateStore",
    "Draft",
    "ImageArray",
    "Journal",
    "Microphone",
    "Progress",
    "Readiness",
    "Settings",
    "SignatureCheck",
    "WindowsCertificates",
]

#: A picture: numpy uint8 array, height × width × 3, BGR. `core` doesn't import numpy.
ImageArray = Any

#: Called with (done, total); may raise `Cancelled` to end the work.
Progress = Callable[[int, int], None]

#: Verifies the signatures of a PDF offline, by a PEM bundle of trust anchors, which may be empty.
#: Blocks; raises SIGN-DOCUMENT if it is no readable PDF.
SignatureCheck = Callable[[bytes, bytes], PdfVerification]

#: A JSON document, as kept in the journal: ``{"answer": …, "key": …, "digest": …}``.
Draft = Mapping[str, Any]


class Cancelled(Exception):
    """The person cancelled the work; nothing is shown."""


class Backend(Protocol):
    """The company's REST backend. Every method blocks and raises `Failure`; none is for the UI thread."""

    def company(self, company_code: str) -> Company: ...

    def logo(self, company_code: str) -> bytes: ...

    def trust_anchors(self, company_code: str) -> bytes: ...

    def captcha(self) -> Captcha: ...

    def send_sms(
        self, company_code: str, account_type: str, id_number: str, captcha_id: str, captcha_text: str
    ) -> SmsSent: ...

    def login(self, credentials: Credentials) -> LoggedIn: ...

    def logout(self) -> None: ...

    def customer(self) -> Customer: ...

    def applications(self) -> tuple[Application, ...]: ...

    def application(self, application_id: str) -> Application: ...

    def create_application(self, business: str, key: str) -> Application: ...

    def abandon(self, application_id: str, key: str) -> None: ...

    def put_step(
        self, application_id: str, step_id: str, body: Mapping[str, Any], key: str
    ) -> Application: ...

    def agreements(self, application_id: str) -> tuple[Agreement, ...]: ...

    def agreement_content(
        self, application_id: str, agreement: Agreement, progress: Progress | None = None
    ) -> bytes: ...

    def apply_certificate(self, application_id: str, request_pem: str, key: str) -> IssuedCertificate:
        """Raises CERT-NOT-WITNESSED, CERT-REQUEST. The same request gives the same certificate."""
        ...

    def renew_certificate(
        self, request_pem: str, certificate_pem: str, signature: bytes, key: str
    ) -> IssuedCertificate:
        """signature: of the old key over the DER of the request (SHA-256; RSA PKCS#1 v1.5 or ECDSA).

        Raises CERT-REQUEST and what is wrong with the old certificate (CERT-…).
        """
        ...

    def timestamp(self, query: bytes) -> bytes:
        """The answer (DER) of the timestamp service to a query (DER, RFC 3161)."""
        ...

    def certificate_status(self, ocsp_request: bytes) -> bytes:
        """The CA's answer (DER) about a certificate (RFC 6960); needs no login."""
        ...

    def signed_agreements(self) -> tuple[SignedAgreement, ...]:
        """All that the person has signed at this company, newest first."""
        ...

    def signed_agreement_content(
        self, application_id: str, agreement_id: str, progress: Progress | None = None
    ) -> bytes:
        """The signed PDF. Raises SERVER-NOT-FOUND, SIGN-DOCUMENT."""
        ...

    def upload(self, kind: str, media_type: str, data: bytes, progress: Progress | None = None) -> str: ...

    def upload_content(self, upload_id: str) -> bytes: ...


class Journal(Protocol):
    """Encrypted drafts on this PC, one per step of an application. Losing them is never an error."""

    @property
    def persistent(self) -> bool:
        """Whether drafts outlive the program."""
        ...

    def load(self, application_id: str, step_id: str) -> Draft | None: ...

    def save(self, application_id: str, step_id: str, draft: Draft) -> bool:
        """Whether it was kept."""
        ...

    def clear(self, application_id: str, step_id: str | None = None) -> None: ...


class Field(Protocol):
    """A value read from a card: `box` is (x, y, width, height) in pixels of the card image."""

    @property
    def value(self) -> str: ...

    @property
    def confidence(self) -> float: ...

    @property
    def box(self) -> tuple[int, int, int, int] | None: ...

    @property
    def needs_review(self) -> bool: ...


class Reading(Protocol):
    """The fields read from one card, by name."""

    @property
    def fields(self) -> Mapping[str, Field]: ...


class CardReader(Protocol):
    """Reads the fields of an upright card picture. kind: id-portrait, id-emblem or bank-card."""

    def prepare(self) -> None:
        """Load now what `read` would load first. May be called again; raises what `read` would raise."""
        ...

    def read(self, kind: str, card_image: ImageArray) -> Reading: ...


class Camera(Protocol):
    """An open camera that keeps only its newest frame."""

    def latest(self) -> tuple[int, ImageArray] | None:
        """(number, frame) of the newest frame, None before the first; raises `Failure` when it is lost."""
        ...

    @property
    def adjustable(self) -> bool:
        """Whether its driver lets the picture be made brighter or darker; False before the first frame."""
        ...

    def brighten(self, steps: int) -> None:
        """Make the picture brighter, or darker with negative steps. Waits for nothing; undone at the end."""
        ...

    def close(self) -> None: ...


class CameraDirectory(Protocol):
    """The cameras of this PC."""

    def names(self) -> tuple[str, ...]: ...

    def open(self, index: int) -> Camera:
        """Opens without blocking; failures come from `Camera.latest`."""
        ...


class Microphone(Protocol):
    """An open microphone, listened to in a thread of its own; nothing is recorded."""

    def level(self) -> float | None:
        """Loudness of the newest tenth of a second in dBFS (-90 … 0), None before the first.

        Raises `Failure` MIC-… while there is no sound from it at all; it comes back by itself.
        """
        ...

    def close(self) -> None: ...


class AudioDirectory(Protocol):
    """The microphones and speakers of this PC. An empty name is the default device."""

    def microphones(self) -> tuple[str, ...]:
        """May block for a moment."""
        ...

    def speakers(self) -> tuple[str, ...]:
        """May block for a moment."""
        ...

    def open_microphone(self, name: str) -> Microphone:
        """Opens without blocking; failures come from `Microphone.level`."""
        ...

    def play_tone(self, speaker: str, microphone: str) -> bool:
        """Play the test tone (about a second; blocks); whether the microphone heard it.

        Raises `Failure` SPK-… when it can't be played; a microphone that doesn't work just hears nothing.
        """
        ...


class Readiness(Protocol):
    """The checks of this PC, each bounded in time; may run side by side."""

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of each, in the order in which a person would look."""
        ...

    def run(self, check_id: str) -> Result:
        """Do one check, with the devices that the settings name. Blocks, never raises, never hangs."""
        ...


class Settings(Protocol):
    """What is remembered on this PC between runs; nothing personal.

    camera, microphone, speaker: the device's name, empty for the default. ocr_engine: onnx or paddleocr.
    backed_up: certificates of which there is a backup, as `core.rules.backups` writes it.
    """

    @property
    def camera(self) -> str: ...

    @property
    def microphone(self) -> str: ...

    @property
    def speaker(self) -> str: ...

    @property
    def ocr_engine(self) -> str: ...

    @property
    def backed_up(self) -> str: ...

    def remember(self, **values: str) -> None:
        """Keep these settings for the next run; an override by environment or policy stays in force.

        Raises PC-DISK when they can't be kept; they hold for this run all the same.
        """
        ...

    @property
    def backend_url(self) -> str: ...

    @property
    def company_code(self) -> str: ...

    @property
    def company_is_prescribed(self) -> bool: ...

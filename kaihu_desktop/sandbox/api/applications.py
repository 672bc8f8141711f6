"""Applications, their steps and agreements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox import flow
from kaihu_desktop.sandbox.access import COMMON, Caller, TheCaller, Writer
from kaihu_desktop.sandbox.agreements import agreements_of, min_seconds
from kaihu_desktop.sandbox.api.refusals import binary, refusals
from kaihu_desktop.sandbox.companies import BUSINESS_TITLES
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.scenarios import ensure_signed
from kaihu_desktop.sandbox.state import Database, TheSandbox
from kaihu_desktop.sandbox.steps import bank_cards, certificate_check, photos, sign
from kaihu_desktop.sandbox.steps.context import StepContext
from kaihu_desktop.sandbox.storage import content_of
from kaihu_desktop.sandbox.tables import Agreement, Application, Upload
from kaihu_desktop.sandbox.transaction import TransactionRoute
from kaihu_desktop.sandbox.wire.applications import (
    AgreementEntry,
    AgreementList,
    ApplicationList,
    ApplicationRecord,
    BankCardsAnswer,
    CertificateAnswer,
    InstalledAnswer,
    NewApplication,
    PhotosAnswer,
    SignAnswer,
)
from kaihu_desktop.sandbox.wire.certificates import SignedCopies, SignedCopy

router = APIRouter(route_class=TransactionRoute, tags=["applications"])
ApplicationId = Annotated[str, Path(max_length=64)]
AgreementId = Annotated[str, Path(max_length=40, examples=["risk"])]
_READ = refusals(*COMMON, "SERVER-NOT-FOUND", "SERVER-REFUSED")
_STEP = (*COMMON, "SERVER-NOT-FOUND", "SERVER-CONFLICT", "APP-STEP-ORDER", "APP-CLOSED", "SERVER-REFUSED")
_CERTIFICATE = ("CERT-UNTRUSTED", "CERT-OTHER-PERSON", "CERT-NOT-YET", "CERT-EXPIRED", "CERT-REVOKED")


def own_application(db: Session, caller: Caller, application_id: str) -> Application:
    """The caller's application; others' don't exist for them."""
    for application in flow.applications_of(db, caller.customer.id_number, caller.company_code):
        if application.id == application_id:
            return application
    raise Problem("SERVER-NOT-FOUND")


@router.get(
    "/applications",
    operation_id="listApplications",
    summary="All businesses of the customer, newest first",
    responses=refusals(*COMMON),
)
def list_applications(caller: TheCaller, db: Database) -> ApplicationList:
    """Pending and finished ones."""
    found = flow.applications_of(db, caller.customer.id_number, caller.company_code)
    return ApplicationList(items=[_wire(application) for application in found])


@router.post(
    "/applications",
    operation_id="createApplication",
    status_code=201,
    summary="Starts a business",
    responses=refusals(*COMMON, "APP-IN-FLIGHT", "SERVER-CONFLICT", "SERVER-REFUSED", missing_key=True),
)
def create_application(
    ask: NewApplication, caller: Writer, db: Database, sandbox: TheSandbox
) -> ApplicationRecord:
    """A draft (未提交). Refused while another one is pending, where the company's rule is block."""
    if ask.business not in BUSINESS_TITLES:
        raise Problem("SERVER-REFUSED", "期货公司没有提供这项业务", field="business")
    application = flow.start(db, sandbox, caller.customer.id_number, caller.company_code, ask.business)
    return _wire(application)


@router.get(
    "/applications/{application_id}",
    operation_id="getApplication",
    summary="One business",
    responses=_READ,
)
def get_application(application_id: ApplicationId, caller: TheCaller, db: Database) -> ApplicationRecord:
    """Status, steps, reasons of rejection and timeline."""
    return _wire(own_application(db, caller, application_id))


@router.delete(
    "/applications/{application_id}",
    operation_id="abandonApplication",
    status_code=204,
    summary="Abandons a business",
    responses=refusals(
        *COMMON, "SERVER-NOT-FOUND", "APP-CLOSED", "SERVER-CONFLICT", "SERVER-REFUSED", missing_key=True
    ),
)
def abandon_application(
    application_id: ApplicationId, caller: Writer, db: Database, sandbox: TheSandbox
) -> Response:
    """Everything that was entered and uploaded for it is erased."""
    flow.abandon(db, sandbox, own_application(db, caller, application_id))
    return Response(status_code=204)


@router.put(
    "/applications/{application_id}/steps/photos",
    operation_id="putPhotos",
    summary="Answers the step photos",
    responses=refusals(*_STEP, "APP-OTHER-PERSON", "APP-ANSWER", missing_key=True),
)
def put_photos(
    application_id: ApplicationId, answer: PhotosAnswer, caller: Writer, db: Database, sandbox: TheSandbox
) -> ApplicationRecord:
    """Both sides of the ID card, the signature, and the fields as the customer confirmed them."""
    context = _context(application_id, "photos", caller, db, sandbox)
    photos.accept(context, answer)
    return _accepted(context, "photos", answer.model_dump())


@router.put(
    "/applications/{application_id}/steps/bank_cards",
    operation_id="putBankCards",
    summary="Answers the step bank_cards",
    responses=refusals(*_STEP, "APP-ANSWER", missing_key=True),
)
def put_bank_cards(
    application_id: ApplicationId, answer: BankCardsAnswer, caller: Writer, db: Database, sandbox: TheSandbox
) -> ApplicationRecord:
    """The cards that shall be settlement accounts; cards on record that aren't named are deleted."""
    context = _context(application_id, "bank_cards", caller, db, sandbox)
    bank_cards.accept(context, answer)
    return _accepted(context, "bank_cards", answer.model_dump())


@router.put(
    "/applications/{application_id}/steps/certificate_check",
    operation_id="putCertificate",
    summary="Answers the step certificate_check",
    responses=refusals(*_STEP, "CERT-NOT-WITNESSED", *_CERTIFICATE, missing_key=True),
)
def put_certificate(
    application_id: ApplicationId,
    answer: CertificateAnswer,
    caller: Writer,
    db: Database,
    sandbox: TheSandbox,
) -> ApplicationRecord:
    """The certificate with which the agreements will be signed, or that one is applied for (null).

    With null the step `certificate` is added before `sign`; a later answer with a certificate removes it.
    """
    context = _context(application_id, "certificate_check", caller, db, sandbox)
    certificate_check.accept(context, answer)
    return _accepted(context, "certificate_check", answer.model_dump())


@router.put(
    "/applications/{application_id}/steps/certificate",
    operation_id="putInstalledCertificate",
    summary="Answers the step certificate",
    responses=refusals(*_STEP, *_CERTIFICATE, missing_key=True),
)
def put_installed_certificate(
    application_id: ApplicationId, answer: InstalledAnswer, caller: Writer, db: Database, sandbox: TheSandbox
) -> ApplicationRecord:
    """The certificate that was applied for and installed; with it the agreements will be signed."""
    context = _context(application_id, "certificate", caller, db, sandbox)
    certificate_check.accept_installed(context, answer)
    return _accepted(context, "certificate", answer.model_dump())


@router.put(
    "/applications/{application_id}/steps/sign",
    operation_id="putSignatures",
    summary="Answers the step sign",
    responses=refusals(
        *_STEP, "APP-IN-FLIGHT", "APP-ANSWER", "SIGN-UNREAD", "SIGN-REJECTED", missing_key=True
    ),
)
def put_signatures(
    application_id: ApplicationId, answer: SignAnswer, caller: Writer, db: Database, sandbox: TheSandbox
) -> ApplicationRecord:
    """Signed copies (PAdES) of all agreements, each verified; submits the application."""
    context = _context(application_id, "sign", caller, db, sandbox)
    sign.accept(context, answer)
    return _accepted(context, "sign", answer.model_dump())


@router.get(
    "/applications/{application_id}/agreements",
    operation_id="listAgreements",
    summary="Agreements to be read and signed",
    responses=_READ,
)
def list_agreements(application_id: ApplicationId, caller: TheCaller, db: Database) -> AgreementList:
    """In reading order, with the SHA-256 of each PDF."""
    application = own_application(db, caller, application_id)
    entries = [
        AgreementEntry(
            id=agreement.id,
            title=agreement.title,
            pages=agreement.pages,
            sha256=agreement.sha256,
            min_seconds=min_seconds(application, agreement.id),
        )
        for agreement in agreements_of(db, application)
    ]
    return AgreementList(items=entries)


@router.get(
    "/applications/{application_id}/agreements/{agreement_id}/content",
    operation_id="getAgreement",
    summary="An agreement as PDF",
    response_class=Response,
    responses={**_READ, **binary("application/pdf", "The agreement; its bytes never change")},
)
def get_agreement(
    application_id: ApplicationId, agreement_id: AgreementId, caller: TheCaller, db: Database
) -> Response:
    """The unsigned agreement."""
    application = own_application(db, caller, application_id)
    return Response(_agreement(db, application, agreement_id).content, media_type="application/pdf")


@router.get(
    "/applications/{application_id}/agreements/{agreement_id}/signed",
    operation_id="getSignedAgreement",
    summary="The signed copy of an agreement",
    response_class=Response,
    responses={
        **_READ,
        200: {
            **binary("application/pdf", "The copy that the server verified")[200],
            "headers": {"ETag": {"description": "SHA-256 in quotes", "schema": {"type": "string"}}},
        },
    },
)
def get_signed_agreement(
    application_id: ApplicationId,
    agreement_id: AgreementId,
    caller: TheCaller,
    db: Database,
    sandbox: TheSandbox,
) -> Response:
    """The copy that was signed; 404 before."""
    application = own_application(db, caller, application_id)
    agreement = _agreement(db, application, agreement_id)
    ensure_signed(db, sandbox, application)
    upload = db.get(Upload, agreement.signed_upload) if agreement.signed_upload else None
    if upload is None:
        raise Problem("SERVER-NOT-FOUND", "这份协议还没有签署")
    headers = {"ETag": f'"{upload.sha256}"'}
    return Response(content_of(sandbox, upload), media_type="application/pdf", headers=headers)


@router.get(
    "/signed-agreements",
    operation_id="listSignedAgreements",
    summary="All that the customer has signed",
    responses=refusals(*COMMON),
)
def list_signed_agreements(caller: TheCaller, db: Database, sandbox: TheSandbox) -> SignedCopies:
    """At this company, newest first."""
    found = flow.applications_of(db, caller.customer.id_number, caller.company_code)
    found = [item for item in found if item.steps["sign"]["state"] == "accepted"]
    found.sort(key=lambda item: str(item.steps["sign"]["accepted_at"]), reverse=True)
    return SignedCopies(items=[copy for item in found for copy in _signed_copies(db, sandbox, item)])


def _signed_copies(db: Session, sandbox: Any, application: Application) -> Iterator[SignedCopy]:
    ensure_signed(db, sandbox, application)
    for agreement in agreements_of(db, application):
        upload = db.get(Upload, agreement.signed_upload) if agreement.signed_upload else None
        if upload is not None:
            yield SignedCopy(
                application_id=application.id,
                agreement_id=agreement.id,
                business=application.business,
                business_title=BUSINESS_TITLES[application.business],
                title=agreement.title,
                signed_at=application.steps["sign"]["accepted_at"],
                pages=agreement.pages,
                size=upload.size,
                sha256=upload.sha256,
            )


def _agreement(db: Session, application: Application, agreement_id: str) -> Agreement:
    for agreement in agreements_of(db, application):
        if agreement.id == agreement_id:
            return agreement
    raise Problem("SERVER-NOT-FOUND")


def _context(application_id: str, step_id: str, caller: Caller, db: Session, sandbox: Any) -> StepContext:
    application = own_application(db, caller, application_id)
    flow.check_turn(application, step_id)
    flow.check_submission(db, application, step_id)
    return StepContext(db, sandbox, caller.customer, application)


def _accepted(context: StepContext, step_id: str, answer: dict[str, Any]) -> ApplicationRecord:
    flow.record_answer(context.application, context.sandbox, step_id, answer)
    return _wire(context.application)


def _wire(application: Application) -> ApplicationRecord:
    return ApplicationRecord.model_validate(flow.as_wire(application))

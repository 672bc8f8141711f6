"""Step sign: every agreement read to its end and signed, each signature verified."""

from __future__ import annotations

from typing import Any

from kaihu_desktop.sandbox.agreements import agreements_of, min_seconds
from kaihu_desktop.sandbox.flow import signing_certificate
from kaihu_desktop.sandbox.problems import Problem, wrong_answer
from kaihu_desktop.sandbox.steps.context import StepContext
from kaihu_desktop.sandbox.storage import content_of
from kaihu_desktop.sandbox.tables import Agreement
from kaihu_desktop.sandbox.wire.applications import SignAnswer


def accept(context: StepContext, answer: SignAnswer) -> None:
    """Raises APP-ANSWER, SIGN-UNREAD or SIGN-REJECTED unless `answer` is good."""
    agreements = agreements_of(context.db, context.application)
    if not answer.consent:
        raise wrong_answer([("consent", "请勾选同意以上所有协议")])
    _check_read(context, agreements, answer)
    signed = {entry.agreement_id: (place, entry.upload_id) for place, entry in enumerate(answer.signed)}
    if set(signed) != {agreement.id for agreement in agreements} or len(signed) != len(answer.signed):
        raise Problem("SIGN-REJECTED", "请签署全部协议，每份一次", field="signed")
    verdicts = [
        _verdict(context, agreement, signed[agreement.id][1], f"signed.{signed[agreement.id][0]}.upload_id")
        for agreement in agreements
    ]
    for agreement, verdict in zip(agreements, verdicts, strict=True):  # all or none
        agreement.signed_upload, agreement.verdict = signed[agreement.id][1], verdict


def _check_read(context: StepContext, agreements: list[Agreement], answer: SignAnswer) -> None:
    read = {entry.agreement_id: entry for entry in answer.read}
    for agreement in agreements:
        entry = read.get(agreement.id)
        wanted = min_seconds(context.application, agreement.id)
        if entry is None or entry.pages < agreement.pages or entry.seconds < wanted:
            raise Problem("SIGN-UNREAD", f"请完整阅读《{agreement.title}》", field="read")


def _verdict(context: StepContext, agreement: Agreement, upload_id: str, field: str) -> dict[str, Any]:
    from kaihu_desktop.sandbox.signatures import Rejected, verify  # pyHanko: slow to import

    upload = context.upload(upload_id, ("signed_agreement",))
    if upload is None:
        raise Problem("SIGN-REJECTED", f"《{agreement.title}》的签署文件没有上传完", field=field)
    certificate = signing_certificate(context.application) or ""  # the order of steps makes sure of one
    document = content_of(context.sandbox, upload)
    try:
        return verify(context.db, context.sandbox, context.customer, agreement.content, document, certificate)
    except Rejected as reason:
        raise Problem("SIGN-REJECTED", f"《{agreement.title}》：{reason}", field=field) from reason

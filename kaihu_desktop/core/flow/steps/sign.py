"""Step 签署协议: every agreement read to its end, then all signed with one password entry."""

from __future__ import annotations

from typing import Any, Iterator

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.ports import Progress

#: Failures of the certificate store that belong to the password field.
PASSWORD_FAILURES = ("CERT-PASSWORD", "CERT-LOCKED")


class Sign(Step):
    """Answer: ``{read: {agreement_id: {pages, seconds, finished}}, consent, password}``.

    `password` is a `Secret`: it opens the key in the certificate store and is neither kept nor sent.
    The body holds the upload ids of the signed PDFs.
    """

    def problems(self, answer: Answer, services: Services) -> tuple[Problem, ...]:
        return tuple(self._problems(answer))

    def _problems(self, answer: Answer) -> Iterator[Problem]:
        read = answer.get("read", {})
        if not read or not all(entry["finished"] for entry in read.values()):
            yield Problem("read", "请完整阅读该协议内容")
        if not answer.get("consent"):
            yield Problem("consent", "请勾选“我已阅读并同意以上所有协议和业务规则内容”")
        if not answer.get("password"):
            yield Problem("password", "请输入证书密码")

    def body(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> dict[str, Any]:
        certificate_id = _certificate_id(services, application)
        agreements = services.backend.agreements(application.id)
        if {agreement.id for agreement in agreements} - set(answer["read"]):
            raise Failure("SIGN-UNREAD")
        originals = [services.backend.agreement_content(application.id, item) for item in agreements]
        steps = 2 * len(agreements)
        try:
            signed = services.certificates.sign_pdf(
                certificate_id, answer["password"], originals, lambda done, _: progress(done, steps)
            )
        except Failure as failure:
            if failure.code in PASSWORD_FAILURES:
                failure.field = "password"
            raise
        uploads = []
        for number, document in enumerate(signed):
            uploads.append(services.backend.upload("signed_agreement", "application/pdf", document))
            progress(len(agreements) + number + 1, steps)
        return {
            "signed": [
                {"agreement_id": agreement.id, "upload_id": upload_id}
                for agreement, upload_id in zip(agreements, uploads)
            ],
            "read": [
                {"agreement_id": key, "pages": entry["pages"], "seconds": entry["seconds"]}
                for key, entry in sorted(answer["read"].items())
            ],
            "consent": True,
        }


def _certificate_id(services: Services, application: Application) -> str:
    """The certificate on this PC that the backend expects: the one applied for, else the one found."""
    expected = ""
    for step in ("certificate_check", "certificate"):
        answer = application.steps[step].answer if step in application.steps else None
        expected = (answer or {}).get("certificate") or expected
    for info in services.certificates.find(services.customer.id_number):
        if expected and services.certificates.certificate_pem(info.id).strip() == expected.strip():
            return info.id
    raise Failure("CERT-NONE")

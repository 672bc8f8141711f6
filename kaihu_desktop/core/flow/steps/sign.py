"""Step 签署协议: every agreement read to its end, then all signed with one password entry."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.core.secret import Secret

#: Failures of the certificate store that belong to the password field.
PASSWORD_FAILURES = ("CERT-PASSWORD", "CERT-LOCKED")


class Sign(Step):
    """Answer: ``{read: {agreement_id: {sha256, pages, seconds, finished}}, consent, password}``.

    `sha256` is that of the document that was read; another under the same id is one that nobody has read.
    `password` is a `Secret`: it opens the key in the certificate store and is neither kept nor sent; a retry
    of what is signed already does without it. Progress counts each agreement twice: signed, then uploaded.
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

    def prepare(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> Answer:
        """The signed copies: ``{documents: {agreement_id: PDF}}``; the password is wiped, whatever happens.

        Raises SIGN-UNREAD, CERT-NONE, and what the store raises.
        """
        password: Secret = answer["password"]
        try:
            certificate_id = _certificate_id(services, application)
            agreements = services.backend.agreements(application.id)
            if any(answer["read"].get(one.id, {}).get("sha256") != one.sha256 for one in agreements):
                raise Failure("SIGN-UNREAD", "协议有更新", field="read")
            place = _Place(progress, 0, 2 * len(agreements))
            signed = services.certificates.sign_pdf(
                certificate_id,
                password,
                [services.backend.agreement_content(application.id, one, place.still) for one in agreements],
                place.reached,
                timestamp=_timestamps(services, place) if services.company.timestamps else None,
            )
        except Failure as failure:
            if failure.code in PASSWORD_FAILURES:
                failure.field = "password"
            raise
        finally:
            password.wipe()
        return {"documents": dict(zip((agreement.id for agreement in agreements), signed))}

    def body(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> dict[str, Any]:
        documents: Mapping[str, bytes] = answer["documents"]
        place = _Place(progress, len(documents), 2 * len(documents))
        uploads = {}
        for agreement_id, document in documents.items():
            uploads[agreement_id] = services.backend.upload(
                "signed_agreement", "application/pdf", document, place.still
            )
            place.reached(place.done + 1)
        return {
            "signed": [
                {"agreement_id": agreement_id, "upload_id": upload_id}
                for agreement_id, upload_id in uploads.items()
            ],
            "read": [
                {"agreement_id": key, "pages": entry["pages"], "seconds": entry["seconds"]}
                for key, entry in sorted(answer["read"].items())
            ],
            "consent": True,
        }


class _Place:
    """How far it is with the documents. Each report lets the person cancel, also within a document."""

    def __init__(self, progress: Progress, done: int, total: int) -> None:
        self.done = done
        self._progress, self._total = progress, total
        self.still()

    def reached(self, done: int, _documents: int = 0) -> None:
        self.done = done
        self.still()

    def still(self, *_bytes: int) -> None:
        self._progress(self.done, self._total)


def _timestamps(services: Services, place: _Place) -> Callable[[bytes], bytes]:
    def ask(query: bytes) -> bytes:
        place.still()
        return services.backend.timestamp(query)

    return ask


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

"""Steps certificate_check and certificate: the certificate with which the customer will sign."""

from __future__ import annotations

from cryptography import x509

from kaihu_desktop.sandbox import flow
from kaihu_desktop.sandbox.holder import fault_of
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.steps.context import StepContext
from kaihu_desktop.sandbox.wire.applications import CertificateAnswer, InstalledAnswer


def accept(context: StepContext, answer: CertificateAnswer) -> None:
    """Raises CERT-NOT-WITNESSED, or what `judge` raises. Adds or removes the step certificate."""
    if answer.certificate is not None:
        judge(context, answer.certificate)
    elif not context.application.witnessed:
        raise Problem("CERT-NOT-WITNESSED", field="certificate")
    flow.choose_certificate(context.application, answer.certificate)


def accept_installed(context: StepContext, answer: InstalledAnswer) -> None:
    """Raises what `judge` raises."""
    judge(context, answer.certificate)
    flow.install_certificate(context.application, answer.certificate)


def judge(context: StepContext, pem: str) -> None:
    """Raises CERT-UNTRUSTED, -OTHER-PERSON, -NOT-YET, -EXPIRED or -REVOKED unless it is good now."""
    certificate = certificate_from(pem)
    fault = fault_of(context.db, context.sandbox, context.customer, certificate)
    if fault:
        raise Problem(fault, field="certificate")


def certificate_from(pem: str) -> x509.Certificate:
    """The certificate in `pem`; raises CERT-UNTRUSTED when there is none."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise Problem("CERT-UNTRUSTED", "提交的内容不是有效的数字证书", field="certificate") from error

"""Step certificate_check: the certificate with which the customer will sign."""

from __future__ import annotations

from cryptography import x509

from kaihu_desktop.sandbox.holder import fault_of
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.steps.context import StepContext
from kaihu_desktop.sandbox.wire.applications import CertificateAnswer


def accept(context: StepContext, answer: CertificateAnswer) -> None:
    """Raises CERT-UNTRUSTED, -OTHER-PERSON, -NOT-YET, -EXPIRED or -REVOKED unless it is good now."""
    try:
        certificate = x509.load_pem_x509_certificate(answer.certificate.encode())
    except ValueError as error:
        raise Problem("CERT-UNTRUSTED", "提交的内容不是有效的数字证书", field="certificate") from error
    fault = fault_of(context.db, context.sandbox, context.customer, certificate)
    if fault:
        raise Problem(fault, field="certificate")

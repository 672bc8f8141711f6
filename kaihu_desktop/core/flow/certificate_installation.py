"""Applying for a certificate and installing it: can be interrupted anywhere, and then continues."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.step import Services
from kaihu_desktop.core.model.certificate import CertificateInfo
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.core.secret import Secret

#: What is done, in this order: progress (n, len(STAGES)) says that n of them are over.
STAGES = ("生成密钥", "提交申请", "校验并写入证书", "读回核对")

#: What was issued will never fit: the next try needs a new key and a new certificate.
ISSUED_WRONGLY = ("CERT-MISMATCH", "CERT-UNTRUSTED", "CERT-EXPIRED", "CERT-NOT-YET", "CERT-REQUEST")


@dataclass(frozen=True)
class Installed:
    """A certificate that lies in the store and was read from there. pem: what the backend is told."""

    info: CertificateInfo
    pem: str


def install_certificate(
    services: Services, application_id: str, password: Secret, new: bool, progress: Progress
) -> Installed:
    """Make a key or continue with the pending one, apply for its certificate, check and keep it.

    Whatever interrupts it, calling it again with the same password continues; the backend gives the same
    certificate for the same request, so none is left over. After a certificate that doesn't fit the request
    the key is discarded, and the next call begins anew; the backend then revokes what it had issued.

    password: protects the key from the beginning. new: forget a pending key (its password was forgotten).
    Blocks. Raises what `CertificateStore.begin` and `install` and `Backend.apply_certificate` raise.
    """
    store, backend, company, customer = (
        services.certificates,
        services.backend,
        services.company,
        services.customer,
    )
    total = len(STAGES)
    progress(0, total)
    key_bits = company.certificate_profile.key_bits
    pending = store.begin(customer.name, customer.id_number, key_bits, password, new)
    progress(1, total)
    try:
        issued = backend.apply_certificate(application_id, pending.request_pem, str(uuid.uuid4()))
        progress(2, total)
        anchors = backend.trust_anchors(company.code)
        info = store.install(pending.id, password, issued.certificate_pem, issued.chain_pems, anchors)
    except Failure as failure:
        if failure.code in ISSUED_WRONGLY:
            store.discard(pending.id)
        raise
    progress(3, total)
    found = {certificate.id for certificate in store.find(customer.id_number)}
    if info.id not in found:
        raise Failure("CERT-STORE")
    pem = store.certificate_pem(info.id)
    progress(total, total)
    return Installed(info, pem)

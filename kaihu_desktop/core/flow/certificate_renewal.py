"""Renews a certificate before it expires: a new key, vouched for by the old one."""

from __future__ import annotations

import uuid

from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.core.secret import Secret


def renew(
    store: CertificateStore, backend: Backend, company: Company, certificate_id: str, password: Secret
) -> CertificateInfo:
    """The installed successor, under the same password. Blocks; whatever fails can simply be tried again.

    The request is kept before it is sent. Sent once more its public key tells the CA that it is the same; a
    new idempotency key lets a wrong answer be followed by a right one.
    Raises what `begin_renewal`, `renew_certificate` and `install` raise.
    """
    anchors = backend.trust_anchors(company.code)
    pending, signature = store.begin_renewal(certificate_id, password, company.certificate_profile.key_bits)
    issued = backend.renew_certificate(
        pending.request_pem, store.certificate_pem(certificate_id), signature, str(uuid.uuid4())
    )
    return store.install(pending.id, password, issued.certificate_pem, issued.chain_pems, anchors)

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

    The request is kept before it is sent: sent once more it is the same, and so is the CA's answer to it.
    Raises what `begin_renewal`, `renew_certificate` and `install` raise.
    """
    anchors = backend.trust_anchors(company.code)
    pending, signature = store.begin_renewal(certificate_id, password, company.certificate_profile.key_bits)
    issued = backend.renew_certificate(
        pending.request_pem, store.certificate_pem(certificate_id), signature, _key(pending.id)
    )
    return store.install(pending.id, password, issued.certificate_pem, issued.chain_pems, anchors)


def _key(pending_id: str) -> str:
    """The same idempotency key for the same request, also after a restart."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"renewal {pending_id}"))

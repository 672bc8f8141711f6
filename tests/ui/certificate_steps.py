"""What the tests of 证书检测 and 安装证书 share: an application that stands there."""

from __future__ import annotations

import uuid
from typing import Any

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.core.flow.steps.certificate_check import APPLY
from kaihu_desktop.core.model.application import Application

#: A customer whose application stands at the bank cards.
OWNER = "410101198601295030"
OWNER_NAME = "王在途"
#: Of the certificate's backup file.
PASSWORD = "Kaihu-2026"
#: What the person chooses for a new certificate; the sample company wants digits.
PIN = "839274"


def kept_cards(backend: RestBackend) -> dict[str, Any]:
    """The answer of the step bank_cards that keeps the card on record."""
    card = backend.customer().bank_cards[0]
    kept = {"id": card.id, "bank_code": card.bank_code, "branch": card.branch}
    kept.update(number=None, photo_id=None, source="record")
    return {"cards": [kept], "notice_accepted": True}


def at_certificate_check(backend: RestBackend) -> Application:
    """The application of `OWNER`, who is logged in, at the step certificate_check."""
    application = backend.applications()[0]
    return backend.put_step(application.id, "bank_cards", kept_cards(backend), str(uuid.uuid4()))


def at_certificate(backend: RestBackend) -> Application:
    """The application of `OWNER`, who is logged in and was witnessed, at the step certificate."""
    application = at_certificate_check(backend)
    return backend.put_step(application.id, "certificate_check", APPLY, str(uuid.uuid4()))

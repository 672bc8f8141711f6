"""The sandbox accepts the signatures of persons with rare characters in their names."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Iterator

import pytest
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.agreement_pdf import make
from kaihu_desktop.sandbox.agreement_texts import AGREEMENTS
from kaihu_desktop.sandbox.app import open_sandbox
from kaihu_desktop.sandbox.authority import Authority, make_authority
from kaihu_desktop.sandbox.issuing import SEED_LIVES, seeded
from kaihu_desktop.sandbox.options import Options
from kaihu_desktop.sandbox.signatures import Rejected, sign_as_seeded, verify
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Customer

ID_NUMBER, PASSWORD = "410101199508130033", "Kaihu-2026"
MOMENT = datetime(2026, 10, 1, 9, 30, tzinfo=timezone.utc)


def _signed(sandbox: Sandbox, name: str, stamped_by: Authority | None) -> dict[str, Any]:
    """The verdict on an agreement that a person of this name has signed."""
    filling = dict.fromkeys(("masked_id", "company", "hotline", "number", "date"), "样例")
    original = make(AGREEMENTS[0], {**filling, "name": name}).content
    issued = seeded(sandbox.authority, name, ID_NUMBER, SEED_LIVES["valid"], PASSWORD)
    signed = sign_as_seeded(issued.pkcs12 or b"", PASSWORD, original, MOMENT, stamped_by)
    customer = Customer(id_number=ID_NUMBER, name=name)
    with Session(sandbox.engine) as db:
        return verify(db, sandbox, customer, original, signed, issued.pem.decode())


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    opened = open_sandbox(Options(tmp_path))
    yield opened
    opened.engine.dispose()


@pytest.mark.parametrize("name", ["张样本", "张𬎆", "鿏三", "阿卜杜热西提·麦麦提吐尔逊江·龑翀赟𬎆堃"])
def test_a_good_signature_is_accepted_whatever_the_name(sandbox: Sandbox, name: str) -> None:
    verdict = _signed(sandbox, name, None)
    assert (verdict["signer"], verdict["timestamp"]) == (name, None)


def test_a_timestamp_of_the_own_authority_is_accepted_and_told(sandbox: Sandbox) -> None:
    verdict = _signed(sandbox, "张样本", sandbox.authority)
    assert datetime.fromisoformat(verdict["timestamp"]) == MOMENT
    assert datetime.fromisoformat(verdict["signed_at"]) == MOMENT


def test_a_timestamp_of_a_foreign_authority_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Rejected, match="时间戳"):
        _signed(sandbox, "张样本", make_authority())

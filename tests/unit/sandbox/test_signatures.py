"""The sandbox accepts the signatures of persons with rare characters in their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.agreement_pdf import make
from kaihu_desktop.sandbox.agreement_texts import AGREEMENTS
from kaihu_desktop.sandbox.app import open_sandbox
from kaihu_desktop.sandbox.options import Options
from kaihu_desktop.sandbox.signatures import sign_as_seeded, verify
from kaihu_desktop.sandbox.tables import Customer

ID_NUMBER, PASSWORD = "410101199508130033", "Kaihu-2026"


@pytest.mark.parametrize("name", ["张样本", "张𬎆", "鿏三", "阿卜杜热西提·麦麦提吐尔逊江·龑翀赟𬎆堃"])
def test_a_good_signature_is_accepted_whatever_the_name(tmp_path: Path, name: str) -> None:
    sandbox = open_sandbox(Options(tmp_path))
    filling = dict.fromkeys(("masked_id", "company", "hotline", "number", "date"), "样例")
    original = make(AGREEMENTS[0], {**filling, "name": name}).content
    issued = sandbox.authority.issue(name, ID_NUMBER, "valid", PASSWORD)
    signed = sign_as_seeded(issued.pkcs12, PASSWORD, original)
    customer = Customer(id_number=ID_NUMBER, name=name)
    with Session(sandbox.engine) as db:
        verdict = verify(db, sandbox, customer, original, signed, issued.pem.decode())
    sandbox.engine.dispose()
    assert verdict["signer"] == name

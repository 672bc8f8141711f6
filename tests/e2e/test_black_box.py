"""The whole business once, by mouse and keyboard on a real window, seen through the accessibility bus."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.walk import Walk
from tests.e2e.applicant import BRANCH, Applicant
from tests.e2e.client_process import ClientProcess
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.display, pytest.mark.keyring, pytest.mark.timeout(600)]

REASON = "银行卡照片反光，请重新拍摄"


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="needs pdfsig (Debian: poppler-utils)")
def test_the_whole_business(
    client: ClientProcess, sandbox: SandboxServer, camera: PretendedCamera, tmp_path: Path
) -> None:
    applicant = Applicant(client, sandbox, camera, tmp_path)
    client.start()
    assert applicant.log_in() == "business_choice.settlement-account"
    applicant.begin()
    applicant.photograph("id_portrait")
    client.click("shell.next")
    applicant.photograph("id_emblem")
    client.click("shell.next")
    applicant.photograph_signature()
    applicant.accept_responsibility()
    assert applicant.next("bank_cards.title")
    applicant.photograph_bank_card()
    client.type("bank_cards.new1.branch", BRANCH)
    applicant.send_bank_cards()
    applicant.import_certificate()
    assert applicant.next("sign.title")
    applicant.read_agreements()
    applicant.sign()
    client.wait_for("submitted.title")
    application = applicant.only_application("awaiting_review")

    reason = {"step": "bank_cards", "field": "cards.1.photo_id", "text": REASON}
    sandbox.review(application, "reject", [reason])
    assert applicant.next("my_business.refresh")
    client.wait_for(f"my_business.{application}.rejected.operate")
    assert REASON in client.text(f"my_business.{application}.rejected.reasons.text")
    client.click(f"my_business.{application}.rejected.operate")
    client.wait_for("bank_cards.new1.take")
    applicant.photograph_bank_card("bank_cards.new1.take")
    applicant.wait_for_next()
    client.click("shell.next")
    client.click("dialog.accept")
    client.wait_for("submitted.title")
    assert applicant.only_application("awaiting_review") == application

    sandbox.review(application, "approve")
    assert applicant.next("my_business.refresh")
    client.wait_for_text(f"my_business.{application}.status", "办理成功")
    see_signatures(sandbox, tmp_path)


def see_signatures(sandbox: SandboxServer, folder: Path) -> None:
    """Poppler calls every signed agreement valid and names the signer."""
    walk = Walk(sandbox).resume()
    for agreement in walk.agreements():
        path = folder / f"{agreement['id']}.pdf"
        path.write_bytes(
            walk.request("GET", f"/applications/{walk.id}/agreements/{agreement['id']}/signed").content
        )
        done = subprocess.run(["pdfsig", "-nocert", str(path)], stdout=subprocess.PIPE, check=True)
        told = done.stdout.decode()
        assert "Signature is Valid" in told
        assert f"Common Name: {walk.person['name']}" in told, told
        assert "Total document signed" in told
        assert "ETSI.CAdES.detached" in told

"""The client is killed after every step and in the middle of each: after the login one is where one was."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

from tests.e2e.accessibility import wait_until
from tests.e2e.applicant import BRANCH, CARD_NUMBER, Applicant
from tests.e2e.client_process import ClientProcess
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.display, pytest.mark.keyring, pytest.mark.timeout(600)]

SLOW = 8.0  # seconds; time enough to kill the client while its request is under way
ADDRESS = "No. 18, Test Road, Sample City"
OTHER_BRANCH = "河南省郑州市测试支行"
REASON = "银行卡照片反光，请重新拍摄"


@pytest.fixture
def applicant(
    client: ClientProcess, sandbox: SandboxServer, camera: PretendedCamera, tmp_path: Path
) -> Applicant:
    """The person, before a client that has just been started."""
    client.start()
    return Applicant(client, sandbox, camera, tmp_path)


def test_the_whole_business_with_a_kill_at_every_turn(applicant: Applicant) -> None:
    assert applicant.log_in() == "business_choice.settlement-account"
    applicant.begin()
    assert applicant.come_back() == "photos.title"
    photos(applicant)
    bank_cards(applicant)
    certificate_check(applicant)
    sign(applicant)
    rejection(applicant)


def photos(applicant: Applicant) -> None:
    """Kills: among typed fields, with a photo just taken, before 下一步, while the answer is sent."""
    client = applicant.client
    applicant.photograph("id_portrait")
    client.type("photos.address", ADDRESS)
    client.type("photos.birth", "1995-08-13")
    client.type("photos.name", "Z")
    assert applicant.come_back() == "photos.title"
    client.wait_for("photos.id_number.chip")  # the photo has come back and was read again
    assert client.text("photos.address") == ADDRESS
    applicant.wait_for_next()
    client.type("photos.name", "张样本")
    applicant.wait_for_next()
    client.click("shell.next")
    applicant.photograph("id_emblem")
    client.wait_for_text("photos.confirm.sending", "原图已保留")
    client.wait_for_text("shell.saved", "已自动保存")
    assert applicant.come_back() == "photos.title"
    client.wait_for("photos.valid_until.chip")
    assert client.text("photos.valid_until") == "2041-08-18"
    applicant.wait_for_next()
    client.click("shell.next")
    applicant.photograph_signature()
    applicant.accept_responsibility()
    client.wait_for_text("shell.saved", "已自动保存")
    assert applicant.come_back() == "photos.title"
    applicant.wait_for_next()
    assert client.text("photos.overview.address") == ADDRESS
    kill_while_sending(applicant, "photos", lambda: client.click("shell.next"), "slow")
    assert applicant.log_in() == "photos.title"
    applicant.wait_for_next()
    kill_while_sending(applicant, "photos", lambda: client.click("shell.next"))
    assert applicant.log_in() == "bank_cards.title"


def bank_cards(applicant: Applicant) -> None:
    """Kills: with a typed branch, while the answer is sent."""
    client = applicant.client
    applicant.photograph_bank_card()
    client.type("bank_cards.new1.branch", BRANCH)
    applicant.wait_for_next()
    client.click("shell.next")
    client.wait_for("dialog.accept")  # the usage notice; it has not been accepted
    client.wait_for_text("shell.saved", "已自动保存")
    assert applicant.come_back() == "bank_cards.title"
    assert client.text("bank_cards.new1.number") == CARD_NUMBER
    assert client.text("bank_cards.new1.branch") == BRANCH
    applicant.wait_for_next()
    client.click("shell.next")
    kill_while_sending(applicant, "bank_cards", lambda: client.click("dialog.accept"))
    assert applicant.log_in() == "certificate_check.title"


def certificate_check(applicant: Applicant) -> None:
    """Kills: with an imported certificate, while the answer is sent."""
    applicant.import_certificate()
    assert applicant.come_back() == "certificate_check.title"
    applicant.wait_for_next()
    kill_while_sending(applicant, "certificate_check", lambda: applicant.client.click("shell.next"))
    assert applicant.log_in() == "sign.title"


def sign(applicant: Applicant) -> None:
    """Kills: with half of the agreements read, at the password, while the signed agreements are sent."""
    client = applicant.client
    applicant.read_first_agreement()
    client.wait_for_text("shell.saved", "已自动保存")
    assert applicant.come_back() == "sign.title"
    client.wait_for_text("sign.subtitle", "已读完 1 份")
    applicant.read_agreements()
    client.click("shell.next")
    client.type_password("dialog.password", applicant.password)
    assert applicant.come_back() == "sign.title"
    applicant.read_agreements()  # nothing is left to be read; the consent is given anew
    kill_while_sending(applicant, "sign", applicant.sign, "slow")
    assert applicant.log_in() == "sign.title"
    applicant.read_agreements()
    kill_while_sending(applicant, "sign", applicant.sign)
    assert applicant.log_in() == "my_business.refresh"
    applicant.only_application("awaiting_review")


def rejection(applicant: Applicant) -> None:
    """Kills: with the rejection seen, among its corrections, while they are sent."""
    client = applicant.client
    application = applicant.only_application("awaiting_review")
    reason = {"step": "bank_cards", "field": "cards.1.photo_id", "text": REASON}
    applicant.sandbox.review(application, "reject", [reason])
    operate = f"my_business.{application}.rejected.operate"
    assert applicant.come_back() == "my_business.refresh"
    client.click(operate)
    applicant.photograph_bank_card("bank_cards.new1.take")
    client.type("bank_cards.new1.branch", OTHER_BRANCH)
    applicant.wait_for_next()
    client.type("bank_cards.new1.number", CARD_NUMBER)
    assert applicant.come_back() == "my_business.refresh"
    client.click(operate)
    wait_until(lambda: client.text("bank_cards.new1.branch") == OTHER_BRANCH, lambda: "the branch")
    applicant.wait_for_next()
    client.click("shell.next")
    kill_while_sending(applicant, "bank_cards", lambda: client.click("dialog.accept"))
    assert applicant.log_in() == "my_business.refresh"
    assert applicant.only_application("awaiting_review") == application
    assert applicant.submissions() == 2  # the first one, and the one after the rejection


def kill_while_sending(
    applicant: Applicant, step: str, send: Callable[[], None], fault: str = "slow_answer"
) -> None:
    """Kill the client while the answer to a step is under way.

    fault: ``slow_answer`` when the backend has accepted it by then, ``slow`` when it has not and never will.
    """
    sandbox = applicant.sandbox
    sandbox.fault(f"/steps/{step}$", fault, method="PUT", seconds=SLOW)
    send()
    wait_until(lambda: sandbox.fault_hits()[-1:] == [1], lambda: f"{step} to be sent")
    if fault == "slow_answer":
        applicant.wait_until_accepted(step)
    applicant.client.kill()
    sandbox.clear_faults()
    applicant.client.start()

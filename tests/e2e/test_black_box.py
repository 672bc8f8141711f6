"""The whole business once, by mouse and keyboard on a real window, seen through the accessibility bus alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.applicant import Applicant
from tests.e2e.client_process import ClientProcess
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.display, pytest.mark.keyring, pytest.mark.timeout(600)]


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

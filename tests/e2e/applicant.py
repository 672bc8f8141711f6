"""The sample customer before the window: what a person does from the login to the submission."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.accessibility import ENABLED, wait_until
from tests.e2e.client_process import ClientProcess
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer

GROUPED_ID_NUMBER = f"{SAMPLE_ID_NUMBER[:6]} {SAMPLE_ID_NUMBER[6:14]} {SAMPLE_ID_NUMBER[14:]}"
BRANCH = "河南省郑州市示范支行"
SMS_INTERVAL = 61  # seconds that must lie between two SMS codes

#: What one may see first after the login.
PLACES = (
    "business_choice.settlement-account",
    "my_business.refresh",
    "photos.title",
    "bank_cards.title",
    "certificate_check.title",
    "sign.title",
    "submitted.title",
)


class Applicant:
    """Uses one client. folder: where the person keeps the certificate's backup file."""

    def __init__(
        self, client: ClientProcess, sandbox: SandboxServer, camera: PretendedCamera, folder: Path
    ) -> None:
        self.client, self.sandbox, self.camera, self.folder = client, sandbox, camera, folder

    # login

    def log_in(self) -> str:
        """Log in; the first thing that is seen then, one of `PLACES`."""
        client, sandbox = self.client, self.sandbox
        sandbox.shift_clock(SMS_INTERVAL)
        sandbox.open_hours()
        client.wait_for("login.captcha_text")
        client.type("login.id_number", SAMPLE_ID_NUMBER, GROUPED_ID_NUMBER)
        while not self._ask_for_sms():
            pass
        client.type("login.sms_code", sandbox.sms_code(SAMPLE_ID_NUMBER))
        for consent in ("privacy_policy", "biometric"):
            client.tick(f"login.consent.{consent}")
        client.click("login.submit")
        return client.wait_for(*PLACES)

    def _ask_for_sms(self) -> bool:
        """False when the captcha was not there yet, as it may be on a slow machine."""
        client = self.client
        captcha = wait_until(self.sandbox.newest_captcha, "a captcha")
        client.type("login.captcha_text", captcha)
        client.click("login.send_sms")
        return client.wait_for("login.phone_warning", "login.captcha_text.error") == "login.phone_warning"

    def come_back(self) -> str:
        """Kill the client, start it again and log in; the first thing that is seen then."""
        self.client.restart()
        return self.log_in()

    # steps

    def begin(self) -> None:
        """Choose the business."""
        self.client.click("business_choice.settlement-account")
        self.client.wait_for("photos.title")

    def photograph(self, scene: str) -> None:
        """Hold one side of the ID card before the camera, until it is read."""
        self.client.wait_for("photos.capture.picture")
        self.camera.show(scene)
        self.client.wait_for("photos.confirm")
        self.wait_for_next()

    def photograph_signature(self) -> None:
        """Hold the signature before the camera and press the shutter."""
        self.camera.show("signature")
        self.client.click("photos.capture.shutter")
        self.client.wait_for("photos.overview")

    def accept_responsibility(self) -> None:
        """Read the 数字证书安全责任书 to its end and accept it."""
        client = self.client
        client.click("photos.responsibility.open")
        self._read_to_the_end("dialog.document", "dialog.accept")
        client.click("dialog.accept")
        self.wait_for_next()

    def _read_to_the_end(self, document: str, accept: str) -> None:
        client = self.client
        wait_until(lambda: client.find(document), document).focus()

        def read() -> bool:
            node = client.find(accept)
            if node is not None and node.has(ENABLED):
                return True
            client.key("Next")
            return False

        wait_until(read, f"the end of {document}")

    # 下一步

    def wait_for_next(self) -> None:
        """Wait until 下一步 can be pressed."""
        self.client.usable("shell.next")

    def next(self, *names: str) -> str:
        """Press 下一步 and wait for what comes; which of `names`."""
        self.client.click("shell.next")
        return self.client.wait_for(*names)

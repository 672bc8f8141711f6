"""The sample customer before the window: what a person does from the login to the submission."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.accessibility import ENABLED, wait_until
from tests.e2e.client_process import ClientProcess
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer

GROUPED_ID_NUMBER = f"{SAMPLE_ID_NUMBER[:6]} {SAMPLE_ID_NUMBER[6:14]} {SAMPLE_ID_NUMBER[14:]}"
BRANCH = "河南省郑州市示范支行"
CARD_NUMBER = "6217 0024 3000 0099 995"  # of the card before the pretended camera
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
        for consent in ("privacy_policy", "biometric"):
            client.tick(f"login.consent.{consent}")
        while not self._ask_for_sms():
            pass
        client.type("login.sms_code", sandbox.sms_code(SAMPLE_ID_NUMBER))
        client.click("login.submit")
        return client.wait_for(*PLACES)

    def _ask_for_sms(self) -> bool:
        """False when the captcha was not there yet, as it may be on a slow machine."""
        client = self.client
        captcha = wait_until(self.sandbox.newest_captcha, lambda: "a captcha")
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
        self.camera.show("signature")  # in good time: the shutter takes the sharpest of the last pictures
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
        wait_until(lambda: client.find(document), lambda: document).focus()

        def read() -> bool:
            node = client.find(accept)
            if node is not None and node.has(ENABLED):
                return True
            client.key("Next")
            return False

        wait_until(read, lambda: f"the end of {document}")

    def photograph_bank_card(self, button: str = "bank_cards.add") -> None:
        """Hold a bank card before the camera, until its number is read."""
        client = self.client
        client.click(button)
        client.wait_for("bank_cards.capture.picture")
        self.camera.show("bank_card")
        client.wait_for_text("bank_cards.new1.number", CARD_NUMBER)

    def send_bank_cards(self) -> None:
        """Press 下一步 and accept the usage notice."""
        self.client.click("shell.next")
        self.client.click("dialog.accept")
        self.client.wait_for("certificate_check.title")

    def import_certificate(self) -> None:
        """Take the certificate from its backup file."""
        client = self.client
        path = self.folder / "我的证书备份.p12"
        path.write_bytes(self.sandbox.certificate_file(SAMPLE_ID_NUMBER))
        client.click("certificate_check.choose_file")
        client.choose_file("certificate_check.file_dialog", path)
        client.type_password("certificate_check.password", self.password)
        client.click("certificate_check.import")
        self.wait_for_next()

    def read_first_agreement(self) -> None:
        """Read one agreement to its end."""
        wait_until(lambda: self.client.find("sign.next_agreement") or self._turn_page(), lambda: "the end")

    def read_agreements(self) -> None:
        """Read every agreement to its end and agree."""
        client = self.client

        def read() -> bool:
            consent = client.find("sign.consent")
            if consent is not None and consent.has(ENABLED):
                return True
            if client.find("sign.next_agreement"):
                client.click("sign.next_agreement")
            return self._turn_page()

        wait_until(read, lambda: "the end of the agreements")
        client.tick("sign.consent")

    def _turn_page(self) -> bool:
        pages = self.client.find("sign.reader.pages")
        if pages is not None:
            pages.focus()
            self.client.key("Next")
        return False

    def sign(self) -> None:
        """Press 签署协议 and enter the certificate's password."""
        client = self.client
        client.click("shell.next")
        client.type_password("dialog.password", self.password)
        client.key("Return")

    @property
    def password(self) -> str:
        """The password of the certificate."""
        return str(self.sandbox.customer(SAMPLE_ID_NUMBER)["certificate_password"])

    # 下一步

    def wait_for_next(self) -> None:
        """Wait until 下一步 can be pressed."""
        self.client.usable("shell.next")

    def next(self, *names: str) -> str:
        """Press 下一步 and wait for what comes; which of `names`."""
        self.client.click("shell.next")
        return self.client.wait_for(*names)

    # what the company has of it

    def only_application(self, status: str) -> str:
        """Wait until the person has one application, which has this status; its id."""
        wait_until(
            lambda: [one["status"] for one in self._applications] == [status],
            lambda: f"one application, {status}: {self._applications}",
        )
        return str(self._applications[0]["id"])

    def wait_until_accepted(self, step: str) -> None:
        """Wait until the sandbox has accepted a step, whether the client knows it or not."""
        wait_until(
            lambda: self._applications[0]["steps"][step]["state"] == "accepted", lambda: f"{step} accepted"
        )

    def submissions(self) -> int:
        """How often the person's application has been submitted."""
        return [entry["status"] for entry in self._applications[0]["timeline"]].count("awaiting_review")

    @property
    def _applications(self) -> list[dict[str, Any]]:
        return self.sandbox.applications(SAMPLE_ID_NUMBER)

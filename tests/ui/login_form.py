"""Fills the login form, for all tests that begin with it."""

from __future__ import annotations

from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import Hands

PRIVACY, BIOMETRIC = "login.consent.privacy_policy", "login.consent.biometric"


class LoginForm:
    """Fills the form as a person does who reads the captcha and the SMS."""

    def __init__(self, hands: Hands, sandbox: SandboxServer) -> None:
        self.hands, self.sandbox = hands, sandbox

    def captcha_id(self) -> str:
        """The picture that is shown, as soon as there is one."""
        self.hands.wait(lambda: self.hands.see("login.captcha_picture").property("captcha_id"))
        return str(self.hands.see("login.captcha_picture").property("captcha_id"))

    def person(self, id_number: str = SAMPLE_ID_NUMBER) -> None:
        """All but the code."""
        self.hands.type("login.id_number", id_number)
        self.hands.type("login.captcha_text", self.sandbox.captcha_text(self.captcha_id()))
        self.consent()

    def consent(self) -> None:
        """Tick what isn't ticked yet."""
        for box in (PRIVACY, BIOMETRIC):
            if not self.hands.see(box).isChecked():
                self.hands.tick(box)

    def ask_for_code(self, id_number: str = SAMPLE_ID_NUMBER) -> None:
        """Fill in all but the code, and have it sent."""
        self.person(id_number)
        self.hands.click("login.send_sms")

    def fill(self, id_number: str = SAMPLE_ID_NUMBER) -> None:
        """Fill in everything."""
        self.ask_for_code(id_number)
        self.hands.see("login.phone_warning")
        self.hands.type("login.sms_code", self.sandbox.sms_code(id_number))

    def log_in(self, id_number: str = SAMPLE_ID_NUMBER) -> None:
        """Fill in everything and send it."""
        self.fill(id_number)
        self.hands.click("login.submit")

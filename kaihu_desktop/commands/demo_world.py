"""What happens around the client in a demonstration: captcha, SMS, camera, certificate file, review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

ID_NUMBER = "410101199508130033"
#: How long a server is waited for on a busy PC (seconds), as the tour waits for a scene.
PATIENCE = 60
NEW_PASSWORD = "60284917"  # noqa: S105 - of the certificate that the demonstration installs


class DemoWorld:
    """Plays the person and the company through the sandbox's control API."""

    def __init__(self, url: str, scenes_url: str, folder: Path) -> None:
        self._url, self._scenes_url, self._folder = url, scenes_url, folder

    def open_service_hours(self) -> None:
        """Move the sandbox's clock into service hours, whatever the time is."""
        requests.put(f"{self._url}/sandbox/clock", json={"open": True}, timeout=PATIENCE).raise_for_status()

    def camera_shows(self, scene: str) -> None:
        """Put a scene before the pretended camera."""
        requests.put(f"{self._scenes_url}/{scene}", timeout=PATIENCE).raise_for_status()

    def captcha_text(self, captcha_id: str) -> str:
        """What a captcha picture says."""
        return str(self._get(f"/sandbox/captchas/{captcha_id}")["text"])

    def sms_code(self) -> str:
        """The last code that was sent to the customer."""
        return str(self._get("/sandbox/sms", id_number=ID_NUMBER)["code"])

    def certificate_file(self) -> Path:
        """The customer's certificate backup, as a file to choose."""
        answer = requests.get(f"{self._url}/sandbox/customers/{ID_NUMBER}/certificate.p12", timeout=PATIENCE)
        answer.raise_for_status()
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / "我的证书备份.p12"
        path.write_bytes(answer.content)
        return path

    def certificate_password(self) -> str:
        """The password of that file."""
        customers = self._get("/sandbox/customers")["items"]
        return str(next(one["certificate_password"] for one in customers if one["id_number"] == ID_NUMBER))

    def witness(self) -> None:
        """Let the customer's video witness have passed, so that a certificate may be applied for."""
        url = f"{self._url}/sandbox/customers/{ID_NUMBER}/witnessed"
        requests.put(url, json={"witnessed": True}, timeout=PATIENCE).raise_for_status()

    def slow_uploads(self, seconds: float) -> None:
        """Let every upload take so long from now on, as on a weak line; 0: no longer."""
        rule = {"path_pattern": "/uploads", "kind": "slow", "seconds": seconds, "times": None}
        body = {"rules": [rule] if seconds else []}
        requests.put(f"{self._url}/sandbox/faults", json=body, timeout=PATIENCE).raise_for_status()

    def backup_file(self) -> Path:
        """Where the person saves the backup of the new certificate."""
        return self._folder / "新证书备份.p12"

    def review(self, decision: str, **reason: str) -> None:
        """Decide on the customer's application as the reviewer."""
        applications = self._get("/sandbox/applications")["items"]
        application = next(one["id"] for one in applications if one["id_number"] == ID_NUMBER)
        body = {"decision": decision, "reasons": [reason] if reason else []}
        url = f"{self._url}/sandbox/applications/{application}/review"
        requests.post(url, json=body, timeout=PATIENCE).raise_for_status()

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer = requests.get(self._url + path, params=query, timeout=PATIENCE)
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
        return document

"""Starts the real sandbox server as a process of its own and works its control API; Python 3.8 and newer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

import requests

REPOSITORY = Path(__file__).resolve().parents[1]
COMPANY = "8888"
#: The customer of most tests: 张样本, futures account, one bank card on record, a certificate file.
SAMPLE_ID_NUMBER = "410101199508130033"
START_SECONDS = 60


def sandbox_python() -> str | None:
    """The interpreter that runs the sandbox, None when this machine names none that could.

    ``KAIHU_SANDBOX_PYTHON``, else this interpreter unless it is too old.
    """
    named = os.environ.get("KAIHU_SANDBOX_PYTHON")
    if named:
        return named
    return sys.executable if sys.version_info >= (3, 10) else None


class SandboxServer:
    """One sandbox over `data_dir`. args: further command-line options, such as ``--auto-review approve``."""

    def __init__(self, data_dir: Path, *args: str) -> None:
        self.data_dir = Path(data_dir)
        self.args = args
        self.url = ""
        self.console = ""
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._http = requests.Session()
        self._http.trust_env = False  # loopback never goes through a proxy

    # --- process

    def start(self) -> SandboxServer:
        """Starts the process and waits until it listens; after a stop on the same port as before."""
        interpreter = sandbox_python()
        if interpreter is None:
            raise RuntimeError("no Python for the sandbox: set KAIHU_SANDBOX_PYTHON")
        command = [interpreter, "-m", "kaihu_desktop.sandbox", "--port", str(self._port)]
        command += ["--data", str(self.data_dir), *self.args]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling everything anew doubles a start
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=str(REPOSITORY), env=environment
        )
        self._read_announcement()
        return self

    def stop(self) -> None:
        """Asks the process to end, and waits."""
        self._end("terminate")

    def kill(self) -> None:
        """Kills the process as a power failure would, and waits."""
        self._end("kill")

    def restart(self) -> None:
        """Kills and starts again on the same port."""
        self.kill()
        self.start()

    def __enter__(self) -> SandboxServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read_announcement(self) -> None:
        process = self._process
        assert process is not None and process.stdout is not None
        watchdog = threading.Timer(START_SECONDS, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        watchdog.cancel()
        if not line:
            self.stop()
            raise RuntimeError("the sandbox did not start")
        said = json.loads(line.decode())
        self.url, self.console = said["url"], said["console"]
        self._port = int(self.url.rsplit(":", 1)[1])

    def _end(self, how: str) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        getattr(process, how)()
        process.wait(START_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
        self._http.close()

    # --- control API

    def control(self, method: str, path: str, **options: Any) -> Any:
        """One request to ``/sandbox`` + `path`; the JSON of its answer. Raises for an error status."""
        answer = self._http.request(method, self.url + "/sandbox" + path, timeout=60, **options)
        answer.raise_for_status()
        return answer.json()

    def reset(self) -> None:
        """Everything as on the first day, within service hours, without faults."""
        self.control("POST", "/reset")
        self.open_hours()

    def open_hours(self) -> None:
        """Moves the clock into service hours unless it is within them."""
        self.control("PUT", "/clock", json={"open": True})

    def set_clock(self, now: str) -> None:
        """Sets the clock to an ISO 8601 time; without an offset it is Beijing time."""
        self.control("PUT", "/clock", json={"now": now})

    def shift_clock(self, seconds: float) -> None:
        """Moves the clock by `seconds` from where it is."""
        offset = self.control("GET", "/clock")["offset"] + seconds
        self.control("PUT", "/clock", json={"offset": offset})

    def captcha_text(self, captcha_id: str) -> str:
        """The text of a captcha."""
        return str(self.control("GET", "/captchas/" + captcha_id)["text"])

    def newest_captcha(self) -> str | None:
        """The text of the captcha that was made last, None when there is none."""
        items = self.control("GET", "/captchas")["items"]
        return str(items[0]["text"]) if items else None

    def sms_code(self, id_number: str) -> str:
        """The last SMS code sent to a person."""
        return str(self.control("GET", "/sms", params={"id_number": id_number})["code"])

    def fault(self, path_pattern: str, kind: str, **rule: Any) -> None:
        """Adds a fault; kinds and options (method, times, seconds, code, after …): ``sandbox/faults.py``."""
        wanted = self.control("GET", "/faults")["rules"]
        wanted.append({"path_pattern": path_pattern, "kind": kind, **rule})
        self.control("PUT", "/faults", json={"rules": wanted})

    def clear_faults(self) -> None:
        """Ends all faults."""
        self.control("PUT", "/faults", json={"rules": []})

    def fault_hits(self) -> list[int]:
        """How often each fault has struck."""
        return [rule["hits"] for rule in self.control("GET", "/faults")["rules"]]

    def applications(self, id_number: str) -> list[dict[str, Any]]:
        """A person's applications, newest first."""
        items = self.control("GET", "/applications")["items"]
        return [item for item in items if item["id_number"] == id_number]

    def review(
        self, application_id: str, decision: str, reasons: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Reviews an application. decision: take, approve or reject; reasons: [{step, field, text}]."""
        body = {"decision": decision, "reasons": reasons or []}
        found: dict[str, Any] = self.control("POST", f"/applications/{application_id}/review", json=body)
        return found

    def expire_sessions(self, refresh: bool = False) -> None:
        """Expires all access tokens, with `refresh` the refresh tokens too."""
        self.control("POST", "/sessions/expire", json={"refresh": refresh})

    def customers(self) -> list[dict[str, Any]]:
        """The made-up customers with everything that is printed on their ID cards."""
        found: list[dict[str, Any]] = self.control("GET", "/customers")["items"]
        return found

    def customer(self, id_number: str) -> dict[str, Any]:
        """One of them."""
        return next(item for item in self.customers() if item["id_number"] == id_number)

    def certificate_file(self, id_number: str) -> bytes:
        """The backup file (PKCS#12) of a customer's certificate."""
        path = self.customer(id_number)["certificate_path"]
        answer = self._http.get(self.url + path, timeout=60)
        answer.raise_for_status()
        return answer.content

    def revoke_certificate(self, id_number: str, revoked: bool = True) -> None:
        """Revokes a customer's certificate, or takes that back."""
        path = f"/customers/{id_number}/certificate/revoked"
        self.control("PUT", path, params={"revoked": str(revoked).lower()})

    def certificates(self, id_number: str) -> list[dict[str, Any]]:
        """What the CA has issued to a customer, newest first: {serial, pem, revoked_at, superseded, …}."""
        found: list[dict[str, Any]] = self.control("GET", f"/customers/{id_number}/certificates")["items"]
        return found

    def next_certificate(self, id_number: str, kind: str) -> None:
        """What the CA does with the customer's next request; kinds: ``sandbox/issuing.py``."""
        self.control("PUT", f"/customers/{id_number}/next-certificate", json={"kind": kind})

    def witness(self, id_number: str, witnessed: bool = True) -> None:
        """Lets the video witness of a customer have passed, or not."""
        self.control("PUT", f"/customers/{id_number}/witnessed", json={"witnessed": witnessed})

    # --- the contract, as far as tests need it to get somewhere

    def login(
        self, id_number: str = SAMPLE_ID_NUMBER, company: str = COMPANY, account_type: str = "futures"
    ) -> str:
        """Logs in as a client would; the access token."""
        return str(self.login_session(id_number, company, account_type)["access_token"])

    def login_session(
        self, id_number: str = SAMPLE_ID_NUMBER, company: str = COMPANY, account_type: str = "futures"
    ) -> dict[str, Any]:
        """Logs in as a client would; the whole answer of ``POST /sessions``."""
        captcha = self._post("/captchas", None)
        ask = {
            "company_code": company,
            "account_type": account_type,
            "id_number": id_number,
            "captcha_id": captcha["captcha_id"],
            "captcha_text": self.captcha_text(captcha["captcha_id"]),
        }
        self._post("/sms-codes", ask)
        configured = self._http.get(f"{self.url}/v1/companies/{company}", timeout=60).json()
        version = configured["privacy_policy"]["version"]
        consents = [{"purpose": offer["purpose"], "version": version} for offer in configured["consents"]]
        return self._post("/sessions", {**ask, "sms_code": self.sms_code(id_number), "consents": consents})

    def request(
        self, method: str, path: str, token: str, key: str | None = None, **options: Any
    ) -> requests.Response:
        """One authenticated request to ``/v1`` + `path`; a write carries `key` or a fresh Idempotency-Key."""
        headers = {"Authorization": "Bearer " + token, **options.pop("headers", {})}
        if method != "GET":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        return self._http.request(method, self.url + "/v1" + path, headers=headers, timeout=60, **options)

    def _post(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        answer = self._http.post(self.url + "/v1" + path, json=body, timeout=60)
        if not answer.ok:
            raise AssertionError(f"{path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json()
        return found

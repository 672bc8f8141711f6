"""Answers of a backend that works, and logging in to it or to the sandbox."""

from __future__ import annotations

from typing import Any, Callable

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.request import TimeLimits
from kaihu_desktop.core.model.login import Credentials
from kaihu_desktop.core.secret import Secret
from tests.faults.raw_server import RawServer, reply
from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER, SandboxServer

LIMITS = TimeLimits(connect=5, read=5, whole=10)

CREDENTIALS = Credentials(
    company_code="1001",
    account_type="futures",
    id_number="410101199508130033",
    captcha_id="c1",
    captcha_text="abcd",
    sms_code=Secret("123456"),
    consents=(("privacy_policy", "1"),),
)

APPLICATION: dict[str, Any] = {
    "id": "a1",
    "business": "settlement-account",
    "title": "修改结算账户",
    "status": "draft",
    "status_text": "未提交",
    "created_at": "2026-11-20T10:00:00+08:00",
    "updated_at": "2026-11-20T10:00:00.5+08:00",
    "submitted_at": None,
    "remark": None,
    "capital_account": None,
    "rejection": None,
    "steps": {"photos": {"state": "open", "accepted_at": None, "answer": None}},
    "timeline": [{"status": "draft", "text": "未提交", "at": "2026-11-20T02:00:00Z"}],
    "witnessed": False,
    "can_abandon": True,
}


def login(access: str = "access-1", refresh: str = "refresh-1") -> bytes:
    """The answer to a login, or to the renewal of its tokens."""
    customer = {"name": "张三", "masked_id_number": "4101**********0033", "masked_phone": "111****3003"}
    return reply(
        201, {"access_token": access, "refresh_token": refresh, "expires_in": 300, "customer": customer}
    )


def logged_in(
    server: RawServer, wait: Callable[[float], object] = lambda seconds: None, limits: TimeLimits = LIMITS
) -> RestBackend:
    """A client whose login the server answers with its first reply."""
    backend = RestBackend(server.url, limits, wait)
    backend.login(CREDENTIALS)
    return backend


def log_in(backend: RestBackend, sandbox: SandboxServer, id_number: str = SAMPLE_ID_NUMBER) -> None:
    """Log in as a person does, but read captcha and SMS from the sandbox."""
    company = backend.company(COMPANY)
    captcha = backend.captcha()
    text = sandbox.captcha_text(captcha.id)
    backend.send_sms(COMPANY, "futures", id_number, captcha.id, text)
    backend.login(
        Credentials(
            company_code=COMPANY,
            account_type="futures",
            id_number=id_number,
            captcha_id=captcha.id,
            captcha_text=text,
            sms_code=Secret(sandbox.sms_code(id_number)),
            consents=tuple((item.purpose, company.privacy_policy.version) for item in company.consents),
        )
    )

"""TLS is verified by the system's trust, and proxies are used and understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.proxies import normalised, proxies_for, proxy_name
from kaihu_desktop.backend.request import TimeLimits
from kaihu_desktop.core.failure import Failure
from tests.faults.certificates import self_signed
from tests.faults.raw_server import RawServer, closed_port, hang, problem, reply, tunnel

LIMITS = TimeLimits(connect=5, read=5, whole=10)
UNKNOWN = problem(404, "COMPANY-UNKNOWN")


def code_of(url: str, limits: TimeLimits = LIMITS) -> str:
    """The code of the failure that this backend meets; COMPANY-UNKNOWN is the answer of one that works."""
    backend = RestBackend(url, limits, lambda seconds: None)
    try:
        backend.company("1001")
    except Failure as failure:
        return failure.code
    finally:
        backend.close()
    return ""


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    context, _ = self_signed(tmp_path)
    with RawServer(UNKNOWN, tls=context) as server:
        assert code_of(server.url) == "NET-TLS"
        assert server.received == []


def test_a_certificate_that_the_system_trusts_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with RawServer(UNKNOWN, tls=context) as server:
        assert code_of(server.url) == "COMPANY-UNKNOWN"


def test_an_expired_certificate_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = self_signed(tmp_path, days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with RawServer(UNKNOWN, tls=context) as server:
        assert code_of(server.url) == "NET-TLS"


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with RawServer(UNKNOWN, tls=context) as server:
        assert code_of(f"https://localhost:{server.port}") == "NET-TLS"


def test_the_bundle_of_requests_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = self_signed(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with RawServer(UNKNOWN, tls=context) as server:
        assert code_of(server.url) == "NET-TLS"


def test_a_server_without_tls_is_refused() -> None:
    with RawServer(UNKNOWN) as server:
        assert code_of(server.url.replace("http:", "https:")) == "NET-TLS"


@pytest.mark.parametrize(
    "answer",
    [reply(407, Proxy_Authenticate="Basic"), reply(403), reply(502)],
    ids=["wants a password", "forbids", "can't reach the backend"],
)
def test_a_proxy_that_refuses_is_named(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answer) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        assert code_of("https://backend.example") == "NET-PROXY"
        assert {request.method for request in proxy.received} == {"CONNECT"}


def test_a_proxy_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    url, _ = closed_port()
    monkeypatch.setenv("https_proxy", url)
    assert code_of("https://backend.example") == "NET-PROXY"


def test_a_proxy_that_speaks_socks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1080")
    assert code_of("https://backend.example") == "NET-PROXY"


def test_a_proxy_that_hangs_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(hang) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        assert code_of("https://backend.example", TimeLimits(0.2, 0.2, 1)) == "NET-TIMEOUT"


def test_tls_goes_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = self_signed(tmp_path)
    with RawServer(tunnel(context, UNKNOWN)) as proxy:
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{proxy.port}")
        assert code_of("https://backend.example") == "NET-TLS"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert code_of("https://backend.example") == "COMPANY-UNKNOWN"
        assert proxy.received[-1].path == "/v1/companies/1001"


def test_this_computer_and_exceptions_need_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://10.0.0.1:3128")
    monkeypatch.setenv("https_proxy", "http://10.0.0.1:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert proxies_for("http://127.0.0.1:8000") == {}
    assert proxies_for("https://inside.example") == {}
    assert proxies_for("https://backend.example") == {"https": "http://10.0.0.1:3128"}
    assert proxy_name("https://backend.example") == "10.0.0.1:3128"
    assert proxy_name("http://127.0.0.1:8000") == ""


def test_a_proxy_of_the_system_is_spoken_to_in_plain_http() -> None:
    found = normalised({"http": "http://10.0.0.1:3128", "https": "https://10.0.0.1:3128"})
    assert found == {"http": "http://10.0.0.1:3128", "https": "http://10.0.0.1:3128"}

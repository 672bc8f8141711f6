"""An expired login is renewed unseen while that is possible, and is never shown as a network error."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.core.failure import Failure, Retry
from tests.faults.backend_answers import APPLICATION, CREDENTIALS, log_in, logged_in, login
from tests.faults.raw_server import RawServer, Received, hang_up, problem, reply
from tests.sandbox_server import SandboxServer

EXPIRED = problem(401, "AUTH-EXPIRED")
ANOTHER = "410101198601295030"
APPLICATIONS = reply(200, {"items": [APPLICATION]})


def test_an_expired_access_token_is_renewed_unseen(client: RestBackend, sandbox: SandboxServer) -> None:
    sandbox.expire_sessions()
    assert client.customer().name == "张样本"


def test_an_upload_goes_on_over_a_renewal(client: RestBackend, sandbox: SandboxServer) -> None:
    def expire(done: int, total: int) -> None:
        if done == 0:
            sandbox.expire_sessions()

    data = b"\x89PNG" + bytes(300_000)
    assert client.upload_content(client.upload("original", "image/png", data, expire)) == data


def test_an_upload_of_one_person_never_goes_on_for_the_next(
    client: RestBackend, sandbox: SandboxServer
) -> None:
    def change_person(done: int, total: int) -> None:
        if done == 0:
            client.logout()
            log_in(client, sandbox, ANOTHER)

    with pytest.raises(Failure) as caught:
        client.upload("original", "image/png", b"\x89PNG" + bytes(300_000), change_person)
    assert caught.value.code == "AUTH-EXPIRED"
    assert client.customer().id_number == ANOTHER


def test_a_login_that_has_ended_asks_to_log_in_again(client: RestBackend, sandbox: SandboxServer) -> None:
    sandbox.expire_sessions(refresh=True)
    for _ in range(2):
        with pytest.raises(Failure) as caught:
            client.customer()
        assert (caught.value.code, caught.value.retry) == ("AUTH-EXPIRED", Retry.LOGIN)
    log_in(client, sandbox)
    assert client.customer().name == "张样本"


def test_after_logout_nothing_is_sent(client: RestBackend, sandbox: SandboxServer) -> None:
    client.logout()
    sandbox.fault(".*", "status", times=None, code=500)
    with pytest.raises(Failure) as caught:
        client.customer()
    assert caught.value.code == "AUTH-EXPIRED"
    assert sandbox.fault_hits() == [0]


def test_logging_out_works_without_a_backend() -> None:
    with RawServer(login(), hang_up) as server:
        backend = logged_in(server)
        backend.logout()
        backend.logout()


def test_many_threads_renew_once() -> None:
    together = threading.Barrier(8)

    def answer(request: Received) -> bytes:
        if request.path == "/v1/sessions":
            return login()
        if request.path == "/v1/sessions/refresh":
            return login("access-2", "refresh-2") if request.json["refresh_token"] == "refresh-1" else EXPIRED
        if request.headers["authorization"] == "Bearer access-1":
            together.wait(10)  # all have been refused before anyone renews
            return EXPIRED
        return APPLICATIONS

    with RawServer(answer) as server:
        backend = logged_in(server)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: backend.applications(), range(8)))
        assert all(len(applications) == 1 for applications in found)
        assert [request.path for request in server.received].count("/v1/sessions/refresh") == 1


def test_a_broken_line_while_renewing_is_no_logout() -> None:
    with RawServer(login(), EXPIRED, hang_up, EXPIRED, login("access-2"), APPLICATIONS) as server:
        backend = logged_in(server)
        with pytest.raises(Failure) as caught:
            backend.applications()
        assert caught.value.code == "NET-INTERRUPTED"
        assert len(backend.applications()) == 1


def test_a_login_is_renewed_once_for_a_request() -> None:
    with RawServer(login(), EXPIRED, login("access-2"), EXPIRED) as server:
        with pytest.raises(Failure) as caught:
            logged_in(server).applications()
        assert caught.value.code == "AUTH-EXPIRED"
        assert len(server.received) == 4


def test_a_request_of_one_person_is_never_repeated_for_the_next() -> None:
    def answer(request: Received) -> bytes:
        if request.path == "/v1/sessions":
            return login("second") if entered.is_set() else login("first")
        if request.headers.get("authorization") == "Bearer first":
            entered.set()
            changed.wait(10)
            return EXPIRED
        return APPLICATIONS

    entered, changed = threading.Event(), threading.Event()
    with RawServer(answer) as server, ThreadPoolExecutor(1) as pool:
        backend = logged_in(server)
        request = pool.submit(backend.applications)
        assert entered.wait(10)
        backend.login(CREDENTIALS)
        changed.set()
        with pytest.raises(Failure) as caught:
            request.result(10)
        assert caught.value.code == "AUTH-EXPIRED"
        assert len(backend.applications()) == 1


def test_a_renewal_that_is_refused_too_late_ends_no_other_login() -> None:
    def answer(request: Received) -> bytes:
        if request.path == "/v1/sessions":
            return login("second") if entered.is_set() else login("first")
        if request.path == "/v1/sessions/refresh":
            entered.set()
            changed.wait(10)
            return EXPIRED
        return EXPIRED if request.headers.get("authorization") == "Bearer first" else APPLICATIONS

    entered, changed = threading.Event(), threading.Event()
    with RawServer(answer) as server, ThreadPoolExecutor(1) as pool:
        backend = logged_in(server)
        request = pool.submit(backend.applications)
        assert entered.wait(10)
        backend.login(CREDENTIALS)
        changed.set()
        with pytest.raises(Failure):
            request.result(10)
        assert len(backend.applications()) == 1

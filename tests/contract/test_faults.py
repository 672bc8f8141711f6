"""Faults on demand really reach the connection."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox_server import SandboxServer


def get(sandbox: SandboxServer, timeout: float = 60) -> requests.Response:
    """The company's configuration."""
    return requests.get(sandbox.url + "/v1/companies/8888", timeout=timeout)


def test_a_status_comes_with_its_problem_and_wait(sandbox: SandboxServer) -> None:
    sandbox.fault("/companies", "status", code=429, retry_after=7)
    answer = get(sandbox)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (
        429,
        "7",
        "SERVER-BUSY",
    )
    assert get(sandbox).ok
    assert sandbox.fault_hits() == [1]


def test_a_cut_breaks_the_answer_in_the_middle(sandbox: SandboxServer) -> None:
    sandbox.fault("/companies", "cut", after=100)
    with pytest.raises(requests.exceptions.RequestException) as caught:
        get(sandbox)
    assert "IncompleteRead(100 bytes read" in str(caught.value)


@pytest.mark.parametrize("kind", ["drop", "lose_answer"])
def test_a_broken_connection_gives_no_answer(sandbox: SandboxServer, kind: str) -> None:
    sandbox.fault("/companies", kind)
    with pytest.raises(requests.ConnectionError):
        get(sandbox)
    assert get(sandbox).ok


def test_bad_json_arrives_whole_and_unreadable(sandbox: SandboxServer) -> None:
    sandbox.fault("/companies", "bad_json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        get(sandbox).json()


def test_a_slow_server_outlasts_the_clients_patience(sandbox: SandboxServer) -> None:
    sandbox.fault("/companies", "slow", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        get(sandbox, timeout=0.3)


def test_rules_choose_by_method_and_may_let_some_pass(sandbox: SandboxServer) -> None:
    sandbox.fault("/companies", "status", method="POST")
    sandbox.fault("/companies", "status", skip=1, times=2)
    assert [get(sandbox).status_code for _ in range(4)] == [200, 503, 503, 200]


def test_a_wrong_rule_is_refused(sandbox: SandboxServer) -> None:
    rules = {"rules": [{"path_pattern": "(", "kind": "drop"}]}
    answer = requests.put(sandbox.url + "/sandbox/faults", json=rules, timeout=60)
    assert answer.status_code == 422

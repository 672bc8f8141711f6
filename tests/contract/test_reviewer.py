"""The automatic reviewer of unattended runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.walk import Walk
from tests.sandbox_server import SandboxServer, sandbox_python

DELAY = 3600  # of the sandbox's clock, which the test moves


@pytest.mark.skipif(sandbox_python() is None, reason="no Python for the sandbox: set KAIHU_SANDBOX_PYTHON")
def test_a_submission_is_rejected_once_and_then_approved(tmp_path: Path) -> None:
    options = [
        "--auto-review",
        "reject-then-approve",
        "--review-delay",
        str(DELAY),
        "--token-seconds",
        "86400",
    ]
    with SandboxServer(tmp_path / "data", *options) as server:
        server.set_clock("2026-11-20T10:00:00")
        walk = Walk(server).begin().through("sign")
        rejected = _when(walk, "review_rejected")
        assert rejected["rejection"]["reasons"][0]["field"] == "cards.0.photo_id"
        walk.put("bank_cards")
        assert _when(walk, "succeeded")["capital_account"]


def _when(walk: Walk, status: str) -> dict[str, Any]:
    """The application once the reviewer has brought it to `status`: half the delay, twice."""
    walk.server.shift_clock(DELAY / 2 + 1)
    found = walk.read()
    while found["status"] == "awaiting_review":
        found = walk.read()
    assert found["status"] == "reviewing"
    walk.server.shift_clock(DELAY / 2 + 1)
    while found["status"] == "reviewing":
        found = walk.read()
    assert found["status"] == status
    return found

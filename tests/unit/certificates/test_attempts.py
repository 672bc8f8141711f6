"""Wrong passwords: the policy alone, on clocks that jump."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaihu_desktop.certificates.attempts import LONGEST_LOCK, Attempts, Moment
from kaihu_desktop.certificates.records import decode_attempts, encode_attempts

START = Moment(1_000_000.0, 5_000.0)
LOCK = 15 * 60


def after(failures, at=START):
    attempts = Attempts()
    for _ in range(failures):
        attempts = attempts.failed(at)
    return attempts


@pytest.mark.parametrize(
    ("failures", "wait", "remaining"),
    [
        (0, 0, 5),
        (1, 0, 4),
        (2, 0, 3),
        (3, 3, 2),
        (4, 10, 1),
        (5, LOCK, 5),
        (10, 2 * LOCK, 5),
        (15, 4 * LOCK, 5),
    ],
)
def test_waits_grow_and_the_fifth_try_locks(failures, wait, remaining):
    assert (after(failures).wait, after(failures).remaining) == (wait, remaining)


def test_no_lock_is_for_ever():
    assert after(500).wait == LONGEST_LOCK


@pytest.mark.parametrize(
    ("now", "wait"),
    [
        (Moment(START.wall + 60, START.uptime + 60), LOCK - 60),
        (Moment(START.wall + LOCK, START.uptime + LOCK), 0),
        (Moment(START.wall + 10 * LOCK, START.uptime + 60), LOCK - 60),  # set forward
        (Moment(START.wall - 10 * LOCK, START.uptime + 60), LOCK - 60),  # set back
        (Moment(START.wall + 60, 10.0), LOCK - 60),  # restarted
        (Moment(START.wall + LOCK, 10.0), 0),  # restarted much later
        (Moment(START.wall - 10 * LOCK, 10.0), LOCK - 10),  # restarted and set back
    ],
)
def test_only_time_that_has_passed_counts(now, wait):
    assert after(5).at(now).wait == wait


def test_a_clock_that_was_years_ahead_locks_nobody_out():
    ahead = Moment(START.wall + 10**9, START.uptime)
    seen = after(5, ahead).at(Moment(START.wall, 1.0))
    assert seen.at(Moment(START.wall + LOCK, 1.0 + LOCK)).wait == 0


jumps = st.tuples(st.integers(0, 2 * LOCK), st.integers(-(10**10), 10**10), st.booleans())


@given(st.lists(jumps, max_size=8))
def test_no_jump_of_a_clock_shortens_a_lock_or_makes_it_eternal(steps):
    """Seconds pass, the wall's clock is set forward or back, the PC is restarted perhaps; somebody looks."""
    attempts, now, least = after(5), START, LOCK
    for seconds, jump, restart in steps:
        now = Moment(now.wall + seconds + jump, seconds if restart else now.uptime + seconds)
        least = 0 if restart else max(0, least - seconds)  # after a restart the wall's clock is believed
        attempts = attempts.at(now)
        assert least <= attempts.wait <= LOCK
    assert attempts.at(Moment(now.wall + LOCK, now.uptime + LOCK)).wait == 0


def test_attempts_survive_their_file():
    attempts = after(4)
    assert decode_attempts(encode_attempts(attempts)) == attempts


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"failures": "x"}',
        b'{"failures": 1, "pause": 1, "seen": [1]}',
        b"\xff",
        bytes(70),
        b"[" * 100_000,
    ],
    ids=range(9),
)
def test_a_damaged_counter_starts_anew(content):
    assert decode_attempts(content) == Attempts()


@pytest.mark.parametrize("pause", [float("inf"), 1e300, float("nan")])
def test_a_forged_counter_locks_no_longer_than_the_longest_lock(pause):
    content = json.dumps({"failures": 5, "pause": pause, "seen": list(START)}).encode()
    assert 0 <= decode_attempts(content).at(START).wait <= LONGEST_LOCK

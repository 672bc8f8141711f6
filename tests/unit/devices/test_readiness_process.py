"""The checks in a process beside the window: all together, one by one, and a process that dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterator

import pytest

from kaihu_desktop import bootstrap
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.devices.readiness_process import ReadinessProcess
from kaihu_desktop.devices.readiness_titles import TITLES
from tests.unit.devices.helpers import helpers
from tests.waiting import wait_for

HARMLESS = ("disk", "folder", "system", "certificates")


@pytest.fixture(autouse=True)
def _ends(own_settings: None) -> Iterator[None]:
    """A process tells its last result before it ends; the next test counts processes."""
    yield
    wait_for(lambda: not helpers())


def test_the_titles_are_those_of_the_checks() -> None:
    assert bootstrap.readiness().checks == TITLES


def test_checks_that_are_asked_for_together_are_done_and_told_each() -> None:
    readiness = ReadinessProcess(TITLES)
    assert readiness.checks == TITLES
    with ThreadPoolExecutor(len(HARMLESS)) as threads:
        results = list(threads.map(readiness.run, HARMLESS))
    assert [result.id for result in results] == list(HARMLESS)
    assert [result.title for result in results] == [dict(TITLES)[one] for one in HARMLESS]
    assert {result.finding.state for result in results} == {State.OK}


def test_a_check_can_be_done_again(tmp_path: Path) -> None:
    readiness = ReadinessProcess(TITLES)
    assert readiness.run("folder").finding.state is State.OK
    (tmp_path / "data").rmdir()
    (tmp_path / "data").write_text("in the way")
    assert readiness.run("folder").finding.code == "PC-DISK"


def test_a_process_that_dies_is_told() -> None:
    result = ReadinessProcess((("no-such-check", "没有这一项"),)).run("no-such-check")
    assert result.title == "没有这一项"
    assert result.finding.code == "PC-INTERNAL"

"""The client's own command line: a link to a company may stand in it, with or without ``run``."""

from __future__ import annotations

import argparse

import pytest

from kaihu_desktop.__main__ import main
from kaihu_desktop.commands import run

LINK = "kaihu://company/8888"


@pytest.mark.parametrize(("given", "link"), [(["run"], ""), (["run", LINK], LINK)])
def test_a_link_is_taken(given: list[str], link: str) -> None:
    parser = argparse.ArgumentParser()
    run.add_parser(parser.add_subparsers())
    assert parser.parse_args(given).link == link


@pytest.mark.parametrize("link", [LINK, LINK.upper(), "kaihu:nonsense"])
def test_a_link_alone_runs_the_client(link: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([link, "--help"])
    assert ended.value.code == 0
    assert "kaihu-desktop run" in capsys.readouterr().out

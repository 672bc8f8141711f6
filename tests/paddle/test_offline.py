"""The package brings clients of model hubs: reading goes with the network cut, and writes nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaihu_desktop.bootstrap import model_folder

pytestmark = pytest.mark.paddle

#: Every way to the network that Python knows ends the program, before anything of ours is imported.
READS = """
import os
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print("network:", event, arguments[1:], file=sys.stderr, flush=True)
        os._exit(3)

sys.addaudithook(watch)

from pathlib import Path
from kaihu_desktop.ocr.paddle_engine import PaddleEngine
from tests.paddle.specimens import portrait

engine = PaddleEngine(Path(sys.argv[1]), Path(sys.argv[2]))
card = portrait(7)
lines = engine.read(card.card)
assert card.truth["id_number"] in [line.text for line in lines]
assert engine.read_line(card.card[520:590, 300:900]).text == card.truth["id_number"]
"""


def test_reads_with_the_network_cut_and_leaves_the_home_folder_alone(tmp_path: Path) -> None:
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir()
    variables = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", READS, str(model_folder()), str(cache)],
        env={**variables, "HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": os.getcwd()},
        stderr=subprocess.PIPE,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert list(home.iterdir()) == []
    assert {path.name.rpartition("-")[0] for path in cache.glob("PP-*")} == {
        "PP-OCRv6_small_det",
        "PP-OCRv6_small_rec",
    }

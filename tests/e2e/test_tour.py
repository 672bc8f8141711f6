"""The self-driving tour: the whole business in a real window, on every lane."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.sandbox_server import REPOSITORY, sandbox_python

pytestmark = [pytest.mark.display, pytest.mark.keyring, pytest.mark.timeout(300)]

#: So many colours has even the plainest page, by the smooth edges of its letters; a blank window has one.
COLOURS = 100


@pytest.mark.skipif(sandbox_python() is None, reason="needs KAIHU_SANDBOX_PYTHON, which runs the sandbox")
def test_the_tour_leads_to_an_approval_and_to_what_was_signed(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-m", "kaihu_desktop", "demo", "--tour", str(tmp_path)],
        cwd=str(REPOSITORY),
        env={**kept, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        check=False,
    )
    shots = json.loads((tmp_path / "tour.json").read_text(encoding="utf-8"))
    assert [shot for shot in shots if shot["result"] != "ok"] == []
    assert done.returncode == 0
    assert done.stderr.decode("utf-8", "replace") == ""
    assert "办理成功" in [shot["title"] for shot in shots]
    assert shots[-1]["title"] == "协议已验证"
    assert [shot["file"] for shot in shots] == sorted(path.name for path in tmp_path.glob("*.png"))
    for shot in shots:
        with Image.open(tmp_path / shot["file"]) as picture:
            assert picture.size == (1280, 800)
            assert len(picture.convert("RGB").getcolors(maxcolors=1 << 20) or ()) > COLOURS, shot["step"]

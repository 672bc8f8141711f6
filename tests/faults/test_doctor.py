"""``kaihu-desktop doctor`` in a process of its own, on a PC that is fine and on one that isn't."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox_server import SandboxServer
from tests.unit.devices.mjpeg_server import MjpegServer
from tests.unit.devices.pulse import AIR, VOICE, SoundCards

MEMBERS = ["id", "title", "state", "text", "code", "remedy", "reasons", "ms"]
CHECKS = ["camera", "microphone", "speaker", "network", "bandwidth", "clock", "certificates", "keyring"]
CHECKS += ["disk", "folder", "system", "models", "versions"]


def doctor(home: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kaihu_desktop", "doctor", *options]
    silent = {"PULSE_SERVER": f"unix:{home}/none", "XDG_RUNTIME_DIR": str(home)}
    variables = {**os.environ, "KAIHU_HOME": str(home), **silent, **environment}
    return subprocess.run(
        command, env=variables, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def by_id(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    document = json.loads(ran.stdout)
    assert [list(check) for check in document["checks"]] == [MEMBERS] * len(CHECKS)
    assert [check["id"] for check in document["checks"]] == CHECKS
    return {check["id"]: check for check in document["checks"]}


@pytest.mark.audio
def test_a_pc_that_is_fine(sandbox: SandboxServer, sound_cards: SoundCards, tmp_path: Path) -> None:
    sandbox.control("PUT", "/clock", json={"offset": 0})  # it was moved if this isn't a time of service
    sound_cards.load(AIR)
    sound_cards.load(VOICE)
    with MjpegServer() as camera:
        environment = {"KAIHU_BACKEND_URL": sandbox.url, "KAIHU_CAMERA_SOURCE": camera.url}
        ran = doctor(tmp_path, "--json", **environment, **sound_cards.environment)
    found = by_id(ran)
    assert [name for name, check in found.items() if check["state"] == "failed"] == []
    assert "320×240" in found["camera"]["text"]
    assert "有声音" in found["microphone"]["text"] and "听到了" in found["speaker"]["text"]
    assert "响应" in found["network"]["text"] and "未加密" in found["network"]["text"]
    assert "Mbps" in found["bandwidth"]["text"] and found["clock"]["state"] == "ok"
    assert ran.returncode == 0


def test_a_pc_without_network_and_devices(tmp_path: Path) -> None:
    environment = {
        "KAIHU_BACKEND_URL": "http://backend.example",
        "KAIHU_CAMERA_SOURCE": str(tmp_path / "none.avi"),
    }
    ran = doctor(tmp_path, "--json", **environment)
    found = by_id(ran)
    assert (found["network"]["code"], found["camera"]["code"]) == ("NET-INSECURE", "CAM-NONE")
    (reason,) = found["certificates"]["reasons"]
    assert (found["certificates"]["state"], reason["code"]) == ("ok", "CERT-NONE")
    assert (found["microphone"]["code"], found["speaker"]["code"]) == ("MIC-NONE", "SPK-NONE")
    assert ran.returncode == 1
    assert not json.loads(ran.stdout)["ok"]


def test_a_person_reads_what_to_do(tmp_path: Path) -> None:
    ran = doctor(tmp_path, KAIHU_BACKEND_URL="", KAIHU_CAMERA_SOURCE=str(tmp_path / "none.avi"))
    assert "[失败] 摄像头：没有找到摄像头（CAM-NONE）\n        请插好摄像头" in ran.stdout
    assert (
        "[正常] 数字证书：可以读取，还没有证书\n        这台电脑上没有您的数字证书（CERT-NONE）。请导入"
        in ran.stdout
    )
    assert "[失败] 网络和服务器：还没有设置期货公司的服务器地址（NET-NO-ADDRESS）\n" in ran.stdout

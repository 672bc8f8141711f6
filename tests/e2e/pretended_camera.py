"""Starts the sandbox's pretended camera as a process of its own; Python 3.8 and newer."""

from __future__ import annotations

import json
import os
import subprocess

import requests

from tests.sandbox_server import REPOSITORY, sandbox_python


class PretendedCamera:
    """An MJPEG stream of the sample customer's cards. stream: its URL."""

    def __init__(self, frames_per_second: float = 15) -> None:
        self._options = ["--fps", str(frames_per_second)]

    def __enter__(self) -> PretendedCamera:
        command = [
            str(sandbox_python()),
            "-m",
            "kaihu_desktop.sandbox.specimens.camera_server",
            *self._options,
        ]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=str(REPOSITORY), env=environment
        )
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self.stream, self._scenes = said["stream"], said["scenes"]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def show(self, scene: str) -> None:
        """Put something before it: a key of `kaihu_desktop.sandbox.specimens.camera_scenes.SCENES`."""
        with requests.Session() as http:
            http.trust_env = False  # loopback never goes through a proxy
            http.put(f"{self._scenes}/{scene}", timeout=60).raise_for_status()

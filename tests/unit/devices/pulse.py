"""Sound cards for tests: a private PulseAudio with null sinks, reached by the real PortAudio through ALSA."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from tests.waiting import wait_for

# norewinds: else a microphone begins seconds late
SPEAKER = ("module-null-sink", "sink_name=speaker", "rate=48000", "channels=2", "norewinds=1")
INSIDE = ("module-null-sink", "sink_name=inside", "rate=48000", "channels=1", "norewinds=1")
MICROPHONE = ("module-remap-source", "source_name=microphone", "master=inside.monitor")
#: The speaker stands before the microphone.
AIR = ("module-loopback", "source=speaker.monitor", "sink=inside", "latency_msec=20")
#: Somebody whistles. A frequency that no tenth of a second has a whole number of times: the level moves.
VOICE = ("module-sine", "sink=inside", "frequency=443")


class SoundCards:
    """A speaker and a microphone that can be muted, suspended and pulled out.

    environment: what a process needs to see them.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._socket = folder / "native"
        self.environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_COOKIE": str(folder / "cookie"),
        }
        # off the bus, where the desktop's own sound server is
        alone = {"HOME": str(folder), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        self._variables = {**os.environ, **self.environment, **alone}
        protocol = f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"
        self._server = subprocess.Popen(
            [
                "pulseaudio",
                "-n",
                "-L",
                protocol,
                "--exit-idle-time=-1",
                "--use-pid-file=no",
                "--daemonize=no",
            ],
            env=self._variables,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._answers)
        self.plug_in()

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)

    def plug_in(self) -> None:
        for module in (SPEAKER, INSIDE, MICROPHONE):
            self.load(module)
        self.control("set-default-sink", "speaker")
        self.control("set-default-source", "microphone")

    def pull_out(self) -> None:
        """All at once: PulseAudio moves a stream to any device that is left."""
        self.unload("module-remap-source")
        self.unload("module-null-sink")

    def load(self, module: tuple[str, ...]) -> None:
        self.control("load-module", *module)

    def unload(self, name: str) -> None:
        self.control("unload-module", name)

    def control(self, *arguments: str) -> str:
        ran = subprocess.run(
            ["pactl", *arguments],
            env=self._variables,
            check=True,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=20,
        )
        return ran.stdout

    def _answers(self) -> bool:
        assert self._server.poll() is None, "pulseaudio doesn't start"
        with socket.socket(socket.AF_UNIX) as asking:
            return asking.connect_ex(str(self._socket)) == 0

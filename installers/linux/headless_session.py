"""A private display, D-Bus, unlocked keyring and sound for a command on a machine without a screen.

Usage: python3 installers/linux/headless_session.py COMMAND …

Needs Xvfb, dbus-daemon, dbus-send, gnome-keyring-daemon and setpriv (Debian: xvfb dbus gnome-keyring);
with pulseaudio there is also a speaker that stands before a microphone, in a room where somebody hums.
The caller's own session isn't touched: the keyring lives in a temporary folder, its password is random.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator

SCREEN = "1920x1200x24"
DPI = "96"  # Xvfb would say 100, and Qt 5 would make everything 4 % larger
KEYRING_NAME = "org.freedesktop.secrets"
PATIENCE = 20.0  # seconds; each part is up in well under one

# norewinds: else the microphone begins seconds late
SOUND = (
    "module-null-sink sink_name=speaker rate=48000 channels=2 norewinds=1",
    "module-null-sink sink_name=room rate=48000 channels=1 norewinds=1",
    "module-remap-source source_name=microphone master=room.monitor",
    "module-loopback source=speaker.monitor sink=room latency_msec=20",
    "module-sine sink=room frequency=443",
)


@contextlib.contextmanager
def headless_session(outer: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield `outer` changed for commands in the session; everything started ends with the block."""
    with tempfile.TemporaryDirectory(prefix="kaihu-session-") as folder:
        started: list[subprocess.Popen[bytes]] = []
        env = dict(outer, XDG_RUNTIME_DIR=str(_private(folder, "run")))
        env.pop("WAYLAND_DISPLAY", None)
        try:
            env["DISPLAY"] = ":" + _start_announcing(
                [
                    "Xvfb",
                    "-displayfd",
                    "{fd}",
                    "-screen",
                    "0",
                    SCREEN,
                    "-dpi",
                    DPI,
                    "-nolisten",
                    "tcp",
                    "-noreset",
                ],
                env,
                started,
            )
            env["DBUS_SESSION_BUS_ADDRESS"] = _start_announcing(
                ["dbus-daemon", "--session", "--nofork", "--print-address={fd}"], env, started
            )
            home = _private(folder, "home")
            _start_keyring(dict(env, HOME=str(home)), started)
            if shutil.which("pulseaudio"):
                _start_sound(dict(env, HOME=str(home)), started)
                env["PULSE_SERVER"] = _sound_address(env)
            yield env
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait()


def _private(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir(mode=0o700)
    return path


def _start_announcing(command: list[str], env: dict[str, str], started: list[subprocess.Popen[bytes]]) -> str:
    """Start a server and return the address that it writes to the file descriptor `{fd}` once it is ready."""
    reader, writer = os.pipe()
    try:
        filled = [part.replace("{fd}", str(writer)) for part in command]
        started.append(_start(filled, env, pass_fds=(writer,)))
    finally:
        os.close(writer)
    with os.fdopen(reader) as pipe:
        address = pipe.readline().strip()
    if not address:
        raise RuntimeError(f"{command[0]} did not start")
    return address


def _start_keyring(env: dict[str, str], started: list[subprocess.Popen[bytes]]) -> None:
    command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    daemon = _start(command, env, stdin=subprocess.PIPE)
    started.append(daemon)
    assert daemon.stdin is not None  # noqa: S101 - tells the type checker what PIPE means
    daemon.stdin.write(secrets.token_hex(16).encode("ascii"))
    daemon.stdin.close()
    ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    ask += ["org.freedesktop.DBus.NameHasOwner", f"string:{KEYRING_NAME}"]
    _wait(
        daemon,
        lambda: b"boolean true" in subprocess.run(ask, env=env, stdout=subprocess.PIPE, check=True).stdout,
    )


def _start_sound(env: dict[str, str], started: list[subprocess.Popen[bytes]]) -> None:
    address = _sound_address(env)
    protocol = f"module-native-protocol-unix socket={address[len('unix:') :]} auth-anonymous=1"
    modules = [part for module in (*SOUND, protocol) for part in ("-L", module)]
    options = ["-n", "--exit-idle-time=-1", "--use-pid-file=no", "--daemonize=no"]
    # off the bus, where only one sound server may be: tests start further ones
    server = _start(["pulseaudio", *options, *modules], dict(env, DBUS_SESSION_BUS_ADDRESS="disabled:"))
    started.append(server)
    _wait(server, Path(address[len("unix:") :]).exists)


def _wait(server: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    """Wait for a server that has been started to be ready."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{server.args} did not start")
        time.sleep(0.02)


def _sound_address(env: dict[str, str]) -> str:
    return f"unix:{env['XDG_RUNTIME_DIR']}/sound"


def _start(command: list[str], env: dict[str, str], **options: object) -> subprocess.Popen[bytes]:
    """Start a server that can't outlive us, even when we are killed; Ctrl+C is for the command alone."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    tied = ["setpriv", "--pdeathsig", "TERM", *command]
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        tied, env=env, start_new_session=True, **{**quiet, **options}
    )


def main(command: list[str]) -> int:
    """Run `command` inside a session; returns its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end too
    with headless_session(dict(os.environ)) as env:
        return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

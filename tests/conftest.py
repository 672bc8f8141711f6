"""What every test shares: no window, no proxy, one sandbox, a keyring; and what this machine can't do."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import hypothesis
import keyring
import keyring.backend
import keyring.errors
import pytest

from kaihu_desktop import bootstrap
from kaihu_desktop.settings import HOME_VARIABLE
from tests.sandbox_server import SandboxServer, sandbox_python
from tests.unit.devices.pulse import SoundCards

MODERN = sys.version_info >= (3, 11)

# Generated tests judge what is done, never how soon: a deadline would fail them on a machine under load.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

# A test that wants a real window starts a process with another platform of its own choice.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_ABSENT = {
    "modern": None if MODERN else "needs the modern lane",
    "paddle": None if importlib.util.find_spec("paddleocr") else "needs the paddle lane",
    "audio": None if shutil.which("pulseaudio") else "no pulseaudio (dev.py setup installs it)",
    "display": None if os.environ.get("DISPLAY") else "no X display (dev.py test brings one)",
    "keyring": None
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS") or not sys.platform.startswith("linux")
    else "no keyring service (dev.py test brings one)",
}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let a worker end by Ctrl+C after its test: an exception amid calls of Qt's would crash it."""
    if hasattr(session.config, "workerinput"):
        signal.signal(signal.SIGINT, lambda *_: setattr(session, "shouldstop", "Ctrl+C"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs something that isn't here, and say what."""
    for item in items:
        for name, reason in _ABSENT.items():
            if reason and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One sandbox for all tests; use `sandbox`."""
    if sandbox_python() is None:
        pytest.skip("needs KAIHU_SANDBOX_PYTHON, an interpreter that runs the sandbox")
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> SandboxServer:
    """The sandbox as on its first day, within service hours, without faults."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
def sound_cards(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCards]:
    """A PC with a speaker and a microphone, both silent."""
    with tempfile.TemporaryDirectory() as folder:  # a short path: a socket's name has 107 letters
        cards = SoundCards(Path(folder) / "pulse")
        for name, value in cards.environment.items():
            monkeypatch.setenv(name, value)
        yield cards
        cards.close()


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings of their own, in the test's folder."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    bootstrap.settings.cache_clear()
    yield
    bootstrap.settings.cache_clear()


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring of the kind that operating systems bring, emptied with the test.

    broken: when true, every call fails as it does on a PC without a keyring service.
    """

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.entries.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError(service)

    def _check(self) -> None:
        if self.broken:
            raise keyring.errors.NoKeyringError("no keyring service")


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The process's keyring is an empty `MemoryKeyring` during the test."""
    before = keyring.get_keyring()
    mine = MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)

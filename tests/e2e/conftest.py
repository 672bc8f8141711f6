"""What all end-to-end tests share: a pretended camera, the accessibility bus, the client."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Iterator

import pytest
from qtpy import QT5

from tests.e2e.accessibility import Desktop
from tests.e2e.client_process import ClientProcess, client_environment
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import SandboxServer, sandbox_python

#: What Qt says when a widget is asked for on the accessibility bus that has just gone.
LOOKED_TOO_LATE = "Could not find accessible on path"


@pytest.fixture(scope="package")
def camera_process() -> Iterator[PretendedCamera]:
    """One camera for all end-to-end tests; use `camera`."""
    if sandbox_python() is None:
        pytest.skip("needs KAIHU_SANDBOX_PYTHON, an interpreter that runs the camera")
    with PretendedCamera() as running:
        yield running


@pytest.fixture
def camera(camera_process: PretendedCamera) -> PretendedCamera:
    """The camera, with an empty table before it."""
    camera_process.show("empty")
    return camera_process


@pytest.fixture(scope="package")
def desktop() -> Iterator[Desktop]:
    """The accessibility bus, which the session's D-Bus starts when it is asked for."""
    if not (shutil.which("xdotool") and Path("/usr/share/dbus-1/services/org.a11y.Bus.service").exists()):
        pytest.skip("needs the Debian packages at-spi2-core and xdotool")
    if QT5:
        pytest.skip("Qt 5 tells the accessibility bus no object names, by which widgets are found here")
    bus = Desktop()
    yield bus
    bus.close()


@pytest.fixture
def client(
    desktop: Desktop, sandbox: SandboxServer, camera: PretendedCamera, tmp_path: Path
) -> Iterator[ClientProcess]:
    """A client with a home of its own, not started yet; its error output must stay empty."""
    log = tmp_path / "stderr"
    process = ClientProcess(desktop, client_environment(tmp_path / "home", sandbox.url, camera.stream), log)
    yield process
    process.kill()
    complaints = [line for line in process.said.splitlines() if LOOKED_TOO_LATE not in line]
    assert complaints == []

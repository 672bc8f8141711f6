"""A session bus of its own with a real, unlocked Secret Service, for a script that needs one."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

from tests.unit.certificates.certificate_people import ROOT, needs

needs_keyring = needs("dbus-run-session", "gnome-keyring-daemon")

UNLOCK = (
    'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; '
    'exec "$0" -W error -c "$1" "$2"'
)


def in_keyring_session(script, folder):
    """What `script` prints in a session bus of its own with a real, unlocked Secret Service."""
    preamble = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    from pathlib import Path
    import keyring
    from kaihu_desktop.certificates.device_secret import DeviceSecrets
    from kaihu_desktop.core.failure import Failure
    folder = Path(sys.argv[1])
    """
    program = textwrap.dedent(preamble) + textwrap.dedent(script)
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    elsewhere = ("DBUS_", "GNOME_", "DISPLAY", "WAYLAND_")  # on a display a locked keyring waits for somebody
    environment = {name: value for name, value in os.environ.items() if not name.startswith(elsewhere)}
    environment.update(
        HOME=str(folder),
        XDG_RUNTIME_DIR=str(runtime),
        XDG_DATA_HOME=str(folder / "share"),
        PYTHONPATH=str(ROOT),
        PYTHON_KEYRING_BACKEND="keyring.backends.SecretService.Keyring",
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", UNLOCK, sys.executable, program, str(folder)],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8")

"""The device secret in a real Secret Service, and the keyrings that are not good enough."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest

from kaihu_desktop.certificates.device_secret import DeviceSecrets
from kaihu_desktop.core.failure import Failure
from tests.unit.certificates.certificate_people import ROOT, needs

UNLOCK = (
    'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; '
    'exec "$0" -W error -c "$1" "$2"'
)
TWICE = """
    secrets = DeviceSecrets(folder)
    first, again = secrets.load_or_create(), DeviceSecrets(folder).load_or_create()
    assert len(first) == 32 and first.reveal() == again.reveal()
    certificates, journal = secrets.subkey("certificates"), secrets.subkey("journal")
    assert len(certificates) == len(journal) == 32
    assert len({first.reveal(), certificates.reveal(), journal.reveal()}) == 3
    assert certificates.reveal() == DeviceSecrets(folder).subkey("certificates").reveal()
    print("ok")
"""
AT_ONCE = """
    import subprocess
    script = "import sys; from pathlib import Path;" \\
        "from kaihu_desktop.certificates.device_secret import DeviceSecrets;" \\
        "print(DeviceSecrets(Path(sys.argv[1])).load_or_create().reveal().hex())"
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = {process.communicate()[0] for process in processes}
    assert len(answers) == 1 and len(answers.pop().strip()) == 64
    print("ok")
"""
FOREIGN_VALUE = """
    keyring.set_password("kaihu_desktop", "device-secret", "somebody else's")
    try:
        DeviceSecrets(folder).load_or_create()
    except Failure as failure:
        print(failure.code)
    assert keyring.get_password("kaihu_desktop", "device-secret") == "somebody else's"
"""
STORED = """
    from kaihu_desktop.certificates.store import open_store
    from kaihu_desktop.core.secret import Secret
    from tests.unit.certificates.certificate_people import PASSWORD, keep, person
    certificate_id = keep(open_store(folder, DeviceSecrets(folder).subkey("certificates")), person())
    again = open_store(folder, DeviceSecrets(folder).subkey("certificates"))
    with again.open(certificate_id, Secret(PASSWORD)) as opened:
        print(opened.info.state.value)
    keyring.delete_password("kaihu_desktop", "device-secret")
    print(open_store(folder, DeviceSecrets(folder).subkey("certificates")).list()[0].state.value)
"""


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
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "GNOME_"))
    }
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
    return done.stdout.decode("utf-8").split()


@needs("dbus-run-session", "gnome-keyring-daemon")
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        (TWICE, ["ok"]),
        (AT_ONCE, ["ok"]),
        (FOREIGN_VALUE, ["PC-KEYRING"]),
        (STORED, ["usable", "other_device"]),
    ],
    ids=["twice", "at once", "foreign value", "stored"],
)
def test_in_a_real_secret_service(tmp_path, script, printed):
    assert in_keyring_session(script, tmp_path) == printed


class PlaintextKeyring(keyring.backend.KeyringBackend):
    """Stands for the plug-ins that write plain text into the user's home."""

    priority = 9.0

    def get_password(self, service, username):
        raise AssertionError("must not be asked")

    set_password = get_password


@pytest.fixture
def use_keyring():
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


class Chain(keyring.backends.chainer.ChainerBackend):
    """What keyring makes of several plug-ins."""

    backends = (PlaintextKeyring(), keyring.backends.fail.Keyring())


@pytest.mark.parametrize(
    "unfit",
    [keyring.backends.fail.Keyring, keyring.backends.null.Keyring, PlaintextKeyring, Chain],
    ids=["none", "null", "plain text", "chain"],
)
def test_a_keyring_that_protects_nothing_is_not_used(use_keyring, tmp_path, unfit):
    use_keyring(unfit())
    for action in (DeviceSecrets(tmp_path).load_or_create, lambda: DeviceSecrets(tmp_path).subkey("journal")):
        with pytest.raises(Failure) as caught:
            action()
        assert caught.value.code == "PC-KEYRING"
    assert not list(tmp_path.iterdir())

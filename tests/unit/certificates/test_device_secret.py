"""The device secret in a real Secret Service, and the keyrings that are not good enough."""

from __future__ import annotations

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest

from kaihu_desktop.certificates.device_secret import DeviceSecrets
from kaihu_desktop.core.failure import Failure
from tests.unit.certificates.keyring_session import in_keyring_session, needs_keyring

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
LOCKED = """
    import secretstorage
    DeviceSecrets(folder).load_or_create()
    secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
    try:
        DeviceSecrets(folder).load_or_create()
    except Failure as failure:
        print(failure.code)
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
APPLIED = """
    from kaihu_desktop.certificates.store import open_store
    from kaihu_desktop.core.secret import Secret
    from tests.unit.certificates.certificate_people import ID_NUMBER, NAME, PASSWORD, authority
    def store():
        return open_store(folder / "certificates", DeviceSecrets(folder).subkey("certificates"))
    password, new_password = Secret(PASSWORD), Secret("730164")
    begun = store().begin(NAME, ID_NUMBER, 2048, password)
    pending = store().pending(ID_NUMBER)
    assert pending == begun
    pem, anchors = authority().certify_request(pending.request_pem), authority().pem
    info = store().install(pending.id, password, pem, [anchors.decode()], anchors)
    store().change_password(info.id, password, new_password)
    store().begin(NAME, ID_NUMBER, 2048, new_password)
    with store().open(info.id, new_password) as opened:
        print(opened.info.state.value)
    keyring.delete_password("kaihu_desktop", "device-secret")
    print(store().list()[0].state.value, store().pending(ID_NUMBER))
"""


@needs_keyring
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        (TWICE, ["ok"]),
        (AT_ONCE, ["ok"]),
        (FOREIGN_VALUE, ["PC-KEYRING"]),
        (LOCKED, ["PC-KEYRING"]),
        (STORED, ["usable", "other_device"]),
        (APPLIED, ["usable", "other_device", "None"]),
    ],
    ids=["twice", "at once", "foreign value", "locked", "stored", "applied"],
)
def test_in_a_real_secret_service(tmp_path, script, printed):
    assert in_keyring_session(script, tmp_path).split() == printed


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

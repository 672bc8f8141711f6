"""Several programs at one store: nobody sees a half state, nobody waits for the dead, all stays whole."""

from __future__ import annotations

import random
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from kaihu_desktop import private_files
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateState
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    DEVICE,
    FILE_PASSWORD,
    ID_NUMBER,
    NAME,
    OTHER_ID_NUMBER,
    PASSWORD,
    authority,
    backup_of,
    failure_of,
    install,
    keep,
    opens,
    opens_or_not,
    other_person,
    person,
    start_python,
)
from tests.unit.certificates.disk_touches import meets, needs_fork

PASSWORDS = (PASSWORD, "730164")
ALLOWED = {"ok", "CERT-EXISTS", "CERT-NOT-FOUND", "CERT-PASSWORD", "CERT-LOCKED"}


# one reads while another changes


def restore(store, certificate_id):
    """Put new files in the place of the old ones."""
    backup = backup_of(other_person()), Secret(FILE_PASSWORD), Secret(PASSWORD)
    assert store.import_pkcs12(*backup, replace=True).info.id == certificate_id


def delete(store, certificate_id):
    with suppress(Failure):
        store.delete(certificate_id)


def vanish_and_return(store, certificate_id):
    store.delete(certificate_id)
    restore(store, certificate_id)


def list_all(store, certificate_id):
    states = {info.id: info.state for info in store.list()}
    assert set(states.values()) == {CertificateState.USABLE}
    assert len(states) - (certificate_id in states) == 1  # the one that nobody touches


def find_both(store, certificate_id):
    found = store.find(OTHER_ID_NUMBER)
    assert [(info.id, info.state) for info in found] in ([], [(certificate_id, CertificateState.USABLE)])
    assert [info.state for info in store.find(ID_NUMBER)] == [CertificateState.USABLE]


def public_certificate(store, certificate_id):
    try:
        assert store.verify(certificate_id, authority().pem).trusted
    except Failure as failure:
        assert failure.code == "CERT-NOT-FOUND"


@needs_fork
@pytest.mark.parametrize("read", [list_all, find_both, public_certificate])
@pytest.mark.parametrize(
    ("change", "times"), [(restore, 1), (restore, 9), (delete, 1), (vanish_and_return, 1)]
)
def test_a_change_between_any_two_touches_shows_no_half(store, read, change, times):
    """The change happens, wholly, before the reader's first touch of the disk, before the second …"""
    keep(store, person())
    certificate_id = keep(store, other_person())
    store.verify(certificate_id, authority().pem)  # what is imported for it is imported
    for step in range(1, 60):
        met = meets(lambda: read(store, certificate_id), lambda: change(store, certificate_id), step, times)
        if not met:
            break
        restore(store, certificate_id)
    assert not met
    assert step > 2


# two run


def client(folder, backups, seed, rounds):
    """What a program does to a store that others use, too; prints what it is told."""
    store, chance = FileCertificateStore(Path(folder), Secret(DEVICE), CHEAP), random.Random(int(seed))
    files = sorted(Path(backups).iterdir())

    def any_of_them():
        return chance.choice([info.id for info in store.list()] or ["0" * 64])

    def take_in():
        backup = chance.choice(files).read_bytes(), Secret(FILE_PASSWORD), Secret(PASSWORD)
        store.import_pkcs12(*backup, replace=chance.random() < 0.3)

    def change_password():
        store.change_password(any_of_them(), *map(Secret, chance.sample(PASSWORDS, 2)))

    def apply():
        install(store, store.begin(NAME, ID_NUMBER, 1024, Secret(PASSWORD)))

    actions = take_in, take_in, change_password, change_password, apply, lambda: store.delete(any_of_them())
    for _ in range(int(rounds)):
        try:
            chance.choice(actions)()
            print("ok", flush=True)
        except Failure as failure:
            print(failure.code, flush=True)
        assert {info.state for info in store.list()} <= {CertificateState.USABLE}


CLIENT = """
    from tests.unit.certificates.test_store_together import client
    client(*sys.argv[1:])
"""


def test_programs_that_do_everything_at_once(folder, tmp_path):
    """Two come through, a third is killed on the way; what is there at the end is whole."""
    backups = tmp_path / "backups"
    backups.mkdir()
    for number in range(4):
        credential = authority().issue(f"测试{number}", f"{number}", key=person().key)
        (backups / f"{number}.p12").write_bytes(backup_of(credential))
    killed, *others = [start_python(CLIENT, folder, backups, seed, 30) for seed in range(3)]
    for _ in range(5):
        assert killed.stdout.readline()
    killed.kill()
    killed.communicate()
    told = [process.communicate()[0].split() for process in others]
    assert [process.returncode for process in others] == [0, 0]
    assert set(told[0] + told[1]) <= ALLOWED
    for path in folder.glob("*.tries"):
        path.unlink()
    store = FileCertificateStore(folder, Secret(DEVICE), CHEAP)
    keep(store, other_person())  # sweeps
    for info in store.list():
        assert info.state is CertificateState.USABLE
        assert [opens_or_not(store, info.id, password) for password in PASSWORDS].count(True) == 1
    assert {path.name[:64] for path in folder.glob("*.p12")} == {info.id for info in store.list()}
    assert len(list(folder.glob("*.p12"))) == len(store.list())
    assert not list(folder.glob(".*"))


HOLD = """
    from pathlib import Path
    from kaihu_desktop.private_files import locked
    with locked(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
"""


def test_who_hangs_is_named_and_who_is_dead_holds_nothing(store, folder, monkeypatch):
    """A program that hangs while it holds the store: others read, and say why they can't change anything."""
    certificate_id = keep(store, person())
    monkeypatch.setattr(private_files, "LOCK_PATIENCE", 0)
    with start_python(HOLD, folder / "store.lock", stdin=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == "held\n"
        assert [info.id for info in store.find(ID_NUMBER)] == [certificate_id]
        for change in (lambda: keep(store, other_person()), lambda: opens(store, certificate_id)):
            assert failure_of(change).code == "CERT-BUSY"
        holder.kill()
    keep(store, other_person())
    assert opens(store, certificate_id)

"""Two processes at one store, and processes killed in the middle of a change."""

from __future__ import annotations

import json

import pytest

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
    PASSWORD,
    authority,
    backup_of,
    install,
    keep,
    opens,
    opens_or_not,
    other_person,
    person,
    start_python,
)
from tests.unit.certificates.disk_touches import needs_fork, survives

OPEN_STORE = """
    from pathlib import Path
    from kaihu_desktop.certificates.store import FileCertificateStore
    from kaihu_desktop.certificates.binding import ScryptCost
    from kaihu_desktop.core.failure import Failure
    from kaihu_desktop.core.secret import Secret
    store = FileCertificateStore(Path(sys.argv[1]), Secret(b"d" * 32), ScryptCost(n=16))
"""
IMPORT = (
    OPEN_STORE
    + """
    password, *files = sys.argv[2:]
    for path in files:
        try:
            store.import_pkcs12(Path(path).read_bytes(), Secret(password), Secret("482915"))
            print("ok")
        except Failure as failure:
            print(failure.code)
"""
)
APPLY = (
    OPEN_STORE
    + """
    print(store.begin("张测试", "410101199508130033", 2048, Secret("482915")).id)
"""
)
GUESS = (
    OPEN_STORE
    + """
    for guess in range(5):
        try:
            with store.open(sys.argv[2], Secret("00000%d" % guess)):
                print("opened")
        except Failure as failure:
            print(failure.code)
"""
)


@pytest.fixture
def store(folder):
    return FileCertificateStore(folder, Secret(DEVICE), CHEAP)


def answers(processes):
    """What the processes printed, after all have ended well."""
    printed = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [line for lines in printed for line in lines]


def test_two_processes_import_at_once(folder, store, tmp_path):
    key = person().key
    people = [authority().issue(f"测试{number}", f"{number}", key=key) for number in range(4)]
    files = [tmp_path / f"{number}.p12" for number in range(4)]
    for path, credential in zip(files, people):
        path.write_bytes(backup_of(credential))
    told = answers([start_python(IMPORT, folder, FILE_PASSWORD, *files) for _ in range(2)])
    assert sorted(told) == ["CERT-EXISTS"] * 4 + ["ok"] * 4
    assert [info.state for info in store.list()] == [CertificateState.USABLE] * 4


def test_two_processes_share_the_tries(folder, store):
    certificate_id = keep(store, person())
    told = answers([start_python(GUESS, folder, certificate_id) for _ in range(2)])
    # The third wrong try makes everybody wait, whoever made the first two.
    assert sorted(told) == ["CERT-LOCKED"] * 7 + ["CERT-PASSWORD"] * 3


def assert_whole(store, folder):
    """Every listed certificate opens, and no half of one is listed."""
    for info in store.list():
        assert info.state is CertificateState.USABLE
        with store.open(info.id, Secret(PASSWORD)):
            pass


def kill_at_every_step(change, check):
    """Repeat `change`, killed at its first, second … touch of the disk, until it runs through."""
    for step in range(1, 100):
        finished = survives(change, step)
        check()
        if finished:
            return step
    raise AssertionError("the change never ends")


@needs_fork
def test_killed_while_importing(folder, store):
    """An import that is cut off anywhere leaves the certificate out or in, and every other as it was."""
    kept = keep(store, other_person())
    data = backup_of(person())
    imported = []

    def change():
        store.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORD))

    def check():
        assert_whole(store, folder)
        others = [info.id for info in store.list() if info.id != kept]
        assert len(store.list()) == len(others) + 1
        for certificate_id in others:
            imported.append(certificate_id)
            store.delete(certificate_id)

    assert kill_at_every_step(change, check) > 12
    assert len(imported) > 1  # killed after the instant of the change, too
    assert len(list(folder.glob("*.p12"))) == 1  # no orphans
    assert not list(folder.glob(".*"))


@needs_fork
def test_killed_while_deleting(folder, store):
    kept = keep(store, other_person())

    def change():
        store.delete(certificate_id)

    def check():
        assert_whole(store, folder)
        assert kept in [info.id for info in store.list()]
        try:
            keep(store, person())
        except Failure as failure:
            assert failure.code == "CERT-EXISTS"

    certificate_id = keep(store, person())
    assert kill_at_every_step(change, check) > 3


@needs_fork
def test_killed_while_changing_the_password(folder, store):
    """Cut off anywhere, exactly one of the two passwords opens, and the folder holds one key."""
    kept, certificate_id = keep(store, other_person()), keep(store, person())
    passwords, seen = (PASSWORD, "730164"), set()

    def change():
        store.change_password(certificate_id, Secret(PASSWORD), Secret("730164"))

    def check():
        (folder / f"{certificate_id}.tries").unlink()  # the kills count as wrong tries, as they should
        assert opens(store, kept)
        (password,) = [one for one in passwords if opens_or_not(store, certificate_id, one)]
        seen.add(password)
        if password != PASSWORD:
            store.change_password(certificate_id, Secret(password), Secret(PASSWORD))

    assert kill_at_every_step(change, check) > 12
    assert seen == set(passwords)
    assert len(list(folder.glob("*.p12"))) == 2
    assert not list(folder.glob(".*"))


@needs_fork
def test_killed_while_installing(folder, store):
    """Cut off anywhere, either the request or the certificate is there, whole; never none of them."""
    kept = keep(store, other_person())
    pending = store.begin(NAME, ID_NUMBER, 1024, Secret(PASSWORD))
    request = folder / f"{pending.id}.request"
    before = request.read_bytes()
    pem = authority().certify_request(pending.request_pem)
    store.discard(pending.id)
    ends = []

    def change():
        install(store, pending, pem)

    def check():
        assert_whole(store, folder)
        installed = [info.id for info in store.list() if info.id != kept]
        ends.append(len(installed))
        if installed:
            assert store.pending(ID_NUMBER) is None
            store.delete(*installed)
        else:
            assert store.pending(ID_NUMBER) == pending
        request.write_bytes(before)
        tries = folder / f"{pending.id}.tries"
        tries.write_text("{}")

    request.write_bytes(before)
    assert kill_at_every_step(change, check) > 12
    assert set(ends) == {0, 1}
    store.discard(pending.id)
    assert len(list(folder.glob("*.p12"))) == 1
    assert not list(folder.glob(".*"))


@needs_fork
def test_killed_while_applying(folder, store):
    """Cut off anywhere, there is a whole request or none; what is sent was kept before."""
    ends = set()

    def change():
        store.begin(NAME, ID_NUMBER, 1024, Secret(PASSWORD))

    def check():
        pending = store.pending(ID_NUMBER)
        ends.add(pending is None)
        if pending:
            assert store.begin(NAME, ID_NUMBER, 1024, Secret(PASSWORD)) == pending
            store.discard(pending.id)

    assert kill_at_every_step(change, check) > 8
    assert ends == {True, False}


def test_two_processes_apply_at_once(folder, store):
    """Both go on with the same request: none of the two keys is certified and lost."""
    told = answers([start_python(APPLY, folder) for _ in range(2)])
    assert told == [store.pending(ID_NUMBER).id] * 2


@needs_fork
def test_ending_the_program_saves_no_try(folder, store):
    """The try is on the disk before it is judged."""
    certificate_id = keep(store, person())

    def change():
        with store.open(certificate_id, Secret("000000")):
            pass

    kill_at_every_step(change, lambda: None)
    document = json.loads((folder / f"{certificate_id}.tries").read_text())
    assert document["failures"] >= 2

"""The store on a disk that is damaged, full, read-only or not a folder at all."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaihu_desktop.certificates.binding import Binding
from kaihu_desktop.certificates.shelves import FolderShelf
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
    OTHER_NAME,
    PASSWORD,
    authority,
    backup_of,
    failure_of,
    install,
    keep,
    opens,
    other_person,
    person,
)

NEW_PASSWORD = "730164"

# damage


def damage(path, how):
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "zeros":  # what a power cut may leave
        path.write_bytes(bytes(len(data)))
    else:
        path.write_bytes(data[:60] + bytes([data[60] ^ 1]) + data[61:])


@pytest.mark.parametrize("how", ["gone", "empty", "cut", "zeros", "flipped"])
@pytest.mark.parametrize("suffix", [".p12", ".json"])
def test_a_broken_file_hides_no_other(store, folder, how, suffix):
    broken, good = keep(store, person()), keep(store, other_person())
    (path,) = folder.glob(f"{broken}*{suffix}")
    damage(path, how)
    assert opens(store, good)
    assert [info.id for info in store.find(OTHER_ID_NUMBER)] == [good]
    if how == "gone" and suffix == ".json":
        assert [info.id for info in store.list()] == [good]
        return
    states = {info.id: info.state for info in store.list()}
    assert states == {good: CertificateState.USABLE, broken: CertificateState.DAMAGED}
    assert failure_of(opens, store, broken).code == "CERT-DAMAGED"


@pytest.mark.parametrize("suffix", [".p12", ".json"])
def test_a_damaged_certificate_is_mended_from_its_backup(store, folder, suffix):
    certificate_id = keep(store, person())
    (path,) = folder.glob(f"*{suffix}")
    damage(path, "cut")
    assert keep(store, person()) == certificate_id
    assert opens(store, certificate_id)
    assert len(list(folder.glob("*.p12"))) == 1


def test_a_key_that_was_lost_is_named_to_its_owner(store, folder):
    keep(store, person())
    (key_file,) = folder.glob("*.p12")
    key_file.unlink()
    assert [info.state for info in store.find(ID_NUMBER)] == [CertificateState.DAMAGED]


def test_foreign_files_in_the_folder_are_left_alone(store, folder):
    keep(store, person())
    foreign = {"说明.txt", "0.json", "我的备份.p12", f"{'0' * 64}.p12", "x.p12.bak", "x.tmp", "x.tries"}
    for name in foreign:
        (folder / name).write_text("?")
    store.delete(keep(store, other_person()))
    assert len(store.list()) == 1
    assert foreign <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("suffix", [".p12", ".json"])
def test_files_of_two_people_cannot_take_turns(store, folder, suffix):
    """Nobody gets another's certificate, nothing is thrown away, and a third person's is untouched."""
    mine, theirs = keep(store, person()), keep(store, other_person())
    third = keep(store, authority().issue("测试三", "3", key=person().key))

    def swap():
        (first,), (second,) = folder.glob(f"{mine}*{suffix}"), folder.glob(f"{theirs}*{suffix}")
        content = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(content)

    swap()
    assert [info.id for info in store.list() if info.state is CertificateState.USABLE] == [third]
    assert {failure_of(opens, store, one).code for one in (mine, theirs)} == {"CERT-DAMAGED"}
    store.change_password(third, Secret(PASSWORD), Secret(NEW_PASSWORD))
    swap()
    assert opens(store, mine)
    assert opens(store, theirs)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mutated_public_file_is_damaged_or_harmless(folder, store, data):
    """Whatever stands in the file beside the key: the list stands, and only failures come of it."""
    certificate_id = store.list()[0].id if store.list() else keep(store, person())
    path = folder / f"{certificate_id}.json"
    original = path.read_bytes()
    document = json.loads(original)
    place = data.draw(st.sampled_from([*document, "scrypt.n", "scrypt.r", "scrypt.p", "scrypt.salt", ""]))
    value = data.draw(
        st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=80), st.lists(st.text(max_size=9)))
    )
    outer, _, inner = place.partition(".")
    if inner:
        document[outer][inner] = value
    elif outer:
        document[outer] = value
    path.write_text(json.dumps(document) if place else str(value))
    try:
        assert [info.id for info in store.list()] == [certificate_id]
        opens(store, certificate_id)
    except Failure as failure:
        assert failure.code in ("CERT-DAMAGED", "CERT-OTHER-PC", "CERT-PASSWORD", "CERT-LOCKED")
    finally:
        path.write_bytes(original)


# the disk


@pytest.mark.skipif(sys.platform == "win32", reason="the user's profile folder protects files on Windows")
def test_files_are_private(store, folder):
    failure_of(opens, store, keep(store, person()), "000000")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@contextmanager
def as_ordinary_user():
    """Root may write anywhere: be nobody while the block runs."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_folder_can_be_read_and_says_so(watch):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = FileCertificateStore(folder, Secret(DEVICE), CHEAP, watch)
        certificate_id = keep(store, person())
        folder.chmod(0o555)
        for path in folder.iterdir():
            path.chmod(0o444)
        with as_ordinary_user():
            assert store.find(ID_NUMBER)[0].id == certificate_id
            assert failure_of(keep, store, other_person()).code == "CERT-STORE"
            assert failure_of(store.delete, certificate_id).code == "CERT-STORE"
            # A try that can't be counted is not made.
            assert failure_of(opens, store, certificate_id).code == "CERT-STORE"
        folder.chmod(0o700)


def test_a_file_where_the_folder_should_be(folder, watch):
    folder.parent.mkdir()
    folder.write_text("?")
    store = FileCertificateStore(folder, Secret(DEVICE), CHEAP, watch)
    assert failure_of(keep, store, person()).code == "CERT-STORE"


@contextmanager
def full_disk(most=1000):
    """No file can grow beyond so many bytes while the block runs: EFBIG stands for ENOSPC."""
    import resource
    import signal

    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, old[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)


CHANGES = {
    "import": lambda store, _: keep(store, other_person()),
    "replace": lambda store, _: store.import_pkcs12(
        backup_of(person()), Secret(FILE_PASSWORD), Secret(NEW_PASSWORD), replace=True
    ),
    "change password": lambda store, one: store.change_password(one, Secret(PASSWORD), Secret(NEW_PASSWORD)),
    "apply": lambda store, _: store.begin(NAME, ID_NUMBER, 1024, Secret(PASSWORD)),
    "renew": lambda store, one: store.begin_renewal(one, Secret(PASSWORD), 1024),
}


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits")
@pytest.mark.parametrize("change", list(CHANGES))
def test_a_full_disk_loses_nothing(store, folder, change):
    certificate_id = keep(store, person())
    before = sorted(path.name for path in folder.iterdir())
    with full_disk():
        failure = failure_of(CHANGES[change], store, certificate_id)
    assert failure.code == "CERT-STORE"
    assert failure.__cause__.errno == errno.EFBIG
    assert sorted(path.name for path in folder.iterdir()) == before
    assert opens(store, certificate_id)
    assert store.pending(ID_NUMBER) is None


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits")
def test_a_renewal_that_cannot_follow_a_new_password_is_begun_anew(store, folder):
    """The password has been changed by then, so that must not be reported as failed."""
    certificate_id = keep(store, other_person())
    pending, _ = store.begin_renewal(certificate_id, Secret(PASSWORD), 3072)
    with full_disk((folder / f"{pending.id}.request").stat().st_size - 1):
        store.change_password(certificate_id, Secret(PASSWORD), Secret(NEW_PASSWORD))
    assert opens(store, certificate_id, NEW_PASSWORD)
    assert store.begin_renewal(certificate_id, Secret(NEW_PASSWORD), 3072)[0].id != pending.id


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own of 512 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k,mode=700", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root on Linux can mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def leave_room(disk, blocks):
    """Fill the disk but for so many blocks of 4 KiB."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        free = os.statvfs(disk)
        os.posix_fallocate(file.fileno(), 0, (free.f_bavail - blocks) * free.f_bsize)


def kept_files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".tries"}


@pytest.mark.parametrize("waiting", [False, True], ids=["", "renewal waiting"])
@pytest.mark.parametrize("change", [*CHANGES, "install"])
def test_a_disk_that_fills_up_during_a_change_loses_nothing(small_disk, watch, change, waiting):
    """With no block left, with one, with two …: what isn't done is as it was; with enough it is done."""
    folder = small_disk / "certificates"
    store = FileCertificateStore(folder, Secret(DEVICE), CHEAP, watch)
    certificate_id = keep(store, person())
    if waiting:
        store.begin_renewal(certificate_id, Secret(PASSWORD), 1024)
    act = installation(store) if change == "install" else CHANGES[change]
    before = kept_files(folder)
    for blocks in range(30):
        leave_room(small_disk, blocks)
        try:
            act(store, certificate_id)
            done = True
        except Failure as failure:
            assert (failure.code, failure.__cause__.errno) == ("CERT-STORE", errno.ENOSPC)
            done = False
        (small_disk / "ballast").unlink()
        if done:
            break
        assert kept_files(folder) == before
        assert opens(store, certificate_id)
    assert done
    assert blocks > 0
    assert kept_files(folder) != before or (change, waiting) == ("renew", True)
    opened = NEW_PASSWORD if change in ("replace", "change password") else PASSWORD
    assert opens(store, certificate_id, opened)
    assert not list(folder.glob(".*"))


def installation(store):
    """The installation of a certificate that has been applied for."""
    pending = store.begin(OTHER_NAME, OTHER_ID_NUMBER, 1024, Secret(PASSWORD))
    pem = authority().certify_request(pending.request_pem)
    return lambda store, _: install(store, pending, pem)


def test_deleting_makes_room_on_a_full_disk(small_disk, watch):
    folder = small_disk / "certificates"
    store = FileCertificateStore(folder, Secret(DEVICE), CHEAP, watch)
    certificate_id = keep(store, person())
    leave_room(small_disk, 0)
    store.delete(certificate_id)
    assert store.list() == ()
    assert keep(store, person()) == certificate_id


def test_a_disk_that_becomes_read_only(small_disk, watch):
    """As one does after an error: what is there can be seen, and works again afterwards."""
    store = FileCertificateStore(small_disk / "certificates", Secret(DEVICE), CHEAP, watch)
    certificate_id = keep(store, person())
    changes = {**CHANGES, "install": installation(store), "delete": lambda store, one: store.delete(one)}
    before = kept_files(small_disk / "certificates")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert [info.state for info in store.find(ID_NUMBER)] == [CertificateState.USABLE]
    for change in (*changes.values(), opens):
        failure = failure_of(change, store, certificate_id)
        assert (failure.code, failure.__cause__.errno) == ("CERT-STORE", errno.EROFS)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert kept_files(small_disk / "certificates") == before
    assert opens(store, certificate_id)


def test_what_does_not_read_back_is_not_put_in_place(store, folder):
    """A disk that loses what it was given: the old certificate is there as it was."""
    certificate_id = keep(store, person())
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shelf = FolderShelf(folder, Secret(DEVICE))
    record = shelf.read(certificate_id)
    strange = replace(record, binding=Binding.new(Secret(b"e" * 32), CHEAP))  # can't be read here
    for written in (replace(record, pkcs12=b"?"), strange):
        with shelf.exclusive():
            assert failure_of(shelf.write, written, lambda key: len(key) > 1).code == "CERT-STORE"
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert opens(store, certificate_id)

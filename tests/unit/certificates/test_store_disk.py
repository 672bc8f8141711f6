"""The store on a disk that is damaged, full, read-only or not a folder at all."""

from __future__ import annotations

import errno
import json
import os
import stat
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
    PASSWORD,
    backup_of,
    failure_of,
    keep,
    opens,
    other_person,
    person,
)

# damage


def damage(path, how):
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.write_bytes(data[:60] + bytes([data[60] ^ 1]) + data[61:])


@pytest.mark.parametrize("how", ["gone", "empty", "cut", "flipped"])
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
    for name in ("说明.txt", "0.json", "x.p12.bak"):
        (folder / name).write_text("?")
    keep(store, other_person())
    assert len(store.list()) == 2
    assert (folder / "说明.txt").exists()


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
def full_disk():
    """No file can grow beyond 1,000 bytes while the block runs: EFBIG stands for ENOSPC."""
    import resource
    import signal

    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)


CHANGES = {
    "import": lambda store, _: keep(store, other_person()),
    "replace": lambda store, _: store.import_pkcs12(
        backup_of(person()), Secret(FILE_PASSWORD), Secret("730164"), replace=True
    ),
    "change password": lambda store, one: store.change_password(one, Secret(PASSWORD), Secret("730164")),
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

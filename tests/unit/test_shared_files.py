"""Files that another program has open: Windows lets nobody replace or remove them meanwhile."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kaihu_desktop.backend.journal import FileJournal
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.private_files import patiently, write_private
from tests.unit.certificates.certificate_people import CHEAP, DEVICE, keep, person, start_python

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="elsewhere an open file is in nobody's way")

#: Reads a file for as long as a short glance at it takes.
GLANCE = """
    import threading
    with open(sys.argv[1], "rb"):
        print("open", flush=True)
        threading.Event().wait(0.3)
"""


@pytest.fixture
def glanced_at():
    """Lets another program look at a file."""
    started = []

    def glance(path):
        started.append(start_python(GLANCE, path, stdin=subprocess.DEVNULL))
        assert started[-1].stdout.readline() == "open\n"

    yield glance
    for process in started:
        process.communicate()


def test_a_file_is_replaced_when_it_has_been_read(tmp_path, glanced_at):
    path = tmp_path / "file"
    write_private(path, b"old")
    glanced_at(path)
    write_private(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_file_is_removed_when_it_has_been_read(tmp_path, glanced_at):
    path = tmp_path / "file"
    path.write_bytes(b"")
    glanced_at(path)
    patiently(path.unlink)
    assert not path.exists()


def test_a_draft_goes_although_it_is_being_scanned(tmp_path, glanced_at):
    journal = FileJournal(tmp_path, Secret(DEVICE))
    assert journal.save("a", "photos", {"answer": {}})
    (path,) = tmp_path.iterdir()
    glanced_at(path)
    journal.clear("a", "photos")
    assert journal.load("a", "photos") is None


def test_a_certificate_is_deleted_although_another_window_lists_it(tmp_path, glanced_at):
    store = FileCertificateStore(tmp_path, Secret(DEVICE), CHEAP)
    certificate_id = keep(store, person())
    glanced_at(tmp_path / f"{certificate_id}.json")
    store.delete(certificate_id)
    assert store.list() == ()

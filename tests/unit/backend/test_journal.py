"""Drafts survive the program, tell nothing to a reader of the disk, and never stand in the way."""

from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

from kaihu_desktop.backend.journal import FORMAT, LIFE, FileJournal, MemoryJournal
from kaihu_desktop.core.ports import Journal
from kaihu_desktop.core.secret import Secret

DRAFT = {
    "answer": {"cards": [{"number": "6222021001116245702", "branch": "郑州支行"}]},
    "key": "k",
    "digest": "d",
}
KEY = Secret(bytes(range(32)))
OTHER_KEY = Secret(bytes(32))


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "草稿"


def file_journal(folder: Path) -> Journal:
    return FileJournal(folder, KEY)


def memory_journal(folder: Path) -> Journal:
    return MemoryJournal()


@pytest.mark.parametrize("make", [file_journal, memory_journal])
def test_a_journal_keeps_replaces_and_forgets(make: Callable[[Path], Journal], folder: Path) -> None:
    journal = make(folder)
    assert journal.load("a1", "photos") is None
    journal.save("a1", "photos", {"answer": {}})
    journal.save("a1", "photos", DRAFT)
    journal.save("a1", "sign", DRAFT)
    journal.save("a2", "photos", DRAFT)
    assert journal.load("a1", "photos") == DRAFT
    journal.clear("a1", "photos")
    assert journal.load("a1", "photos") is None
    assert journal.load("a1", "sign") == DRAFT
    journal.clear("a1")
    assert journal.load("a1", "sign") is None
    assert journal.load("a2", "photos") == DRAFT


def test_a_draft_survives_the_program(folder: Path) -> None:
    assert file_journal(folder).save("a1", "photos", DRAFT)
    assert file_journal(folder).load("a1", "photos") == DRAFT


def test_only_a_journal_of_files_outlives_the_program(folder: Path) -> None:
    assert file_journal(folder).persistent
    assert not memory_journal(folder).persistent
    assert memory_journal(folder).save("a1", "photos", DRAFT)


def test_a_draft_of_another_format_is_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kaihu_desktop.backend.journal.FORMAT", FORMAT + 1)
    file_journal(folder).save("a1", "photos", DRAFT)
    monkeypatch.undo()
    assert file_journal(folder).load("a1", "photos") is None
    assert list(folder.iterdir()) == []


def test_the_disk_tells_nothing(folder: Path) -> None:
    file_journal(folder).save("application-1", "bank_cards", DRAFT)
    (file,) = folder.iterdir()
    seen = file.name.encode() + file.read_bytes()
    for clear in (b"application-1", b"bank_cards", b"6222021001116245702", "郑州".encode()):
        assert clear not in seen
    FileJournal(folder.parent / "other", OTHER_KEY).save("application-1", "bank_cards", DRAFT)
    (other,) = (folder.parent / "other").iterdir()
    assert other.name != file.name


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows keeps other users out by the folder's inherited rights"
)
def test_others_can_read_nothing(folder: Path) -> None:
    file_journal(folder).save("a1", "photos", DRAFT)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("moved", "kept"), [(0, True), (LIFE - 1, True), (LIFE + 1, False), (-LIFE + 1, True), (-LIFE - 1, False)]
)
def test_a_draft_lives_a_week_by_a_clock_that_may_be_wrong(folder: Path, moved: int, kept: bool) -> None:
    clock = Clock()
    FileJournal(folder, KEY, clock).save("a1", "photos", DRAFT)
    clock.now += moved
    assert (FileJournal(folder, KEY, clock).load("a1", "photos") == DRAFT) is kept
    assert len(list(folder.iterdir())) == int(kept)


def test_a_draft_expires_while_the_program_runs(folder: Path) -> None:
    clock = Clock()
    journal = FileJournal(folder, KEY, clock)
    journal.save("a1", "photos", DRAFT)
    clock.now += LIFE + 1
    assert journal.load("a1", "photos") is None
    assert list(folder.iterdir()) == []


def flip(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


@pytest.mark.parametrize(
    "damage",
    [flip, lambda data: data[:30], lambda data: b"", lambda data: b"\0" * 4096],
    ids=["flipped", "cut", "empty", "zeros"],
)
def test_a_damaged_draft_is_removed_and_hides_no_other(
    folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    journal = file_journal(folder)
    journal.save("a1", "photos", DRAFT)
    (file,) = folder.iterdir()
    journal.save("a1", "sign", DRAFT)
    file.write_bytes(damage(file.read_bytes()))
    assert journal.load("a1", "photos") is None
    assert not file.exists()
    assert journal.load("a1", "sign") == DRAFT


def test_a_draft_of_another_key_is_removed_at_the_start(folder: Path) -> None:
    FileJournal(folder, OTHER_KEY).save("a1", "photos", DRAFT)
    (folder / "not ours.txt").write_text("stays")
    file_journal(folder)
    assert [path.name for path in folder.iterdir()] == ["not ours.txt"]


def test_a_draft_under_the_name_of_another_is_removed(folder: Path) -> None:
    journal = file_journal(folder)
    journal.save("a1", "photos", {"answer": 1})
    (wanted,) = folder.iterdir()
    wanted.unlink()
    journal.save("a2", "photos", DRAFT)
    (foreign,) = folder.iterdir()
    foreign.rename(wanted)
    assert journal.load("a1", "photos") is None
    assert list(folder.iterdir()) == []


def test_the_rest_of_a_killed_program_is_removed(folder: Path) -> None:
    folder.mkdir()
    rest = folder / ".0123.draft.89ab.tmp"
    rest.write_bytes(b"half")
    os.utime(rest, (0, 0))
    file_journal(folder)
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_or_closed_costs_the_draft_only(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file where the folder should be")
    journal = file_journal(folder)
    assert not journal.save("a1", "photos", DRAFT)
    assert journal.load("a1", "photos") is None
    journal.clear("a1")
    journal.clear("a1", "photos")
    assert {record.getMessage().split()[0] for record in caplog.records} == {"PC-DISK"}
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_a_secret_is_never_kept(folder: Path) -> None:
    unkept: Any = {"answer": {"password": Secret("Kaihu-2026")}}
    with pytest.raises(TypeError):
        file_journal(folder).save("a1", "sign", unkept)
    assert not folder.exists() or list(folder.iterdir()) == []

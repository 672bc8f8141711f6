"""Documents on the disk: under good names, whole, and never over another file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ui.saving import add_document, document_name, write_document


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026-03-05 修改结算账户 客户须知", "2026-03-05 修改结算账户 客户须知.pdf"),
        ("../合同", "_合同.pdf"),
        ("字" * 90, "字" * 70 + ".pdf"),
        ("", "协议.pdf"),
    ],
)
def test_a_document_has_a_name(text: str, name: str) -> None:
    assert document_name(text) == name


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    name = document_name("字" * 90)
    assert add_document(tmp_path, name, b"one")
    assert add_document(tmp_path, name, b"other")
    assert len(os.listdir(tmp_path)) == 2


def test_a_taken_name_gets_a_number_and_the_same_file_is_not_added(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"somebody's own")
    (tmp_path / "a (2).pdf").mkdir()
    assert add_document(tmp_path, "a.pdf", b"mine")
    assert (tmp_path / "a.pdf").read_bytes() == b"somebody's own"
    assert (tmp_path / "a (3).pdf").read_bytes() == b"mine"
    assert not add_document(tmp_path, "a.pdf", b"mine")
    assert sorted(os.listdir(tmp_path)) == ["a (2).pdf", "a (3).pdf", "a.pdf"]


def test_a_file_that_was_named_is_replaced(tmp_path: Path) -> None:
    write_document(tmp_path / "a.pdf", b"one")
    write_document(tmp_path / "a.pdf", b"other")
    assert (tmp_path / "a.pdf").read_bytes() == b"other"
    assert os.listdir(tmp_path) == ["a.pdf"]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "a.pdf").write_bytes(b"old")
    for write in (
        lambda: write_document(tmp_path / "a.pdf", b"new"),
        lambda: add_document(tmp_path, "b.pdf", b"new"),
        lambda: add_document(tmp_path / "no such folder", "b.pdf", b"new"),
    ):
        with pytest.raises(Failure) as failure:
            write()
        assert failure.value.code == "PC-DISK"
    assert os.listdir(tmp_path) == ["a.pdf"]
    assert (tmp_path / "a.pdf").read_bytes() == b"old"

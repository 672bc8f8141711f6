"""Titles of documents as names of files."""

from __future__ import annotations

import pytest

from kaihu_desktop.ui.file_names import file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("客户须知", "客户须知"),
        ("期货经纪合同（2026 版）", "期货经纪合同（2026 版）"),
        ("../../启动/恶意", "_.._启动_恶意"),
        ('甲|乙<丙>:"丁"?*', "甲_乙_丙___丁___"),
        ("C:\\Windows\\合同", "C__Windows_合同"),
        ("合同\u202efdp.exe\n", "合同fdp.exe"),
        ("CON", "_CON"),
        ("nul.合同", "_nul.合同"),
        ("尾巴. . ", "尾巴"),
        ("字" * 300, "字" * 100),
        (" ..\t", "协议"),
        ("", "协议"),
    ],
)
def test_a_title_becomes_a_name_that_windows_accepts(title: str, name: str) -> None:
    assert file_name(title, "协议") == name

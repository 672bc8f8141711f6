"""Loads the BIN table from its file."""

from __future__ import annotations

import csv
from pathlib import Path

from kaihu_desktop.core.rules.bank_bin import BinTable


def load_bin_table(path: Path) -> BinTable:
    """The table in a CSV file with a heading: prefix, length, type, bank_code, bank_name."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return BinTable.from_rows(rows)

"""The SQLite database of one sandbox, in its data folder."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Float, create_engine, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from kaihu_desktop.sandbox.clock import BEIJING


class Base(DeclarativeBase):
    """Base of all tables."""


class Moment(TypeDecorator[datetime.datetime]):
    """An aware time, kept as seconds since 1970 and read in Beijing time."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Any) -> float | None:
        return None if value is None else value.timestamp()

    def process_result_value(self, value: float | None, dialect: Any) -> datetime.datetime | None:
        return None if value is None else datetime.datetime.fromtimestamp(value, BEIJING)


def open_database(folder: Path) -> Engine:
    """Opens or creates ``sandbox.sqlite`` in `folder`. A committed transaction survives a killed process."""
    engine = create_engine(
        f"sqlite:///{folder / 'sandbox.sqlite'}", connect_args={"check_same_thread": False, "timeout": 30}
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # an abandoned business is really erased

    return engine

"""The card reader in a process beside the window: what it reads, what it refuses, and when it dies."""

from __future__ import annotations

import os
import signal
import sys
from typing import Iterator

import numpy as np
import pytest

from kaihu_desktop import bootstrap
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.devices.card_reader_process import CardReaderProcess
from kaihu_desktop.sandbox.specimens.cards import render_id_emblem
from kaihu_desktop.sandbox.specimens.people import make_person
from tests.unit.devices.helpers import helpers

pytestmark = pytest.mark.usefixtures("own_settings")

needs_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks at the system's processes"
)


@pytest.fixture()
def engine() -> dict[str, str]:
    return {"name": "onnx"}


@pytest.fixture()
def reader(engine: dict[str, str]) -> Iterator[CardReaderProcess]:
    made = CardReaderProcess(lambda: engine["name"])
    yield made
    made.close()


def test_it_reads_what_the_reader_reads(reader: CardReaderProcess) -> None:
    card = render_id_emblem(make_person(7), 7)
    reader.prepare()
    here = bootstrap.card_reader("onnx").read("id-emblem", card).fields
    there = reader.read("id-emblem", card).fields
    assert set(there) == set(here)
    for name, field in here.items():
        assert there[name].value == field.value
        assert there[name].confidence == pytest.approx(field.confidence, abs=0.01)
        assert there[name].box == field.box
        assert there[name].needs_review == field.needs_review


def test_it_says_why_a_picture_can_not_be_read_and_goes_on(reader: CardReaderProcess) -> None:
    blank = np.full((315, 500, 3), 200, np.uint8)
    for _ in range(2):
        with pytest.raises(Failure) as caught:
            reader.read("id-portrait", blank)
        assert caught.value.code == "OCR-FAILED"


@needs_linux
def test_a_process_that_was_ended_is_replaced(reader: CardReaderProcess) -> None:
    before = set(helpers())
    reader.prepare()
    (first,) = set(helpers()) - before
    os.kill(first, signal.SIGKILL)
    reader.prepare()
    (second,) = set(helpers()) - before
    assert second != first


@needs_linux
def test_another_engine_gets_another_process_in_place_of_the_first(
    reader: CardReaderProcess, engine: dict[str, str]
) -> None:
    before = set(helpers())
    reader.prepare()
    (first,) = set(helpers()) - before
    engine["name"] = "unheard-of"  # read by the default engine
    reader.prepare()
    (second,) = set(helpers()) - before
    assert second != first


def test_a_process_that_dies_of_what_it_is_sent_is_told(reader: CardReaderProcess) -> None:
    with pytest.raises(Failure) as caught:
        reader.read("no-such-kind", np.zeros((63, 100, 3), np.uint8))
    assert caught.value.code == "OCR-ENGINE"

"""A helper process that hangs or has gone already: nobody waits for it longer than was said."""

from __future__ import annotations

import os
import select
import sys
import threading
from pathlib import Path
from typing import Callable

import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.devices.audio import AudioLimits, LiveMicrophone, SystemAudio
from kaihu_desktop.devices.helper import Conversation, ask, start, stop
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="starts shell scripts")

OPENED = """echo '{"opened": true}'"""
Hang = Callable[[str], None]


@pytest.fixture
def hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hang:
    """From now on helpers do this command of the shell and then hang, as their drivers do."""

    def hang(first: str) -> None:
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\n{first}\nexec sleep 600\n")
        program.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(program))

    return hang


def failure(ask: Callable[[], object]) -> str:
    """The code that asking ends with, empty if it doesn't fail."""
    try:
        ask()
    except Failure as found:
        return found.code
    return ""


@pytest.mark.parametrize(("first", "code", "opening"), [("", "MIC-BUSY", 0.1), (OPENED, "MIC-STALLED", 20)])
def test_a_microphone_that_hangs_is_told_and_closed(
    hang: Hang, first: str, code: str, opening: float
) -> None:
    hang(first)
    microphone = LiveMicrophone("", AudioLimits(open=opening, stall=0.1, restart=0.1))
    wait_for(lambda: failure(microphone.level) == code)
    microphone.close()


def test_closing_does_not_wait_for_a_microphone_that_hangs_while_it_opens(hang: Hang) -> None:
    hang("")
    microphone = LiveMicrophone("", AudioLimits(open=600))
    closing = threading.Thread(target=microphone.close, daemon=True)
    closing.start()
    closing.join(20)
    assert not closing.is_alive()


@pytest.mark.parametrize(("first", "code", "opening"), [("", "SPK-BUSY", 0.1), (OPENED, "SPK-STALLED", 20)])
def test_a_speaker_that_hangs_is_told(hang: Hang, first: str, code: str, opening: float) -> None:
    hang(first)
    audio = SystemAudio(AudioLimits(open=opening, play=0.1))
    assert failure(lambda: audio.play_tone("", "")) == code


def test_devices_that_hang_are_none(hang: Hang) -> None:
    hang("")
    audio = SystemAudio(AudioLimits(listing=0.1))
    assert (audio.microphones(), audio.speakers()) == ((), ())


def test_a_helper_that_takes_nothing_any_more_may_be_ended(hang: Hang) -> None:
    hang("")
    process = start({"job": "film"})
    assert process.stdin is not None and process.stdout is not None
    with process.stdout:
        asking = threading.Thread(target=ask, args=(process, {"pixels": "A" * 1_000_000}), daemon=True)
        asking.start()
        wait_for(lambda: not select.select([], [process.stdin], [], 0)[1])  # the pipe is full
        stopping = threading.Thread(target=stop, args=(process,), daemon=True)
        stopping.start()
        for thread in (stopping, asking):
            thread.join(20)
            assert not thread.is_alive()


def test_a_conversation_does_not_wait_for_a_helper_that_takes_nothing(hang: Hang) -> None:
    hang("")
    with Conversation({"job": "read_cards"}) as helper:
        helper.ask({"pixels": "A" * 1_000_000}, 0.1)
        assert helper.next(20) is None


def test_half_a_line_of_a_helper_that_died_is_not_taken_for_an_answer(hang: Hang) -> None:
    hang("printf '{\"level\": -3'; exit")
    with Conversation({"job": "listen"}) as helper:
        assert helper.next(20) is None


def test_a_helper_that_has_ended_and_been_waited_for_may_be_ended() -> None:
    process = start({"job": "no such job"})
    assert process.stdout is not None
    with process.stdout:
        os.waitpid(process.pid, 0)  # as another thread that ends it may have done
        stop(process)
    assert process.poll() is not None

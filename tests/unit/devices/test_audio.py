"""Microphone and speaker through the real PortAudio: heard, silent, pulled out, crashing, given back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Iterator

import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Microphone
from kaihu_desktop.devices.access import microphone_denied
from kaihu_desktop.devices.audio import AudioLimits, LiveMicrophone, SystemAudio
from kaihu_desktop.devices.tone import FLOOR
from tests.unit.devices.helpers import helpers
from tests.unit.devices.pulse import AIR, VOICE, SoundCards
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.audio,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PulseAudio and /proc are Linux's"),
]

#: Shorter than a person's patience, so that the tests are.
LIMITS = AudioLimits(open=10, stall=0.5, restart=1, muted=0.5, reopen=0.05, listing=10)
AUDIO = SystemAudio(LIMITS)


def state(microphone: Microphone) -> str:
    """``sound``, ``silence``, the code of the failure, or nothing before the first level."""
    try:
        level = microphone.level()
    except Failure as failure:
        return failure.code
    if level is None:
        return ""
    assert FLOOR <= level <= 0
    return "sound" if level > -40 else "silence"


@pytest.fixture
def microphone(sound_cards: SoundCards) -> Iterator[LiveMicrophone]:
    """A microphone that hears a voice."""
    sound_cards.load(VOICE)
    opened = LiveMicrophone("", LIMITS)
    wait_for(lambda: state(opened) == "sound")
    yield opened
    opened.close()
    assert helpers() == []
    assert [
        thread.name for thread in threading.enumerate() if thread.name in ("microphone", "device-helper")
    ] == []


def test_the_names_are_told_and_can_be_opened(sound_cards: SoundCards) -> None:
    sound_cards.load(VOICE)
    names = AUDIO.microphones()
    assert names and AUDIO.speakers()
    for name in names:
        microphone = AUDIO.open_microphone(name)
        wait_for(partial(lambda opened: state(opened) == "sound", microphone))
        microphone.close()
        assert microphone.level() is None
    assert helpers() == []


def test_a_pc_without_sound(no_sound_cards: None) -> None:
    audio = SystemAudio(LIMITS)  # one that was just asked tells the names again
    assert (audio.microphones(), audio.speakers()) == ((), ())
    microphone = audio.open_microphone("")
    wait_for(lambda: state(microphone) == "MIC-NONE")
    microphone.close()
    with pytest.raises(Failure, match="SPK-NONE"):
        audio.play_tone("", "")


def test_a_name_that_is_not_there_is_no_device(sound_cards: SoundCards) -> None:
    microphone = AUDIO.open_microphone("somebody's headset")
    wait_for(lambda: state(microphone) == "MIC-NONE")
    microphone.close()
    with pytest.raises(Failure, match="SPK-NONE"):
        AUDIO.play_tone("somebody's headset", "")


def test_a_device_that_does_not_open_is_busy(sound_cards: SoundCards) -> None:
    sound_cards.pull_out()  # ALSA still offers its way to PulseAudio
    microphone = AUDIO.open_microphone("")
    wait_for(lambda: state(microphone) == "MIC-BUSY")
    microphone.close()
    with pytest.raises(Failure, match="SPK-BUSY"):
        AUDIO.play_tone("", "")


def test_a_muted_microphone_is_noticed_and_ends(microphone: LiveMicrophone, sound_cards: SoundCards) -> None:
    sound_cards.control("set-source-mute", "microphone", "1")
    wait_for(lambda: state(microphone) == "MIC-MUTED")
    sound_cards.control("set-source-mute", "microphone", "0")
    wait_for(lambda: state(microphone) == "sound")


def test_a_microphone_without_data_is_noticed_and_ends(
    microphone: LiveMicrophone, sound_cards: SoundCards
) -> None:
    sound_cards.control("suspend-source", "microphone", "1")
    wait_for(lambda: state(microphone) == "MIC-STALLED")
    sound_cards.control("suspend-source", "microphone", "0")
    wait_for(lambda: state(microphone) == "sound")


def test_a_microphone_that_is_pulled_out_comes_back_by_itself(
    microphone: LiveMicrophone, sound_cards: SoundCards
) -> None:
    sound_cards.pull_out()
    wait_for(lambda: state(microphone) == "MIC-LOST")
    sound_cards.plug_in()
    sound_cards.load(VOICE)
    wait_for(lambda: state(microphone) == "sound")


def test_a_driver_that_crashes_ends_its_helper_alone(microphone: LiveMicrophone) -> None:
    (crashing,) = helpers()
    os.kill(crashing, signal.SIGSEGV)
    wait_for(lambda: state(microphone) == "MIC-LOST")
    wait_for(lambda: state(microphone) == "sound")
    assert helpers() != [crashing]


def test_a_driver_that_hangs_is_ended_and_begun_anew(microphone: LiveMicrophone) -> None:
    (hanging,) = helpers()
    os.kill(hanging, signal.SIGSTOP)
    wait_for(lambda: state(microphone) == "MIC-STALLED")
    wait_for(lambda: state(microphone) == "sound")
    assert helpers() != [hanging]


def test_closing_a_driver_that_hangs_gives_its_microphone_back(microphone: LiveMicrophone) -> None:
    os.kill(helpers()[0], signal.SIGSTOP)
    microphone.close()
    assert helpers() == []


def test_a_microphone_may_be_closed_before_it_is_open(sound_cards: SoundCards) -> None:
    files = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        AUDIO.open_microphone("").close()
    assert helpers() == []
    assert len(os.listdir("/proc/self/fd")) == files


def test_the_tone_comes_back(sound_cards: SoundCards) -> None:
    sound_cards.load(AIR)
    assert AUDIO.play_tone("", "")
    assert AUDIO.play_tone(AUDIO.speakers()[0], AUDIO.microphones()[0])
    assert helpers() == []


def test_the_tone_comes_back_beside_a_voice(sound_cards: SoundCards) -> None:
    sound_cards.load(AIR)
    sound_cards.load(VOICE)
    assert AUDIO.play_tone("", "")


@pytest.mark.parametrize("microphone", ["", "somebody's headset"])
def test_a_tone_that_no_microphone_hears(sound_cards: SoundCards, microphone: str) -> None:
    sound_cards.load(VOICE)
    assert not AUDIO.play_tone("", microphone)


def test_a_muted_speaker_is_not_heard(sound_cards: SoundCards) -> None:
    sound_cards.load(AIR)
    sound_cards.control("set-sink-mute", "speaker", "1")
    assert not AUDIO.play_tone("", "")


def test_a_speaker_that_takes_no_samples(sound_cards: SoundCards) -> None:
    sound_cards.control("suspend-sink", "speaker", "1")
    with pytest.raises(Failure, match="SPK-STALLED"):
        AUDIO.play_tone("", "")
    assert helpers() == []


def test_a_speaker_that_is_pulled_out_while_it_plays(sound_cards: SoundCards) -> None:
    codes = []

    def play() -> None:
        try:
            AUDIO.play_tone("", "")
        except Failure as failure:
            codes.append(failure.code)

    playing = threading.Thread(target=play)
    playing.start()
    wait_for(lambda: sound_cards.control("list", "short", "sink-inputs"))
    sound_cards.pull_out()
    playing.join(20)
    assert codes == ["SPK-LOST"]


def test_helpers_end_with_the_program(sound_cards: SoundCards) -> None:
    program = (
        "import sys; from kaihu_desktop.devices.audio import LiveMicrophone; m = LiveMicrophone('');\n"
        "while m.level() is None: pass\n"
        "print(m._helper._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as ran:
        assert ran.stdout is not None
        helper = Path("/proc") / ran.stdout.readline().decode().strip()
        assert helper.exists()
        ran.kill()
    wait_for(lambda: not helper.exists())


def test_portaudio_is_not_loaded_into_the_program(sound_cards: SoundCards) -> None:
    program = (
        "import sys; from kaihu_desktop.devices.audio import SystemAudio\n"
        "names = SystemAudio().microphones()\n"
        "sys.exit(not names or 'pyaudio' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_sound_cards_of_another_person_are_denied(tmp_path: Path) -> None:
    assert not microphone_denied(tmp_path)
    (tmp_path / "pcmC0D0c").write_bytes(b"")
    assert not microphone_denied(tmp_path)
    if os.geteuid():  # nothing is denied to root
        (tmp_path / "pcmC0D0c").chmod(0)
        assert microphone_denied(tmp_path)

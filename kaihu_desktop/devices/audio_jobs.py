"""What a helper process does with PortAudio: list devices, listen to a microphone, play the test tone.

Runs in a process of its own only (`helper`), so it may block, and holds the devices until it is ended.
"""

from __future__ import annotations

import queue
import sys
import time
from array import array
from typing import Any, Mapping, Sequence

import pyaudio

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.devices.helper import Talk
from kaihu_desktop.devices.tone import SECONDS, is_heard, loudness, tone

#: PortAudio lists each device once per programming interface of the system; these, best first, give whole
#: names (MME cuts them at 31 letters) and share the device with other programs (WDM-KS doesn't).
INTERFACES = {
    "win32": (pyaudio.paWASAPI, pyaudio.paDirectSound, pyaudio.paMME),
    "darwin": (pyaudio.paCoreAudio,),
}.get(sys.platform, (pyaudio.paALSA, pyaudio.paOSS))

PIECE = 0.1  # seconds of sound from which the loudness is told
_BEFORE = 0.3  # seconds that are listened to before the tone
_AFTER = 0.4  # seconds after it, for the way through the sound card
_LATE = 2.0  # seconds without being asked for samples after which a speaker hangs


def devices(talk: Talk, job: Mapping[str, Any]) -> None:
    """Say the names of all microphones and speakers."""
    audio = pyaudio.PyAudio()
    talk.say(
        {"microphones": _names(audio, "maxInputChannels"), "speakers": _names(audio, "maxOutputChannels")}
    )


def listen(talk: Talk, job: Mapping[str, Any]) -> None:
    """Say the loudness of every tenth of a second, until the microphone is gone."""
    sounds: queue.Queue[bytes] = queue.Queue()
    try:
        stream = _open_microphone(pyaudio.PyAudio(), job["microphone"], sounds)
        talk.say({"opened": True})
        while stream.is_active():
            try:
                talk.say({"level": loudness(array("h", sounds.get(timeout=PIECE)))})
            except queue.Empty:
                continue
        talk.say({"failure": "MIC-LOST"})
    except Failure as failure:
        talk.say({"failure": failure.code})


def play(talk: Talk, job: Mapping[str, Any]) -> None:
    """Play the tone, and say whether the microphone heard it; one that fails hears nothing."""
    audio = pyaudio.PyAudio()
    sounds: queue.Queue[bytes] = queue.Queue()
    before, rate = _silence(audio, job["microphone"], sounds)
    try:
        _play(audio, job["speaker"], talk)
    except Failure as failure:
        talk.say({"failure": failure.code})
        return
    heard = b""
    for more in (0.0, _AFTER) if rate else ():
        heard += _collect(sounds, more)
        if is_heard(before, array("h", heard), rate):
            talk.say({"heard": True})
            return
    talk.say({"heard": False})


def _silence(audio: Any, name: str, sounds: queue.Queue[bytes]) -> tuple[Sequence[int], int]:
    """What the microphone hears before the tone, and its rate, 0 when it doesn't work."""
    try:
        stream = _open_microphone(audio, name, sounds)
    except Failure:
        return (), 0
    rate = int(stream._rate)
    enough = int(_BEFORE * rate) * 2
    heard = b""
    ends = time.monotonic() + 3 * _BEFORE
    while len(heard) < enough and time.monotonic() < ends:
        heard += _collect(sounds, PIECE)
    return array("h", heard), rate


def _collect(sounds: queue.Queue[bytes], seconds: float) -> bytes:
    """All that has been heard, and what will be in so many seconds."""
    ends = time.monotonic() + seconds
    pieces = []
    while True:
        try:
            pieces.append(sounds.get(timeout=max(0.0, ends - time.monotonic())))
        except queue.Empty:
            return b"".join(pieces)


def _play(audio: Any, name: str, talk: Talk) -> None:
    device = _device(audio, name, "Output", "SPK-NONE")
    rate, channels = int(device["defaultSampleRate"]), min(2, int(device["maxOutputChannels"]))
    left = memoryview(tone(rate, channels))
    asked = [time.monotonic()]

    def more(_: object, count: int, *__: object) -> tuple[bytes, int]:
        nonlocal left
        asked[0] = time.monotonic()
        piece, left = left[: count * channels * 2], left[count * channels * 2 :]
        silence = bytes(count * channels * 2 - len(piece))
        return bytes(piece) + silence, pyaudio.paContinue if left else pyaudio.paComplete

    stream = _open(audio, "SPK-BUSY", device, rate, channels, output=True, stream_callback=more)
    talk.say({"opened": True})
    ends = time.monotonic() + SECONDS + _LATE
    while stream.is_active():
        if time.monotonic() > min(ends, asked[0] + _LATE):
            raise Failure("SPK-STALLED")
        time.sleep(0.01)
    if left:
        raise Failure("SPK-LOST")
    stream.close()


def _open_microphone(audio: Any, name: str, sounds: queue.Queue[bytes]) -> Any:
    """An open microphone that puts its sound, of one channel, into the queue. Raises MIC-NONE, MIC-BUSY."""
    device = _device(audio, name, "Input", "MIC-NONE")
    rate = int(device["defaultSampleRate"])
    size = int(rate * PIECE)
    for channels in (1, 2):  # some stereo devices give nothing else

        def heard(samples: bytes, *_: object, channels: int = channels) -> tuple[None, int]:
            sounds.put(array("h", samples)[::channels].tobytes())
            return None, pyaudio.paContinue

        options = {"input": True, "frames_per_buffer": size, "stream_callback": heard}
        try:
            return _open(audio, "MIC-BUSY", device, rate, channels, **options)
        except Failure:
            if channels >= min(2, int(device["maxInputChannels"])):
                raise
    raise Failure("MIC-BUSY")


def _open(audio: Any, busy: str, device: Any, rate: int, channels: int, **options: Any) -> Any:
    direction = "input" if options.get("input") else "output"
    options[f"{direction}_device_index"] = device["index"]
    try:
        return audio.open(rate, channels, pyaudio.paInt16, **options)
    except (OSError, ValueError):
        raise Failure(busy) from None


def _device(audio: Any, name: str, direction: str, none: str) -> Any:
    """The device of this name; for an empty name the system's default, else the first there is."""
    found = _devices(audio, f"max{direction}Channels")
    if name:
        found = [device for device in found if device["name"] == name]
    if not found:
        raise Failure(none)
    interface = audio.get_host_api_info_by_index(found[0]["hostApi"])
    default = interface[f"default{direction}Device"]
    return next((device for device in found if device["index"] == default), found[0])


def _devices(audio: Any, channels: str) -> list[Any]:
    """The devices with such channels, of the best interface that has any."""
    every = [audio.get_device_info_by_index(index) for index in range(audio.get_device_count())]
    for interface in INTERFACES:
        found = [
            device
            for device in every
            if device[channels] > 0
            and audio.get_host_api_info_by_index(device["hostApi"])["type"] == interface
        ]
        if found:
            return found
    return []


def _names(audio: Any, channels: str) -> list[str]:
    return list(dict.fromkeys(str(device["name"]) for device in _devices(audio, channels)))

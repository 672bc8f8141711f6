"""The checks of this PC, one list for the window and for ``doctor``."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Mapping, Sequence

from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis
from kaihu_desktop.core.model.readiness import Result
from kaihu_desktop.core.ports import AudioDirectory, CameraDirectory, Readiness, Settings
from kaihu_desktop.devices import checks, device_checks, network_checks
from kaihu_desktop.devices.network_checks import Line
from kaihu_desktop.devices.readiness import Check, run_check

#: Checks that would falsify each other, one after the other; the rest come when the network has answered,
#: for loading what they look at would count as a slow answer.
LANES = (("camera",), ("microphone", "speaker"), ("network", "bandwidth", "clock"))


@dataclass(frozen=True)
class Installation:
    """What the program itself brings.

    version: of the program. packages: names of packages by their module. models: folder of the networks.
    digests: SHA-256 (hex) of each network by the name of its file. ocr_engines: names the installed ones.
    """

    version: str
    packages: Mapping[str, str]
    models: Path
    digests: Mapping[str, str]
    ocr_engines: Callable[[], tuple[str, ...]]


class Checks:
    """Implements `core.ports.Readiness`. Threads may run checks side by side, the same one, too."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._checks = {check.id: check for check in checks}

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of each, in the order in which a person would look."""
        return tuple((check.id, check.title) for check in self._checks.values())

    def run(self, check_id: str) -> Result:
        """Do one check; returns within its time limit whatever a driver does. KeyError: no such check."""
        return run_check(self._checks[check_id])


def run_side_by_side(
    readiness: Readiness, check_ids: Sequence[str], tell: Callable[[Result], object]
) -> None:
    """Do checks in as little time as they need together; each result is told at once, one at a time."""
    lanes = [tuple(one for one in lane if one in check_ids) for lane in LANES]
    rest = tuple(one for one in check_ids if not any(one in lane for lane in LANES))
    telling, answered = threading.Lock(), threading.Event()
    if "network" not in check_ids:
        answered.set()

    def run(lane: tuple[str, ...]) -> None:
        if lane is rest:
            answered.wait()
        for check_id in lane:
            result = readiness.run(check_id)
            if check_id == "network":
                answered.set()
            with telling:
                tell(result)

    with ThreadPoolExecutor(len(lanes) + 1) as threads:
        for _ in threads.map(run, [*lanes, rest]):  # asked for, so that an error is raised here
            pass


def checks_of_this_pc(
    settings: Settings,
    data_dir: Path,
    cameras: CameraDirectory,
    audio: AudioDirectory,
    line: Line,
    keyring: Callable[[], object],
    certificates: Callable[[], Sequence[Diagnosis]],
    installation: Installation,
) -> Checks:
    """Every check, with the devices that the settings name at the moment when it is run.

    cameras: the chosen one first. keyring: gets the device secret. certificates: see `checks.certificates`.
    """

    def microphone() -> str:
        return settings.microphone

    def engine_missing() -> bool:
        return settings.ocr_engine not in installation.ocr_engines()

    return Checks(
        (
            device_checks.camera(cameras),
            device_checks.microphone(audio, microphone),
            device_checks.speaker(audio, lambda: settings.speaker, microphone),
            network_checks.network(line),
            network_checks.bandwidth(line),
            network_checks.clock(line),
            checks.certificates(certificates),
            checks.keyring(keyring),
            checks.disk(data_dir),
            checks.folder(data_dir),
            checks.system(),
            checks.models(installation.models, installation.digests, engine_missing),
            checks.versions(installation.version, installation.packages),
        )
    )

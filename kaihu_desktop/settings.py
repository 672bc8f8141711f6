"""What is remembered on this PC between runs: typed, under the machine's policy, nothing personal."""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Mapping

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.private_files import make_private_folder, patiently, write_private

logger = logging.getLogger(__name__)

PROGRAM = "kaihu_desktop"
FILE_NAME = "settings.json"
POLICY_KEY = r"Software\Policies\kaihu_desktop"

#: Environment variables that override a setting for one run, and values of the policy that override both.
ENVIRONMENT = {"backend_url": "KAIHU_BACKEND_URL", "company_code": "KAIHU_COMPANY"}
POLICY = {"backend_url": "BackendUrl", "company_code": "CompanyCode"}

#: Folder that takes the place of the per-user folders, for tests, demonstrations and portable use.
HOME_VARIABLE = "KAIHU_HOME"


@dataclass(frozen=True)
class Values:
    """Every setting, with its default. Empty: not set up yet."""

    backend_url: str = ""
    company_code: str = ""
    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    ocr_engine: str = "onnx"
    backed_up: str = ""


@dataclass(frozen=True)
class Folders:
    """Folders of this user for this program: what is remembered, and what is bound to this PC."""

    config: Path
    data: Path


class Settings:
    """Implements `core.ports.Settings`: what is stored, overridden by environment, overridden by policy."""

    def __init__(self, folders: Folders, environment: Mapping[str, str], policy: Mapping[str, str]) -> None:
        self._folders = folders
        self._stored = _read(folders.config / FILE_NAME)
        self._overrides = {
            **{name: environment[key] for name, key in ENVIRONMENT.items() if environment.get(key)},
            **{name: policy[key] for name, key in POLICY.items() if policy.get(key)},
        }

    @property
    def backend_url(self) -> str:
        """``https://host[:port]`` of the company's backend."""
        return self._effective.backend_url

    @property
    def company_code(self) -> str:
        """The company that was chosen last, or that policy prescribes."""
        return self._effective.company_code

    @property
    def company_is_prescribed(self) -> bool:
        """Whether environment or policy names the company, so that the person has no choice."""
        return "company_code" in self._overrides

    @property
    def camera(self) -> str:
        """Name of the camera that was chosen; empty: the first."""
        return self._effective.camera

    @property
    def microphone(self) -> str:
        """Name of the microphone that was chosen; empty: the system's default."""
        return self._effective.microphone

    @property
    def speaker(self) -> str:
        """Name of the speaker that was chosen; empty: the system's default."""
        return self._effective.speaker

    @property
    def ocr_engine(self) -> str:
        """``onnx`` or ``paddleocr``."""
        return self._effective.ocr_engine

    @property
    def backed_up(self) -> str:
        """Which certificates a backup was made of; see `core.rules.backups`."""
        return self._effective.backed_up

    @property
    def data_dir(self) -> Path:
        """Private folder for drafts, certificates and logs; made by those who write."""
        return self._folders.data

    def remember(self, **values: str) -> None:
        """Keep these of `Values` for the next run; raises PC-DISK when they hold for this run only.

        An override by environment or policy stays in force.
        """
        self._stored = replace(self._stored, **values)
        text = json.dumps(asdict(self._stored), ensure_ascii=False, indent=2)
        try:
            make_private_folder(self._folders.config)
            write_private(self._folders.config / FILE_NAME, text.encode("utf-8"))
        except OSError:
            logger.warning("PC-DISK settings not kept")
            raise Failure("PC-DISK") from None

    @property
    def _effective(self) -> Values:
        return replace(self._stored, **self._overrides)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this user on this PC; a damaged file is kept aside as ``settings.json.damaged``."""
    variables = os.environ if environment is None else environment
    return Settings(folders(variables), variables, machine_policy())


def folders(environment: Mapping[str, str]) -> Folders:
    """The per-user folders: known folders of Windows and macOS, else the XDG base directories."""
    home = environment.get(HOME_VARIABLE)
    if home:
        return Folders(Path(home) / "config", Path(home) / "data")
    if sys.platform == "win32":
        roaming = environment.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
        local = environment.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Folders(Path(roaming) / PROGRAM, Path(local) / PROGRAM)
    if sys.platform == "darwin":
        support = Path.home() / "Library" / "Application Support" / PROGRAM
        return Folders(support, support / "data")
    config = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Folders(Path(config) / PROGRAM, Path(data) / PROGRAM)


def _read(path: Path) -> Values:
    try:
        return _values(json.loads(patiently(path.read_bytes).decode("utf-8")))
    except FileNotFoundError:
        return Values()
    except OSError:
        logger.warning("PC-DISK settings not readable")
        return Values()
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or not ours
        logger.warning("settings damaged, kept aside")
        _keep_aside(path)
        return Values()


def _values(document: object) -> Values:
    if not isinstance(document, dict):
        raise ValueError("not an object")
    known = {name: document[name] for name in asdict(Values()) if name in document}
    if not all(isinstance(value, str) for value in known.values()):
        raise ValueError("not a text")
    return Values(**known)


def _keep_aside(path: Path) -> None:
    try:
        os.replace(path, path.with_name(f"{path.name}.damaged"))
    except OSError:
        pass  # it stays where it is, and the next save replaces it


if sys.platform == "win32":
    import winreg

    def machine_policy() -> Mapping[str, str]:
        """The values under ``HKLM\\Software\\Policies\\kaihu_desktop``, as an administrator set them."""
        found: dict[str, str] = {}
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY  # the same key for a 32-bit program
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, POLICY_KEY, 0, access) as key:
                for name in POLICY.values():
                    try:
                        value, kind = winreg.QueryValueEx(key, name)
                    except OSError:
                        continue
                    if kind == winreg.REG_SZ:
                        found[name] = value
        except OSError:
            pass  # no policy
        return found

else:

    def machine_policy() -> Mapping[str, str]:
        """Policies exist on Windows alone."""
        return {}

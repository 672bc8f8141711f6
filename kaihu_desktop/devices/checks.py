"""What a PC needs for the business, looked at one by one; each check is given what it looks at."""

from __future__ import annotations

import hashlib
import platform
import secrets
import shutil
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Callable, Mapping, Sequence

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis
from kaihu_desktop.core.model.readiness import Finding, Reason, State
from kaihu_desktop.devices.readiness import Check, finding_of
from kaihu_desktop.private_files import write_private

MEGABYTE = 1024 * 1024
#: Builds of Windows 10 1809, which the modern lane needs (Qt 6), and of Windows 7 SP1, for the other.
OLDEST_BUILD = 17763 if sys.version_info >= (3, 9) else 7601

LEAST_SPACE, WANTED_SPACE = 200 * MEGABYTE, 1024 * MEGABYTE


def folder(path: Path) -> Check:
    """The program's folder: a file can be written, read back and removed."""

    def work() -> Finding:
        probe = path / f".{secrets.token_hex(8)}.probe"
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(probe, b"probe")
            written = probe.read_bytes()
            probe.unlink()
        except OSError:
            raise Failure("PC-DISK") from None
        if written != b"probe":
            raise Failure("PC-DISK")
        return Finding(State.OK, "可以读写")

    return Check("folder", "数据文件夹", work, "PC-DISK")


def keyring(probe: Callable[[], object]) -> Check:
    """The system's keyring: `probe` gets the device secret or raises PC-KEYRING; one can do without."""

    def work() -> Finding:
        probe()
        return Finding(State.OK, "可以使用")

    return Check("keyring", "系统密钥保管", work, "PC-KEYRING", bearable=True)


def certificates(diagnosed: Callable[[], Sequence[Diagnosis]]) -> Check:
    """The certificates on this PC, and why any of them can't be used; nobody is named.

    diagnosed: what is known of each person, see `diagnose_everybody`. Who has one that can be used is well.
    """

    def work() -> Finding:
        people = tuple(diagnosed())
        codes = [found.code for person in people for found in (*person.own, *person.nameless)]
        elsewhere = [one.code for person in people if not person.usable for one in person.windows]
        if not codes and not elsewhere:
            return Finding(State.OK, "可以读取，还没有证书", reasons=(_reason("CERT-NONE"),))
        text = f"共 {len(codes)} 张，其中 {codes.count(None)} 张可用"
        found = codes + elsewhere
        reasons = [_reason(code, found.count(code)) for code in dict.fromkeys(found) if code]
        unasked = next((person.unasked for person in people if person.unasked), None)
        if unasked:
            reasons.append(_reason("CERT-STATUS"))
        worst = next((person.code for person in people if person.code), None)
        if worst is None:
            return Finding(State.OK, text, reasons=tuple(reasons))
        return Finding(State.WARNING, text, worst, KINDS[worst].remedy, tuple(reasons))

    return Check("certificates", "数字证书", work, "CERT-STORE", limit=25.0)  # the company is asked, too


def _reason(code: str, count: int = 0) -> Reason:
    kind = KINDS[code]
    return Reason(f"{count} 张：{kind.text}" if count else kind.text, code, kind.remedy)


def disk(path: Path, free: Callable[[Path], int] | None = None) -> Check:
    """Free space where the program keeps its files. free: bytes, for a folder that exists."""

    def work() -> Finding:
        existing = next(parent for parent in (path, *path.parents) if parent.exists())
        left = (free or _free_space)(existing)
        text = f"剩余 {left / MEGABYTE:,.0f} MB"
        remedy = Failure("PC-DISK").remedy
        if left < LEAST_SPACE:
            return Finding(State.FAILED, text, "PC-DISK", remedy)
        if left < WANTED_SPACE:
            return Finding(State.WARNING, text, None, remedy)
        return Finding(State.OK, text)

    return Check("disk", "磁盘空间", work, "PC-DISK")


def _free_space(path: Path) -> int:
    return shutil.disk_usage(path).free


def system(build: int | None = None) -> Check:
    """The operating system; of Windows its build number, too, by which versions without support are told.

    Elsewhere a program that runs at all has met its needs.
    """

    def work() -> Finding:
        bits = 64 if sys.maxsize > 2**32 else 32
        number = _windows_build() if build is None else build
        named = f"{platform.system()} {platform.release()}" + (f" 版本 {number}" if number else "")
        text = f"{named}（{platform.machine()}，{bits} 位程序）"
        if number and number < OLDEST_BUILD:
            return finding_of(Failure("PC-SYSTEM"), measured=text)
        return Finding(State.OK, text)

    return Check("system", "操作系统", work, "PC-INTERNAL")


def _windows_build() -> int:
    """Such as 7601 for Windows 7 SP1 and 19045 for Windows 10 22H2; 0 elsewhere."""
    if sys.platform == "win32":
        return sys.getwindowsversion().build
    return 0


def models(path: Path, digests: Mapping[str, str], engine_missing: Callable[[], bool]) -> Check:
    """The OCR models: there and whole, and the engine that was chosen installed; one can do without.

    digests: SHA-256 (hex) by name of the file.
    """

    def work() -> Finding:
        for name, digest in digests.items():
            try:
                content = (path / name).read_bytes()
            except OSError:
                raise Failure("OCR-ENGINE") from None
            if hashlib.sha256(content).hexdigest() != digest:
                raise Failure("OCR-ENGINE")
        text = f"{len(digests)} 个文件完整"
        if engine_missing():
            text += "，您选择的识别引擎没有安装，现在使用标准识别引擎"
            return Finding(State.WARNING, text, None, "请安装这个可选组件，或在“设置”里选择标准识别引擎。")
        return Finding(State.OK, text)

    return Check("models", "文字识别组件", work, "OCR-ENGINE", bearable=True)


def versions(program: str, packages: Mapping[str, str]) -> Check:
    """Which versions run here, for the hotline. packages: name of the package by name of its module."""

    def work() -> Finding:
        missing = [package for module, package in packages.items() if not find_spec(module)]
        parts = [f"本程序 {program}", f"Python {platform.python_version()}"]
        parts += [f"{name} {_version(name)}" for name in packages.values() if name not in missing]
        if missing:
            text = f"{'，'.join(parts)}；缺少 {'、'.join(missing)}"
            return Finding(State.WARNING, text, None, "部分功能不能使用，请重新安装本程序。")
        return Finding(State.OK, "，".join(parts))

    return Check("versions", "版本", work, "PC-INTERNAL")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # a packaged program leaves this out
        return "?"

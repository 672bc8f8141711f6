"""What a PC needs for the business, looked at one by one; each check is given what it looks at."""

from __future__ import annotations

import hashlib
import platform
import secrets
import shutil
import sys
import threading
import time
from datetime import datetime, timezone
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Callable, Iterable, Mapping

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState
from kaihu_desktop.core.model.readiness import Finding, State
from kaihu_desktop.core.ports import Camera, CameraDirectory, ImageArray
from kaihu_desktop.devices.camera import BLACK
from kaihu_desktop.devices.readiness import Check, finding_of
from kaihu_desktop.private_files import write_private

#: A signature's time is the PC's; the backend and readers of the PDF doubt one that is further off.
MOST_SKEW = 120  # seconds
SLOW = 1000  # milliseconds

CAMERA_SECONDS = 3.0
SETTLING_FRAMES = 5  # many cameras begin with dark frames
FINEST = 720  # lines of a picture below which small print gets lost

MEGABYTE = 1024 * 1024
LEAST_SPACE, WANTED_SPACE = 200 * MEGABYTE, 1024 * MEGABYTE


def network(clock: Callable[[], datetime] | None, encrypted: bool) -> Check:
    """The backend: reached, how fast, and how far this PC's clock is from its.

    clock: asks the backend for its time and raises its NET-… failures; None when no address is set up.
    """

    def work() -> Finding:
        if clock is None:
            raise Failure("NET-NO-ADDRESS")
        clock()  # connects; only the second answer tells how fast the line is
        before = datetime.now(timezone.utc)
        theirs = clock()
        after = datetime.now(timezone.utc)
        milliseconds = (after - before).total_seconds() * 1000
        skew = round((before - theirs).total_seconds())
        line = "加密连接" if encrypted else "未加密，仅限本机测试"
        text = f"可以连接（{line}），响应 {milliseconds:.0f} 毫秒，本机时钟相差 {skew} 秒"
        if abs(skew) > MOST_SKEW:
            return Finding(State.WARNING, text, None, "请校准电脑的日期和时间，否则签名的时间不正确。")
        if milliseconds > SLOW:
            return Finding(State.WARNING, text, None, "网络较慢，请换一个网络或关闭占用网络的软件。")
        return Finding(State.OK, text)

    return Check("network", "网络和服务器", work, "NET-TIMEOUT", limit=20)


def camera(cameras: CameraDirectory, index: int = 0, wait: Callable[[float], object] | None = None) -> Check:
    """The camera: it opens, gives a frame within three seconds, and the frame isn't black."""

    def work() -> Finding:
        opened = cameras.open(index)
        try:
            frame = _settled_frame(opened, wait or threading.Event().wait)
        finally:
            opened.close()
        height, width = frame.shape[:2]
        if float(frame.mean()) < BLACK:
            return finding_of(Failure("CAM-BLACK"), bearable=True)
        text = f"画面正常，{width}×{height}"
        if height < FINEST:
            remedy = "画面分辨率较低，拍摄时请让证件占满画面，或选择照片文件。"
            return Finding(State.WARNING, text, None, remedy)
        return Finding(State.OK, text)

    return Check("camera", "摄像头", work, "CAM-STALLED", limit=2 * CAMERA_SECONDS)


def _settled_frame(opened: Camera, wait: Callable[[float], object]) -> ImageArray:
    """A frame after the first few, or what there is after three seconds. Raises CAM-…"""
    ends = time.monotonic() + CAMERA_SECONDS
    newest = None
    while time.monotonic() < ends and (newest is None or newest[0] < SETTLING_FRAMES):
        newest = opened.latest() or newest
        wait(0.02)
    if newest is None:
        raise Failure("CAM-STALLED")
    return newest[1]


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


def certificates(listed: Callable[[], Iterable[CertificateInfo]]) -> Check:
    """The certificate store: it can be listed, and nothing in it is damaged."""

    def work() -> Finding:
        infos = tuple(listed())
        usable = sum(info.state is CertificateState.USABLE for info in infos)
        if any(info.state is CertificateState.DAMAGED for info in infos):
            return finding_of(Failure("CERT-DAMAGED"), bearable=True)
        text = f"共 {len(infos)} 张，其中 {usable} 张可用" if infos else "可以读取，还没有证书"
        return Finding(State.OK, text)

    return Check("certificates", "数字证书", work, "CERT-STORE")


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


def system() -> Check:
    """The operating system, told and not judged: a program that runs at all has met its needs."""

    def work() -> Finding:
        bits = 64 if sys.maxsize > 2**32 else 32
        text = f"{platform.system()} {platform.release()}（{platform.machine()}，{bits} 位程序）"
        return Finding(State.OK, text)

    return Check("system", "操作系统", work, "PC-INTERNAL")


def models(path: Path, digests: Mapping[str, str]) -> Check:
    """The OCR models: there and whole; one can do without. digests: SHA-256 (hex) by name of the file."""

    def work() -> Finding:
        for name, digest in digests.items():
            try:
                content = (path / name).read_bytes()
            except OSError:
                raise Failure("OCR-ENGINE") from None
            if hashlib.sha256(content).hexdigest() != digest:
                raise Failure("OCR-ENGINE")
        return Finding(State.OK, f"{len(digests)} 个文件完整")

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

"""The cameras of this PC, told by the operating system without opening any."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VIDEO4LINUX = Path("/sys/class/video4linux")


def linux_cameras(folder: Path = VIDEO4LINUX) -> tuple[tuple[int, str], ...]:
    """(number N of ``/dev/videoN``, name) of each camera. Further nodes of one camera carry no pictures."""
    found = []
    for entry in folder.glob("video*"):
        try:
            if (entry / "index").read_text().strip() == "0":
                found.append((int(entry.name[len("video") :]), (entry / "name").read_text().strip()))
        except (OSError, ValueError):
            continue  # unplugged while we look
    return tuple(sorted(found))


if sys.platform == "win32":
    import winreg

    from kaihu_desktop.devices.access import consent_denied

    _CONTROL = r"SYSTEM\CurrentControlSet\Control\DeviceClasses"
    _VIDEO = "{6994ad05-93ef-11d0-a3cc-00a0c9223196}"  # KSCATEGORY_VIDEO

    def camera_names() -> tuple[str, ...]:
        """The names of the cameras that are plugged in, as the registry has them."""
        names: list[str] = []
        for device in _subkeys(f"{_CONTROL}\\{_VIDEO}"):
            interface = f"{_CONTROL}\\{_VIDEO}\\{device}"
            if any(_value(f"{interface}\\{part}\\Control", "Linked") == 1 for part in _subkeys(interface)):
                instance = _value(interface, "DeviceInstance")
                name = _value(f"SYSTEM\\CurrentControlSet\\Enum\\{instance}", "FriendlyName")
                names.append(str(name or f"摄像头 {len(names) + 1}"))
        return tuple(names)

    def camera_denied(index: int) -> bool:
        """Whether the privacy settings forbid the camera."""
        return consent_denied("webcam")

    def device_node(index: int) -> int | None:
        """The number that OpenCV opens: DirectShow counts what is plugged in."""
        return index

    def _subkeys(path: str) -> list[str]:
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
                return [winreg.EnumKey(key, number) for number in range(winreg.QueryInfoKey(key)[0])]
        except OSError:
            return []

    def _value(path: str, name: str) -> object:
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
                return winreg.QueryValueEx(key, name)[0]
        except OSError:
            return None

elif sys.platform == "linux":

    def camera_names() -> tuple[str, ...]:
        """The names of the cameras that are plugged in."""
        return tuple(name for _, name in linux_cameras())

    def camera_denied(index: int) -> bool:
        """Whether this user may not open the camera's device file."""
        node = device_node(index)
        return node is not None and not os.access(f"/dev/video{node}", os.R_OK | os.W_OK)

    def device_node(index: int) -> int | None:
        """The number N of ``/dev/videoN``, None when there is no such camera."""
        nodes = [number for number, _ in linux_cameras()]
        return nodes[index] if index < len(nodes) else None

else:

    def camera_names() -> tuple[str, ...]:
        """macOS is asked by opening the camera; the system then asks the person."""
        return ("摄像头",)

    def camera_denied(index: int) -> bool:
        """Unknown before it is opened."""
        return False

    def device_node(index: int) -> int | None:
        """The number that OpenCV opens."""
        return index

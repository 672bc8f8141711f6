"""Whether the system lets this person's programs use a kind of device, asked without opening any."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import winreg

    _CONSENT = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"

    def consent_denied(capability: str) -> bool:
        """Whether the privacy settings of Windows 10 and later keep desktop programs from ``webcam``
        or ``microphone``: for the whole PC, for this person, or for programs not from the Store."""
        return any(
            _value(root, key) == "Deny"
            for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER)
            for key in (f"{_CONSENT}\\{capability}", f"{_CONSENT}\\{capability}\\NonPackaged")
        )

    def _value(root: int, path: str) -> object:
        try:
            with winreg.OpenKey(root, path) as key:
                return winreg.QueryValueEx(key, "Value")[0]
        except OSError:
            return None

    def microphone_denied() -> bool:
        """Whether the privacy settings forbid the microphone."""
        return consent_denied("microphone")

else:

    def microphone_denied(folder: Path = Path("/dev/snd")) -> bool:
        """Whether there are sound cards, and no sound server either, that this person may use."""
        recorders = tuple(folder.glob("pcm*c"))
        return bool(recorders) and not any(os.access(node, os.R_OK | os.W_OK) for node in recorders)

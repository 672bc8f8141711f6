"""A 256-bit secret of this person's account on this PC, kept in the keyring of the operating system."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.private_files import locked, make_private_folder

SERVICE = "kaihu_desktop"
ACCOUNT = "device-secret"
SECRET_BYTES = 32

#: Keyrings that protect what they hold. A plug-in that writes plain text, or none, is never used in silence.
TRUSTED_KEYRINGS = frozenset(
    {
        ("keyring.backends.Windows", "WinVaultKeyring"),
        ("keyring.backends.macOS", "Keyring"),
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.libsecret", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
        ("keyring.backends.kwallet", "DBusKeyringKWallet4"),
    }
)


class DeviceSecrets:
    """Makes the device secret once and derives from it a key for each purpose.

    folder: a private folder of the program, where a lock file keeps two first starts from making two secrets.
    Every method raises PC-KEYRING when the PC has no trusted keyring, or it is locked.
    """

    def __init__(self, folder: Path, service: str = SERVICE) -> None:
        self._folder = folder
        self._service = service
        self._secret: Secret | None = None

    def load_or_create(self) -> Secret:
        """The device secret, 32 bytes."""
        if self._secret is None:
            keyring = _trusted_keyring()
            try:
                make_private_folder(self._folder)
                with locked(self._folder / "device-secret.lock"):
                    self._secret = _load_or_create(keyring, self._service)
            except Failure:
                raise
            except Exception as error:  # keyring back ends raise whatever their system raises
                raise Failure("PC-KEYRING") from error
        return self._secret

    def subkey(self, purpose: str) -> Secret:
        """A 32-byte key for one purpose (``certificates``, ``journal``), by HKDF-SHA256 (RFC 5869)."""
        info = f"{SERVICE}/{purpose}".encode()
        return Secret(
            HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(self.load_or_create().reveal())
        )


def _load_or_create(keyring: Any, service: str) -> Secret:
    stored = keyring.get_password(service, ACCOUNT)
    if stored is None:
        keyring.set_password(service, ACCOUNT, secrets.token_hex(SECRET_BYTES))
        stored = keyring.get_password(service, ACCOUNT)
    # A value that isn't ours is never replaced: what was encrypted under it would be lost.
    if stored is None or not re.fullmatch(f"[0-9a-f]{{{2 * SECRET_BYTES}}}", stored):
        raise Failure("PC-KEYRING")
    return Secret(bytes.fromhex(stored))


def _trusted_keyring() -> Any:
    """The first trusted keyring among those that the system offers and the user's configuration allows."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    try:
        chosen = keyring.get_keyring()
        candidates = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    except Exception as error:  # a plug-in that can't even be loaded
        raise Failure("PC-KEYRING") from error
    for candidate in candidates:
        if (type(candidate).__module__, type(candidate).__name__) in TRUSTED_KEYRINGS:
            return candidate
    raise Failure("PC-KEYRING")

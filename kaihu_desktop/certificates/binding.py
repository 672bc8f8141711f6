"""Binds a stored certificate to this PC: its passphrase needs the password and the device secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kaihu_desktop.core.secret import Secret

SALT_BYTES = 16
PASSPHRASE_PURPOSE = b"kaihu_desktop/certificate-passphrase"
CHECK_PURPOSE = b"kaihu_desktop/certificate-device-check"
INDEX_PURPOSE = b"kaihu_desktop/certificates-index"
CHECK_BYTES = 8
MAX_SCRYPT_MEMORY = 256 * 2**20  # bytes; a forged file may not ask for more


@dataclass(frozen=True)
class ScryptCost:
    """Cost of one guess at the password, for a thief who has the device secret too (scrypt, RFC 7914).

    The default takes 64 MiB and about 0.2 s on an office PC.
    """

    n: int = 2**16
    r: int = 8
    p: int = 1

    def __post_init__(self) -> None:
        if not all(type(value) is int for value in (self.n, self.r, self.p)):
            raise ValueError("scrypt parameters are integers")
        power_of_two = self.n > 1 and self.n & (self.n - 1) == 0
        if not power_of_two or min(self.r, self.p) < 1 or self.p > 16 or self.memory > MAX_SCRYPT_MEMORY:
            raise ValueError("scrypt parameters out of range")

    @property
    def memory(self) -> int:
        """Bytes needed."""
        return 128 * self.r * (self.n + self.p + 2)


DEFAULT_COST = ScryptCost()


@dataclass(frozen=True)
class Binding:
    """What is stored beside a certificate so that its passphrase can be derived again.

    device_check: tells a lost device secret from a wrong password; it says nothing about either.
    """

    salt: bytes
    cost: ScryptCost
    device_check: bytes

    @classmethod
    def new(cls, device_secret: Secret, cost: ScryptCost) -> Binding:
        salt = secrets.token_bytes(SALT_BYTES)
        return cls(salt, cost, _device_check(device_secret, salt))

    def belongs_to(self, device_secret: Secret) -> bool:
        """Whether the certificate was stored under this device secret."""
        return hmac.compare_digest(self.device_check, _device_check(device_secret, self.salt))

    def passphrase(self, password: Secret, device_secret: Secret) -> Secret:
        """The passphrase of the PKCS#12 file, 64 hexadecimal digits.

        HMAC-SHA256 under the device secret over scrypt(password, salt): 256 bits, so that without the device
        secret there is nothing to guess.
        """
        stretched = hashlib.scrypt(
            password.reveal(),
            salt=self.salt,
            n=self.cost.n,
            r=self.cost.r,
            p=self.cost.p,
            maxmem=self.cost.memory + 2**20,
            dklen=32,
        )
        digest = hmac.new(device_secret.reveal(), PASSPHRASE_PURPOSE + stretched, hashlib.sha256)
        return Secret(digest.hexdigest())

    def index_key(self, device_secret: Secret) -> bytes:
        """The AES-256 key of what stands beside the key: whose certificate it is. HKDF-SHA256 (RFC 5869)."""
        derivation = HKDF(SHA256(), 32, salt=self.salt, info=INDEX_PURPOSE)
        return derivation.derive(device_secret.reveal())


def _device_check(device_secret: Secret, salt: bytes) -> bytes:
    digest = hmac.new(device_secret.reveal(), CHECK_PURPOSE + salt, hashlib.sha256).digest()
    return digest[:CHECK_BYTES]

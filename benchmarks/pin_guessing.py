"""What a thief of the store's files can do against a PIN of six digits, without and with the device secret.

    python -m benchmarks.pin_guessing [--files 2000]

By construction: of all that is stored only the key file depends on the PIN, and its passphrase is 256 bits of
HMAC-SHA256 under the device secret, which isn't stored there. So no PIN can be told from another: each of the
10^6 gives a passphrase that opens under some secret, and none under a secret that the thief makes up.
Proof run: all 10^6 PINs, with the true secret, where the right one alone must open, and with each thing that
a thief may put in the secret's place, where none must. What only slows guessing down is left out for that:
scrypt costs next to nothing, and the key file is written again, under the same passphrase, with one round of
its own derivation instead of 2,048. Some PINs are tried on the stolen key file as it is, too.
Measured: one guess with the secret at the cost that the program uses, times 10^6, in days on this machine.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import random
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterable

from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from kaihu_desktop.certificates import pkcs12
from kaihu_desktop.certificates.binding import DEFAULT_COST, PASSPHRASE_PURPOSE, Binding, ScryptCost
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import keep, person

PINS = 10**6
PIN = "482915"
NEXT_TO_NOTHING = ScryptCost(n=2, r=1, p=1)
IN_CLEAR = {"format", "scrypt", "device_check", "sealed", "sha256"}
THE_SECRET = "the secret"

#: Makes the passphrase of a guess at the PIN.
Guess = Callable[[Secret], Secret]


class Loot:
    """The stolen files of a store with one certificate, and the secret, for the counter-check alone."""

    def __init__(self, folder: Path, cost: ScryptCost) -> None:
        self.secret = secrets.token_bytes(32)
        certificate_id = keep(FileCertificateStore(folder, Secret(self.secret), cost), person(), PIN)
        self.document = json.loads((folder / f"{certificate_id}.json").read_bytes())
        (key_file,) = folder.glob("*.p12")
        self.key_file = key_file.read_bytes()
        salt = bytes.fromhex(self.document["scrypt"]["salt"])
        self.binding = Binding(salt, cost, bytes.fromhex(self.document["device_check"]))

    def opens(self, passphrase: Secret) -> bool:
        """Whether it opens the key file."""
        try:
            pkcs12.load(self.key_file, passphrase)
        except Failure:
            return False
        return True

    def of_one_round(self) -> bytes:
        """The key file under the same passphrase, with what slows a guess down taken out."""
        passphrase = self.binding.passphrase(Secret(PIN), Secret(self.secret))
        return pkcs12.save(pkcs12.load(self.key_file, passphrase), passphrase, rounds=1)

    def guesses(self) -> dict[str, Guess]:
        """How a passphrase may be made of a PIN: with the secret, and with what a thief has instead."""
        binding, check = self.binding, self.binding.device_check
        keys = {
            THE_SECRET: self.secret,
            "zeros": bytes(32),
            "the salt": binding.salt,
            "the device check": check,
            "a hash of the device check": hashlib.sha256(check).digest(),
            "a drawn key": secrets.token_bytes(32),
        }
        guesses: dict[str, Guess] = {"the PIN itself": lambda pin: pin, "scrypt alone": self._scrypt_alone}
        for name, key in keys.items():
            guesses[name] = lambda pin, key=key: binding.passphrase(pin, Secret(key))  # type: ignore[misc]
        return guesses

    def _scrypt_alone(self, pin: Secret) -> Secret:
        return Secret(stretch(pin, self.binding).hex())


def stretch(pin: Secret, binding: Binding) -> bytes:
    """All that the PIN itself contributes: 32 bytes, known to the thief for each of the 10^6."""
    cost = binding.cost
    return hashlib.scrypt(
        pin.reveal(),
        salt=binding.salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=cost.memory + 2**20,
        dklen=32,
    )


def all_pins() -> Iterable[str]:
    return (f"{number:06}" for number in range(PINS))


def show_construction(loot: Loot) -> int:
    """Check what the files hold against the PIN; returns how many different inputs of the HMAC there are.

    Raises AssertionError when something beside the key file could verify a PIN.
    """
    assert set(loot.document) == IN_CLEAR
    assert set(loot.document["scrypt"]) == {"n", "r", "p", "salt"}
    # The check of the device is computed from secret and salt, the key of the sealed part likewise.
    secret, binding = Secret(loot.secret), loot.binding
    assert binding.belongs_to(secret)
    assert not binding.belongs_to(Secret(bytes(32)))
    expected = hmac.new(loot.secret, PASSPHRASE_PURPOSE + stretch(Secret(PIN), binding), hashlib.sha256)
    assert binding.passphrase(Secret(PIN), secret).reveal_text() == expected.hexdigest()
    assert len(expected.digest()) * 8 == 256
    inputs = {stretch(Secret(pin), binding) for pin in all_pins()}
    return len(inputs)


def opened(loot: Loot, pins: Iterable[str]) -> dict[str, list[str]]:
    """Try each PIN in each way on the stolen key file: those that opened it, by the way."""
    guesses = loot.guesses()
    found: dict[str, list[str]] = {way: [] for way in guesses}
    for pin in pins:
        for way, guess in guesses.items():
            if loot.opens(guess(Secret(pin))):
                found[way].append(pin)
    return found


def opened_quickly(key_file: bytes, guess: Guess, pins: Iterable[str]) -> list[str]:
    """The PINs that open a key file in one way, asked of the library at once."""
    found = []
    for pin in pins:
        try:
            load_key_and_certificates(key_file, guess(Secret(pin)).reveal())
        except ValueError:
            continue
        found.append(pin)
    return found


def as_it_must_be(found: dict[str, list[str]]) -> bool:
    """Whether the right PIN with the secret has opened, and nothing else."""
    return {way: pins for way, pins in found.items() if pins} == {THE_SECRET: [PIN]}


def seconds_per_guess(loot: Loot, rounds: int = 10) -> float:
    """CPU seconds of one wrong guess with the secret: scrypt, and a look whether the key file opens."""
    times = []
    for number in range(rounds):
        started = time.process_time()
        assert not loot.opens(loot.binding.passphrase(Secret(f"{number:06}"), Secret(loot.secret)))
        times.append(time.process_time() - started)
    return statistics.median(times)


def main() -> int:
    """Print the findings; 1 when a PIN could be verified."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--files", type=int, default=2000, help="PINs that are tried on the file as it is")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cheap = Loot(Path(scratch) / "cheap", NEXT_TO_NOTHING)
        real = Loot(Path(scratch) / "real", DEFAULT_COST)
    inputs = show_construction(cheap)
    print(f"construction: {PINS:,} PINs are {inputs:,} inputs of HMAC-SHA256 under 256 unknown bits;")
    print("  nothing else that is stored depends on the PIN")
    key_file, found = cheap.of_one_round(), {}
    for way, guess in cheap.guesses().items():
        found[way] = opened_quickly(key_file, guess, all_pins())
        print(f"all {PINS:,} PINs, {way}: {len(found[way])} opened", flush=True)
    drawn = {f"{number:06}" for number in random.sample(range(PINS), args.files)}
    sample = opened(cheap, sorted({PIN, *drawn}))
    print(f"on the key file as it is, {args.files:,} PINs and the right one in {len(sample)} ways:", end=" ")
    print(f"{sum(map(len, sample.values()))} opened")
    one = seconds_per_guess(real)
    days = one * PINS / 86_400
    print(f"with the secret: {one * 1000:.0f} ms of one core and {DEFAULT_COST.memory >> 20} MB a guess,")
    print(f"  {days:.1f} days of one core for all {PINS:,} PINs, half of it on average")
    return 0 if inputs == PINS and as_it_must_be(found) and as_it_must_be(sample) else 1


if __name__ == "__main__":
    sys.exit(main())

"""What a thief of the store's files can do against a PIN of six digits, without and with the device secret.

    python -m benchmarks.pin_guessing [--guesses 2000] [--all]

By construction: of all that is stored only the key file depends on the PIN, and its passphrase is 256 bits of
HMAC-SHA256 under the device secret, which isn't stored there. So no PIN can be told from another: each of the
10^6 gives a passphrase that opens under some secret, and none under a secret that the thief makes up.
Proof run: a store whose scrypt costs next to nothing, so that the binding alone protects; the PINs (so many
drawn, with the right one, or all 10^6 for half an hour and more) are really tried with what a thief may put
in the secret's place. The right PIN with the right secret is the counter-check.
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
        try:
            pkcs12.load(self.key_file, passphrase)
        except Failure:
            return False
        return True

    def made_up(self) -> dict[str, Guess]:
        """What may stand in the secret's place: no binding at all, what is in the files, anything."""
        binding, check = self.binding, self.binding.device_check
        keys = {
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


def opened_without(loot: Loot, pins: Iterable[str]) -> list[tuple[str, str]]:
    """Try each PIN in each way without the secret: the (way, PIN) that opened; none must."""
    guesses = loot.made_up()
    return [(way, pin) for pin in pins for way, guess in guesses.items() if loot.opens(guess(Secret(pin)))]


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
    parser.add_argument("--guesses", type=int, default=2000, help="PINs that are really tried")
    parser.add_argument("--all", action="store_true", help="try all 10^6")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cheap = Loot(Path(scratch) / "cheap", NEXT_TO_NOTHING)
        real = Loot(Path(scratch) / "real", DEFAULT_COST)
    inputs = show_construction(cheap)
    print(f"construction: {PINS:,} PINs are {inputs:,} inputs of HMAC-SHA256 under 256 unknown bits;")
    print("  nothing else that is stored depends on the PIN")
    assert cheap.opens(cheap.binding.passphrase(Secret(PIN), Secret(cheap.secret))), "the counter-check"
    drawn = [f"{number:06}" for number in random.sample(range(PINS), min(args.guesses, PINS))]
    pins = list(all_pins()) if args.all else sorted({PIN, *drawn})
    opened = opened_without(cheap, pins)
    ways = len(cheap.made_up())
    print(f"proof run: {len(pins):,} PINs, the right one too, in {ways} ways without the secret:", end=" ")
    print(f"{len(opened)} opened; the right PIN with the secret opens")
    guess = seconds_per_guess(real)
    days = guess * PINS / 86_400
    print(f"with the secret: {guess * 1000:.0f} ms of one core and {DEFAULT_COST.memory >> 20} MB a guess,")
    print(f"  {days:.1f} days of one core for all {PINS:,} PINs, half of it on average")
    return 1 if opened or inputs != PINS else 0


if __name__ == "__main__":
    sys.exit(main())

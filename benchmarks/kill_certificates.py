"""Kills a process at random instants while it changes a store of certificates; nothing may be lost or halved.

    python -m benchmarks.kill_certificates [--kills 500] [--seed 1]

The process imports, applies and installs (a CA beside it issues), changes passwords and restores with another
password, without pause, and tells what it is about to do and what has been done. It ends by SIGKILL, at an
instant drawn at random. After each kill: every certificate that was reported is listed and opens with the
password that was reported last, or, while that was being changed, with exactly one of the two; what was not
reported is out or whole; a request that was reported can be continued. After one more change no file is left
that belongs to nothing. Needs fork.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import re
import secrets
import select
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Set

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from kaihu_desktop.certificates import trust  # noqa: F401  else most kills would hit this import
from kaihu_desktop.certificates.identity import key_id
from kaihu_desktop.certificates.pkcs12 import save
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateState, ExportProfile
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    DEVICE,
    FILE_PASSWORD,
    ID_NUMBER,
    NAME,
    OTHER_NAME,
    authority,
)

PASSWORDS = ("482915", "730164")
KEY_BITS = 1024  # quickly made
ROUND_S = 0.5  # about what one round of all changes takes; the kill comes at any instant of it
KEPT = 3  # certificates that stay for the next process

#: The passwords of which exactly one must open a certificate, by its id.
Owned = Dict[str, Set[str]]


class Changer:
    """What runs in the process that is killed: change after change, each told before and after."""

    def __init__(self, store: FileCertificateStore, tell: int, chance: random.Random, owned: Owned) -> None:
        self._store, self._tell, self._chance = store, tell, chance
        self._passwords = {one: next(iter(passwords)) for one, passwords in owned.items()}

    def run(self) -> None:
        """Never returns."""
        while True:
            self._chance.choice((self._import, self._install, self._change, self._restore))()

    def _say(self, *words: str) -> None:
        os.write(self._tell, (" ".join(words) + "\n").encode("ascii"))  # one write: told whole or not at all

    def _import(self) -> None:
        self._say("doing", "import")
        data = _backup()
        info = self._store.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORDS[0])).info
        self._done(info.id, PASSWORDS[0])

    def _install(self) -> None:
        self._say("doing", "begin")
        request = self._store.begin(NAME, ID_NUMBER, KEY_BITS, Secret(PASSWORDS[0]))
        self._say("begun", request.id)
        issued, chain = authority().certify_request(request.request_pem), [authority().pem.decode("ascii")]
        self._say("doing", "install")
        info = self._store.install(request.id, Secret(PASSWORDS[0]), issued, chain, authority().pem)
        self._done(info.id, PASSWORDS[0])

    def _change(self) -> None:
        if self._passwords:
            certificate_id, old, new = self._drawn()
            self._say("doing", "change", certificate_id, new)
            self._store.change_password(certificate_id, Secret(old), Secret(new))
            self._done(certificate_id, new)

    def _restore(self) -> None:
        """The same certificate again, from its backup, under another password."""
        if self._passwords:
            certificate_id, old, new = self._drawn()
            self._say("doing", "export")
            data = self._store.export(
                certificate_id, Secret(old), Secret(FILE_PASSWORD), ExportProfile.WINDOWS_7
            )
            self._say("doing", "restore", certificate_id, new)
            self._store.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(new), replace=True)
            self._done(certificate_id, new)

    def _drawn(self) -> tuple[str, str, str]:
        certificate_id = self._chance.choice(sorted(self._passwords))
        old = self._passwords[certificate_id]
        return certificate_id, old, PASSWORDS[1 - PASSWORDS.index(old)]

    def _done(self, certificate_id: str, password: str) -> None:
        self._passwords[certificate_id] = password
        self._say("done", certificate_id, password)


def _backup() -> bytes:
    """A backup file of a person with a new key."""
    number = f"4101011990010{secrets.randbelow(10**5):05}"
    owner = authority().issue(OTHER_NAME, number, key=ec.generate_private_key(ec.SECP256R1()))
    return save(owner, Secret(FILE_PASSWORD), ExportProfile.WINDOWS_7, rounds=10)


@dataclass
class Campaign:
    """A store, what has been reported of it, and where the kills have hit."""

    folder: Path
    chance: random.Random
    owned: Owned = field(default_factory=dict)
    begun: str = ""
    hits: collections.Counter[str] = field(default_factory=collections.Counter)
    ends: collections.Counter[str] = field(default_factory=collections.Counter)

    def __post_init__(self) -> None:
        authority()  # before the first fork: the same for all
        self.store = FileCertificateStore(self.folder, Secret(DEVICE), CHEAP)

    def kill_one(self) -> None:
        """Start a process, kill it at an instant, and see what it has left. Raises AssertionError."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                Changer(self.store, writer, self.chance, self.owned).run()
            finally:
                os._exit(1)
        os.close(writer)
        told = _listen(reader, self.chance.uniform(0, ROUND_S))
        os.kill(child, signal.SIGKILL)
        told += _listen(reader, None)
        os.close(reader)
        status = os.waitpid(child, 0)[1]
        assert os.WIFSIGNALED(status), "the process ended by itself"
        doing = self._hear(told.decode("ascii").splitlines())
        self.hits[doing] += 1
        self._check(doing)

    def _hear(self, lines: list[str]) -> str:
        """Take down what was told; returns what was being done at the end."""
        doing = "nothing"
        for line in lines:
            word, what, *more = line.split()
            if word == "doing":
                doing = what
                if more:
                    self.owned[more[0]].add(more[1])
            elif word == "begun":
                self.begun, doing = what, "nothing"
            else:
                self.owned[what] = {more[0]}
                doing = "nothing"
        return doing

    def _check(self, doing: str) -> None:
        infos = self.store.list()
        assert all(info.state is CertificateState.USABLE for info in infos), (
            "something half-written is listed"
        )
        listed = {info.id for info in infos}
        assert listed >= set(self.owned), "a certificate that was reported is gone"
        for certificate_id in listed - set(self.owned):
            assert doing in ("import", "install"), "a certificate that nobody has made"
            self.ends[f"{doing}: in"] += 1
            self.owned[certificate_id] = {PASSWORDS[0]}
        for certificate_id, passwords in self.owned.items():
            fit = [one for one in PASSWORDS if self._opens(certificate_id, one)]
            assert len(fit) == 1 and fit[0] in passwords, "opens with another password than it should"
            if len(passwords) > 1:
                self.ends[
                    f"{doing}: {'old' if fit[0] == min(passwords, key=PASSWORDS.index) else 'new'}"
                ] += 1
            self.owned[certificate_id] = {fit[0]}
        self._check_request()
        self._change_once_more()
        assert not self._orphans(), f"left behind: {self._orphans()}"

    def _opens(self, certificate_id: str, password: str) -> bool:
        try:
            with self.store.open(certificate_id, Secret(password)):
                return True
        except Failure as failure:
            assert failure.code == "CERT-PASSWORD", failure.code
            return False

    def _check_request(self) -> None:
        """What was begun can be continued until its certificate is there."""
        pending = self.store.pending(ID_NUMBER)
        if pending:
            assert self.store.begin(NAME, ID_NUMBER, KEY_BITS, Secret(PASSWORDS[0])) == pending
        if self.begun and not (pending and pending.id == self.begun):
            assert self.begun in self._installed_keys(), "a request that was reported is gone"
            self.begun = ""

    def _installed_keys(self) -> set[str]:
        certificates = (self.store.certificate_pem(one).encode("ascii") for one in self.owned)
        return {key_id(x509.load_pem_x509_certificate(pem).public_key()) for pem in certificates}

    def _change_once_more(self) -> None:
        """Bring the store back to a few certificates: at least one change, whose password changes."""
        if not self.owned:
            data = _backup()
            info = self.store.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORDS[0])).info
            self.owned[info.id] = {PASSWORDS[0]}
        for certificate_id in self.chance.sample(sorted(self.owned), max(0, len(self.owned) - KEPT)):
            self.store.delete(certificate_id)
            del self.owned[certificate_id]
        for certificate_id, (old,) in self.owned.items():
            new = PASSWORDS[1 - PASSWORDS.index(old)]
            self.store.change_password(certificate_id, Secret(old), Secret(new))
            self.owned[certificate_id] = {new}

    def _orphans(self) -> list[str]:
        """Files that belong neither to a certificate nor to the request that is waiting."""
        pending = self.store.pending(ID_NUMBER)
        owners = [*self.owned, *([pending.id] if pending else [])]
        files = sorted(path.name for path in self.folder.iterdir() if path.name != "store.lock")
        keys = collections.Counter(name[:64] for name in files if name.endswith(".p12"))
        known = re.compile(f"({'|'.join(owners)})(\\.json|-[0-9a-f]{{8}}\\.p12|\\.tries|\\.request)")
        strange = [name for name in files if not known.fullmatch(name)]
        return strange + [f"two keys of {one}" for one, count in keys.items() if count != 1]


def _listen(reader: int, seconds: float | None) -> bytes:
    """All that is told within `seconds`; with None until there is nobody left to tell anything."""
    heard, deadline = b"", time.monotonic() + (seconds or 0)
    while True:
        patience = None if seconds is None else max(0.0, deadline - time.monotonic())
        if not select.select([reader], [], [], patience)[0]:
            return heard
        more = os.read(reader, 65_536)
        if not more:
            return heard
        heard += more


def main() -> int:
    """Print where the kills have hit; ends with an AssertionError when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="of the draws; instants differ all the same")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        campaign = Campaign(Path(scratch) / "certificates", random.Random(args.seed))
        for _ in range(args.kills):
            campaign.kill_one()
    print(f"{args.kills} kills, nothing lost, nothing halved, nothing left behind")
    print("hit while:", ", ".join(f"{doing} {count}" for doing, count in campaign.hits.most_common()))
    print("ended as:", ", ".join(f"{end} {count}" for end, count in campaign.ends.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

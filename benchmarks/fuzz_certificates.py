"""Imports thousands of broken and malicious certificate files: a clear failure, or an import that holds.

    python -m benchmarks.fuzz_certificates [--count 10000] [--start 0] [--keep FOLDER]
    python -m benchmarks.fuzz_certificates --atheris 100000

Every file goes through the public door of a store on disk that holds another certificate. Either a `Failure`
comes, and the folder is as it was; or the certificate opens, is exported, and its key signs what its
certificate verifies. At the end the other certificate must open. Linux only.
With --atheris (which has packages for Linux alone) the reader alone, so many times, guided by coverage.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Iterator

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.campaign import Campaign, add_arguments
from benchmarks.certificate_mutations import MUTATIONS, case, seeds, write_seeds
from kaihu_desktop.certificates import pkcs12
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateState, ExportProfile
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    DEVICE,
    FILE_PASSWORD,
    PASSWORD,
    keep,
    other_person,
)

SLOWEST_S = 15.0  # CPU; the most iterations that are believed, 6,000,000 in all, are some seconds


class Target:
    """A store in `folder` that holds one certificate, which nothing may touch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = FileCertificateStore(folder, Secret(DEVICE), CHEAP)
        self._kept = keep(self._store, other_person())
        self._files = self._content()

    def take(self, data: bytes) -> str:
        """What came of an import: a code, ``imported``, or ``CRASH …`` when a promise was broken."""
        try:
            info = self._store.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORD)).info
            outcome = "imported"
        except Failure as failure:
            return failure.code if self._content() == self._files else "CRASH the folder has changed"
        except BaseException as error:
            return f"CRASH {type(error).__name__}"
        try:
            if not self._holds(info):
                outcome = "CRASH doesn't read back"
            self._store.delete(info.id)
        except Failure as failure:
            outcome = f"CRASH after the import: {failure.code}"
        except BaseException as error:
            outcome = f"CRASH after the import: {type(error).__name__}"
        return outcome if self._content() == self._files else "CRASH something is left"

    def is_whole(self) -> bool:
        """Whether the certificate that was there first still opens, alone."""
        with self._store.open(self._kept, Secret(PASSWORD)):
            return [info.id for info in self._store.list()] == [self._kept]

    def _holds(self, info: Any) -> bool:
        with self._store.open(info.id, Secret(PASSWORD)) as opened:
            same = opened.info == info
        exported = self._store.export(
            info.id, Secret(PASSWORD), Secret(FILE_PASSWORD), ExportProfile.WINDOWS_7
        )
        credential = pkcs12.load(exported, Secret(FILE_PASSWORD))
        _sign(credential)
        return same and info in self._store.list() and info.state is not CertificateState.DAMAGED

    def _content(self) -> dict[str, bytes]:
        files = (path for path in self._folder.iterdir() if path.suffix != ".tries")
        return {path.name: path.read_bytes() for path in files}


def _sign(credential: pkcs12.Credential) -> None:
    """Raises InvalidSignature unless the certificate verifies what its key signs."""
    key, public, text = credential.key, credential.certificate.public_key(), b"agreement"
    if isinstance(key, EllipticCurvePrivateKey):
        public.verify(key.sign(text, ECDSA(SHA256())), text, ECDSA(SHA256()))  # type: ignore[union-attr,call-arg]
    else:
        public.verify(key.sign(text, PKCS1v15(), SHA256()), text, PKCS1v15(), SHA256())  # type: ignore


def campaign(folder: Path) -> Campaign:
    """The campaign whose sound files are in `folder`."""
    return Campaign(MUTATIONS, partial(case, folder), good="imported", bound_mb=100, slowest_s=SLOWEST_S)


def work(folder: Path, first: int, last: int) -> None:
    """Import the cases of these numbers."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Target(Path(scratch) / "certificates")

        def take(number: int, data: bytes) -> str:
            outcome = target.take(data)
            return outcome if number < last - 1 or target.is_whole() else "CRASH the other certificate"

        campaign(folder).work(first, last, take)


def guided(folder: Path, runs: int) -> None:
    """Feed `pkcs12.load` what reaches new code, so many times; ends the process."""
    import atheris

    with atheris.instrument_imports(include=["asn1crypto", "kaihu_desktop.certificates"]):
        for name in [name for name in sys.modules if name.startswith(("asn1crypto", "kaihu_desktop.cert"))]:
            del sys.modules[name]
        from kaihu_desktop.certificates.pkcs12 import load

    def read(data: bytes) -> None:
        try:
            load(data, Secret(FILE_PASSWORD))
        except Failure:
            pass

    options = [f"-runs={runs}", f"-timeout={int(SLOWEST_S)}", "-max_len=20000"]
    found = folder / "found"
    found.mkdir(exist_ok=True)
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={found}/", str(found), str(folder)], read)
    atheris.Fuzz()


@contextmanager
def _seed_folder(kept: Path | None) -> Iterator[Path]:
    """Where the sound files are; they are made unless `kept` has some already."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not seeds(folder):
            seeds.cache_clear()
            write_seeds(folder)
        yield folder


def main() -> int:
    """Print the table; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--keep", type=Path, help="folder of the sound files, to make the same cases again")
    parser.add_argument("--atheris", type=int, metavar="RUNS", help="guided by coverage instead")
    args = parser.parse_args()
    if args.worker:
        work(args.keep, *args.worker)
        return 0
    with _seed_folder(args.keep) as folder:
        if args.atheris:
            guided(folder, args.atheris)
        worker = [sys.executable, "-m", "benchmarks.fuzz_certificates", "--keep", str(folder)]
        whole = campaign(folder)
        return whole.report(list(whole.run(worker, args.start, args.start + args.count)))


if __name__ == "__main__":
    sys.exit(main())

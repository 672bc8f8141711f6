"""Imports thousands of broken and malicious certificate files: a clear failure, or an import that holds.

    python -m benchmarks.fuzz_certificates [--count 10000] [--start 0] [--keep FOLDER]
    python -m benchmarks.fuzz_certificates --atheris 600

Every file goes through the public door of a store on disk that holds another certificate. Either a `Failure`
comes, and the folder is as it was; or the certificate opens, is exported, and its key signs what its
certificate verifies. At the end the other certificate must open. Each import is done in a worker process
whose peak memory is measured anew; a worker that dies or takes too long is counted and replaced. Linux only.
With --atheris (where that package can be imported) the reader alone, guided by coverage, for so many seconds.
"""

from __future__ import annotations

import argparse
import collections
import json
import queue
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.certificate_mutations import MUTATIONS, case, seeds, write_seeds
from kaihu_desktop.certificates import pkcs12
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateState, ExportProfile
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import CHEAP, FILE_PASSWORD, PASSWORD, keep, other_person

DEVICE = b"d" * 32
BOUND_MB = 100
SLOWEST_S = 15.0  # CPU; the most iterations that are believed, 6,000,000 in all, are some seconds
HANG_S = 120.0  # wall


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


def _status(field: str) -> float:
    """A memory figure of this process in MB."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def work(folder: Path, first: int, last: int) -> None:
    """Import the cases of these numbers; one line of JSON for each."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Target(Path(scratch) / "certificates")
        limit = int((_status("VmSize") + 3 * BOUND_MB) * 1024 * 1024)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        for number in range(first, last):
            name, mutation, data = case(folder, number)
            with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
                file.write("5")  # forget the peak
            before, started = _status("VmRSS"), time.process_time()
            outcome = target.take(data)
            seconds, peak = time.process_time() - started, _status("VmHWM") - before
            if number == last - 1 and not target.is_whole():
                outcome = "CRASH the other certificate"
            print(json.dumps([number, name, mutation, len(data), outcome, seconds, peak]), flush=True)


def run(folder: Path, count: int, start: int) -> Iterator[list[Any]]:
    """The results of all cases, in order; a case that ends its worker gives CRASH or HANG."""
    number, end = start, start + count
    while number < end:
        command = [sys.executable, "-m", "benchmarks.fuzz_certificates", "--keep", str(folder)]
        command += ["--worker", str(number), str(end)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pump, args=(worker, lines), daemon=True).start()
        while number < end:
            try:
                line, verdict = lines.get(timeout=HANG_S), "CRASH process"
            except queue.Empty:
                line, verdict = "", "HANG"
            if not line:
                worker.kill()
                name, mutation, data = case(folder, number)
                yield [number, name, mutation, len(data), verdict, HANG_S, 0.0]
                number += 1
                break
            yield json.loads(line)
            number += 1
        worker.wait()


def _pump(worker: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        lines.put(line)
    lines.put("")


def guided(folder: Path, seconds: int) -> None:
    """Feed `pkcs12.load` what reaches new code, for so many seconds; ends the process."""
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

    options = [f"-max_total_time={seconds}", f"-timeout={int(SLOWEST_S)}", "-max_len=20000"]
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
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--keep", type=Path, help="folder of the sound files, to make the same cases again")
    parser.add_argument("--atheris", type=int, metavar="SECONDS", help="guided by coverage instead")
    parser.add_argument("--worker", type=int, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        work(args.keep, *args.worker)
        return 0
    with _seed_folder(args.keep) as folder:
        if args.atheris:
            guided(folder, args.atheris)
        results = list(run(folder, args.count, args.start))
    _print_table(results)
    broken = [one for one in results if one[4].startswith(("CRASH", "HANG")) or not _within(one)]
    for one in broken:
        print("BROKEN", *one)
    slowest, largest = max(one[5] for one in results), max(one[6] for one in results)
    print(f"\n{len(results)} files, {len(broken)} broken promises; slowest {slowest:.2f} s CPU", end=" ")
    print(f"(allowed {SLOWEST_S:g}), most memory {largest:.0f} MB (allowed {BOUND_MB})")
    return 1 if broken else 0


def _within(one: list[Any]) -> bool:
    return bool(one[5] <= SLOWEST_S and one[6] <= BOUND_MB)


def _print_table(results: list[list[Any]]) -> None:
    print("mutation     files imported  refused  p99 ms  max ms  max MB  codes")
    for mutation in [*MUTATIONS, "all"]:
        rows = [one for one in results if mutation in (one[2], "all")]
        if not rows:
            continue
        outcomes = collections.Counter(one[4] for one in rows)
        times = sorted(one[5] * 1000 for one in rows)
        imported, memory = outcomes.pop("imported", 0), max(one[6] for one in rows)
        codes = ", ".join(f"{code} {number}" for code, number in outcomes.most_common())
        row = f"{mutation:11} {len(rows):6} {imported:8} {len(rows) - imported:8}"
        print(f"{row} {times[len(times) * 99 // 100]:7.0f} {times[-1]:7.0f} {memory:7.0f}  {codes}")


if __name__ == "__main__":
    sys.exit(main())

"""Signs agreements as the step 签署协议 does, with and without timestamps of a sandbox beside it.

    python -m benchmarks.signing [--agreements 12] [--pages 20] [--rounds 5] [--profile]

One round: the password is checked (scrypt), every agreement signed, and the key forgotten. The first round
stands alone: it loads pyHanko. wall: seconds that the person waits, true only on a machine that does nothing
else; cpu: of this process, which waits for the sandbox's where there are timestamps. The goal for 12
agreements of 20 pages is 3 s.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Callable

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.store import open_store
from kaihu_desktop.core.model.certificate import CertificateStore
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.sandbox.agreement_pdf import make
from kaihu_desktop.sandbox.agreement_texts import AGREEMENTS, AgreementText
from tests.faults.backend_answers import LIMITS, log_in
from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER, SandboxServer

GOAL = 3.0
FILLING = {
    "name": "张样本",
    "masked_id": "410101********0033",
    "company": "样例期货",
    "hotline": "400-000-0000",
    "number": "0123456789AB",
    "date": "2024年01月02日",
}


def agreement(number: int, pages: int) -> bytes:
    """An agreement of so many pages, in the sandbox's typesetting with its embedded Chinese font."""
    text = AGREEMENTS[number % len(AGREEMENTS)]
    paragraphs: tuple[str, ...] = ()
    while True:
        made = make(AgreementText(**{**vars(text), "paragraphs": paragraphs or text.paragraphs}), FILLING)
        if made.pages >= pages:
            return made.content
        paragraphs = (*(paragraphs or text.paragraphs), *text.paragraphs)


def measure(work: Callable[[], Any]) -> tuple[float, float]:
    """(wall, cpu) in seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def run(
    store: CertificateStore, password: str, documents: list[bytes], ask: Any, rounds: int
) -> list[tuple[float, float]]:
    """The rounds' figures."""
    (info,) = store.find(SAMPLE_ID_NUMBER)
    return [
        measure(lambda: store.sign_pdf(info.id, Secret(password), documents, timestamp=ask))
        for _ in range(rounds)
    ]


def told(title: str, figures: list[tuple[float, float]]) -> None:
    """Print one line of the table."""
    first, *others = figures
    walls, cpus = zip(*others)
    good = "yes" if max(*walls, first[0]) <= GOAL else "NO"
    print(
        f"{title:22} {first[0]:6.2f} {first[1]:6.2f} {statistics.median(walls):8.2f}"
        f" {statistics.median(cpus):6.2f} {max(walls):7.2f}  {good}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreements", type=int, default=12)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="where the time goes, instead of the table")
    args = parser.parse_args()
    documents = [agreement(number, args.pages) for number in range(args.agreements)]
    size = sum(map(len, documents)) / len(documents) / 1024
    with tempfile.TemporaryDirectory() as folder, SandboxServer(Path(folder) / "sandbox") as sandbox:
        sandbox.open_hours()
        backend = RestBackend(sandbox.url, LIMITS)
        log_in(backend, sandbox)
        store = open_store(Path(folder) / "certificates", Secret(b"d" * 32))
        password = str(sandbox.customer(SAMPLE_ID_NUMBER)["certificate_password"])
        store.import_pkcs12(sandbox.certificate_file(SAMPLE_ID_NUMBER), Secret(password), Secret(password))
        if args.profile:
            with cProfile.Profile() as profile:
                run(store, password, documents, backend.timestamp, args.rounds)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
            return
        print(f"{args.agreements} agreements of at least {args.pages} pages, {size:.0f} KB each, {COMPANY}")
        print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print("                         first round     median of the rest  worst  every round")
        print("signature               wall    cpu     wall    cpu    wall  within 3 s")
        told("PAdES B-B", run(store, password, documents, None, args.rounds + 1))
        told("PAdES B-T (timestamps)", run(store, password, documents, backend.timestamp, args.rounds + 1))
        backend.close()


if __name__ == "__main__":
    main()

"""Why a person's certificate is found or not, and can be used or not: each reason with its failure code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Sequence

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_checks import CompanyWord
from kaihu_desktop.core.model.certificate import (
    STATE_FAILURES,
    CertificateInfo,
    CertificateState,
    CertificateStore,
    RevocationStatus,
)
from kaihu_desktop.core.model.windows_certificate import WindowsCertificate, WindowsCertificates


@dataclass(frozen=True)
class Finding:
    """One certificate. code: the failure that says why it can't be used, None when it can.

    info: with the state REVOKED where the CA said so. pem: its PEM text, empty when it can't be used.
    """

    info: CertificateInfo
    code: str | None
    pem: str


@dataclass(frozen=True)
class Diagnosis:
    """What is on this PC for one person.

    own: the person's certificates, those that can be used first. nameless: those that nobody can tell whose
    they are (damaged, or bound to another device). others: how many belong to other people.
    unasked: why it isn't known whether one of them is revoked (a failure code); None if the CA answered.
    persistent: see `CertificateStore`. windows: the person's that lie in Windows' own stores and not here.
    """

    own: tuple[Finding, ...]
    nameless: tuple[Finding, ...]
    others: int
    unasked: str | None
    persistent: bool
    windows: tuple[WindowsCertificate, ...] = ()

    @property
    def usable(self) -> tuple[Finding, ...]:
        """The person's certificates that can sign now, the best first."""
        return tuple(finding for finding in self.own if finding.code is None)

    @property
    def code(self) -> str | None:
        """The failure that says why the person can't sign; None when there is a usable certificate."""
        if self.usable:
            return None
        takeable = [one for one in self.windows if one.takeable]
        found = takeable or self.own or self.nameless or self.windows
        if found:
            return found[0].code
        return "CERT-OTHER-PERSON" if self.others else "CERT-NONE"


def diagnose(
    store: CertificateStore,
    id_number: str,
    anchors: bytes | None = None,
    ask: Callable[[bytes], bytes] | None = None,
    windows: WindowsCertificates | None = None,
) -> Diagnosis:
    """Look through the store for the person with this ID number. Blocks; raises CERT-STORE.

    anchors: the company's trust anchors (PEM), None if they couldn't be had: then trust isn't judged.
    ask: sends an OCSP request and returns the answer, None not to ask (which needs the anchors, too).
    windows: None on other systems.
    """
    everything = store.list()
    mine = {info.id for info in store.find(id_number)}
    own = [info for info in everything if info.id in mine]
    nameless = [info for info in everything if info.id not in mine and _nameless(info)]
    others = len(everything) - len(own) - len(nameless)
    found = _diagnosis(store, own, nameless, others, anchors, ask and _while_it_answers(ask))
    return replace(found, windows=in_windows_only(windows, everything, id_number))


def diagnose_everybody(
    store: CertificateStore, word: CompanyWord | None, windows: WindowsCertificates | None = None
) -> tuple[Diagnosis, ...]:
    """The same for each person whose certificates are on this PC, told apart by what is shown of them.

    Certificates that nobody can tell whose they are make one diagnosis more, without own ones.
    """
    anchors, ask = (word.anchors, word.ask) if word else (None, None)
    everything = store.list()
    people: dict[tuple[str, str], list[CertificateInfo]] = {}
    for info in everything:
        people.setdefault(info.person, []).append(info)
    elsewhere: dict[tuple[str, str], list[WindowsCertificate]] = {}
    for one in in_windows_only(windows, everything):
        people.setdefault(one.info.person, [])
        elsewhere.setdefault(one.info.person, []).append(one)
    asked = ask and _while_it_answers(ask)
    found = []
    for person, infos in people.items():
        nameless = [info for info in infos if _nameless(info)]
        own = [info for info in infos if not _nameless(info)]
        one_found = _diagnosis(store, own, nameless, len(everything) - len(infos), anchors, asked)
        found.append(replace(one_found, windows=tuple(elsewhere.get(person, ()))))
    return tuple(found)


def in_windows_only(
    windows: WindowsCertificates | None, here: Sequence[CertificateInfo], id_number: str | None = None
) -> tuple[WindowsCertificate, ...]:
    """What Windows has of this person, None: of any, and the store hasn't."""
    known = {info.id for info in here}
    found = windows.find(id_number) if windows else ()
    return tuple(one for one in found if one.info.subject_id_number_masked and one.info.id not in known)


def _diagnosis(
    store: CertificateStore,
    own: Sequence[CertificateInfo],
    nameless: Sequence[CertificateInfo],
    others: int,
    anchors: bytes | None,
    ask: Callable[[bytes], bytes] | None,
) -> Diagnosis:
    judged = [_judge(store, info, anchors, ask) for info in own]
    return Diagnosis(
        own=tuple(sorted((finding for finding, _ in judged), key=lambda finding: finding.code is not None)),
        nameless=tuple(Finding(info, STATE_FAILURES[info.state], "") for info in nameless),
        others=others,
        unasked=next((unasked for _, unasked in judged if unasked), None),
        persistent=store.persistent,
    )


def _while_it_answers(ask: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Who hasn't answered once isn't waited for again."""
    failures: list[Failure] = []

    def asked(request: bytes) -> bytes:
        if failures:
            raise failures[0]
        try:
            return ask(request)
        except Failure as failure:
            failures.append(failure)
            raise

    return asked


def _nameless(info: CertificateInfo) -> bool:
    return not info.subject_id_number_masked and info.state in STATE_FAILURES


def _judge(
    store: CertificateStore,
    info: CertificateInfo,
    anchors: bytes | None,
    ask: Callable[[bytes], bytes] | None,
) -> tuple[Finding, str | None]:
    """The verdict, and why the CA couldn't be asked (None if it was, or needn't be)."""
    code, unasked = STATE_FAILURES.get(info.state), None
    if code is None and anchors is not None:
        code = store.verify(info.id, anchors).code
    if code is None and anchors is not None and ask is not None:
        answer = store.check_revocation(info.id, anchors, ask)
        if answer.status is RevocationStatus.REVOKED:
            code, info = answer.code, replace(info, state=CertificateState.REVOKED)
        elif answer.status is RevocationStatus.UNKNOWN:
            unasked = answer.code
    elif code is None:
        unasked = "CERT-STATUS"
    return Finding(info, code, "" if code else store.certificate_pem(info.id)), unasked

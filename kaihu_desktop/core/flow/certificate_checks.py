"""Why one certificate can or can't be used: each question with its answer, code, text and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Callable

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.model.certificate import (
    CertificateInfo,
    CertificateState,
    CertificateStore,
    RevocationStatus,
)
from kaihu_desktop.core.ports import Backend

UNREADABLE = "证书不能读取，无法判断"


class Answer(Enum):
    """How a question about a certificate is answered."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One question. text: what was found, in a sentence. remedy: what to do about it, empty when nothing is.

    code: the failure that describes the problem; of an unknown answer what kept it, if that is known.
    """

    id: str
    title: str
    answer: Answer
    text: str
    remedy: str = ""
    code: str | None = None


@dataclass(frozen=True)
class CompanyWord:
    """What the company tells about certificates. anchors: PEM bundle. ask: see `check_revocation`."""

    anchors: bytes
    ask: Callable[[bytes], bytes] | None


def company_word(backend: Backend, company_code: str) -> CompanyWord | None:
    """What the company says now; None when none is chosen, or it can't be reached. Blocks."""
    if not company_code:
        return None
    try:
        return CompanyWord(backend.trust_anchors(company_code), backend.certificate_status)
    except Failure:
        return None


def check_certificate(
    store: CertificateStore, info: CertificateInfo, mine: bool | None, word: CompanyWord | None
) -> tuple[Check, ...]:
    """Every question about `info`, in the order in which a problem has to be mended. Blocks.

    mine: whether it belongs to the person who is logged in; None when nobody is.
    word: None when the company could not be reached, or isn't known.
    """
    unknown_person = "登录后才能判断"
    if not _readable(info):
        mine, unknown_person = None, UNREADABLE
    return (
        _check("keyring", "系统密钥保管", store.persistent, "PC-KEYRING", "可以使用，证书会保存在这台电脑上"),
        *_own_checks(info),
        _check("person", "证书主人", mine, "CERT-OTHER-PERSON", "是您本人", unknown_person),
        _issuer(store, info, word),
        _revocation(store, info, word),
    )


def _own_checks(info: CertificateInfo) -> tuple[Check, ...]:
    """What the store knows by itself."""
    state = info.state
    intact = state is not CertificateState.DAMAGED
    here = state is not CertificateState.OTHER_DEVICE if intact else None
    dates = {CertificateState.EXPIRED: "CERT-EXPIRED", CertificateState.NOT_YET_VALID: "CERT-NOT-YET"}
    in_time = state not in dates if here else None
    return (
        _check("file", "证书文件", intact, "CERT-DAMAGED", "完整"),
        _check("device", "私钥", here, "CERT-OTHER-PC", "属于这台电脑的当前用户", UNREADABLE),
        _check("validity", "有效期", in_time, dates.get(state, ""), "在有效期内", UNREADABLE),
    )


def _issuer(store: CertificateStore, info: CertificateInfo, word: CompanyWord | None) -> Check:
    trusted: bool | None = None
    if word is not None and word.anchors and _readable(info):
        try:
            trusted = store.verify(info.id, word.anchors).trusted
        except Failure:
            trusted = None  # what is wrong with the file is told above
    return _check("issuer", "颁发机构", trusted, "CERT-UNTRUSTED", "是期货公司认可的机构", _unasked(info))


def _revocation(store: CertificateStore, info: CertificateInfo, word: CompanyWord | None) -> Check:
    title, good = "吊销状态", "没有被吊销"
    if word is None or word.ask is None or not word.anchors or not _readable(info):
        return _check("revocation", title, None, "CERT-REVOKED", good, _unasked(info))
    try:
        found = store.check_revocation(info.id, word.anchors, word.ask)
    except Failure as failure:
        return Check("revocation", title, Answer.UNKNOWN, failure.text, failure.remedy, failure.code)
    if found.status is RevocationStatus.UNKNOWN:
        kind = KINDS[found.code or "CERT-STATUS"]
        return Check("revocation", title, Answer.UNKNOWN, kind.text, kind.remedy, kind.code)
    return _check("revocation", title, found.status is RevocationStatus.GOOD, "CERT-REVOKED", good)


def _readable(info: CertificateInfo) -> bool:
    """Whether there is more of it than a file that can't be opened here."""
    return info.not_after is not None


def _unasked(info: CertificateInfo) -> str:
    """Why nobody asked the company."""
    return "连接期货公司后才能判断" if _readable(info) else UNREADABLE


def _check(key: str, title: str, good: bool | None, code: str, text: str, unknown: str = "") -> Check:
    if good is None:
        return Check(key, title, Answer.UNKNOWN, unknown)
    if good:
        return Check(key, title, Answer.GOOD, text)
    kind = KINDS[code]
    return Check(key, title, Answer.BAD, kind.text, kind.remedy, code)

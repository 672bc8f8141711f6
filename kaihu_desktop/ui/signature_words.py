"""The verdict on a signed PDF in words that a person understands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.core.model.certificate import PdfVerification, SignatureVerification
from kaihu_desktop.core.rules.id_number import BEIJING

ASK = "请拨打客服热线核实这份文件是否有效。"
#: What a failure's code means for a document that somebody has signed already: what is wrong, what to do.
PROBLEMS = {
    "SIGN-NONE": ("这份文件没有数字签名", "请确认选择的是签署完成后保存的协议。"),
    "SIGN-TIME": ("文件完整，签署后没有改动，但时间戳无效", f"签署时间没有得到证明，{ASK}"),
    "SIGN-DOCUMENT": ("文件在签署后被改动过，不能作为凭证", f"请从“协议下载”重新保存；不是自己保存的，{ASK}"),
    "CERT-EXPIRED": ("签署的时候，签署人的数字证书已经过期", ASK),
    "CERT-NOT-YET": ("签署的时候，签署人的数字证书还没有生效", ASK),
    "CERT-REVOKED": ("签署人的数字证书已被吊销", ASK),
    "CERT-UNTRUSTED": ("签署人的数字证书不是期货公司认可的机构签发的", f"签署人的身份没有得到证明，{ASK}"),
}
VALID = "签名有效，文件完整，签署后没有改动"
NOT_JUDGED = "文件完整，签署后没有改动；没有取得期货公司的根证书，颁发机构还没有核对"
NOT_JUDGED_REMEDY = "请在网络恢复后点“重新验证”。"


@dataclass(frozen=True)
class Fact:
    """One line about a signature; kind: ok, warn, error, or empty for what is neither good nor bad."""

    title: str
    text: str = field(repr=False)
    kind: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is said of a document: `text` above all, then the facts of each signature.

    kind: ok, warn or error. remedy: what to do, empty when all is well. code: the failure, for the hotline.
    """

    kind: str
    text: str
    remedy: str
    code: str | None
    signatures: tuple[tuple[Fact, ...], ...]

    @property
    def sentence(self) -> str:
        """Text, remedy and code as they stand together in a note."""
        code = f"（代码 {self.code}）" if self.code else ""
        return f"{self.text}。{self.remedy}{code}"


def verdict_of(report: PdfVerification) -> Verdict:
    """The words for `report`."""
    facts = tuple(_facts(signature) for signature in report.signatures)
    if report.code is not None:
        return Verdict("error", *_problem(report.code), report.code, facts)
    if report.trusted is None:
        return Verdict("warn", NOT_JUDGED, NOT_JUDGED_REMEDY, None, facts)
    return Verdict("ok", VALID, "", None, facts)


def time_text(moment: datetime) -> str:
    """A moment as it is told here, in Beijing time."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）"


def _problem(code: str) -> tuple[str, str]:
    kind = KINDS[code]
    return PROBLEMS.get(code, (kind.text, kind.remedy))


def _facts(signature: SignatureVerification) -> tuple[Fact, ...]:
    if not signature.certificate_id:
        return (Fact("签名", "签名已损坏，读不出是谁签署的", "error"),)
    return (_content(signature), _signer(signature), _issuer(signature), _time(signature))


def _content(signature: SignatureVerification) -> Fact:
    if signature.intact:
        return Fact("文件内容", "文件完整，签署后没有改动", "ok")
    return Fact("文件内容", "签署后被改动过，或签名已损坏", "error")


def _signer(signature: SignatureVerification) -> Fact:
    number = signature.signer_id_number_masked
    name = signature.signer_name or "证书中没有姓名"
    return Fact("签署人", f"{name}（证件号 {number}）" if number else name)


def _issuer(signature: SignatureVerification) -> Fact:
    issuer = signature.issuer or "未注明"
    if signature.trusted is None:
        return Fact("颁发机构", f"{issuer}，还没有核对", "warn")
    if not signature.trusted:
        return Fact("颁发机构", f"{issuer}，{_distrust(signature)}", "error")
    return Fact("颁发机构", f"{issuer}，期货公司认可的机构", "ok")


def _distrust(signature: SignatureVerification) -> str:
    """An expired certificate isn't trusted either, but its issuer isn't the reason."""
    wrong_time = signature.code in ("CERT-EXPIRED", "CERT-NOT-YET", "CERT-REVOKED")
    return PROBLEMS[signature.code][0] if wrong_time else "不是期货公司认可的机构"


def _time(signature: SignatureVerification) -> Fact:
    stamp = signature.timestamp
    if stamp is None:
        if signature.signed_at is None:
            return Fact("签署时间", "没有注明", "warn")
        return Fact("签署时间", f"{time_text(signature.signed_at)}，由签署人的电脑记录")
    time = time_text(stamp.time)
    if not stamp.intact:
        return Fact("签署时间", f"{time}，时间戳无效，不能证明", "error")
    if stamp.trusted is None:
        return Fact("签署时间", f"{time}，由{stamp.authority}给出时间戳，还没有核对", "warn")
    if not stamp.trusted:
        return Fact("签署时间", f"{time}，时间戳不是认可的机构给出的，不能证明", "error")
    return Fact("签署时间", f"{time}，由{stamp.authority}的时间戳证明", "ok")

"""What ``kaihu-desktop cert`` says: its Chinese texts, and its stable JSON documents."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Callable, Iterator

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.model.certificate import (
    STATE_TEXTS,
    CertificateInfo,
    CertificateState,
    CertificateVerification,
    PdfVerification,
    SignatureVerification,
    Timestamp,
)
from kaihu_desktop.core.model.windows_certificate import PLACE_TEXTS, Place

DESCRIPTION = "管理本机的数字证书。密码从终端或标准输入读取（每行一个），不接受命令行参数。"
ACTIONS = {
    "list": "列出本机的数字证书",
    "import": "导入证书备份文件（.pfx 或 .p12）；密码：文件密码，新密码（可空）",
    "details": "显示一张证书的详细信息",
    "export": "导出证书备份文件；密码：证书密码，备份文件的密码",
    "change-password": "修改证书密码；密码：现在的密码，新密码",
    "delete": "删除本机的数字证书",
    "windows-import": "从 Windows 证书库导入；密码：在本机使用的新密码",
    "windows-export": "放入 Windows 当前用户的“个人”证书库；密码：证书密码",
    "diagnose": "逐项检查证书为什么能用或不能用",
    "verify": "验证签署后的 PDF、证书备份文件或本机的证书",
}
ARGUMENTS = {
    "import": {"file": "证书备份文件"},
    "export": {"id": "证书编号（前 8 位即可）", "file": "要写入的文件"},
    "details": {"id": "证书编号（前 8 位即可）"},
    "change-password": {"id": "证书编号（前 8 位即可）"},
    "delete": {"id": "证书编号（前 8 位即可）"},
    "windows-import": {"id": "证书编号或指纹（前 8 位即可，见 cert list --windows）"},
    "windows-export": {"id": "证书编号（前 8 位即可）"},
    "verify": {"target": "PDF 文件、证书备份文件，或证书编号（前 8 位即可）"},
}
RENEWAL = "续期要向期货公司证明是您本人，需要登录，请在程序窗口的“我的证书”里办理。"
PROFILE_HELP = "modern：推荐；windows7：Windows 7 能导入的格式，加密方法旧，保护较弱"
DIAGNOSE_ID = "证书编号（前 8 位即可），不给出时检查全部证书"
WINDOWS_HELP = "列出 Windows 证书库里的证书：放在哪里，能不能导入"
TRUST_HELP = "信任的根证书文件，可以多次给出"
NOT_IMPORTED = "这台电脑没有可用的系统密钥保管功能，证书不能保存，没有导入"
DELETE_QUESTION = "删除“{name}”的数字证书后无法恢复（除非有备份）。输入 yes 确认："
ANSWER_SIGNS = {"good": "正常", "bad": "问题", "unknown": "未知"}
TRUST_TEXTS = {True: "是受信任的机构", False: "不是受信任的机构", None: "没有根证书，无法判断"}


ID_PREFIX = 8  # hexadecimal digits of a certificate's id that are enough to name it


def certificate_document(info: CertificateInfo) -> dict[str, Any]:
    """`info` for JSON; times are ISO 8601."""
    return {
        "id": info.id,
        "subject_name": info.subject_name,
        "subject_id_number": info.subject_id_number_masked,
        "serial": info.serial,
        "issuer": info.issuer,
        "not_before": _iso(info.not_before),
        "not_after": _iso(info.not_after),
        "state": info.state.value,
        "used_for": info.used_for,
        "key": info.key,
    }


def failure_document(failure: Failure) -> dict[str, Any]:
    """`failure` for JSON."""
    return {
        "error": {
            "code": failure.code,
            "text": failure.text,
            "remedy": failure.remedy,
            "remaining": failure.remaining,
            "wait": failure.wait,
        }
    }


def certificate_verdict(verdict: CertificateVerification) -> dict[str, Any]:
    """`verdict` for JSON."""
    return {
        "kind": "certificate",
        "code": verdict.code,
        "trusted": verdict.trusted,
        "certificate": certificate_document(verdict.info),
    }


def pdf_verdict(report: PdfVerification) -> dict[str, Any]:
    """`report` for JSON."""
    return {
        "kind": "pdf",
        "code": report.code,
        "intact": report.intact,
        "trusted": report.trusted,
        "signatures": [_signature_document(signature) for signature in report.signatures],
    }


def as_json(document: dict[str, Any]) -> str:
    """One line of JSON."""
    return json.dumps(document, ensure_ascii=False)


def as_text(document: dict[str, Any]) -> str:
    """`document` in words."""
    return "\n".join(_lines(document))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """What a document says; which one it is its first key tells."""
    yield from _WORDS[next(iter(document))](document)


def _imported_lines(document: dict[str, Any]) -> Iterator[str]:
    yield from ("数字证书已经导入。", *_certificate_lines(document["imported"]))
    if document["legacy"]:
        yield "这份文件用的是旧的加密方法，保护较弱；本机已改用新的方法保存，建议重新导出一份备份。"


def _exported_lines(document: dict[str, Any]) -> Iterator[str]:
    yield f"证书已经备份到：{document['file']}"
    if document["profile"] == "windows7":
        yield "这种格式用的是旧的加密方法，保护较弱，用完后请删除文件。"
    yield "请把备份文件和它的密码分开保管。"


def _taken_lines(document: dict[str, Any]) -> Iterator[str]:
    yield from ("数字证书已经从 Windows 证书库导入。", *_certificate_lines(document["taken"]))


def _put_lines(document: dict[str, Any]) -> Iterator[str]:
    yield "证书已经放入 Windows 当前用户的“个人”证书库，不能再从那里导出私钥。"
    yield "同一 Windows 用户运行的其他程序不用证书密码就能使用它签名。"


def _windows_lines(document: dict[str, Any]) -> Iterator[str]:
    if not document["windows"]:
        yield "Windows 证书库里没有个人证书。"
    for one in document["windows"]:
        yield from _certificate_lines(one["certificate"])
        yield f"  位置：{PLACE_TEXTS[Place(one['place'])]}  指纹（SHA-1）：{one['thumbprint']}"
        yield f"  {one['text']}（{one['code']}）。{one['remedy']}"


def _deleted_lines(document: dict[str, Any]) -> Iterator[str]:
    yield "数字证书已经删除。" if document["deleted"] else "没有删除。"


def _changed_lines(document: dict[str, Any]) -> Iterator[str]:
    yield "证书密码已经修改。以前导出的备份文件仍然用它原来的密码。"


def _verdict_lines(document: dict[str, Any]) -> Iterator[str]:
    if document["kind"] == "certificate":
        yield from _certificate_lines(document["certificate"])
        yield f"签发机构：{TRUST_TEXTS[document['trusted']]}"
    else:
        for signature in document["signatures"]:
            yield from _signature_lines(signature)
    yield from _conclusion(document["code"], document["trusted"])


def _failure_lines(document: dict[str, Any]) -> Iterator[str]:
    error = document["error"]
    yield f"{error['text']}（{error['code']}）"
    if error["remaining"] is not None:
        yield f"还可以再试 {error['remaining']} 次。"
    if error["wait"] is not None:
        yield f"请等待 {error['wait']} 秒后再试。"
    yield error["remedy"]


def _list_lines(document: dict[str, Any]) -> Iterator[str]:
    if not document["persistent"]:
        yield "这台电脑没有可用的系统密钥保管功能，证书不会保存。"
    if not document["certificates"]:
        yield "本机没有数字证书。"
    for certificate in document["certificates"]:
        yield from _certificate_lines(certificate)


def _certificate_lines(certificate: dict[str, Any]) -> Iterator[str]:
    yield f"{certificate['id'][:16]}  {certificate['subject_name']}  {certificate['subject_id_number']}"
    span = f"{_day(certificate['not_before'])} 至 {_day(certificate['not_after'])}"
    yield f"  状态：{STATE_TEXTS[CertificateState(certificate['state'])]}  有效期：{span}"
    yield f"  签发者：{certificate['issuer']}  序列号：{certificate['serial']}"


def _detail_lines(document: dict[str, Any]) -> Iterator[str]:
    certificate, backed_up = document["details"], document["backed_up"]
    yield from _certificate_lines(certificate)
    yield f"  用途：{certificate['used_for'] or '未知'}  密钥：{certificate['key'] or '未知'}"
    yield f"  指纹：{certificate['id']}"
    yield f"  备份：{'已经导出过' if backed_up else '还没有在这台电脑上导出过'}"


def _diagnosis_lines(document: dict[str, Any]) -> Iterator[str]:
    if document["windows"]:
        yield "Windows 证书库："
        yield from _windows_lines(document)
    for one in document["diagnoses"]:
        yield from _certificate_lines(one["certificate"])
        for check in one["checks"]:
            code = f"（{check['code']}）" if check["code"] else ""
            yield f"  [{ANSWER_SIGNS[check['answer']]}] {check['title']}：{check['text']}{code}"
            if check["remedy"]:
                yield f"      {check['remedy']}"


def _signature_document(signature: SignatureVerification) -> dict[str, Any]:
    return {
        "code": signature.code,
        "intact": signature.intact,
        "trusted": signature.trusted,
        "signer_name": signature.signer_name,
        "signer_id_number": signature.signer_id_number_masked,
        "signed_at": _iso(signature.signed_at),
        "timestamp": signature.timestamp and _timestamp_document(signature.timestamp),
        "issuer": signature.issuer,
        "certificate_id": signature.certificate_id,
    }


def _timestamp_document(timestamp: Timestamp) -> dict[str, Any]:
    return {
        "time": _iso(timestamp.time),
        "authority": timestamp.authority,
        "intact": timestamp.intact,
        "trusted": timestamp.trusted,
    }


def _signature_lines(signature: dict[str, Any]) -> Iterator[str]:
    yield f"签署人：{signature['signer_name']}  {signature['signer_id_number']}"
    yield f"  签署时间（签署人电脑的时间）：{_local(signature['signed_at'])}"
    stamp = signature["timestamp"]
    if stamp:
        state = TRUST_TEXTS[stamp["trusted"]] if stamp["intact"] else "已损坏"
        yield f"  时间戳：{_local(stamp['time'])}  {stamp['authority']}（{state}）"
    yield f"  内容：{'签署后没有改动' if signature['intact'] else '签署后被改动过，或签名损坏'}"
    yield f"  证书签发者：{signature['issuer']}（{TRUST_TEXTS[signature['trusted']]}）"


def _conclusion(code: str | None, trusted: bool | None) -> Iterator[str]:
    if code:
        kind = KINDS[code]
        yield f"结论：{kind.text}（{code}）。{kind.remedy}"
    else:
        yield "结论：验证通过。" if trusted else "结论：完整有效，但没有根证书，无法判断签发机构。"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _day(iso: str | None) -> str:
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d") if iso else "未知"


def _local(iso: str | None) -> str:
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S") if iso else "未注明"


_WORDS: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "error": _failure_lines,
    "persistent": _list_lines,
    "imported": _imported_lines,
    "details": _detail_lines,
    "exported": _exported_lines,
    "changed": _changed_lines,
    "windows": _windows_lines,
    "taken": _taken_lines,
    "put": _put_lines,
    "deleted": _deleted_lines,
    "diagnoses": _diagnosis_lines,
    "kind": _verdict_lines,
}

"""``kaihu-desktop doctor``: looks at everything that the client needs on this PC, and says what to do."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from kaihu_desktop import bootstrap
from kaihu_desktop.core.model.readiness import Result, State
from kaihu_desktop.devices.readiness_room import run_side_by_side

DESCRIPTION = """\
检查本机是否具备办理业务的条件：摄像头、麦克风、扬声器（会播放一声提示音）、网络、带宽、日期和时间、数字证书、
密钥保管、磁盘、数据文件夹、系统、识别组件、版本。没有失败的项目时退出码为 0，否则为 1。"""

MARKS = {State.OK: "正常", State.WARNING: "注意", State.FAILED: "失败"}


def add_parser(subparsers: Any) -> None:
    """Add ``doctor`` to the program's command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="检查本机是否具备办理业务的条件",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def run(args: argparse.Namespace) -> int:
    """0: nothing failed; 1: something did."""
    readiness = bootstrap.readiness()
    order = [check_id for check_id, _ in readiness.checks]
    results: dict[str, Result] = {}
    waiting = [] if args.json else list(order)

    def tell(result: Result) -> None:
        results[result.id] = result
        while waiting and waiting[0] in results:
            print(as_text(results[waiting.pop(0)]), flush=True)

    run_side_by_side(readiness, order, tell)
    failed = any(result.finding.state is State.FAILED for result in results.values())
    if args.json:
        document = {"ok": not failed, "checks": [as_document(results[check_id]) for check_id in order]}
        print(json.dumps(document, ensure_ascii=False))
    return 1 if failed else 0


def as_document(result: Result) -> dict[str, Any]:
    """The JSON object of one check."""
    finding = result.finding
    return {
        "id": result.id,
        "title": result.title,
        "state": finding.state.value,
        "text": finding.text,
        "code": finding.code,
        "remedy": finding.remedy,
        "reasons": [asdict(reason) for reason in finding.reasons],
        "ms": result.ms,
    }


def as_text(result: Result) -> str:
    """One check in words."""
    finding = result.finding
    code = f"（{finding.code}）" if finding.code else ""
    told = [f"{reason.text}（{reason.code}）。{reason.remedy}" for reason in finding.reasons]
    lines = told or ([finding.remedy] if finding.remedy else [])
    heading = f"[{MARKS[finding.state]}] {result.title}：{finding.text}{code}"
    return "".join([heading, *(f"\n        {line}" for line in lines)])

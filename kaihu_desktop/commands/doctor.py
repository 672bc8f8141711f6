"""``kaihu-desktop doctor``: looks at everything that the client needs on this PC, and says what to do."""

from __future__ import annotations

import argparse
import json
from typing import Any

from kaihu_desktop import __version__, bootstrap
from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.request import TimeLimits
from kaihu_desktop.certificates.device_secret import DeviceSecrets
from kaihu_desktop.core.model.readiness import Result, State
from kaihu_desktop.devices import checks
from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.devices.readiness import Check, run_check
from kaihu_desktop.resources import resource

DESCRIPTION = """\
检查本机是否具备办理业务的条件：网络、摄像头、数据文件夹、密钥保管、数字证书、磁盘、系统、识别组件、版本。
没有失败的项目时退出码为 0，否则为 1。"""

#: A person who asks what is wrong doesn't want to wait long for it.
LIMITS = TimeLimits(connect=5, read=8, whole=10)

#: Packages, by module, whose versions explain most differences between two PCs.
PACKAGES = {
    "cv2": "opencv-python-headless",
    "onnxruntime": "onnxruntime",
    "numpy": "numpy",
    "cryptography": "cryptography",
    "pyhanko": "pyHanko",
    "pypdfium2": "pypdfium2",
    "requests": "requests",
    "qtpy": "QtPy",
}

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
    results = []
    for check in all_checks():
        result = run_check(check)
        results.append(result)
        if not args.json:
            print(as_text(result), flush=True)
    failed = any(result.finding.state is State.FAILED for result in results)
    if args.json:
        document = {"ok": not failed, "checks": [as_document(result) for result in results]}
        print(json.dumps(document, ensure_ascii=False))
    return 1 if failed else 0


def all_checks() -> tuple[Check, ...]:
    """Every check, in the order in which a person would look."""
    settings = bootstrap.settings()
    url = settings.backend_url
    backend = RestBackend(url, LIMITS)
    return (
        checks.system(),
        checks.versions(__version__, PACKAGES),
        checks.disk(settings.data_dir),
        checks.folder(settings.data_dir),
        checks.keyring(DeviceSecrets(settings.data_dir).load_or_create),
        checks.certificates(lambda: bootstrap.certificate_store().list()),
        checks.models(bootstrap.model_folder(), _model_digests()),
        checks.camera(cameras()),
        checks.network(backend.clock if url else None, url.startswith("https:")),
    )


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
        "ms": result.ms,
    }


def as_text(result: Result) -> str:
    """One check in words."""
    finding = result.finding
    code = f"（{finding.code}）" if finding.code else ""
    remedy = f"\n        {finding.remedy}" if finding.remedy else ""
    return f"[{MARKS[finding.state]}] {result.title}：{finding.text}{code}{remedy}"


def _model_digests() -> dict[str, str]:
    """SHA-256 of each network; the licences that come with them aren't needed to read."""
    files = json.loads(resource("ocr_models.json").read_text(encoding="utf-8"))["files"]
    return {file["name"]: file["sha256"] for file in files if file["name"].endswith(".onnx")}

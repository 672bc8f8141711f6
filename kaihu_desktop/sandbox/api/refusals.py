"""OpenAPI descriptions of the problems that an operation may answer with."""

from __future__ import annotations

from typing import Any

from kaihu_desktop.sandbox.problems import MEDIA_TYPE, PROBLEMS

_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}


def refusals(*codes: str, missing_key: bool = False) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a FastAPI operation: one entry a status, naming its codes.

    missing_key: the operation needs an Idempotency-Key, without which it answers 400.
    """
    by_status: dict[int | str, list[str]] = {}
    for code in codes:
        by_status.setdefault(PROBLEMS[code][0], []).append(code)
    if missing_key:
        by_status[400] = ["SERVER-REFUSED"]
    return {status: _response(status, named) for status, named in sorted(by_status.items(), key=str)}


def _response(status: int | str, codes: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "description": " / ".join(f"{code}: {PROBLEMS[code][1]}" for code in codes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in (423, 429):
        entry["headers"] = _RETRY_AFTER
    return entry


def binary(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    """``responses`` entry of an answer that is a file."""
    schema = {"type": "string", "contentMediaType": media_type}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}

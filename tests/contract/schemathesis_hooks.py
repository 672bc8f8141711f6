"""Tells schemathesis how the bytes of an upload are sent."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/offset+octet-stream")
def send_bytes(_context: Any, value: Any) -> bytes:
    """Bytes go as they are, whatever else is generated as its text."""
    return value if isinstance(value, bytes) else str(value).encode()

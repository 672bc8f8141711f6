"""Tells schemathesis how bytes are sent: of an upload, and what is asked in DER."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer(
    "application/offset+octet-stream", "application/timestamp-query", "application/ocsp-request"
)
def send_bytes(_context: Any, value: Any) -> bytes:
    """Bytes go as they are, whatever else is generated as its text."""
    return value if isinstance(value, bytes) else str(value).encode()

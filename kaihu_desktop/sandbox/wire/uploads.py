"""Resumable uploads."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kaihu_desktop.sandbox.wire.common import Answer, Ask

UploadKind = Literal["id_portrait", "id_emblem", "signature", "bank_card", "original", "signed_agreement"]


class UploadRequest(Ask):
    """Announces a file."""

    kind: UploadKind
    media_type: str = Field(max_length=80, examples=["image/jpeg", "application/pdf"])
    size: int = Field(ge=1, description="Bytes; at most 10 MB, signed agreements 20 MB")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class UploadState(Answer):
    """How far an upload has come."""

    upload_id: str
    offset: int = Field(description="Bytes received")
    complete: bool = Field(description="All bytes are in and the SHA-256 was right")


class UploadDetail(UploadState):
    """An upload with its announced size."""

    size: int

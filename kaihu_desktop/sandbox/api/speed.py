"""Bytes to measure a line by, either way; needs no login and keeps nothing."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from kaihu_desktop.sandbox.api.refusals import binary, refusals
from kaihu_desktop.sandbox.problems import Problem

router = APIRouter(tags=["company"])  # without the transaction: nobody waits for a slow line
MOST_BYTES = 256 * 1024
MEDIA_TYPE = "application/octet-stream"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"At most {MOST_BYTES} bytes",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "contentMediaType": MEDIA_TYPE}}},
    }
}


@router.get(
    "/speed-test",
    operation_id="downloadSample",
    summary="Bytes to measure the line from the server",
    response_class=Response,
    responses={**refusals("SERVER-REFUSED", "SERVER-BUSY"), **binary(MEDIA_TYPE, "Random bytes")},
)
def download_sample(
    size: Annotated[int, Query(alias="bytes", ge=1, le=MOST_BYTES, description="How many")],
) -> Response:
    """Random ones, so that nothing on the way makes them fewer."""
    return Response(secrets.token_bytes(size), media_type=MEDIA_TYPE)


@router.post(
    "/speed-test",
    operation_id="uploadSample",
    status_code=204,
    summary="Takes bytes to measure the line to the server",
    responses=refusals("UPLOAD-TYPE", "UPLOAD-TOO-LARGE", "SERVER-BUSY"),
    openapi_extra=_BODY,
)
async def upload_sample(request: Request) -> Response:
    """Thrown away. It writes nothing, so it wants no Idempotency-Key."""
    if request.headers.get("content-type", "").partition(";")[0] != MEDIA_TYPE:
        raise Problem("UPLOAD-TYPE", f"Content-Type 应为 {MEDIA_TYPE}")
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received > MOST_BYTES:
            raise Problem("UPLOAD-TOO-LARGE", f"超过 {MOST_BYTES // 1024} KB")
    return Response(status_code=204)

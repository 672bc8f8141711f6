"""Resumable uploads of photos and signed agreements."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from kaihu_desktop.sandbox.access import COMMON, Caller, Credentials, TheCaller, Writer, find_caller
from kaihu_desktop.sandbox.api.refusals import refusals
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.specimen_files import ensure_drawn
from kaihu_desktop.sandbox.state import Database, Sandbox, TheSandbox
from kaihu_desktop.sandbox.storage import content_of, file_of, offset_of, verify
from kaihu_desktop.sandbox.tables import Upload
from kaihu_desktop.sandbox.transaction import TransactionRoute
from kaihu_desktop.sandbox.wire.uploads import UploadDetail, UploadRequest, UploadState

router = APIRouter(route_class=TransactionRoute, tags=["uploads"])
streaming = APIRouter(tags=["uploads"])  # its bytes come slowly, so it holds no transaction meanwhile
CHUNK_TYPE = "application/offset+octet-stream"
PICTURE_TYPES = ("image/jpeg", "image/png", "image/bmp", "image/gif")
MEGABYTE = 1024 * 1024
UploadId = Annotated[str, Path(max_length=64)]
_CHUNK_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Bytes from Upload-Offset on",
        "content": {CHUNK_TYPE: {"schema": {"type": "string", "contentMediaType": CHUNK_TYPE}}},
    }
}


def own_upload(db: Session, caller: Caller, upload_id: str) -> Upload:
    """The caller's upload; others' don't exist for them."""
    upload = db.get(Upload, upload_id)
    if upload is None or upload.id_number != caller.customer.id_number:
        raise Problem("SERVER-NOT-FOUND")
    return upload


@router.post(
    "/uploads",
    operation_id="createUpload",
    status_code=201,
    summary="Announces a file",
    responses={
        200: {"model": UploadState, "description": "The same file is known already; go on at its offset"},
        **refusals(
            *COMMON,
            "SERVER-CONFLICT",
            "UPLOAD-TOO-LARGE",
            "UPLOAD-TYPE",
            "SERVER-REFUSED",
            missing_key=True,
        ),
    },
)
def create_upload(
    ask: UploadRequest, caller: Writer, db: Database, sandbox: TheSandbox, response: Response
) -> UploadState:
    """The same file of the same kind is announced once; a second time answers 200 with its offset."""
    signed = ask.kind == "signed_agreement"
    if ask.media_type not in (("application/pdf",) if signed else PICTURE_TYPES):
        raise Problem("UPLOAD-TYPE", field="media_type")
    if ask.size > (20 if signed else 10) * MEGABYTE:
        raise Problem("UPLOAD-TOO-LARGE", f"文件超过 {20 if signed else 10} MB", field="size")
    same = select(Upload).where(
        Upload.id_number == caller.customer.id_number,
        Upload.kind == ask.kind,
        Upload.sha256 == ask.sha256,
        Upload.size == ask.size,
    )
    upload = db.scalar(same)
    if upload is not None:
        response.status_code = 200
        return _state(sandbox, upload)
    upload = Upload(
        id=secrets.token_hex(16),
        id_number=caller.customer.id_number,
        kind=ask.kind,
        media_type=ask.media_type,
        size=ask.size,
        sha256=ask.sha256,
        complete=False,
        created_at=sandbox.clock.now(),
    )
    db.add(upload)
    return _state(sandbox, upload)


@router.get(
    "/uploads/{upload_id}",
    operation_id="getUpload",
    summary="How far an upload has come",
    responses=refusals(*COMMON, "SERVER-NOT-FOUND", "SERVER-REFUSED"),
)
def get_upload(upload_id: UploadId, caller: TheCaller, db: Database, sandbox: TheSandbox) -> UploadDetail:
    """Asked before going on after an interruption."""
    upload = own_upload(db, caller, upload_id)
    ensure_drawn(db, sandbox, upload)
    state = _state(sandbox, upload)
    return UploadDetail(**state.model_dump(), size=upload.size)


@router.get(
    "/uploads/{upload_id}/content",
    operation_id="getUploadContent",
    summary="The bytes of a complete upload",
    response_class=Response,
    responses={
        **refusals(*COMMON, "SERVER-NOT-FOUND", "SERVER-REFUSED"),
        200: {
            "description": "The file as it was sent",
            "content": {
                kind: {"schema": {"type": "string", "contentMediaType": kind}}
                for kind in (*PICTURE_TYPES, "application/pdf")
            },
        },
    },
)
def get_content(upload_id: UploadId, caller: TheCaller, db: Database, sandbox: TheSandbox) -> Response:
    """The file as it was sent."""
    upload = own_upload(db, caller, upload_id)
    ensure_drawn(db, sandbox, upload)
    if not upload.complete:
        raise Problem("SERVER-NOT-FOUND", "这个文件还没有上传完")
    return Response(content_of(sandbox, upload), media_type=upload.media_type)


@streaming.patch(
    "/uploads/{upload_id}",
    operation_id="appendToUpload",
    summary="Sends bytes of an upload",
    responses=refusals(
        *COMMON, "SERVER-NOT-FOUND", "SERVER-CONFLICT", "UPLOAD-TYPE", "UPLOAD-DIGEST", "SERVER-REFUSED"
    ),
    openapi_extra=_CHUNK_BODY,
)
async def append(
    upload_id: UploadId,
    request: Request,
    credentials: Credentials,
    sandbox: TheSandbox,
    upload_offset: Annotated[int, Header(ge=0, description="Where these bytes belong")],
) -> UploadState:
    """What arrives is kept, even when the connection breaks in the middle.

    After the last byte the SHA-256 is verified; when it is wrong the upload starts again at 0. A wrong
    offset is answered with 409 and the true one.
    """
    token = credentials.credentials if credentials else None
    async with sandbox.lock:
        upload, offset = await run_in_threadpool(_expect, sandbox, token, upload_id)
    if request.headers.get("content-type", "").partition(";")[0] != CHUNK_TYPE:
        raise Problem("UPLOAD-TYPE", f"Content-Type 应为 {CHUNK_TYPE}")
    if upload_offset != offset or upload_id in sandbox.receiving:
        raise Problem("SERVER-CONFLICT", offset=offset)
    if not upload.complete:
        await _receive(sandbox, upload, request, upload.size - offset)
    async with sandbox.lock:
        return await run_in_threadpool(_conclude, sandbox, upload_id)


def _expect(sandbox: Sandbox, token: str | None, upload_id: str) -> tuple[Upload, int]:
    with Session(sandbox.engine, expire_on_commit=False) as db:
        upload = own_upload(db, find_caller(db, sandbox, token), upload_id)
        ensure_drawn(db, sandbox, upload)
        db.commit()
        return upload, offset_of(sandbox, upload)


async def _receive(sandbox: Sandbox, upload: Upload, request: Request, missing: int) -> None:
    """Appends what arrives, at most one byte more than is missing, which then makes the digest wrong."""
    sandbox.receiving.add(upload.id)
    try:
        with file_of(sandbox, upload).open("ab") as file:
            async for chunk in request.stream():
                missing -= file.write(chunk[: missing + 1])
                file.flush()
    except ClientDisconnect:
        pass
    finally:
        sandbox.receiving.discard(upload.id)


def _conclude(sandbox: Sandbox, upload_id: str) -> UploadState:
    with Session(sandbox.engine) as db:
        upload = db.get(Upload, upload_id)
        if upload is None:  # abandoned while its bytes came in
            (sandbox.uploads / upload_id).unlink(missing_ok=True)
            raise Problem("SERVER-NOT-FOUND")
        if not upload.complete and offset_of(sandbox, upload) >= upload.size and not verify(sandbox, upload):
            raise Problem("UPLOAD-DIGEST", offset=0)
        state = _state(sandbox, upload)
        db.commit()
        return state


def _state(sandbox: Sandbox, upload: Upload) -> UploadState:
    return UploadState(upload_id=upload.id, offset=offset_of(sandbox, upload), complete=upload.complete)

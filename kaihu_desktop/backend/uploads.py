"""Sends a file in pieces, goes on where the line broke, and never sends again what has arrived."""

from __future__ import annotations

import hashlib
import uuid
from typing import Callable

from kaihu_desktop.backend.codec import UploadState, upload_state_of
from kaihu_desktop.backend.request import RETRY_PAUSES, Answer, Request
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Progress

CHUNK_BYTES = 256 * 1024
FRUITLESS_TRIES = 3  # failures in a row, none of which brought a byte further, before the person is asked

#: After these the backend is asked how much it has; anything else is for the person.
_GO_ON_AFTER = (
    "NET-OFFLINE",
    "NET-INTERRUPTED",
    "NET-TIMEOUT",
    "SERVER-ERROR",
    "SERVER-CONFLICT",
    "UPLOAD-DIGEST",
)


class Uploader:
    """Uploads through `send`, which authorises a request and returns its answer or raises `Failure`."""

    def __init__(self, send: Callable[[Request], Answer], wait: Callable[[float], object]) -> None:
        self._send = send
        self._wait = wait

    def upload(self, kind: str, media_type: str, data: bytes, progress: Progress | None = None) -> str:
        """The id of the complete upload. The same bytes of the same kind are one upload, however often sent.

        progress: called with (bytes there, bytes in all); it may raise `Cancelled`, and a later call goes on.
        Raises the NET-… failure of the last of several tries, UPLOAD-DIGEST, UPLOAD-TOO-LARGE, UPLOAD-TYPE.
        """
        state = self._create(kind, media_type, data)
        farthest = state.offset
        fruitless = 0
        while not state.complete:
            _report(progress, state, data)
            try:
                state = self._send_piece(state, data)
            except Failure as failure:
                fruitless += 1
                if failure.code not in _GO_ON_AFTER or fruitless == FRUITLESS_TRIES:
                    raise
                self._wait(RETRY_PAUSES[min(fruitless, len(RETRY_PAUSES)) - 1])
                state = self._ask(state.id)
            if state.offset > farthest:
                farthest = state.offset
                fruitless = 0
        _report(progress, state, data)
        return state.id

    def _create(self, kind: str, media_type: str, data: bytes) -> UploadState:
        digest = hashlib.sha256(data).hexdigest()
        document = {"kind": kind, "media_type": media_type, "size": len(data), "sha256": digest}
        answer = self._send(Request("POST", "/uploads", json=document, key=str(uuid.uuid4())))
        return upload_state_of(answer.document())

    def _ask(self, upload_id: str) -> UploadState:
        return upload_state_of(self._send(Request("GET", "/uploads/{id}", {"id": upload_id})).document())

    def _send_piece(self, state: UploadState, data: bytes) -> UploadState:
        piece = data[state.offset : state.offset + CHUNK_BYTES]
        if not piece:
            raise Failure("NET-BAD-ANSWER")  # everything is there and yet it isn't complete
        headers = {"Upload-Offset": str(state.offset), "Content-Type": "application/offset+octet-stream"}
        request = Request("PATCH", "/uploads/{id}", {"id": state.id}, data=piece, headers=headers)
        after = upload_state_of(self._send(request).document())
        if after.offset != state.offset + len(piece):
            raise Failure("NET-BAD-ANSWER")
        return after


def _report(progress: Progress | None, state: UploadState, data: bytes) -> None:
    if progress is not None:
        progress(state.offset, len(data))

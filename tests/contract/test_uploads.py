"""Resumable uploads."""

from __future__ import annotations

import pytest
import requests

from tests.contract.walk import CHUNK_TYPE, Walk, picture

MEGABYTE = 1024 * 1024
SIGNED = {"kind": "signed_agreement", "media_type": "application/pdf"}


def test_an_upload_goes_on_where_it_stopped(walk: Walk) -> None:
    content = picture("green")
    upload_id = walk.announce("original", content).json()["upload_id"]
    assert walk.send(upload_id, content[:100], 0).json() == {
        "upload_id": upload_id,
        "offset": 100,
        "complete": False,
    }
    state = walk.request("GET", "/uploads/" + upload_id).json()
    assert state == {"upload_id": upload_id, "offset": 100, "size": len(content), "complete": False}
    assert walk.send(upload_id, content[100:], 100).json()["complete"]
    assert walk.request("GET", f"/uploads/{upload_id}/content").content == content


def test_what_arrived_before_a_cut_is_kept(walk: Walk) -> None:
    content = picture("green")
    upload_id = walk.announce("original", content).json()["upload_id"]
    walk.server.fault(f"/uploads/{upload_id}$", "cut_request", method="PATCH", after=150)
    with pytest.raises(requests.ConnectionError):
        walk.send(upload_id, content, 0)
    offset = walk.request("GET", "/uploads/" + upload_id).json()["offset"]
    assert offset == 150
    assert walk.send(upload_id, content[offset:], offset).json()["complete"]


def test_a_wrong_offset_is_answered_with_the_true_one(walk: Walk) -> None:
    content = picture("green")
    upload_id = walk.announce("original", content).json()["upload_id"]
    walk.send(upload_id, content[:100], 0)
    problem = walk.send(upload_id, content, 0)
    assert (problem.status_code, problem.json()["code"]) == (409, "SERVER-CONFLICT")
    assert problem.json()["offset"] == 100


@pytest.mark.parametrize("spoil", [lambda data: bytes(len(data)), lambda data: data + b"more"])
def test_wrong_bytes_begin_again(walk: Walk, spoil: object) -> None:
    content = picture("green")
    upload_id = walk.announce("original", content).json()["upload_id"]
    problem = walk.send(upload_id, spoil(content), 0)  # type: ignore[operator]
    assert (problem.status_code, problem.json()["code"], problem.json()["offset"]) == (
        422,
        "UPLOAD-DIGEST",
        0,
    )
    assert walk.send(upload_id, content, 0).json()["complete"]


def test_the_same_file_is_known_again(walk: Walk) -> None:
    first = walk.announce("original", picture("green"))
    again = walk.announce("original", picture("green"))
    other_kind = walk.announce("bank_card", picture("green"))
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert (other_kind.status_code, other_kind.json()["upload_id"] != first.json()["upload_id"]) == (
        201,
        True,
    )


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"size": 10 * MEGABYTE + 1}, 413, "UPLOAD-TOO-LARGE"),
        ({**SIGNED, "size": 20 * MEGABYTE + 1}, 413, "UPLOAD-TOO-LARGE"),
        ({"media_type": "image/tiff"}, 415, "UPLOAD-TYPE"),
        ({"kind": "signed_agreement"}, 415, "UPLOAD-TYPE"),
        ({"size": 0}, 422, "SERVER-REFUSED"),
        ({"sha256": "short"}, 422, "SERVER-REFUSED"),
        ({"kind": "holiday"}, 422, "SERVER-REFUSED"),
    ],
)
def test_an_unfit_file_is_refused_before_its_bytes(
    walk: Walk, changes: dict[str, object], status: int, code: str
) -> None:
    body = {"kind": "original", "media_type": "image/jpeg", "size": 9, "sha256": "0" * 64, **changes}
    problem = walk.request("POST", "/uploads", json=body)
    assert (problem.status_code, problem.json()["code"]) == (status, code)


def test_only_bytes_may_be_appended(walk: Walk) -> None:
    upload_id = walk.announce("original", picture()).json()["upload_id"]
    headers = {"Upload-Offset": "0", "Content-Type": "image/jpeg"}
    problem = walk.request("PATCH", "/uploads/" + upload_id, data=b"x", headers=headers)
    assert (problem.status_code, problem.json()["code"]) == (415, "UPLOAD-TYPE")
    assert CHUNK_TYPE in problem.json()["detail"]

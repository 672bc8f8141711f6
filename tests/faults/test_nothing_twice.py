"""A real backend behind a bad line: retries go on where they were, and nothing takes effect twice."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from PIL import Image

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.uploads import CHUNK_BYTES
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.application import StepState
from kaihu_desktop.core.ports import Cancelled
from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER, SandboxServer

BUSINESS = "settlement-account"


def key() -> str:
    return str(uuid.uuid4())


def picture(size: int = 0, colour: str = "white") -> bytes:
    """A small PNG, followed by `size` bytes that no reader minds."""
    file = io.BytesIO()
    Image.new("RGB", (600, 400), colour).save(file, "PNG")
    return file.getvalue() + bytes(range(256)) * (size // 256)


def photos_answer(backend: RestBackend, sandbox: SandboxServer) -> dict[str, Any]:
    """An answer to the step photos that the sandbox accepts."""
    person = sandbox.customer(SAMPLE_ID_NUMBER)
    names = ("name", "sex", "ethnicity", "birth", "address", "id_number", "authority")
    kinds = ("id_portrait", "id_emblem", "signature")
    return {
        "photos": {
            kind: {"upload_id": backend.upload(kind, "image/png", picture()), "original_id": None}
            for kind in kinds
        },
        "fields": {name: person[name] for name in (*names, "valid_from", "valid_until")},
        "responsibility_version": backend.company(COMPANY).certificate_responsibility.version,
    }


@pytest.mark.parametrize("kind", ["drop", "lose_answer", "cut", "status"])
def test_a_retry_by_itself_makes_one_application(
    client: RestBackend, sandbox: SandboxServer, kind: str
) -> None:
    sandbox.fault("/applications$", kind, method="POST", times=2, code=503)
    made = client.create_application(BUSINESS, key())
    assert sandbox.fault_hits() == [2]
    assert [item["id"] for item in sandbox.applications(SAMPLE_ID_NUMBER)] == [made.id]


@pytest.mark.parametrize("kind", ["drop", "lose_answer"])
def test_a_retry_by_the_person_makes_one_application(
    client: RestBackend, sandbox: SandboxServer, kind: str
) -> None:
    sandbox.fault("/applications$", kind, method="POST", times=3)
    same = key()
    with pytest.raises(Failure) as caught:
        client.create_application(BUSINESS, same)
    assert caught.value.code == "NET-INTERRUPTED"
    made = client.create_application(BUSINESS, same)
    assert [item["id"] for item in sandbox.applications(SAMPLE_ID_NUMBER)] == [made.id]


def test_a_step_is_accepted_once(client: RestBackend, sandbox: SandboxServer) -> None:
    application = client.create_application(BUSINESS, key())
    answer = photos_answer(client, sandbox)
    sandbox.fault("/steps/photos$", "lose_answer", method="PUT", times=3)
    same = key()
    with pytest.raises(Failure) as caught:
        client.put_step(application.id, "photos", answer, same)
    assert caught.value.code == "NET-INTERRUPTED"
    before = sandbox.applications(SAMPLE_ID_NUMBER)[0]["updated_at"]
    again = client.put_step(application.id, "photos", answer, same)
    assert again.record("photos").state is StepState.ACCEPTED
    assert sandbox.applications(SAMPLE_ID_NUMBER)[0]["updated_at"] == before


def test_the_same_key_for_something_else_is_a_conflict(client: RestBackend, sandbox: SandboxServer) -> None:
    application = client.create_application(BUSINESS, key())
    answer = photos_answer(client, sandbox)
    same = key()
    client.put_step(application.id, "photos", answer, same)
    other = {**answer, "fields": {**answer["fields"], "address": "别处"}}
    with pytest.raises(Failure) as caught:
        client.put_step(application.id, "photos", other, same)
    assert caught.value.code == "SERVER-CONFLICT"


def test_a_refused_answer_names_its_fields(client: RestBackend, sandbox: SandboxServer) -> None:
    application = client.create_application(BUSINESS, key())
    answer = photos_answer(client, sandbox)
    wrong = {**answer, "fields": {**answer["fields"], "birth": "1990-01-01"}}
    with pytest.raises(Failure) as caught:
        client.put_step(application.id, "photos", wrong, key())
    assert caught.value.code == "APP-ANSWER"
    assert [field for field, _ in caught.value.errors] == ["fields.birth"]


def test_an_abandoned_application_is_gone_once(client: RestBackend, sandbox: SandboxServer) -> None:
    application = client.create_application(BUSINESS, key())
    sandbox.fault(f"/applications/{application.id}$", "lose_answer", method="DELETE", times=1)
    client.abandon(application.id, key())
    assert sandbox.applications(SAMPLE_ID_NUMBER) == []


@pytest.mark.parametrize("after", [0, 1, 100_000, CHUNK_BYTES - 1])
def test_an_upload_goes_on_where_the_line_broke(
    client: RestBackend, sandbox: SandboxServer, after: int
) -> None:
    data = picture(3 * CHUNK_BYTES)
    offsets: list[int] = []
    sandbox.fault("/uploads/", "cut_request", method="PATCH", times=1, skip=1, after=after)
    upload_id = client.upload("original", "image/png", data, lambda done, total: offsets.append(done))
    assert client.upload_content(upload_id) == data
    assert offsets[:3] == [0, CHUNK_BYTES, CHUNK_BYTES + after]
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(data)


def test_an_upload_whose_answer_was_lost_is_not_sent_again(
    client: RestBackend, sandbox: SandboxServer
) -> None:
    data = picture(2 * CHUNK_BYTES)
    offsets: list[int] = []
    sandbox.fault("/uploads/", "lose_answer", method="PATCH", times=1)
    upload_id = client.upload("original", "image/png", data, lambda done, total: offsets.append(done))
    assert client.upload_content(upload_id) == data
    assert offsets == [0, CHUNK_BYTES, 2 * CHUNK_BYTES, len(data)]


def test_an_upload_on_a_dead_line_fails_and_goes_on_when_asked(
    client: RestBackend, sandbox: SandboxServer
) -> None:
    data = picture(3 * CHUNK_BYTES)
    offsets: list[int] = []
    sandbox.fault("/uploads/", "cut_request", method="PATCH", times=3, skip=1, after=0)
    with pytest.raises(Failure) as caught:
        client.upload("original", "image/png", data)
    assert caught.value.code == "NET-INTERRUPTED"
    upload_id = client.upload("original", "image/png", data, lambda done, total: offsets.append(done))
    assert client.upload_content(upload_id) == data
    assert offsets[0] == CHUNK_BYTES


def test_a_cancelled_upload_goes_on_when_asked(client: RestBackend) -> None:
    data = picture(2 * CHUNK_BYTES)
    offsets: list[int] = []

    def cancel(done: int, total: int) -> None:
        if done >= CHUNK_BYTES:
            raise Cancelled

    with pytest.raises(Cancelled):
        client.upload("original", "image/png", data, cancel)
    client.upload("original", "image/png", data, lambda done, total: offsets.append(done))
    assert offsets[0] == CHUNK_BYTES


def test_the_same_picture_is_one_upload(client: RestBackend) -> None:
    first = client.upload("original", "image/png", picture())
    offsets: list[int] = []
    again = client.upload("original", "image/png", picture(), lambda done, total: offsets.append(done))
    assert again == first
    assert offsets == [len(picture())]


@pytest.mark.parametrize(
    ("media_type", "data", "code"),
    [
        ("image/tiff", b"II*\0", "UPLOAD-TYPE"),
        ("image/png", b"\x89PNG" + bytes(10 * 1024 * 1024), "UPLOAD-TOO-LARGE"),
    ],
    ids=["type", "size"],  # else the bytes themselves
)
def test_an_upload_that_is_refused(client: RestBackend, media_type: str, data: bytes, code: str) -> None:
    with pytest.raises(Failure) as caught:
        client.upload("original", media_type, data)
    assert caught.value.code == code

"""A store in an empty folder, with clocks that the test sets."""

from __future__ import annotations

import pytest

from kaihu_desktop.certificates.store import FileCertificateStore, MemoryCertificateStore
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import CHEAP, DEVICE, Watch


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "证书" / "本机"


@pytest.fixture
def store(folder, watch):
    return FileCertificateStore(folder, Secret(DEVICE), CHEAP, watch)


@pytest.fixture(params=["file", "memory"])
def any_store(request, watch):
    """Both stores keep the same promises."""
    return (
        request.getfixturevalue("store") if request.param == "file" else MemoryCertificateStore(CHEAP, watch)
    )

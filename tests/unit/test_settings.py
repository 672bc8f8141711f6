"""Settings survive, give way to environment and policy, and a damaged file does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.settings import Folders, Settings, folders, load_settings


def settings(tmp_path: Path, environment: dict[str, str] | None = None, **policy: str) -> Settings:
    return Settings(Folders(tmp_path / "config", tmp_path / "data"), environment or {}, policy)


def test_nothing_is_set_up_at_first(tmp_path: Path) -> None:
    fresh = settings(tmp_path)
    assert (fresh.backend_url, fresh.company_code, fresh.data_dir) == ("", "", tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_the_company_is_remembered(tmp_path: Path) -> None:
    settings(tmp_path).remember(company_code="8888")
    assert settings(tmp_path).company_code == "8888"


def test_the_environment_overrides_and_policy_overrides_that(tmp_path: Path) -> None:
    settings(tmp_path).remember(company_code="1111")
    environment = {"KAIHU_COMPANY": "2222", "KAIHU_BACKEND_URL": "https://a.example"}
    assert settings(tmp_path, environment).company_code == "2222"
    managed = settings(tmp_path, environment, CompanyCode="3333")
    assert (managed.company_code, managed.backend_url) == ("3333", "https://a.example")
    managed.remember(company_code="4444")
    assert managed.company_code == "3333"
    assert settings(tmp_path).company_code == "4444"


def test_a_company_is_prescribed_by_environment_and_policy(tmp_path: Path) -> None:
    settings(tmp_path).remember(company_code="1111")
    assert not settings(tmp_path, {"KAIHU_COMPANY": ""}).company_is_prescribed
    assert settings(tmp_path, {"KAIHU_COMPANY": "2222"}).company_is_prescribed
    assert settings(tmp_path, CompanyCode="3333").company_is_prescribed


def test_an_override_is_never_written(tmp_path: Path) -> None:
    settings(tmp_path, {"KAIHU_BACKEND_URL": "https://a.example"}).remember(company_code="8888")
    assert settings(tmp_path).backend_url == ""


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b'{"company_code": 8888}', b"[" * 100_000]
)
def test_a_damaged_file_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config").mkdir()
    file = tmp_path / "config" / "settings.json"
    file.write_bytes(content)
    damaged = settings(tmp_path)
    assert damaged.company_code == ""
    assert (tmp_path / "config" / "settings.json.damaged").read_bytes() == content
    damaged.remember(company_code="8888")
    assert settings(tmp_path).company_code == "8888"


def test_settings_of_a_newer_version_are_read(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text('{"company_code": "8888", "colour": "blue"}')
    assert settings(tmp_path).company_code == "8888"


def test_where_nothing_can_be_written_settings_hold_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    closed = settings(tmp_path)
    with pytest.raises(Failure) as caught:
        closed.remember(company_code="8888")
    assert caught.value.code == "PC-DISK"
    assert closed.company_code == "8888"


def test_one_variable_moves_all_files(tmp_path: Path) -> None:
    moved = load_settings({"KAIHU_HOME": str(tmp_path)})
    moved.remember(company_code="8888")
    assert [path.name for path in tmp_path.iterdir()] == ["config"]
    assert tmp_path in moved.data_dir.parents


@pytest.mark.skipif("sys.platform != 'linux'", reason="XDG base directories")
def test_the_folders_follow_the_desktop() -> None:
    found = folders({"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d"})
    assert (found.config, found.data) == (Path("/c/kaihu_desktop"), Path("/d/kaihu_desktop"))

"""What the fields of a card say of one another, and what a reviewer's reasons ask for again."""

from __future__ import annotations

import pytest

from kaihu_desktop.core.flow.step import Problem
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.pages.photos_model import (
    EMBLEM,
    PORTRAIT,
    SIGNATURE,
    corrections,
    cross_check,
    photos_of,
    read_reasons,
    typed_value,
)

FIELDS = {"name": "张样本", "id_number": "410101199508130033", "sex": "男", "birth": "1995-08-13"}


OWN = {"name": "张样本", "id_number": "410101199508130033"}


def test_agreeing_portrait() -> None:
    checked = cross_check(PORTRAIT, FIELDS, OWN)
    assert checked.text == "身份证号校验通过；出生日期、性别与号码一致。"
    assert checked.doubtful == frozenset()


@pytest.mark.parametrize(
    ("change", "part", "doubtful"),
    [
        ({"birth": "1995-08-14"}, "出生日期与号码不一致，号码中是 1995-08-13", {"birth"}),
        ({"sex": "女"}, "性别与号码不一致，号码中是“男”", {"sex"}),
        ({"name": "张样木"}, "姓名与登录人的姓名不一致", {"name"}),
        ({"name": "张样木", "id_number": ""}, "姓名与登录人的姓名不一致", {"name"}),
        (
            {"id_number": "410101198803041020", "birth": "1988-03-04", "sex": "女"},
            "身份证号与登录人的号码不一致",
            {"id_number"},
        ),
    ],
)
def test_disagreeing_portrait_warns(change: dict[str, str], part: str, doubtful: set[str]) -> None:
    checked = cross_check(PORTRAIT, {**FIELDS, **change}, OWN)
    assert part in checked.text
    assert checked.doubtful == doubtful


def test_validity_is_compared_with_the_age() -> None:
    ten_years = {**FIELDS, "valid_from": "2020-03-18", "valid_until": "2030-03-18"}
    agreeing = cross_check(EMBLEM, ten_years, OWN)
    assert (agreeing.text, agreeing.doubtful) == ("有效期限与签发时的年龄相符。", frozenset())
    assert "valid_until" in cross_check(EMBLEM, {**ten_years, "valid_until": "2099-12-31"}, OWN).doubtful


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("valid_until", " 长期 ", "2099-12-31"),
        ("birth", "1995年8月13日", "1995-08-13"),
        ("birth", "不知道", "不知道"),
        ("id_number", "41010119950813003x", "41010119950813003X"),
        ("name", "阿卜杜拉•买买提", "阿卜杜拉·买买提"),
    ],
)
def test_typed_values(field: str, typed: str, value: str) -> None:
    assert typed_value(field, typed) == value


def test_reasons_lock_what_nobody_complained_of() -> None:
    sent = {kind: {"upload_id": kind, "original_id": "o"} for kind in (PORTRAIT, EMBLEM, SIGNATURE)}
    photos = photos_of({"photos": sent}, {})
    told = read_reasons([Reason("photos", "photos.id_emblem", "反光")], photos, sent)
    assert told.photos == {EMBLEM: "反光"}
    assert told.locked == {PORTRAIT, SIGNATURE}
    photos[EMBLEM] = Photo(upload_id="new")
    assert read_reasons([Reason("photos", "photos.id_emblem", "反光")], photos, sent).photos == {}


def test_reasons_for_fields_and_for_the_whole() -> None:
    told = read_reasons(
        [Reason("photos", "fields.address", "不完整"), Reason("photos", None, "请重做")], {}, {}
    )
    assert told.sides == {PORTRAIT}
    assert told.locked == frozenset()
    assert told.general == ("住址：不完整", "请重做")


@pytest.mark.parametrize("path", ["fields.foo", "fields", "photos.foo", "photos", "name", "a.b.c", "", ".."])
def test_what_this_client_does_not_know_concerns_the_whole(path: str) -> None:
    told = read_reasons(
        [Reason("photos", path, "说不清"), Reason("photos", "photos.id_emblem", "反光")], {}, {}
    )
    assert told.general == ("说不清",)
    assert told.photos == {EMBLEM: "反光"}
    assert (told.sides, told.locked) == (frozenset(), frozenset())
    found = corrections([Problem(path, "说不清")])
    assert (found.kind, found.text, found.fields, found.responsibility) == ("", "", (), "")
    assert found.general == "说不清"


def test_photos_are_corrected_before_fields() -> None:
    of_field, of_photo = Problem("fields.authority", "不完整"), Problem("photos.signature.upload_id", "")
    found = corrections([of_field, of_photo, Problem("responsibility_version", "请同意")])
    assert (found.kind, found.text, found.fields) == (SIGNATURE, "请重新拍摄", ())
    assert found.responsibility == "请同意"
    found = corrections([Problem("fields.name", "不对"), of_field])
    assert (found.kind, found.text, [one.field for one in found.fields]) == (PORTRAIT, "", ["fields.name"])

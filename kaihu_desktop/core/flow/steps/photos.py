"""Step 上传照片: both sides of the ID card, the signature, and the confirmed fields of the card."""

from __future__ import annotations

from typing import Any, Iterator

from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step, without_draft
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.core.rules.id_number import beijing_today, validate_id_number
from kaihu_desktop.core.rules.names import valid_name
from kaihu_desktop.core.rules.validity import parse_date

#: The photos of the step, in the order in which they are asked for.
PHOTO_KINDS = (("id_portrait", "人像面"), ("id_emblem", "国徽面"), ("signature", "签名照"))

#: Fields read from the card that the person confirms, with their labels.
CARD_FIELDS = (
    ("name", "姓名"),
    ("id_number", "公民身份号码"),
    ("sex", "性别"),
    ("ethnicity", "民族"),
    ("birth", "出生"),
    ("address", "住址"),
    ("authority", "签发机关"),
    ("valid_from", "有效期起"),
    ("valid_until", "有效期止"),
)


class Photos(Step):
    """Answer: ``{photos: {kind: {upload_id, original_id}}, fields: {…}, responsibility_version}``.

    `original_id` is the uncropped picture's upload, None for a photo on record. Dates are ISO 8601;
    长期 is 2099-12-31. In a draft a photo that has not arrived yet has no `upload_id` but `pending`, its
    pictures: such an answer is never sent. `seen` is the draft's alone, too.
    """

    def problems(self, answer: Answer, services: Services) -> tuple[Problem, ...]:
        return tuple(self._problems(answer, services))

    def body(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> dict[str, Any]:
        photos = {kind: without_draft(photo) for kind, photo in answer["photos"].items()}
        return {**answer, "photos": photos}

    def _problems(self, answer: Answer, services: Services) -> Iterator[Problem]:
        photos = answer.get("photos", {})
        for kind, title in PHOTO_KINDS:
            if not photos.get(kind):
                yield Problem(f"photos.{kind}", f"还没有{title}，请拍摄或选择照片")
            elif not photos[kind].get("upload_id"):
                yield Problem(f"photos.{kind}", f"{title}还没有上传，请等上传完成，或重新拍摄")
        yield from _field_problems(answer.get("fields", {}), services.customer.id_number)
        if answer.get("responsibility_version") != services.company.certificate_responsibility.version:
            yield Problem("responsibility_version", "请阅读并同意《数字证书安全责任书》")


def _field_problems(fields: Answer, own_id_number: str) -> Iterator[Problem]:
    for name, label in CARD_FIELDS:
        if not str(fields.get(name) or "").strip():
            yield Problem(f"fields.{name}", f"请填写{label}")
    if fields.get("name") and not valid_name(fields["name"]):
        yield Problem("fields.name", "姓名应为 2 至 20 个汉字，可以包含“·”")
    id_number = fields.get("id_number")
    if id_number and not validate_id_number(id_number):
        yield Problem("fields.id_number", "身份证号不正确，请对照身份证核对 18 位号码")
    elif id_number and id_number != own_id_number:
        yield Problem("fields.id_number", "这不是您本人的身份证，请使用登录人的身份证")
    yield from _validity_problems(fields)


def _validity_problems(fields: Answer) -> Iterator[Problem]:
    dates = {}
    for name in ("valid_from", "valid_until"):
        text = fields.get(name)
        dates[name] = parse_date(text) if text else None
        if text and dates[name] is None:
            yield Problem(f"fields.{name}", "请按“年-月-日”填写，例如 2020-01-01；长期请填“长期”")
    start, end = dates["valid_from"], dates["valid_until"]
    if start and end and end <= start:
        yield Problem("fields.valid_until", "有效期止应晚于有效期起")
    elif end and end < beijing_today():
        yield Problem("fields.valid_until", "身份证已过有效期，请先到期货公司临柜更新身份证信息")

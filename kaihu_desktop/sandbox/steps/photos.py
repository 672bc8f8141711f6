"""Step photos: three pictures of the customer's own, and the confirmed fields of the ID card."""

from __future__ import annotations

import datetime

from kaihu_desktop.sandbox.companies import find_company
from kaihu_desktop.sandbox.identity import LONG_TERM, birth_of, sex_of
from kaihu_desktop.sandbox.problems import Problem, wrong_answer
from kaihu_desktop.sandbox.steps.context import StepContext
from kaihu_desktop.sandbox.wire.applications import IdentityFields, PhotosAnswer

KINDS = ("id_portrait", "id_emblem", "signature")
Errors = list[tuple[str, str]]


def accept(context: StepContext, answer: PhotosAnswer) -> None:
    """Raises APP-OTHER-PERSON or APP-ANSWER unless `answer` is good."""
    fields = answer.fields
    if fields.id_number != context.customer.id_number:
        raise Problem("APP-OTHER-PERSON", field="fields.id_number")
    if fields.name != context.customer.name:
        raise Problem("APP-OTHER-PERSON", "姓名与预留的姓名不一致，请核对照片上的姓名", field="fields.name")
    errors = _photo_errors(context, answer) + _field_errors(context, fields)
    company = find_company(context.application.company_code)
    if answer.responsibility_version != company.certificate_responsibility.version:
        errors.append(("responsibility_version", "请阅读并同意最新的《数字证书安全责任书》"))
    if errors:
        raise wrong_answer(errors)


def _photo_errors(context: StepContext, answer: PhotosAnswer) -> Errors:
    errors: Errors = []
    for kind in KINDS:
        photo = getattr(answer.photos, kind)
        fault = context.picture_fault(photo.upload_id, (kind,))
        if fault is None and photo.original_id is not None:
            fault = context.picture_fault(photo.original_id, ("original",))
        if fault:
            errors.append((f"photos.{kind}", fault))
    return errors


def _field_errors(context: StepContext, fields: IdentityFields) -> Errors:
    errors: Errors = []
    birth = birth_of(fields.id_number)
    if birth is None or fields.birth != birth.isoformat():
        errors.append(("fields.birth", "出生日期与身份证号不一致，请核对"))
    if birth is not None and fields.sex != sex_of(fields.id_number):
        errors.append(("fields.sex", "性别与身份证号不一致，请核对"))
    valid_from, valid_until = _date(fields.valid_from), _date(fields.valid_until)
    if valid_from is None or valid_from > context.sandbox.clock.today():
        errors.append(("fields.valid_from", "有效期起始日期不正确，请核对"))
    if valid_until is None:
        errors.append(("fields.valid_until", "有效期截止日期不正确，请核对"))
    elif valid_until < context.sandbox.clock.today():
        errors.append(("fields.valid_until", "身份证已过期，请先到期货公司临柜更新身份证信息"))
    elif valid_from is not None and valid_until <= valid_from:
        errors.append(("fields.valid_until", "有效期截止日期应晚于起始日期"))
    return errors


def _date(text: str) -> datetime.date | None:
    if text == LONG_TERM:
        return datetime.date.max
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None

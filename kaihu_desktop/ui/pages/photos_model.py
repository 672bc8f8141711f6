"""What the photo page knows: each photo, the fields of each side, and what the fields say of one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, Mapping, Sequence

from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.core.flow.step import Problem
from kaihu_desktop.core.flow.steps.photos import CARD_FIELDS, PHOTO_KINDS
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.core.rules.id_number import IdNumber, normalise_id_number, parse_id_number, region_warning
from kaihu_desktop.core.rules.names import normalise_name
from kaihu_desktop.core.rules.validity import format_date, parse_date, validity_warning
from kaihu_desktop.ui.pages.photo import Photo, photo_of

PORTRAIT, EMBLEM, SIGNATURE = (kind for kind, _ in PHOTO_KINDS)
TITLES = dict(PHOTO_KINDS)
LABELS = dict(CARD_FIELDS)

#: The names that vision and OCR use.
VISION_KINDS = {PORTRAIT: "id-portrait", EMBLEM: "id-emblem", SIGNATURE: "signature"}

#: The fields that stand on each side of the card.
SIDE_FIELDS = {
    PORTRAIT: ("name", "id_number", "sex", "ethnicity", "birth", "address"),
    EMBLEM: ("authority", "valid_from", "valid_until"),
}
DATES = ("birth", "valid_from", "valid_until")
RESPONSIBILITY = "responsibility_version"
TAKE_ANEW = "请重新拍摄"
OTHER_PERSON = "{0.text}。{0.remedy}".format(KINDS["APP-OTHER-PERSON"])


@dataclass(frozen=True)
class Rejection:
    """What a reviewer rejected. photos: kind → reason, of those that were not taken anew since.

    sides: whose fields must be confirmed again. locked: photos that nobody complained of. general: sentences
    that stand above the page.
    """

    photos: Mapping[str, str]
    sides: frozenset[str]
    locked: frozenset[str]
    general: tuple[str, ...]


def read_reasons(
    reasons: Sequence[Reason], photos: Mapping[str, Photo], accepted: Mapping[str, Any]
) -> Rejection:
    """Sort the reasons; `accepted` is the photos' part of the answer that was rejected.

    A reason for something that this client doesn't know is a reason for the whole.
    """
    rejected, named, sides, general, whole = {}, set(), set(), [], False
    for reason in reasons:
        kind, field = place_of(reason.field)
        if field:
            sides.add(kind)
            general.append(f"{LABELS[field]}：{reason.text}")
        elif kind:
            named.add(kind)
            now = photos.get(kind)
            sent = accepted.get(kind, {}).get("upload_id")
            if now is None or sent is None or now.upload_id == sent:
                rejected[kind] = reason.text
        else:
            whole = True
            general.append(reason.text)
    locked = set(TITLES) - named if named and not whole else set()
    return Rejection(rejected, frozenset(sides), frozenset(locked), tuple(general))


def place_of(path: str | None) -> tuple[str, str]:
    """(photo, field on it) that a dotted path in the answer names; empty what it doesn't, or not rightly."""
    part, name = [*(path or "").split("."), ""][:2]
    if part == "photos" and name in TITLES:
        return name, ""
    if part == "fields" and name in LABELS:
        return side_of_field(name), name
    return "", ""


def problems_of_side(problems: Sequence[Problem], kind: str) -> tuple[Problem, ...]:
    """Those that name a field on this photo."""
    places = ((place_of(problem.field), problem) for problem in problems)
    return tuple(problem for (side, field), problem in places if field and side == kind)


@dataclass(frozen=True)
class Corrections:
    """Where the first thing to correct stands: a photo to take anew, or fields of one side, or elsewhere.

    kind: the photo, empty for elsewhere. text: of a photo to take anew. fields: of that side.
    responsibility: what is wrong with the 责任书. general: what this client can't place.
    """

    kind: str
    text: str
    fields: tuple[Problem, ...]
    responsibility: str
    general: str


def corrections(problems: Sequence[Problem]) -> Corrections:
    """Sort what a check or the backend found."""
    placed = [(*place_of(problem.field), problem) for problem in problems]
    photos = [(kind, problem.text or TAKE_ANEW) for kind, field, problem in placed if kind and not field]
    sides = [kind for kind, field, _ in placed if field]
    kind, text = photos[0] if photos else (sides[0] if sides else "", "")
    others = [problem for side, _, problem in placed if not side]
    responsibility = [problem.text for problem in others if problem.field == RESPONSIBILITY]
    general = [problem.text for problem in others if problem.field != RESPONSIBILITY]
    return Corrections(
        kind,
        text,
        () if text else problems_of_side(problems, kind),
        "；".join(responsibility),
        "；".join(general),
    )


def photos_of(answer: Mapping[str, Any] | None, on_record: Mapping[str, str]) -> dict[str, Photo]:
    """The photos of an answer; without one, those that the company has on record."""
    told = (answer or {}).get("photos") or {
        kind: {"upload_id": upload_id, "original_id": None} for kind, upload_id in on_record.items()
    }
    photos = {
        kind: photo_of(one, one["upload_id"], one["original_id"])
        for kind, one in told.items()
        if kind in TITLES
    }
    for kind, photo in photos.items():
        photo.recorded = photo.original_id is None and on_record.get(kind, "") == photo.upload_id
    return photos


def confirmed_sides(fields: Mapping[str, str], photos: Mapping[str, Photo], accepted: bool) -> set[str]:
    """Sides whose fields were confirmed: all are filled in, and the next photo was taken after that.

    accepted: the 责任书 was, which comes last. Photos on record were there before, and prove nothing.
    """

    def taken(kind: str) -> bool:
        return kind in photos and not photos[kind].recorded

    return {
        kind
        for kind, following in ((PORTRAIT, EMBLEM), (EMBLEM, SIGNATURE))
        if all(fields.get(name) for name in SIDE_FIELDS[kind]) and (accepted or taken(following))
    }


def side_of_field(field: str) -> str:
    """The photo on which a field stands."""
    return next(kind for kind, fields in SIDE_FIELDS.items() if field in fields)


def typed_value(field: str, text: str) -> str:
    """What the answer holds for what was typed: dates in ISO 8601, 长期 as 2099-12-31."""
    plain = text.strip()
    if field in DATES:
        day = parse_date(plain)
        return day.isoformat() if day else plain
    if field == "id_number":
        return normalise_id_number(plain)
    return normalise_name(plain) if field == "name" else plain


def shown_value(field: str, value: str) -> str:
    """How a value of the answer is shown: 2099-12-31 as 长期."""
    day = parse_date(value) if field in DATES and value else None
    return format_date(day) if day else value


def other_person(fields: Mapping[str, Any], own_id_number: str) -> bool:
    """Whether the card has a right ID number that is somebody else's."""
    number = parse_id_number(str(fields.get("id_number") or ""))
    return number is not None and number.number != own_id_number


def unusable(fields: Mapping[str, str], own_id_number: str) -> str | None:
    """Why the fields of a side can't be confirmed yet, as a short Chinese sentence."""
    if other_person(fields, own_id_number):
        return "请使用登录人本人的身份证"
    missing = next((name for name, value in fields.items() if not value), None)
    return f"请填写{LABELS[missing]}" if missing else None


def unfinished(photos: Mapping[str, Photo], accepted: bool) -> str | None:
    """Why the page can't be sent yet, as a short Chinese sentence; accepted: the 责任书 was."""
    for kind, photo in photos.items():
        if photo.failure is not None:
            return f"{TITLES[kind]}没有上传成功，请点“重试”"
    if any(photo.upload_id is None for photo in photos.values()):
        return "照片正在上传，请稍候"
    return None if accepted else "请阅读并同意《数字证书安全责任书》"


#: What is wrong with a picture without being in the way of reading it.
LEGIBLE = ("copy", "other_side")


def doubt(advice: str, flags: Sequence[str]) -> str:
    """What to tell beside a picture that was taken though something is wrong with it; empty: nothing is."""
    if not flags:
        return ""
    return f"{advice}。" if flags[0] in LEGIBLE else f"{advice}。看不清的项目请重新拍摄。"


def adjustable(photo: Photo) -> bool:
    """Whether the whole picture is there, to be cut out differently."""
    return photo.original is not None or photo.original_id is not None


def sending_text(photo: Photo) -> str:
    """Where the photo is."""
    if photo.failure is not None:
        return "上传失败"
    if photo.upload_id is None:
        return "正在上传…"
    return "原图已保留" if photo.original_id else "已有照片"


@dataclass(frozen=True)
class CrossCheck:
    """What the fields of a side say of one another, and of the person who is logged in.

    text: in Chinese, empty when they say nothing. doubtful: the fields that are to be looked at again.
    """

    text: str
    doubtful: frozenset[str]


def cross_check(kind: str, fields: Mapping[str, str], own: Mapping[str, str]) -> CrossCheck:
    """Compare the fields of a side. own: name and ID number of the person who is logged in."""
    lines = list(_portrait_lines(fields, own) if kind == PORTRAIT else _emblem_lines(fields))
    text = "；".join(text for text, _ in lines) + ("。" if lines else "")
    return CrossCheck(text, frozenset(doubtful for _, doubtful in lines if doubtful))


def _portrait_lines(fields: Mapping[str, str], own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    number = parse_id_number(fields.get("id_number") or "")
    if number is not None:
        yield from _number_lines(fields, number)
        if number.number != own["id_number"]:
            yield "身份证号与登录人的号码不一致", "id_number"
    if fields.get("name") and fields["name"] != own["name"]:
        yield "姓名与登录人的姓名不一致，请逐字核对", "name"


def _number_lines(fields: Mapping[str, str], number: IdNumber) -> Iterator[tuple[str, str]]:
    yield "身份证号校验通过", ""
    birth, sex = fields.get("birth"), fields.get("sex")
    if birth == number.birth.isoformat() and sex == number.sex:
        yield "出生日期、性别与号码一致", ""
    if birth and birth != number.birth.isoformat():
        yield f"出生日期与号码不一致，号码中是 {number.birth.isoformat()}", "birth"
    if sex and sex != number.sex:
        yield f"性别与号码不一致，号码中是“{number.sex}”", "sex"
    region = region_warning(number)
    if region:
        yield region, "id_number"


def _emblem_lines(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    days = [parse_date(fields.get(name) or "") for name in DATES]
    birth, valid_from, valid_until = days
    if birth is None or valid_from is None or valid_until is None or valid_until <= valid_from:
        return
    warning = validity_warning(birth, valid_from, valid_until)
    yield (warning, "valid_until") if warning else ("有效期限与签发时的年龄相符", "")

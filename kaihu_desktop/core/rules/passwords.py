"""Certificate passwords: 6 to 8 digits or letters and digits, as the company asks; none easily guessed."""

from __future__ import annotations

import re
from datetime import date

from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.core.secret import Secret

DEFAULT_RULE = PasswordRule("digits", 6, 8)
#: For a backup file, which nothing but its password protects.
EXPORT_RULE = PasswordRule("letters_digits", 8, 64)
TRIVIAL = (
    "abc123",
    "a123456",
    "admin123",
    "password1",
    "qwe123",
    "520520",
    "5201314",
    "147258",
    "159357",
    "112233",
)
RUNS = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop")
TOO_EASY = "密码太容易被猜到（如连续、重复的数字），请换一个"


def password_problem(
    password: Secret, rule: PasswordRule = DEFAULT_RULE, birth: date | None = None, phone: str = ""
) -> str | None:
    """Why `password` may not protect a certificate, as a Chinese sentence; None when it may.

    phone: the mobile number; only the digits at its end count (``138****0033`` has four, too few to compare).
    """
    text = password.reveal_text()
    span = f"{rule.min_length} 至 {rule.max_length} 位"
    if rule.kind == "digits" and not re.fullmatch("[0-9]+", text):
        return f"密码应为 {span}数字"
    if rule.kind != "digits" and not re.fullmatch("(?=.*[A-Za-z])(?=.*[0-9])[!-~]+", text):
        return f"密码应为 {span}，同时包含字母和数字"
    if not rule.min_length <= len(text) <= rule.max_length:
        return f"密码应为 {span}，现在是 {len(text)} 位"
    if _is_trivial(text.lower()):
        return TOO_EASY
    if birth is not None and _has_birthday(text, birth):
        return "密码不能使用生日，请换一个"
    if _is_phone_tail(text, phone):
        return "密码不能使用手机号的末几位，请换一个"
    return None


def _is_trivial(text: str) -> bool:
    repeated = re.fullmatch(r"(.{1,4}?)\1+", text) is not None
    run = any(text in line for line in RUNS)
    return repeated or run or text in TRIVIAL


def _has_birthday(text: str, birth: date) -> bool:
    """Whole dates in the usual orders, also inside a longer password."""
    layouts = ("%Y%m%d", "%y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y")
    unpadded = f"{birth.year}{birth.month}{birth.day}"
    return any(birth.strftime(layout) in text for layout in layouts) or unpadded in text


def _is_phone_tail(text: str, phone: str) -> bool:
    known = re.search("[0-9]*$", phone)
    tail = known.group() if known else ""
    return len(tail) >= len(text) and tail.endswith(text)

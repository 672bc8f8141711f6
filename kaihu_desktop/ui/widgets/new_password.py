"""A new password: entered twice, judged by a rule, with an estimate of how hard it is to guess."""

from __future__ import annotations

from datetime import date

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.core.rules.password_strength import Strength, strength
from kaihu_desktop.core.rules.passwords import password_problem
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.labels import label, set_property

#: The colour of the bar at each level.
KINDS_OF = {Strength.WEAK: "error", Strength.FAIR: "warn", Strength.GOOD: "ok", Strength.STRONG: "ok"}


def rule_text(rule: PasswordRule) -> str:
    """What the rule asks for, in one line."""
    what = "数字" if rule.kind == "digits" else "，同时包含字母和数字"
    return f"{rule.min_length} 至 {rule.max_length} 位{what}，不要用生日、手机号或连续的数字"


class NewPassword(QWidget):
    """Two fields, ``{name}`` and ``{name}.again``; below the first the rule, which stays while one types.

    Under it stands how strong the password is, ``{name}.strength``.

    birth: of the person, whose birthday is refused as a password.

    Signals:
        changed(): something was typed.
        confirmed(): Enter was pressed in the second field.
    """

    changed = Signal()
    confirmed = Signal()

    def __init__(self, name: str, title: str, rule: PasswordRule, *, birth: date | None = None) -> None:
        super().__init__()
        self._rule, self._birth = rule, birth
        self.first = PasswordField(title, name)
        self.again = PasswordField("再输入一次", f"{name}.again", placeholder="与上面的密码相同")
        self._strength = _Meter(f"{name}.strength")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.first)
        column.addWidget(label(rule_text(rule), "hint", f"{name}.rule", wrap=True))
        column.addWidget(self._strength)
        column.addWidget(self.again)
        self.setFocusProxy(self.first)
        self.first.changed.connect(self._typed)
        self.again.changed.connect(self.changed)
        self.first.edit.editingFinished.connect(self._judge_first)
        self.again.edit.editingFinished.connect(self._judge_again)
        self.first.edit.returnPressed.connect(self._go_on)
        self.again.edit.returnPressed.connect(self.confirmed)

    @property
    def secret(self) -> Secret:
        """The password; the caller wipes it."""
        return self.first.secret

    def problem(self) -> str | None:
        """Why it can't be used yet, in a Chinese sentence; None when it can."""
        if not self.first.edit.text():
            return "请设置密码"
        return self._first_problem() or self._again_problem()

    def show_problem(self) -> bool:
        """Show what is wrong at its field and go there; whether something is."""
        self.first.set_error(self._first_problem() or "")
        self.again.set_error("" if self.first.error else self._again_problem() or "")
        wrong = self.first if self.first.error else self.again if self.again.error else None
        if wrong is not None:
            wrong.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        return wrong is not None

    def refuse(self, text: str) -> None:
        """Somebody else found fault with it."""
        self.first.set_error(text)
        self.first.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Forget what was typed."""
        for field in (self.first, self.again):
            field.clear()
            field.set_error("")
        self._strength.show_level(None)

    def _first_problem(self) -> str | None:
        password = self.first.secret
        try:
            return password_problem(password, self._rule, self._birth)
        finally:
            password.wipe()

    def _again_problem(self) -> str | None:
        if not self.again.edit.text():
            return "请再输入一次密码"
        return None if self.again.edit.text() == self.first.edit.text() else "两次输入的密码不一致"

    def _typed(self) -> None:
        password = self.first.secret
        self._strength.show_level(strength(password) if password else None)
        password.wipe()
        if self.again.edit.text():
            self.again.set_error("")
        self.changed.emit()

    def _judge_first(self) -> None:
        if self.first.edit.text():
            self.first.set_error(self._first_problem() or "")

    def _judge_again(self) -> None:
        if self.again.edit.text() and not self.first.error:
            self.again.set_error(self._again_problem() or "")

    def _go_on(self) -> None:
        self._judge_first()
        if not self.first.error:
            self.again.edit.setFocus(Qt.FocusReason.OtherFocusReason)


class _Meter(QWidget):
    """Four bars and a word; nothing while there is no password."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._bars = [QFrame() for _ in Strength]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label("密码强度", "hint"))
        for bar in self._bars:
            bar.setProperty("role", "strength")
            bar.setFixedSize(36, 5)
            row.addWidget(bar, 0, Qt.AlignmentFlag.AlignVCenter)
        self._word = label("", "hint", name)
        row.addSpacing(4)
        row.addWidget(self._word)
        row.addStretch(1)
        self.show_level(None)

    def show_level(self, level: Strength | None) -> None:
        """Fill as many bars as the level has."""
        filled = level.value if level else 0
        for number, bar in enumerate(self._bars):
            set_property(bar, "kind", KINDS_OF[level] if level and number < filled else "")
        self._word.setText(level.text if level else "")
        self._word.setAccessibleName(f"密码强度 {level.text}" if level else "密码强度")

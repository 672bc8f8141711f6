"""The look: tokens of colour, type and space, and the style sheet made of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from string import Template

from qtpy.QtCore import QRect, Qt
from qtpy.QtGui import QColor, QFont, QFontDatabase, QPainter, QPalette, QPen
from qtpy.QtWidgets import QApplication

from kaihu_desktop.resources import resource

#: The least contrast of white text on the brand colour (WCAG 2.1 AA).
LEAST_CONTRAST = 4.5

#: Chinese faces in order of preference: Windows, then Linux.
FACES = ("Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "PingFang SC")


@dataclass(frozen=True)
class Tokens:
    """Colours of the theme, as #RRGGBB."""

    primary: str = "#1F5EDB"
    primary_hover: str = "#2C6BE8"
    primary_pressed: str = "#1849B0"
    primary_tint: str = "#EAF1FE"
    text: str = "#1B2430"
    text_secondary: str = "#55606E"
    text_hint: str = "#667180"
    line: str = "#E3E8EF"
    line_strong: str = "#C3CCD8"
    ground: str = "#F4F6FA"
    card: str = "#FFFFFF"
    disabled: str = "#E8ECF3"
    disabled_text: str = "#7A8594"
    info: str = "#1D56C9"  # not the brand's colour: a red company's news must not look like errors
    info_tint: str = "#EAF1FE"
    ok: str = "#187A4E"
    ok_tint: str = "#E6F5ED"
    warn: str = "#945900"
    warn_tint: str = "#FFF4E0"
    error: str = "#C9342B"
    error_tint: str = "#FDECEA"

    @classmethod
    def for_brand(cls, colour: str | None) -> Tokens:
        """Tokens with a company's colour, darkened until white text on it can be read."""
        base = QColor(colour) if colour else QColor(cls.primary)
        if not base.isValid():
            base = QColor(cls.primary)
        while contrast(QColor("white"), base) < LEAST_CONTRAST:
            base = base.darker(106)
        if base.name().upper() == cls.primary:
            return cls()
        tint = QColor.fromHslF(max(base.hslHueF(), 0.0), min(base.hslSaturationF(), 0.9), 0.96)
        return cls(
            primary=base.name(),
            primary_hover=base.lighter(112).name(),
            primary_pressed=base.darker(122).name(),
            primary_tint=tint.name(),
        )


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


class Theme:
    """Tokens, applied to the application; `current` is the one that painted widgets read."""

    current = Tokens()

    @classmethod
    def apply(cls, application: QApplication, colour: str | None = None) -> None:
        """Give the whole application the look, in the company's colour."""
        tokens = Tokens.for_brand(colour)
        if tokens == cls.current and application.styleSheet():
            return  # polishing every widget anew takes long
        cls.current = tokens
        font = QFont(_face())
        font.setPixelSize(14)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        application.setFont(font)
        application.setPalette(_palette(tokens))
        template = Template(resource("theme.qss").read_text(encoding="utf-8"))
        values = {field.name: getattr(cls.current, field.name) for field in fields(Tokens)}
        values["icons"] = resource("icons").as_posix()
        application.setStyleSheet(template.substitute(values))


def _palette(tokens: Tokens) -> QPalette:
    """For what the style sheet leaves open; the same whether the system is light or dark."""
    role, palette = QPalette.ColorRole, QPalette()
    colours = {
        tokens.ground: (role.Window, role.AlternateBase),
        tokens.card: (role.Base, role.Button, role.ToolTipBase, role.HighlightedText),
        tokens.text: (role.WindowText, role.Text, role.ButtonText, role.ToolTipText),
        tokens.text_hint: (role.PlaceholderText,),
        tokens.primary: (role.Highlight, role.Link),
    }
    for colour, roles in colours.items():
        for each in roles:
            palette.setColor(each, QColor(colour))
    return palette


def paint_focus(painter: QPainter, place: QRect) -> None:
    """The frame around what has the focus, for widgets that the style sheet doesn't paint."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(Theme.current.primary), 2))
    painter.drawRect(place.adjusted(1, 1, -1, -1))


def _face() -> str:
    installed = set(_families())
    return next((face for face in FACES if face in installed), QFont().defaultFamily())


def _families() -> list[str]:
    try:
        return list(QFontDatabase.families())
    except TypeError:  # Qt 5: an instance method
        return list(QFontDatabase().families())

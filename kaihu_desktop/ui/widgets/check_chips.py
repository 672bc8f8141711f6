"""What the camera page says of the picture in a row of chips: each check, passed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QWidget

from kaihu_desktop.ui.widgets.flow_layout import FlowLayout
from kaihu_desktop.ui.widgets.labels import chip, set_chip

if TYPE_CHECKING:
    from kaihu_desktop.vision.quality import Quality

#: What a chip says while its check fails; short, for the advice in the picture says what to do.
WRONG = {
    "cut_off": "没有拍全",
    "too_far": "再靠近一点",
    "dark": "太暗",
    "glare": "有反光",
    "blur": "模糊",
    "low_contrast": "背景相近",
    "other_side": "请换一面",
    "copy": "不是原件",
}


class CheckChips(QWidget):
    """The chips are there while a card is seen. Their object names are ``….check.`` and the flag.

    What is no check with a good side to show, such as a copy, has a chip only while it is wrong.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._row = FlowLayout(self, 8)

    def show_quality(self, quality: Quality | None) -> None:
        """Show what was judged; None or a picture without a card takes the chips away."""
        from kaihu_desktop.vision.quality import CHECKS

        found = quality is not None and quality.found
        wrong = quality.flags if found else ()
        titles = dict(CHECKS) if found else {}
        shown = {flag: f"● {title}" for flag, title in titles.items()}
        shown.update((flag, f"▲ {WRONG[flag]}") for flag in wrong)
        known = {one.objectName(): one for one in self._row.widgets()}
        for flag, text in shown.items():
            name = f"{self._name}.check.{flag}"
            if name not in known:
                known[name] = chip("", "", name)
                self._row.addWidget(known[name])
            if known[name].text() != text:
                set_chip(known[name], text, "warn" if flag in wrong else "ok")
        names = {f"{self._name}.check.{flag}" for flag in shown}
        for name, one in known.items():
            one.setVisible(name in names)

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
}


class CheckChips(QWidget):
    """The chips are there while a card is seen. Their object names are ``….check.`` and the flag."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._row = FlowLayout(self, 8)

    def show_quality(self, quality: Quality | None) -> None:
        """Show what was judged; None or a picture without a card takes the chips away."""
        from kaihu_desktop.vision.quality import CHECKS

        known = {one.objectName(): one for one in self._row.widgets()}
        found = quality is not None and quality.found
        for flag, title in CHECKS if found else ():
            name = f"{self._name}.check.{flag}"
            if name not in known:
                known[name] = chip("", "", name)
                self._row.addWidget(known[name])
            wrong = flag in quality.flags
            text = f"▲ {WRONG[flag]}" if wrong else f"● {title}"
            if known[name].text() != text:
                set_chip(known[name], text, "warn" if wrong else "ok")
        for one in known.values():
            one.setVisible(found)

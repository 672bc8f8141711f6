"""The widgets between which Tab goes, in an order of our own."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QWidget


def tab_chain(root: QWidget) -> list[QWidget]:
    """What Tab can reach inside `root`, in the order in which it was made."""
    found: list[QWidget] = []
    widget = root.nextInFocusChain()
    while widget is not root:
        inside = root.isAncestorOf(widget) and widget.isEnabled() and widget.isVisible()
        if inside and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def move_focus(chain: Sequence[QWidget], current: QWidget | None, forward: bool) -> None:
    """Focus what follows `current` in `chain`, or precedes it; round and round."""
    if not chain:
        return
    if current in chain:
        place = chain.index(current) + (1 if forward else -1)
    else:
        place = 0 if forward else -1
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    chain[place % len(chain)].setFocus(reason)

"""The window: top bar, rail, page, error panel and footer. It shows what it is told, and decides nothing.

A page may be laid over all of that but the top bar, and taken away again: what is below stays as it was.
"""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QCloseEvent, QResizeEvent
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.later import later
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.widgets.busy_overlay import BusyOverlay
from kaihu_desktop.ui.widgets.error_panel import ErrorPanel
from kaihu_desktop.ui.widgets.footer import Footer
from kaihu_desktop.ui.widgets.rail import Rail
from kaihu_desktop.ui.widgets.tab_chain import move_focus, tab_chain
from kaihu_desktop.ui.widgets.top_bar import TopBar

#: Below this width the rail shows numbers only and the bars leave out the unimportant.
COMPACT_WIDTH = 900


class Shell(QWidget):
    """The one window of the client.

    Signals:
        closing(): the person closes the window; what is typed is to be kept now.
        given_up(Task): the person doesn't want to wait for this any longer.
    """

    closing = Signal()
    given_up = Signal(object)

    def __init__(self, tasks: TaskRunner) -> None:
        super().__init__()
        self.setObjectName("shell")
        self.setWindowTitle("期货互联网开户云")
        self.setMinimumSize(640, 400)
        self.resize(1280, 800)
        self.dialogs = Dialogs(self)
        self.top_bar, self.rail, self.footer, self.error_panel = TopBar(), Rail(), Footer(), ErrorPanel()
        self.page: Page | None = None
        self.cover: Page | None = None
        self._focus_below: QWidget | None = None
        self._page_place = QVBoxLayout()
        self._page_place.setContentsMargins(0, 0, 0, 0)
        self._arrange()
        self._busy = BusyOverlay(self)
        tasks.busy.connect(self._show_busy)
        tasks.idle.connect(self._busy.finish)
        self._busy.given_up.connect(self.given_up)

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(self._page_place, 1)
        right.addWidget(self.error_panel)
        right.addWidget(self.footer)
        self._below = QWidget()
        middle = QHBoxLayout(self._below)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(right, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.top_bar)
        self._column.addWidget(self._below, 1)

    def show_page(self, page: Page, *, rail: bool, footer: bool) -> None:
        """Put a page into the window in place of the one before, and focus its first field."""
        self.dialogs.close_all()
        old, self.page = self.page, page
        self.error_panel.hide()
        self.rail.setVisible(rail)
        self.footer.setVisible(footer)
        self._page_place.addWidget(page)
        if old is not None:
            self._page_place.removeWidget(old)
            old.hide()
            old.deleteLater()
        page.failed.connect(self.show_failure)
        page.begun.connect(self.error_panel.hide)
        if self.cover is None:
            self._enter(page)
        else:
            self._focus_below = None

    def show_cover(self, page: Page) -> None:
        """Lay a page over what is there, in place of one that already lies there."""
        if self.cover is None:
            self._focus_below = self.focusWidget()
        self._take_cover()
        self.cover = page
        self._below.hide()
        self._column.addWidget(page, 1)
        self._enter(page)

    def close_cover(self) -> None:
        """Take the page away that lies over the others; the focus goes back to where it was."""
        if self.cover is None:
            return
        self._take_cover()
        self._below.show()
        if self.page is None:
            return
        self._name_window(self.page)
        before, self._focus_below = self._focus_below, None
        try:
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        except RuntimeError:  # that widget is gone
            pass
        self._enter(self.page)

    def _take_cover(self) -> None:
        cover, self.cover = self.cover, None
        if cover is not None:
            self.dialogs.close_all()
            cover.leave()
            self._column.removeWidget(cover)
            cover.hide()
            cover.deleteLater()

    def _enter(self, page: Page) -> None:
        self._name_window(page)
        later(page, lambda: self._focus_first(page))

    def _name_window(self, page: Page) -> None:
        self.setWindowTitle(f"{page.accessibleName()} - 期货互联网开户云")

    def show_failure(self, failure: Failure, repeat: Callable[[], None] | None = None) -> None:
        """Say under the page what failed; `repeat` is what 重试 does."""
        self.error_panel.show_failure(failure, repeat)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """From the page to what failed, to the footer, and only then around it."""
        parts = (self.cover or self.page, self.error_panel, self.footer, self.top_bar, self.rail)
        reachable = tab_chain(self)
        chain = [one for part in parts if part is not None for one in reachable if part.isAncestorOf(one)]
        move_focus(chain, self.focusWidget(), forward)
        return True

    def _focus_first(self, page: Page) -> None:
        if page is (
            self.cover or self.page
        ):  # the page itself, lest Enter presses what happens to have the focus
            (page.first_focus() or page).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_busy(self, task: Task) -> None:
        self._busy.follow(task)

    def resizeEvent(self, event: QResizeEvent) -> None:
        compact = self.width() < COMPACT_WIDTH
        self.rail.set_compact(compact)
        self.footer.set_compact(compact)
        self.top_bar.set_compact(compact)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        event.accept()

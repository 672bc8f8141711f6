"""The captcha: its picture, which a press changes, and what the person reads in it."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QSize
from qtpy.QtGui import QIcon

from kaihu_desktop.core.model.login import Captcha
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.ui.pixels import png_pixmap
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.widgets.fields import TextField
from kaihu_desktop.ui.widgets.labels import button

PICTURE = QSize(120, 38)


class CaptchaField(TextField):
    """A picture that can't be fetched says so and is asked for again by a press.

    The picture's property ``captcha_id`` lets a test ask the sandbox for the text.
    """

    def __init__(self, tasks: TaskRunner, backend: Backend, name: str) -> None:
        super().__init__("图形验证码", name, placeholder="不区分大小写", length=8)
        self._tasks, self._backend = tasks, backend
        self._task: Task | None = None
        self.captcha_id = ""
        self._picture = button("", "captcha", "login.captcha_picture", lambda: self.renew())
        self._picture.setFixedSize(PICTURE.width() + 2, PICTURE.height() + 2)
        self._picture.setIconSize(PICTURE)
        self._picture.setAccessibleName("图形验证码图片，按下可以换一张")
        self._picture.setToolTip("看不清？点一下换一张")
        self.row.addWidget(self._picture)

    def renew(self) -> None:
        """The person wants another picture."""
        self.set_error("")
        self.reload(then=self._start_over)

    def reload(self, then: Callable[[], None] = lambda: None) -> None:
        """Fetch another picture; of several requests the last one counts."""
        if self._task is not None:
            self._task.cancel()
        self.captcha_id = ""
        self._picture.setText("正在加载…" if self._picture.icon().isNull() else "")
        self._task = self._tasks.run(
            self,
            lambda _: self._backend.captcha(),
            lambda captcha: self._show(captcha, then),
            lambda _: self._say_failed(),
        )

    def check(self) -> bool:
        """Show what is missing; True if nothing is."""
        error = ""
        if not self.captcha_id:
            error = "图形验证码还没有加载出来，请点右边的图片重试"
        elif not self.text:
            error = "请输入图片中的字符"
        self.set_error(error)
        return not error

    def _show(self, captcha: Captcha, then: Callable[[], None]) -> None:
        picture = png_pixmap(captcha.image_png)
        if picture.isNull():
            self._say_failed()
            return
        self.captcha_id = captcha.id
        self._picture.setText("")
        self._picture.setIcon(QIcon(picture))
        self._picture.setProperty("captcha_id", captcha.id)
        then()

    def _start_over(self) -> None:
        self.edit.clear()
        self.edit.setFocus()

    def _say_failed(self) -> None:
        self._picture.setIcon(QIcon())
        self._picture.setText("点此重试")

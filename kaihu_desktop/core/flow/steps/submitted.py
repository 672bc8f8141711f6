"""Step 提交结果: nothing to answer, it shows what happens next."""

from __future__ import annotations

from kaihu_desktop.core.flow.step import Step


class Submitted(Step):
    """The end of a business."""

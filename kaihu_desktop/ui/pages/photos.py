"""Page 上传照片: both sides of the ID card, the signature, and the fields read from the card."""

from __future__ import annotations

from kaihu_desktop.ui.page import Page, PageContext


class PhotosPage(Page):
    """Answer: see `core.flow.steps.photos.Photos`."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("photos", "上传照片")
        self._context = context

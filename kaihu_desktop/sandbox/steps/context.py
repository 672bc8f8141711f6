"""What a step needs to judge an answer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.specimen_files import ensure_drawn
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.storage import content_of, is_picture
from kaihu_desktop.sandbox.tables import Application, Customer, Upload


@dataclass(frozen=True)
class StepContext:
    """One PUT of a step."""

    db: Session
    sandbox: Sandbox
    customer: Customer
    application: Application

    def upload(self, upload_id: str, kinds: tuple[str, ...]) -> Upload | None:
        """The customer's complete upload of one of `kinds`, else None."""
        upload = self.db.get(Upload, upload_id)
        if upload is None or upload.id_number != self.customer.id_number:
            return None
        ensure_drawn(self.db, self.sandbox, upload)
        return upload if upload.complete and upload.kind in kinds else None

    def picture_fault(self, upload_id: str, kinds: tuple[str, ...]) -> str | None:
        """What is wrong with an uploaded picture, as a sentence; None when nothing is."""
        upload = self.upload(upload_id, kinds)
        if upload is None:
            return "照片没有上传完，请重新上传"
        if not is_picture(content_of(self.sandbox, upload)):
            return "这不是有效的照片，请重新拍摄或选择 JPG、PNG、BMP、GIF 照片"
        return None

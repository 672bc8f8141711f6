"""One photo of a page: taken and cut out, on its way to the backend, and there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping

from kaihu_desktop.core.failure import Failure

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners


@dataclass
class Photo:
    """One photo. Pictures are BGR arrays, None as long as they lie on the server or in a draft only.

    card: what is sent, cut out and upright. original: the whole picture; corners: 4×2 in its pixels, None
    where nothing was cut. recorded: the company had it already. failure: why the upload failed.
    pending: what a draft keeps of it until it has arrived, see `photos_work.pack`. doubt: what is wrong with
    the picture, in a sentence; empty when nothing is, or nobody has looked.
    """

    card: BgrImage | None = field(default=None, repr=False)
    original: BgrImage | None = field(default=None, repr=False)
    corners: Corners | None = field(default=None, repr=False)
    upload_id: str | None = None
    original_id: str | None = None
    recorded: bool = False
    failure: Failure | None = None
    pending: Mapping[str, Any] | None = field(default=None, repr=False)
    doubt: str = ""

    @property
    def there(self) -> bool:
        """Whether there is a photo at all, wherever it lies."""
        return self.upload_id is not None or self.pending is not None or self.card is not None

    @property
    def sending(self) -> bool:
        """Whether it is on its way."""
        return self.there and self.upload_id is None and self.failure is None

    @property
    def kept(self) -> bool:
        """Whether an answer can hold it."""
        return self.upload_id is not None or self.pending is not None

    @property
    def drafted(self) -> dict[str, Any]:
        """What a draft holds beside the ids, see `core.flow.step.DRAFT_ONLY`."""
        pending = self.pending if self.upload_id is None else None
        corners = None if self.corners is None else [list(map(float, one)) for one in self.corners]
        seen = {"corners": corners, "doubt": self.doubt} if corners or self.doubt else None
        return {name: told for name, told in (("pending", pending), ("seen", seen)) if told is not None}

    def answer(self) -> dict[str, Any]:
        """The photo's part of the answer."""
        return {"upload_id": self.upload_id, "original_id": self.original_id, **self.drafted}


def photo_of(told: Mapping[str, Any], upload_id: str | None, original_id: str | None = None) -> Photo:
    """The photo that a part of an answer tells of, as far as a draft has kept it, still without pictures."""
    import numpy as np

    seen = told.get("seen") or {}
    corners = seen.get("corners")
    return Photo(
        corners=None if corners is None else np.array(corners),
        upload_id=upload_id,
        original_id=original_id,
        pending=told.get("pending"),
        doubt=seen.get("doubt", ""),
    )

"""Files that seeded customers have sent already, drawn or signed when somebody first asks for them."""

from __future__ import annotations

import io
import secrets

from PIL import Image
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.seed import BY_ID_NUMBER
from kaihu_desktop.sandbox.specimens import cards
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.storage import keep
from kaihu_desktop.sandbox.tables import Customer, Upload


def promise(db: Session, sandbox: Sandbox, id_number: str, kind: str, drawing: str | None = None) -> str:
    """Registers a complete upload of `kind` whose bytes are drawn on demand; returns its id.

    drawing: what to draw, `kind` itself unless told; ``glare`` is a bank card with a reflection.
    """
    upload_id = secrets.token_hex(16)
    upload = Upload(
        id=upload_id,
        id_number=id_number,
        kind=kind,
        media_type="image/jpeg",
        size=0,
        sha256=upload_id * 2,  # replaced by the true one together with the size
        complete=True,
        created_at=sandbox.clock.now(),
        specimen=drawing or kind,
    )
    db.add(upload)
    db.flush()
    return upload_id


def ensure_drawn(db: Session, sandbox: Sandbox, upload: Upload) -> None:
    """Makes the promised bytes of `upload` unless they are there."""
    if upload.specimen is None or upload.size:
        return
    keep(sandbox, upload, _draw(db.get_one(Customer, upload.id_number), upload.specimen))
    db.flush()


def _draw(customer: Customer, specimen: str) -> bytes:
    person = BY_ID_NUMBER[customer.id_number].person
    if specimen == "id_portrait":
        picture = cards.render_id_portrait(person, seed=7)
    elif specimen == "id_emblem":
        picture = cards.render_id_emblem(person, seed=7)
    elif specimen == "signature":
        picture = cards.render_signature_sheet(person.name, seed=7)
    else:
        card = cards.SpecimenBankCard("中国建设银行", "6217002430000000019", "YANG BEN")
        picture = cards.render_bank_card(card, seed=7)
    image = Image.fromarray(picture[:, :, ::-1].copy())
    if specimen == "glare":
        image = _with_glare(image)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _with_glare(image: Image.Image) -> Image.Image:
    """A round reflection over the last digits."""
    light = Image.radial_gradient("L").point(lambda value: max(0, 255 - 2 * value)).resize((620, 460))
    image.paste((255, 255, 255), (480, 150), light)
    return image

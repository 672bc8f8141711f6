"""What the process of `devices.card_reader_process` does: read each card that it is sent."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Mapping

from kaihu_desktop import bootstrap
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.devices.helper import Talk

if TYPE_CHECKING:
    from kaihu_desktop.core.ports import CardReader, Field


def read_cards(talk: Talk, job: Mapping[str, Any]) -> None:
    """Answer with the engine `job["engine"]` until the program wants no more."""
    reader = bootstrap.card_reader(job["engine"])
    while True:
        talk.say(_answer(reader, talk.asked.get()))


def _answer(reader: CardReader, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a card, or a failure's code; without a kind of card only what it takes is loaded."""
    import numpy as np

    try:
        if not asked["kind"]:
            reader.prepare()
            return {"fields": {}}
        card = np.frombuffer(base64.b64decode(asked["pixels"]), np.uint8).reshape(asked["shape"])
        return {
            "fields": {name: _told(field) for name, field in reader.read(asked["kind"], card).fields.items()}
        }
    except Failure as failure:
        return {"failure": failure.code}


def _told(field: Field) -> dict[str, Any]:
    box = None if field.box is None else [int(one) for one in field.box]
    return {
        "value": field.value,
        "confidence": float(field.confidence),
        "box": box,
        "review": bool(field.needs_review),
    }

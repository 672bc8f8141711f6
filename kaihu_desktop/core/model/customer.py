"""The logged-in person and what the company has on record of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class BankCardOnRecord:
    """A bank card that the company knows already."""

    id: str
    bank_code: str
    bank_name: str
    masked_number: str
    branch: str


@dataclass(frozen=True)
class Customer:
    """The account holder. `photos` maps id_portrait / id_emblem / signature to upload ids on record."""

    name: str = field(repr=False)
    masked_id_number: str
    id_number: str = field(repr=False)
    photos: dict[str, str]
    bank_cards: tuple[BankCardOnRecord, ...]

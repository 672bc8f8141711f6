"""What the company has on record of the customer."""

from __future__ import annotations

from fastapi import APIRouter

from kaihu_desktop.sandbox.access import COMMON, TheCaller, summary_of
from kaihu_desktop.sandbox.api.refusals import refusals
from kaihu_desktop.sandbox.banks import BANKS_BY_CODE, masked_card
from kaihu_desktop.sandbox.transaction import TransactionRoute
from kaihu_desktop.sandbox.wire.login import CardOnRecord, CustomerRecord, PhotoOnRecord, PhotosOnRecord

router = APIRouter(route_class=TransactionRoute, tags=["customer"])
PHOTO_KINDS = ("id_portrait", "id_emblem", "signature")


@router.get(
    "/customers/me",
    operation_id="getCustomer",
    summary="The customer's own record",
    responses=refusals(*COMMON),
)
def get_customer(caller: TheCaller) -> CustomerRecord:
    """Name, numbers, photos and bank cards on record."""
    customer = caller.customer
    photos = {
        kind: PhotoOnRecord(upload_id=customer.photos[kind]) if kind in customer.photos else None
        for kind in PHOTO_KINDS
    }
    cards = [
        CardOnRecord(
            id=card["id"],
            bank_code=card["bank_code"],
            bank_name=BANKS_BY_CODE[card["bank_code"]].name,
            masked_number=masked_card(card["number"]),
            branch=card["branch"],
        )
        for card in customer.cards
    ]
    return CustomerRecord(
        **summary_of(customer),
        id_number=customer.id_number,
        photos=PhotosOnRecord(**photos),
        bank_cards=cards,
    )

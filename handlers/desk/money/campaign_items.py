"""What a campaign says it needs, as everybody may read it; `needs` opens and closes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from handlers.desk.money.campaigns import Seen
from storage.tables import NeedSlot

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a campaign. title: by language. amount: VND, or so many of `measure`. state: open or met."""

    id: str
    title: Mapping[str, str]
    kind: str
    amount: int
    measure: str
    state: str


def items(desk: "Desk", campaign: Seen) -> list[Item]:
    """The items of a campaign in the order they were added; those that were closed unmet are not among them."""
    query = select(NeedSlot).where(NeedSlot.campaign_id == campaign.id, NeedSlot.state != "closed")
    return [
        Item(row.id, row.title or {}, row.kind, row.amount, row.measure, row.state)
        for row in desk.unit.scalars(query.order_by(col(NeedSlot.id)))
    ]

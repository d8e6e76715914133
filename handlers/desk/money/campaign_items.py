"""What a campaign says it needs, as everybody may read it; `needs` opens and closes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from handlers.desk.money.campaigns import SeenCampaign
from handlers.desk.office import Context
from storage.tables import NeedSlot


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignItem:
    """An item of a campaign. title: by language. amount: VND, or so many of `measure`. state: open or met."""

    id: str
    title: Mapping[str, str]
    kind: str
    amount: int
    measure: str
    state: str


@dataclass(frozen=True, slots=True)
class CampaignItems:
    """What campaigns say they need."""

    context: Context

    def of(self, campaign: SeenCampaign) -> list[CampaignItem]:
        """The items of a campaign in the order they were added; those that were closed unmet are not among them."""
        query = select(NeedSlot).where(NeedSlot.campaign_id == campaign.id, NeedSlot.state != "closed")
        return [
            CampaignItem(
                id=row.id, title=row.title or {}, kind=row.kind, amount=row.amount, measure=row.measure, state=row.state
            )
            for row in self.context.unit.scalars(query.order_by(col(NeedSlot.id)))
        ]

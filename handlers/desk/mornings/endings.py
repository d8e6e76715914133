"""What ends soon: accounts for gifts, told to who keeps them, and campaigns, told to who wrote them; each once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from handlers.desk.messages.reminders import once
from handlers.desk.office.rights import Official
from handlers.flow.message import Say
from storage.tables import Campaign, GiftAccount

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

ACCOUNT, CAMPAIGN = "account_ends", "campaign_ends"
ACCOUNT_ENDS = timedelta(days=7)
CAMPAIGN_ENDS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Endings:
    """What ends soon on one day. There are few of both, so that all are looked at in one go."""

    desk: "Desk"

    def tell(self) -> int:
        """Tell of what ends soon; returns how many endings were told of."""
        return self._accounts() + self._campaigns()

    def _accounts(self) -> int:
        """Accounts that are shown, of which the treasurers have to enter the next in time."""
        desk, told = self.desk, 0
        soon = col(GiftAccount.last_day).between(desk.today(), desk.today() + ACCOUNT_ENDS)
        query = select(GiftAccount).where(
            soon, col(GiftAccount.ended_at).is_(None), col(GiftAccount.confirmed_by).is_not(None)
        )
        for row in desk.unit.scalars(query.order_by(col(GiftAccount.id))).all():
            if once(desk, ACCOUNT, f"gift_account:{row.id}", 1):
                told += 1
                for treasurer in desk.officials.of_unit(None, "account.enter"):
                    self._tell(treasurer, Say("endings.account", owner=row.owner, day=row.last_day), row.id)
        return told

    def _campaigns(self) -> int:
        desk, told = self.desk, 0
        soon = col(Campaign.last_day).between(desk.today(), desk.today() + CAMPAIGN_ENDS)
        query = select(Campaign).where(soon, Campaign.state == "open")
        for row in desk.unit.scalars(query.order_by(col(Campaign.id))).all():
            writer = desk.officials.acting(row.written_by)
            if once(desk, CAMPAIGN, f"campaign:{row.id}", 1) and writer is not None:
                told += 1
                self._tell(writer, Say("endings.campaign", code=row.code, day=row.last_day), row.id)
        return told

    def _tell(self, official: Official, say: Say, what: str) -> None:
        if official.person_id is not None:
            self.desk.messages.tell(official.person_id, say, place=f"ends/{what}/{official.id}")

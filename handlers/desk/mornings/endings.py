"""What ends soon: accounts for gifts, told to who keeps them, and campaigns, told to who wrote them; each once."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from handlers.desk.messages import Messages, Reminders
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.flow.message import Say
from storage.tables import Campaign, GiftAccount

ACCOUNT, CAMPAIGN = "account_ends", "campaign_ends"
ACCOUNT_ENDS = timedelta(days=7)
CAMPAIGN_ENDS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Endings:
    """What ends soon on one day. There are few of both, so that all are looked at in one go."""

    context: Context

    def tell(self) -> int:
        """Tell of what ends soon; returns how many endings were told of."""
        return self._accounts() + self._campaigns()

    def _accounts(self) -> int:
        """Accounts that are shown, of which the treasurers have to enter the next in time."""
        context, told = self.context, 0
        soon = col(GiftAccount.last_day).between(context.today(), context.today() + ACCOUNT_ENDS)
        query = select(GiftAccount).where(
            soon, col(GiftAccount.ended_at).is_(None), col(GiftAccount.confirmed_by).is_not(None)
        )
        for row in context.unit.scalars(query.order_by(col(GiftAccount.id))).all():
            if Reminders(context).once(ACCOUNT, f"gift_account:{row.id}", 1):
                told += 1
                for treasurer in Officials(context).of_unit(None, "account.enter"):
                    self._tell(treasurer, Say("endings.account", owner=row.owner, day=row.last_day), row.id)
        return told

    def _campaigns(self) -> int:
        context, told = self.context, 0
        soon = col(Campaign.last_day).between(context.today(), context.today() + CAMPAIGN_ENDS)
        query = select(Campaign).where(soon, Campaign.state == "open")
        for row in context.unit.scalars(query.order_by(col(Campaign.id))).all():
            writer = Officials(context).acting(row.written_by)
            if Reminders(context).once(CAMPAIGN, f"campaign:{row.id}", 1) and writer is not None:
                told += 1
                self._tell(writer, Say("endings.campaign", code=row.code, day=row.last_day), row.id)
        return told

    def _tell(self, official: Official, say: Say, what: str) -> None:
        if official.person_id is not None:
            Messages(self.context).tell(official.person_id, say, place=f"ends/{what}/{official.id}")

"""Accounts for gifts that were ended: taken out of the chats, and of the promises that were to be paid there."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from handlers.desk.messages import Disclosures
from handlers.desk.money import ACCOUNT_KEY
from handlers.desk.office import Context
from handlers.desk.pledges.news import PledgeNews
from storage.tables import GiftAccount, Pledge

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class EndedAccounts:
    """Accounts that were ended, in one transaction."""

    context: Context

    def clear_up(self) -> int:
        """Take what told of ended accounts out of the chats, some at a time, and tell whoever was to pay there; returns
        how many messages and givers there were.
        """
        unit, over = self.context.unit, col(GiftAccount.ended_at).is_not(None)
        ended = sa.select(sa.literal(ACCOUNT_KEY).concat(col(GiftAccount.id))).where(over)
        taken = Disclosures(self.context).take_out_some(ended)
        accounts = select(GiftAccount.id).where(over)
        waits = (col(Pledge.account_id).in_(accounts), col(Pledge.closed_at).is_(None), Pledge.received < Pledge.amount)
        pledges = unit.scalars(select(Pledge).where(*waits).order_by(col(Pledge.id)).limit(AT_ONCE)).all()
        for pledge in pledges:
            pledge.account_id = None
            unit.add(pledge)
            PledgeNews(self.context).account_ended(pledge)
        return taken + len(pledges)

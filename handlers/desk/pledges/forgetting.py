"""Words about gifts: whose they are, and how they are forgotten with a person, with a request, or after their time.

Why a bank's words have one key a month: a key that is never destroyed would keep them readable in every old backup.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import col, func, select

from handlers.desk.messages import Disclosures
from handlers.desk.office import Context
from storage.tables import BankLine, Pledge, PledgeEvent


def bank_key(account_id: str, day: date) -> str:
    """The name of the data key that seals the words of an account's transfers of a month."""
    return f"account:{account_id}/{day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class PledgeWords:
    """Words about gifts, and how they are forgotten."""

    context: Context

    def forget(self, pledge: Pledge) -> None:
        """Forget who gives, all words about it, and what was written with the transfer. Its figures stay."""
        pledge.body, pledge.named, pledge.quiet = None, False, True
        self.context.unit.add(pledge)
        self.context.unit.execute(update(PledgeEvent).where(col(PledgeEvent.pledge_id) == pledge.id).values(note=None))
        self.context.unit.execute(update(BankLine).where(col(BankLine.pledge_id) == pledge.id).values(text=None))
        Disclosures(self.context).take_out(f"pledge:{pledge.id}")
        self.context.vault.forget(f"pledge:{pledge.id}")

    def forget_old(self, before: datetime) -> int:
        """Forget pledges that were over before a moment, and what was written with transfers before its day."""
        over = select(Pledge).where(col(Pledge.closed_at) < before, col(Pledge.body).is_not(None))
        pledges = self.context.unit.scalars(over).all()
        for pledge in pledges:
            self.forget(pledge)
            self.context.note("pledge.forgotten", f"pledge:{pledge.id}", "kept long enough")
        return len(pledges) + self._forget_transfers(before.astimezone(self.context.zone).date().replace(day=1))

    def _forget_transfers(self, month: date) -> int:
        """Forget the words of all transfers before the month's first day."""
        of_old = (col(BankLine.day) < month, col(BankLine.text).is_not(None))
        months = select(BankLine.account_id, func.min(BankLine.day), func.max(BankLine.day)).where(*of_old)
        for account_id, first, last in self.context.unit.execute(months.group_by(col(BankLine.account_id))).all():
            for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
                self.context.vault.forget(bank_key(account_id, date(number // 12, number % 12 + 1, 1)))
        return self.context.unit.change(update(BankLine).where(*of_old).values(text=None))

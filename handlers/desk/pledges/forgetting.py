"""Words about gifts: whose they are, and how they are forgotten with a person, with a request, or after their time.

Why a bank's words have one key a month: a key that is never destroyed would keep them readable in every old backup.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, func, select

from handlers.desk.messages import disclosures as passed_on
from handlers.desk.pledges.pledges import Pledges
from storage.tables import Allocation, BankLine, Grievance, NeedSlot, Pledge, PledgeEvent

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


def bank_key(account_id: str, day: date) -> str:
    """The name of the data key that seals the words of an account's transfers of a month."""
    return f"account:{account_id}/{day:%Y-%m}"


def forget_pledge(desk: "Desk", pledge: Pledge) -> None:
    """Forget who gives, all words about it, and what was written with the transfer. Its figures stay."""
    pledge.body, pledge.named, pledge.quiet = None, False, True
    desk.unit.add(pledge)
    desk.unit.execute(update(PledgeEvent).where(col(PledgeEvent.pledge_id) == pledge.id).values(note=None))
    desk.unit.execute(update(BankLine).where(col(BankLine.pledge_id) == pledge.id).values(text=None))
    passed_on.take_out(desk, f"pledge:{pledge.id}")
    desk.vault.forget(f"pledge:{pledge.id}")


def erase_giver(desk: "Desk", person_id: str) -> int:
    """Forget all that somebody promised; returns how many open promises were withdrawn by it.

    What has come or was given on goes its way, and the ledger stays: nobody is in it.
    """
    pledges, withdrawn = Pledges(desk), 0
    for pledge in desk.unit.scalars(select(Pledge).where(Pledge.person_id == person_id)).all():
        withdrawn += pledges.withdraw(pledge)
        forget_pledge(desk, pledge)
    desk.unit.flush()
    return withdrawn


def forget_case(desk: "Desk", case_id: str) -> None:
    """Forget what a household needs in its words, and what was found out about its gifts; ask for nothing further."""
    unit, of_case = desk.unit, col(NeedSlot.case_id) == case_id
    unit.execute(update(NeedSlot).where(of_case).values(words=None))
    waiting = update(NeedSlot).where(of_case, col(NeedSlot.state) == "open")
    unit.execute(waiting.values(state="closed", closed_at=desk.now))
    slots = select(NeedSlot.id).where(of_case)
    given = select(Allocation.id).where(col(Allocation.slot_id).in_(slots))
    unit.execute(update(Grievance).where(col(Grievance.allocation_id).in_(given)).values(words=None))


def forget_old(desk: "Desk", before: datetime) -> int:
    """Forget pledges that were over before a moment, and what was written with transfers before its day."""
    over = select(Pledge).where(col(Pledge.closed_at) < before, col(Pledge.body).is_not(None))
    pledges = desk.unit.scalars(over).all()
    for pledge in pledges:
        forget_pledge(desk, pledge)
        desk.note("pledge.forgotten", f"pledge:{pledge.id}", "kept long enough")
    return len(pledges) + _forget_transfers(desk, before.astimezone(desk.zone).date().replace(day=1))


def _forget_transfers(desk: "Desk", month: date) -> int:
    """Forget the words of all transfers before the month's first day."""
    of_old = (col(BankLine.day) < month, col(BankLine.text).is_not(None))
    months = select(BankLine.account_id, func.min(BankLine.day), func.max(BankLine.day)).where(*of_old)
    for account_id, first, last in desk.unit.execute(months.group_by(col(BankLine.account_id))).all():
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            desk.vault.forget(bank_key(account_id, date(number // 12, number % 12 + 1, 1)))
    return desk.unit.change(update(BankLine).where(*of_old).values(text=None))

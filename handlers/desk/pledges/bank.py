"""Statements of a bank: money that came, each transfer once, and the pledge that its words name.

Why only one code in the words is believed: where there is none, or several, an official looks. Why a line is matched by
compare-and-set: two officials may choose at once, and a transfer must not be received twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, func, or_, select

from handlers.banking.statements import Statement, StatementLine, codes_in
from handlers.desk.money import Ledger
from handlers.desk.office import Context
from handlers.desk.pledges.forgetting import bank_key
from handlers.desk.pledges.news import PledgeNews
from handlers.desk.pledges.pledges import Pledges
from storage.ids import new_id
from storage.queries.pledges import OPEN
from storage.tables import BankLine, GiftAccount, LedgerLine, Pledge
from storage.vault import KeyGone

# done; absent or none of her business; decided by somebody else since; no open pledge of money has this code.
BankOutcome = Literal["done", "absent", "outdated", "no_pledge"]
AT_ONCE = 500
LISTED = 200
_TABLE = BankLine.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """What became of a statement's lines. known: they were read in before, and nothing was done."""

    new: int
    matched: int
    unmatched: int
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTransfer:
    """A transfer for which no pledge was found. words: empty once they were forgotten. codes: pledges they name."""

    id: str
    owner: str
    bank: str
    day: date
    amount: int
    reference: str
    words: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """Transfers of one transaction."""

    context: Context

    def read_in(self, account_id: str, statement: Statement) -> ImportedStatement | None:
        """Keep the lines of an account's statement that were not kept before, and receive what names one open pledge.

        None if there is no such account that two officials confirmed, or she may not.
        """
        context = self.context
        account = context.unit.get(GiftAccount, account_id)
        if account is None or account.confirmed_by is None:
            return None
        if not context.allows("account.import", None, f"gift_account:{account_id}"):
            return None
        new = matched = 0
        for first in range(0, len(statement.lines), AT_ONCE):
            for row_id, line in self._keep(account_id, statement.lines[first : first + AT_ONCE]):
                new += 1
                pledge = self._named(line)
                matched += pledge is not None and self._match(row_id, pledge)
        found = ImportedStatement(new, matched, new - matched, len(statement.lines) - new)
        context.note(
            "bank.read_in", f"gift_account:{account_id}",
            new=found.new, matched=found.matched, unmatched=found.unmatched, known=found.known,
        )  # fmt: skip
        return found

    def match(self, line_id: str, code: str) -> BankOutcome:
        """Say which pledge a transfer is for, also one that was set aside. Her own pledge looks absent."""
        context = self.context
        if (
            not context.allows("account.import", None, f"bank_line:{line_id}")
            or context.unit.get(BankLine, line_id) is None
        ):
            return "absent"
        pledge = Pledges(context).find(code, "gift.receive")
        if pledge is None or not takes_money(pledge):
            return "no_pledge"
        if not self._match(line_id, pledge):
            return "outdated"
        context.note("bank.matched", f"bank_line:{line_id}", pledge=pledge.id)
        return "done"

    def set_aside(self, line_id: str) -> BankOutcome:
        """Say that a transfer is no gift to a pledge."""
        context = self.context
        if (
            not context.allows("account.import", None, f"bank_line:{line_id}")
            or context.unit.get(BankLine, line_id) is None
        ):
            return "absent"
        waits = update(_TABLE).where(_TABLE.c.id == line_id, _TABLE.c.state == "unmatched")
        decided = {"decided_by": context.acting().id, "decided_at": context.now}
        if context.unit.change(waits.values(state="set_aside", **decided)) != 1:
            return "outdated"
        context.note("bank.set_aside", f"bank_line:{line_id}")
        return "done"

    def unmatched(self) -> tuple[Sequence[WaitingTransfer], int]:
        """The oldest transfers that wait for an official, and how many there are in all. Note that they were read."""
        waits = col(BankLine.state) == "unmatched"
        query = select(BankLine, GiftAccount).join(GiftAccount, col(GiftAccount.id) == BankLine.account_id).where(waits)
        rows = self.context.unit.execute(query.order_by(col(BankLine.id)).limit(LISTED)).all()
        count = self.context.unit.scalar(select(func.count()).select_from(BankLine).where(waits)) or 0
        return tuple(self._waiting(line, account) for line, account in rows), count

    # Inside

    def _keep(self, account_id: str, lines: Sequence[StatementLine]) -> list[tuple[str, StatementLine]]:
        """Write lines down, and name those that were not known."""
        context = self.context
        for month in {line.day.replace(day=1) for line in lines}:
            context.vault.ensure(bank_key(account_id, month), context.now)
        rows = {new_id(context.now): line for line in lines}
        values = [self._values(account_id, row_id, line) for row_id, line in rows.items()]
        dialect = sqlite if context.unit.on_sqlite else postgresql
        kept = dialect.insert(_TABLE).values(values).on_conflict_do_nothing(index_elements=["account_id", "reference"])
        new = set(context.unit.execute(kept.returning(_TABLE.c.id)).scalars())
        return [(row_id, line) for row_id, line in rows.items() if row_id in new]

    def _values(self, account_id: str, row_id: str, line: StatementLine) -> dict[str, object]:
        context = self.context
        words = context.vault.seal(bank_key(account_id, line.day), f"bank_line.text:{row_id}", line.text)
        return {
            "id": row_id, "account_id": account_id, "reference": line.reference, "day": line.day,
            "amount": line.amount, "text": words, "state": "unmatched", "imported_by": context.acting().id,
            "imported_at": context.now,
        }  # fmt: skip

    def _named(self, line: StatementLine) -> Pledge | None:
        """The open pledge of money that the words of a transfer name.

        None for none and for several, and where an official has to look: at the own pledge of who reads it in, at a day
        that has not come, and at a reference by which the ledger has another gift.
        """
        found = [pledge for code in line.codes if (pledge := Pledges(self.context).by_code(code)) is not None]
        takers = [pledge for pledge in found if takes_money(pledge)]
        if len(takers) != 1 or line.day > self.context.today():
            return None
        own = takers[0].person_id == self.context.acting().person_id
        return None if own or self._is_of_another(takers[0], line) else takers[0]

    def _is_of_another(self, pledge: Pledge, line: StatementLine) -> bool:
        """Whether something else was received with this reference: for another pledge, or another amount."""
        other = or_(col(LedgerLine.code) != pledge.code, col(LedgerLine.amount) != line.amount)
        query = select(LedgerLine.id).where(LedgerLine.kind == "received", other)
        query = query.where(LedgerLine.reference == Ledger(self.context).sign(line.reference))
        return self.context.unit.scalars(query.limit(1)).first() is not None

    def _match(self, line_id: str, pledge: Pledge) -> bool:
        """Give a transfer to a pledge; False if it was given to one before."""
        context = self.context
        waits = update(_TABLE).where(_TABLE.c.id == line_id, _TABLE.c.state.in_(("unmatched", "set_aside")))
        decided = {"decided_by": context.acting().id, "decided_at": context.now}
        if context.unit.change(waits.values(state="matched", pledge_id=pledge.id, **decided)) != 1:
            return False
        line = context.unit.get_one(BankLine, line_id, populate_existing=True)
        if not self._is_received(pledge, line):
            day = min(line.day, context.today())  # a statement may be wrong, the ledger has no day that has not come
            Pledges(context).receive(pledge, line.amount, reference=line.reference, day=day)
            PledgeNews(context).received(pledge, line.amount, day)
        return True

    def _is_received(self, pledge: Pledge, line: BankLine) -> bool:
        """Whether an official wrote this very transfer down by hand before the statement came."""
        same = (LedgerLine.code == pledge.code, LedgerLine.amount == line.amount, LedgerLine.kind == "received")
        signed = Ledger(self.context).sign(line.reference)
        query = select(LedgerLine.id).where(*same, LedgerLine.reference == signed)
        return self.context.unit.scalars(query.limit(1)).first() is not None

    def _waiting(self, line: BankLine, account: GiftAccount) -> WaitingTransfer:
        words = ""
        if line.text is not None:
            try:
                key = bank_key(line.account_id, line.day)
                words = str(self.context.vault.open(key, f"bank_line.text:{line.id}", line.text))
            except KeyGone:
                words = ""
        return WaitingTransfer(
            id=line.id,
            owner=account.owner,
            bank=account.bank,
            day=line.day,
            amount=line.amount,
            reference=line.reference,
            words=words,
            codes=codes_in(words),
        )


def takes_money(pledge: Pledge) -> bool:
    """Whether money may be received for a pledge."""
    return pledge.kind == "money" and pledge.state in OPEN

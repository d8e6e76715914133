"""Accounts for gifts: whose they are; entered by one official, confirmed by a second, and only then shown to givers.

Why nothing in one is ever changed: what two officials looked at is what givers read. What is wrong is ended, and
entered anew. Why `shown` is the only way out: then one sentence says which account anybody may ever pay to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Update, and_, not_, or_, update
from sqlmodel import col, select

from handlers.desk.office import Context
from handlers.desk.officials import Officials
from handlers.rules import banks, campaign_rules
from storage.ids import new_id
from storage.queries import machine
from storage.tables import Campaign, GiftAccount

# done; absent, or none of her business; her own entry, which another has to confirm; no longer as it was.
AccountOutcome = Literal["done", "absent", "own", "outdated"]
State = Literal["waiting", "ahead", "in_force", "over", "ended"]

LISTED = 200
ACCOUNT_KEY = "gift_account:"
MOST_LETTERS = 200
_NUMBER = re.compile(r"[0-9A-Za-z]{6,19}")
_PAYABLE = re.compile(r"\d(?:[\s.\-]*\d){7}")
# No bank numbers its accounts so, and no bank's digits go with it: nothing can be paid to a demonstration.
DEMO_NUMBER = "MAU"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """What an official enters. bank: the id of one of `handlers.rules.banks`, or the name of another, which then has no
    code to scan. number: as the bank writes it, spaces and dots left out. swift: what a transfer from abroad needs.
    """

    owner: str
    bank: str
    number: str
    first_day: date
    last_day: date | None = None
    swift: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """An account as givers see it. bank_bin: empty where there is nothing to scan. demo: it can't be paid, say so."""

    id: str
    owner: str
    bank: str
    bank_bin: str
    number: str
    swift: str
    demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAccount:
    """An account as officials see it, with the names of those who acted. hers: entered by the one who looks."""

    id: str
    state: State
    owner: str
    bank: str
    bank_bin: str
    number: str
    swift: str
    first_day: date
    last_day: date | None
    demo: bool
    entered_by: str
    entered_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    hers: bool


@dataclass(frozen=True, slots=True)
class GiftAccounts:
    """Accounts of one transaction."""

    context: Context

    # Givers

    def shown(self, account_id: str | None) -> ShownAccount | None:
        """The account that may be shown to a giver today: confirmed by another official than who entered it, not ended,
        and on its days. Of a demonstration's, nothing comes out that could be scanned.

        account_id: None asks for the city's general account, for gifts to no campaign. That is the one confirmed first
        of those in force that no campaign claims for itself: a new account is mostly one campaign's, and must not take
        the general one's place by itself. A campaign that waits to be opened, or ever was, claims the account it names
        if the law of its basis says by when its gifts are handed on, since they must not mix with others then.
        """
        query = select(GiftAccount).where(_may_be_shown(self.context.today(), self.context.today()))
        if account_id is not None:
            row = self.context.unit.scalars(query.where(GiftAccount.id == account_id)).first()
        else:
            oldest = query.order_by(col(GiftAccount.confirmed_at), col(GiftAccount.id))
            claimed = self._claimed()
            row = next((row for row in self.context.unit.scalars(oldest) if row.id not in claimed), None)
        return _as_shown(row) if row is not None else None

    def covers(self, account_id: str, first_day: date, last_day: date) -> bool:
        """Whether an account is confirmed and in force on each of some days, unless it is ended before."""
        query = select(GiftAccount.id).where(GiftAccount.id == account_id, _may_be_shown(first_day, last_day))
        return self.context.unit.scalars(query).first() is not None

    def is_over(self, account_id: str) -> bool:
        """Whether an account was ended, or its days are over."""
        row = self.context.unit.get(GiftAccount, account_id)
        return row is not None and _state(row, self.context.today()) in ("over", "ended")

    # Officials

    def enter(self, entry: AccountEntry) -> str | None:
        """Enter an account, to be confirmed by another official; returns its id. None if it is entered already and not
        ended, or she may not. Raises ValueError if something in it is wrong, see `faults`.
        """
        context = self.context
        if not context.allows("account.enter", None, "gift_account"):
            return None
        if account_faults(entry, context.today()):
            raise ValueError("not an account")
        row = self._row(entry)
        known = select(GiftAccount.id).where(
            GiftAccount.bank == row.bank, GiftAccount.number == row.number, col(GiftAccount.ended_at).is_(None)
        )
        if context.unit.scalars(known).first() is not None:
            return None
        context.unit.add(row)
        context.unit.flush()
        context.vault.make(account_key(row.id), context.now)
        context.note("gift_account.entered", f"gift_account:{row.id}")
        return row.id

    def confirm(self, account_id: str) -> AccountOutcome:
        """Confirm what another entered: from now on givers see it, on its days."""
        waits = (col(GiftAccount.confirmed_by).is_(None), col(GiftAccount.ended_at).is_(None))
        row = self._find(account_id, "account.confirm")
        if row is None:
            return "absent"
        me = self.context.acting().id
        if self.context.are_same_hands(row.entered_by):
            self.context.note("gift_account.own_confirm_refused", f"gift_account:{row.id}")
            return "own"
        change = update(GiftAccount).where(col(GiftAccount.id) == row.id, col(GiftAccount.entered_by) != me, *waits)
        return self._did(row, "confirmed", change.values(confirmed_by=me, confirmed_at=self.context.now))

    def end(self, account_id: str) -> AccountOutcome:
        """End an account at once and for ever, confirmed or not; either of the two may. What told givers of it is taken
        out of their chats a moment later.
        """
        row = self._find(account_id, "account.end")
        if row is None:
            return "absent"
        change = update(GiftAccount).where(col(GiftAccount.id) == row.id, col(GiftAccount.ended_at).is_(None))
        outcome = self._did(row, "ended", change.values(ended_by=self.context.acting().id, ended_at=self.context.now))
        if outcome == "done":
            self.context.vault.forget(account_key(row.id))
        return outcome

    def all(self) -> list[SeenAccount]:
        """The accounts, those that wait first, then the newest first; those ended long ago are left out."""
        if not self.context.may("account.see", None):
            return []
        newest = select(GiftAccount).order_by(col(GiftAccount.id).desc()).limit(LISTED)
        seen = [self._seen(row) for row in self.context.unit.scalars(newest)]
        return sorted(seen, key=lambda one: (one.state != "waiting", one.state in ("over", "ended")))

    def to_choose(self) -> list[ShownAccount]:
        """Accounts that a campaign may name: confirmed, not ended, and not over."""
        today = self.context.today()
        query = select(GiftAccount).where(_may_be_shown(date.max, today)).order_by(col(GiftAccount.id).desc())
        return [_as_shown(row) for row in self.context.unit.scalars(query.limit(LISTED))]

    def find(self, account_id: str) -> SeenAccount | None:
        """One account; None if there is none, or she may not see any."""
        row = self.context.unit.get(GiftAccount, account_id)
        return self._seen(row) if row is not None and self.context.may("account.see", None) else None

    # Inside

    def _row(self, entry: AccountEntry) -> GiftAccount:
        context = self.context
        bank = next((bank for bank in banks.banks() if bank.id == entry.bank and bank.confidence == "seen"), None)
        demo = context.demo or machine.fact(context.unit, "demo") is not None
        number = plain_number(entry.number)
        if demo and not number.startswith(DEMO_NUMBER):
            number = f"{DEMO_NUMBER}{number}"
        return GiftAccount(
            id=new_id(context.now), owner=entry.owner, bank=bank.name if bank else entry.bank,
            bank_bin=bank.bin if bank and not demo else "", number=number, swift=entry.swift,
            first_day=entry.first_day, last_day=entry.last_day, demo=demo, entered_by=context.acting().id,
            entered_at=context.now,
        )  # fmt: skip

    def _claimed(self) -> set[str | None]:
        thrown_away = and_(col(Campaign.state) == "closed", col(Campaign.opened_by).is_(None))
        named = select(Campaign).where(col(Campaign.account_id).is_not(None), not_(thrown_away))
        return {
            campaign.account_id
            for campaign in self.context.unit.scalars(named)
            if campaign_rules.distribute_until(campaign.basis, campaign.last_day) is not None
        }

    def _find(self, account_id: str, action: str) -> GiftAccount | None:
        row = self.context.unit.get(GiftAccount, account_id)
        return row if row is not None and self.context.allows(action, None, f"gift_account:{row.id}") else None

    def _did(self, row: GiftAccount, what: str, change: Update) -> AccountOutcome:
        done = self.context.unit.change(change.execution_options(synchronize_session=False)) == 1
        self.context.unit.refresh(row)
        if not done:
            return "outdated"
        self.context.note(f"gift_account.{what}", f"gift_account:{row.id}")
        return "done"

    def _seen(self, row: GiftAccount) -> SeenAccount:
        name = Officials(self.context).name_of
        return SeenAccount(
            id=row.id,
            state=_state(row, self.context.today()),
            owner=row.owner,
            bank=row.bank,
            bank_bin=row.bank_bin,
            number=row.number,
            swift=row.swift,
            first_day=row.first_day,
            last_day=row.last_day,
            demo=row.demo,
            entered_by=name(row.entered_by),
            entered_at=row.entered_at,
            confirmed_by=name(row.confirmed_by),
            confirmed_at=row.confirmed_at,
            ended_by=name(row.ended_by),
            ended_at=row.ended_at,
            hers=self.context.are_same_hands(row.entered_by),
        )


def account_key(account_id: str) -> str:
    """The name of an account's data key: nothing is sealed by it, but without it the account stands in no chat."""
    return f"{ACCOUNT_KEY}{account_id}"


def plain_number(typed: str) -> str:
    """An account number without the spaces, dots and dashes people write."""
    return re.sub(r"[\s.\-]", "", typed)


def has_number(words: str) -> bool:
    """Whether words hold what could be paid to: eight digits or more, however they are spaced."""
    return _PAYABLE.search(words) is not None


def account_faults(entry: AccountEntry, today: date) -> Mapping[str, str]:
    """What is wrong with an entry, by field: short, account_number or last_day."""
    found = {name: "short" for name in ("owner", "bank") if not 0 < len(getattr(entry, name)) <= MOST_LETTERS}
    if len(entry.swift) > MOST_LETTERS:
        found["swift"] = "short"
    if not _NUMBER.fullmatch(plain_number(entry.number)):
        found["number"] = "account_number"
    if entry.last_day is not None and entry.last_day < max(entry.first_day, today):
        found["last_day"] = "last_day"
    return found


def _as_shown(row: GiftAccount) -> ShownAccount:
    digits = "" if row.demo else row.bank_bin
    return ShownAccount(
        id=row.id, owner=row.owner, bank=row.bank, bank_bin=digits, number=row.number, swift=row.swift, demo=row.demo
    )


def _may_be_shown(first_day: date, last_day: date) -> ColumnElement[bool]:
    """Confirmed by a second official, not ended, and in force from one day to another."""
    return and_(
        col(GiftAccount.confirmed_by).is_not(None),
        col(GiftAccount.confirmed_by) != col(GiftAccount.entered_by),
        col(GiftAccount.ended_at).is_(None),
        col(GiftAccount.first_day) <= first_day,
        or_(col(GiftAccount.last_day).is_(None), col(GiftAccount.last_day) >= last_day),
    )


def _state(row: GiftAccount, today: date) -> State:
    if row.ended_at is not None:
        return "ended"
    if row.last_day is not None and row.last_day < today:
        return "over"
    if row.confirmed_by is None:
        return "waiting"
    return "in_force" if row.first_day <= today else "ahead"

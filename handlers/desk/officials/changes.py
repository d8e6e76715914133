"""What lets an official in or gives her more: asked for by one admin, and done when another confirms it.

Why two, where the table of rights has four eyes already: whoever could make an account alone would be every second pair
of eyes himself. Why the link is shown to who confirms and never to who asked: of the two, neither alone has chosen the
account and can open it; and what she does in it, the one who was shown it can't be the second for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from handlers.desk.office import Context
from handlers.desk.officials.accounts import Accounts
from handlers.desk.officials.news import AccountNews
from handlers.desk.officials.officials import Officials
from storage.ids import new_id
from storage.tables import AccountChange

LASTS = timedelta(days=7)
Kind = Literal["invite", "again", "change"]
ChangeOutcome = Literal["done", "absent", "own", "outdated", "last_admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChange:
    """What waits for another admin. email, name, title: of a new account, or of the one that is changed.

    hers: the one who looks asked for it. had: the roles before.
    """

    id: str
    official_id: str
    kind: Kind
    email: str
    name: str
    title: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    had: tuple[str, ...]
    by: str
    at: datetime
    hers: bool


@dataclass(frozen=True, slots=True)
class ConfirmedChange:
    """How confirming went. token: of the one-time link that follows from it, to be shown once; email: whose it is."""

    how: ChangeOutcome
    official_id: str = ""
    email: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """Changes of accounts, in one transaction, by the official at the desk."""

    context: Context

    # Asked for

    def invite(self, email: str, name: str, title: str, roles: Collection[str], units: Collection[str]) -> str | None:
        """Ask for an account; the id it will have. None if the e-mail has one, or one was asked for."""
        context, login = self.context, Officials(self.context).login_of(email)
        same = select(AccountChange.id).where(AccountChange.login == login, *self._waiting())
        if Officials(context).by_email(email) is not None or context.unit.scalars(same).first() is not None:
            return None
        row = self._ask("invite", new_id(context.now), roles, units)
        row.login = login
        context.vault.make(f"account_change:{row.id}", context.now)
        body = {"email": email.strip(), "name": name.strip(), "title": title.strip()}
        row.body = context.vault.seal(f"account_change:{row.id}", f"account_change.body:{row.id}", body)
        return row.official_id

    def ask(
        self, official_id: str, kind: Literal["again", "change"], roles: Collection[str] = (),
        units: Collection[str] = (),
    ) -> bool:  # fmt: skip
        """Ask for a new link, or for these roles and units; what was asked for before is not waited for any longer.

        False if there is no such account, it has ended, or the last admin would cease to be one.
        """
        officials = Officials(self.context)
        account = officials.account(official_id)
        if account is None or account.state == "disabled":
            return False
        if kind == "change" and "admin" not in roles and officials.admins() == {official_id}:
            return False
        self._ask(kind, official_id, roles, units)
        return True

    def waiting(self) -> list[SeenChange]:
        """What waits for another admin, the oldest first."""
        query = select(AccountChange).where(*self._waiting()).order_by(col(AccountChange.id))
        return [self._seen(row) for row in self.context.unit.scalars(query).all()]

    def of(self, official_id: str) -> SeenChange | None:
        """What waits for one account."""
        return next((one for one in self.waiting() if one.official_id == official_id), None)

    # Decided

    def confirm(self, change_id: str) -> ConfirmedChange:
        """Do what another admin asked for."""
        context, row = self.context, self.context.row_by_id(AccountChange, change_id)
        if row is None:
            return ConfirmedChange("absent")
        if not self._lasts(row):
            return ConfirmedChange("outdated")
        subject = f"official:{row.official_id}"
        if context.are_same_hands(row.asked_by):
            context.note("official.own_change_refused", subject, change=row.id)
            return ConfirmedChange("own")
        seen = self._seen(row)
        if not self._decide(row, "confirmed"):
            return ConfirmedChange("outdated")
        context.note("official.change_confirmed", subject, change=row.id, kind=row.kind)
        return self._do(row, seen)

    def refuse(self, change_id: str) -> ChangeOutcome:
        """Let it be; whoever asked may take it back."""
        row = self.context.row_by_id(AccountChange, change_id)
        if row is None:
            return "absent"
        if not self._lasts(row) or not self._decide(row, "refused"):
            return "outdated"
        self.context.note("official.change_refused", f"official:{row.official_id}", change=row.id, kind=row.kind)
        return "done"

    def lapse(self) -> int:
        """Let go of what nobody decided in time; returns how many there were."""
        old = col(AccountChange.asked_at) < self.context.now - LASTS
        query = select(AccountChange).where(AccountChange.state == "waiting", old)
        return sum(self._decide(row, "lapsed") for row in self.context.unit.scalars(query).all())

    # Inside

    def _ask(self, kind: Kind, official_id: str, roles: Collection[str], units: Collection[str]) -> AccountChange:
        context = self.context
        before = select(AccountChange).where(AccountChange.official_id == official_id, AccountChange.state == "waiting")
        for old in context.unit.scalars(before).all():
            self._decide(old, "lapsed")
        row = AccountChange(
            id=new_id(context.now), official_id=official_id, kind=kind, roles=sorted(roles), units=sorted(units),
            asked_by=context.acting().id, asked_at=context.now,
        )  # fmt: skip
        context.unit.add(row)
        detail = {"kind": kind, "roles": row.roles, "units": row.units}
        context.note("official.change_asked", f"official:{official_id}", change=row.id, **detail)
        AccountNews(context).asks(row.asked_by)
        return row

    def _do(self, row: AccountChange, seen: SeenChange) -> ConfirmedChange:
        accounts, token = Accounts(self.context), ""
        match row.kind:
            case "invite":
                if Officials(self.context).by_email(seen.email) is not None:
                    return ConfirmedChange("outdated")
                accounts.make(row.official_id, seen.email, seen.name, seen.title)
                token = accounts.let_in(row.official_id, row.roles, row.units)
            case "again":
                token = accounts.invite_again(row.official_id) or ""
                if not token:
                    return ConfirmedChange("outdated")
            case _:
                if not accounts.change(row.official_id, row.roles, row.units):
                    return ConfirmedChange("last_admin")
        return ConfirmedChange("done", row.official_id, seen.email, token)

    def _decide(self, row: AccountChange, state: str) -> bool:
        """Of many that decide at once, one does; what it said of a person who has no account is forgotten."""
        decided = {"state": state, "decided_by": str(self.context.actor), "decided_at": self.context.now}
        waits = update(AccountChange).where(col(AccountChange.id) == row.id, col(AccountChange.state) == "waiting")
        if self.context.unit.change(waits.values(body=None, login=None, **decided)) != 1:
            return False
        if row.kind == "invite":
            self.context.vault.forget(f"account_change:{row.id}")
        return True

    def _lasts(self, row: AccountChange) -> bool:
        """Whether it still waits."""
        return row.state == "waiting" and row.asked_at > self.context.now - LASTS

    def _waiting(self) -> tuple[ColumnElement[bool], ...]:
        since = self.context.now - LASTS
        return (col(AccountChange.state) == "waiting", col(AccountChange.asked_at) > since)

    def _seen(self, row: AccountChange) -> SeenChange:
        officials = Officials(self.context)
        account = officials.account(row.official_id)
        if account is not None:
            email, name, title = account.email, account.name, account.title
        else:
            told = self.context.vault.open(f"account_change:{row.id}", f"account_change.body:{row.id}", row.body or b"")
            assert isinstance(told, dict)  # noqa: S101  # we wrote it so
            email, name, title = told["email"], told["name"], told["title"]
        return SeenChange(
            id=row.id,
            official_id=row.official_id,
            kind=cast("Kind", row.kind),
            email=email,
            name=name,
            title=title,
            roles=tuple(row.roles),
            units=tuple(row.units),
            had=account.roles if account else (),
            by=officials.name_of(row.asked_by),
            at=row.asked_at,
            hers=self.context.are_same_hands(row.asked_by),
        )

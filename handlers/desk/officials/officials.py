"""Officials: their accounts, roles and units, who stands in for whom, and the chat that acts for an account.

Why rights are read anew at every turn and every click: a role taken away, or an account disabled, ends at once
whatever was open.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Row, Table, and_, bindparam, delete, or_, update
from sqlmodel import col, select

from handlers.desk.messages import disclosures as passed_on
from handlers.desk.office.rights import ROLES, Official, is_within, widest
from handlers.vietnamese.units import all_units
from storage.ids import new_id
from storage.tables import OfficialRow, OfficialUnit

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


_OFFICIALS: Table = OfficialRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_UNITS: Table = OfficialUnit.__table__  # type: ignore[attr-defined]  # as above
_ON_LEAVE = (
    _OFFICIALS.c.state == "active",
    _OFFICIALS.c.away_from <= bindparam("today", type_=Date),
    _OFFICIALS.c.away_until >= bindparam("today", type_=Date),
)
# The units of an official and of those she stands in for today, each with whose it is and that one's roles.
_WORKS_FOR = (
    select(_UNITS.c.unit_id, _OFFICIALS.c.id, _OFFICIALS.c.roles)
    .join_from(_UNITS, _OFFICIALS, _OFFICIALS.c.id == _UNITS.c.official_id)
    .where(
        or_(
            _OFFICIALS.c.id == bindparam("official_id"),
            and_(_OFFICIALS.c.deputy_id == bindparam("official_id"), *_ON_LEAVE),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as other officials see it. away: the first and last day of a leave; deputy: who stands in then."""

    id: str
    email: str
    name: str
    title: str
    state: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    language: str
    in_chat: bool
    on_duty: bool
    deputy_id: str | None
    away: tuple[date, date] | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Officials:
    """Officials of one transaction."""

    desk: "Desk"

    # Who acts

    def acting(self, official_id: str) -> Official | None:
        """The official as she may act now; None unless her account is active."""
        row = self.desk.unit.get(OfficialRow, official_id)
        return self._acting(row) if row is not None and row.state == "active" else None

    def signed_in(self, row: Row[Any]) -> Official | None:
        """The same, of a row that was read with its wrapped key."""
        self.desk.vault.learn(f"official:{row.id}", row.wrapped)
        return self._acting(row) if row.state == "active" else None

    def in_chat(self, person_id: str) -> Official | None:
        """The official for whom the chats of a person act."""
        row = self.desk.unit.scalars(select(OfficialRow).where(OfficialRow.person_id == person_id)).first()
        return self._acting(row) if row is not None and row.state == "active" else None

    def speaking(self, action: str) -> Official | None:
        """The official for whom the chat at the desk acts; None if it acts for nobody, which is noted as tried."""
        person_id = self.desk.here().person_id
        official = self.in_chat(person_id)
        if official is None:
            self.desk.note("rights.refused", f"person:{person_id}", "", action=action)
        return official

    def name_of(self, official_id: str | None) -> str:
        """Title and name; empty for nobody."""
        row = self.desk.unit.get(OfficialRow, official_id) if official_id else None
        if row is None or row.body is None:
            return ""
        body = self._body(row)
        return " ".join(part for part in (body["title"], body["name"]) if part)

    def name_of_actor(self, actor: str) -> str:
        """The same, of an actor as events and the audit name them; empty if it is no official."""
        kind, _, official_id = actor.partition(":")
        return self.name_of(official_id) if kind == "official" else ""

    def of_unit(self, unit_id: str | None, action: str) -> list[Official]:
        """Every active official who may do this for a unit, those who stand in included."""
        near = self._near(unit_id)
        active = self.desk.unit.scalars(select(OfficialRow).where(OfficialRow.state == "active")).all()
        # Of hundreds of accounts only those it may concern are opened.
        rows = [row for row in active if row.id in near or unit_id is None or widest(row.roles, action) == "all"]
        acting = [self._acting(row) for row in rows if widest(row.roles, action)]
        return [official for official in acting if official.may(action, unit_id)]

    def active(self) -> list[Official]:
        """Every official whose account is active."""
        rows = self.desk.unit.scalars(select(OfficialRow).where(OfficialRow.state == "active"))
        return [self._acting(row) for row in rows.all()]

    def on_duty(self, unit_id: str | None, action: str) -> list[Official]:
        """Those of a unit who are on duty and not on leave."""
        found = []
        for official in self.of_unit(unit_id, action):
            row = self.desk.unit.get_one(OfficialRow, official.id)
            if row.on_duty and not self._away(row):
                found.append(official)
        return found

    # Accounts

    def accounts(self) -> list[Account]:
        """Every account, the newest last."""
        return [self._account(row) for row in self.desk.unit.scalars(select(OfficialRow).order_by(col(OfficialRow.id)))]

    def account(self, official_id: str) -> Account | None:
        row = self.desk.unit.get(OfficialRow, official_id)
        return self._account(row) if row is not None else None

    def by_email(self, email: str) -> Account | None:
        row = self.desk.unit.scalars(select(OfficialRow).where(OfficialRow.login == self.login_of(email))).first()
        return self._account(row) if row is not None else None

    def login_of(self, email: str) -> bytes:
        """The look-up value of an e-mail."""
        return self.desk.vault.look_up("official e-mail", email.strip().casefold())

    def has_admin(self) -> bool:
        """Whether an active account is an admin's."""
        active = self.desk.unit.scalars(select(OfficialRow.roles).where(OfficialRow.state == "active"))
        return any("admin" in roles for roles in active)

    def invite(
        self, email: str, name: str, title: str, roles: Collection[str], units: Collection[str]
    ) -> tuple[str, str] | None:
        """Make an account: its id, and the token of its one-time link. None if the e-mail has one."""
        desk = self.desk
        login = self.login_of(email)
        if desk.unit.scalars(select(OfficialRow.id).where(OfficialRow.login == login)).first() is not None:
            return None
        row = OfficialRow(
            id=new_id(desk.now), login=login, roles=_in_order(roles), created_at=desk.now, changed_at=desk.now
        )
        desk.vault.make(f"official:{row.id}", desk.now)
        row.body = self._seal(row.id, {"email": email.strip(), "name": name.strip(), "title": title.strip()})
        desk.unit.add(row)
        desk.unit.flush()
        self._set_units(row.id, units)
        desk.note("official.invited", f"official:{row.id}", roles=list(row.roles), units=sorted(units))
        return row.id, desk.invitations.link(row.id)

    def invite_again(self, official_id: str) -> str | None:
        """A new one-time link, which ends the old one; None for a disabled account. Redeeming sets all secrets anew."""
        row = self.desk.unit.get(OfficialRow, official_id)
        if row is None or row.state == "disabled":
            return None
        self.desk.note("official.invited_again", f"official:{official_id}")
        return self.desk.invitations.link(official_id)

    def change(self, official_id: str, roles: Collection[str], units: Collection[str]) -> bool:
        """Give an account these roles and units; her browsers have to sign in anew. False if there is none, or it is
        the last admin who would cease to be one.
        """
        desk, row = self.desk, self.desk.unit.get(OfficialRow, official_id)
        if row is None or ("admin" not in roles and self._is_last_admin(row)):
            return False
        before = {"roles": list(row.roles), "units": sorted(self._own_units(official_id))}
        row.roles, row.changed_at = _in_order(roles), desk.now
        desk.unit.add(row)
        self._set_units(official_id, units)
        desk.browsers.end_with(official_id)
        after = {"roles": list(row.roles), "units": sorted(units)}
        desk.note("official.changed", f"official:{official_id}", before=before, after=after)
        return True

    def disable(self, official_id: str, reason: str) -> bool:
        """End an account: its browsers, its chat's powers with the words that were passed on there, its links.

        False if it is the last admin's, or none.
        """
        desk, row = self.desk, self.desk.unit.get(OfficialRow, official_id)
        if row is None or row.state == "disabled" or self._is_last_admin(row):
            return False
        if row.person_id is not None:
            passed_on.take_away(desk, row.person_id)
        row.state, row.changed_at, row.person_id = "disabled", desk.now, None
        desk.unit.add(row)
        desk.invitations.end(official_id)
        desk.browsers.end_with(official_id)
        desk.note("official.disabled", f"official:{official_id}", reason)
        return True

    def set_leave(self, official_id: str, deputy_id: str | None, away: tuple[date, date] | None) -> bool:
        """Say who stands in for an official, and when. False if the deputy is herself, no active official, or would get
        rights in her units that neither of them has.
        """
        row = self.desk.unit.get(OfficialRow, official_id)
        if row is None or (away and (deputy_id == official_id or away[1] < away[0])):
            return False
        if away and deputy_id and not self._may_stand_in(row, deputy_id):
            return False
        row.deputy_id, (row.away_from, row.away_until) = deputy_id if away else None, away or (None, None)
        self.desk.unit.add(row)
        self.desk.note("official.leave", f"official:{official_id}", deputy=row.deputy_id or "", away=bool(away))
        return True

    def set_duty(self, official_id: str, *, on: bool) -> None:
        """Say whether urgent requests ring at an official."""
        row = self.desk.unit.get_one(OfficialRow, official_id)
        row.on_duty = on
        self.desk.unit.add(row)
        self.desk.note("official.duty", f"official:{official_id}", on=on)

    def speak(self, official_id: str, language: str) -> None:
        """Set the language of an official's pages and messages."""
        row = self.desk.unit.get_one(OfficialRow, official_id)
        row.language = language
        self.desk.unit.add(row)

    # The chat that acts for an account

    def bind_chat(self, official_id: str, person_id: str) -> None:
        """Let the chats of a person act for an account, and those of nobody else; they act for no other account."""
        desk = self.desk
        desk.invitations.end(official_id, "chat")
        same = or_(col(OfficialRow.person_id) == person_id, col(OfficialRow.id) == official_id)
        desk.unit.execute(update(OfficialRow).where(same).values(person_id=None))
        desk.unit.execute(update(OfficialRow).where(col(OfficialRow.id) == official_id).values(person_id=person_id))
        desk.note("official.chat_bound", f"official:{official_id}")

    def unbind_chat(self, official_id: str) -> None:
        """Let no chat act for an account."""
        unbound = update(OfficialRow).where(col(OfficialRow.id) == official_id).values(person_id=None)
        self.desk.unit.execute(unbound)
        self.desk.note("official.chat_unbound", f"official:{official_id}")

    # Inside

    def _may_stand_in(self, away: OfficialRow, deputy_id: str) -> bool:
        row = self.desk.unit.get(OfficialRow, deputy_id)
        if row is None or row.state != "active":
            return False
        return is_within(row.roles, away.roles) or self._own_units(away.id) <= self._own_units(row.id)

    def _acting(self, row: OfficialRow | Row[Any]) -> Official:
        body, own, today = self._body(row), tuple(row.roles), self.desk.today()
        works_for = self.desk.unit.run(_WORKS_FOR, {"official_id": row.id, "today": today})
        # Who is away names her deputy herself, and can give no right that she has not.
        units = {unit_id for unit_id, whose, roles in works_for if whose == row.id or is_within(own, roles)}
        return Official(row.id, body["name"], body["title"], own, frozenset(units), row.language, row.person_id)

    def _near(self, unit_id: str | None) -> set[str]:
        """The accounts that work for a unit, and those that stand in for one of them today."""
        unit = self.desk.unit
        own = set(unit.scalars(select(OfficialUnit.official_id).where(OfficialUnit.unit_id == unit_id)))
        deputies = select(OfficialRow.deputy_id).where(col(OfficialRow.id).in_(own), *_ON_LEAVE)
        return own | {deputy for deputy in unit.scalars(deputies, {"today": self.desk.today()}) if deputy}

    def _away(self, row: OfficialRow) -> bool:
        return row.away_from is not None and row.away_from <= self.desk.today() <= (row.away_until or row.away_from)

    def _account(self, row: OfficialRow) -> Account:
        body = self._body(row)
        away = (row.away_from, row.away_until) if row.away_from and row.away_until else None
        return Account(
            row.id, body["email"], body["name"], body["title"], row.state, tuple(row.roles),
            tuple(sorted(self._own_units(row.id))), row.language, row.person_id is not None, row.on_duty, row.deputy_id,
            away, row.changed_at,
        )  # fmt: skip

    def _own_units(self, official_id: str) -> set[str]:
        query = select(OfficialUnit.unit_id).where(OfficialUnit.official_id == official_id)
        return set(self.desk.unit.scalars(query))

    def _set_units(self, official_id: str, units: Iterable[str]) -> None:
        if unknown := set(units) - all_units().keys():
            raise ValueError(f"no such unit: {', '.join(sorted(unknown))}")
        self.desk.unit.execute(delete(OfficialUnit).where(col(OfficialUnit.official_id) == official_id))
        self.desk.unit.add_all(OfficialUnit(official_id=official_id, unit_id=unit_id) for unit_id in sorted(set(units)))
        self.desk.unit.flush()

    def _is_last_admin(self, row: OfficialRow) -> bool:
        active = self.desk.unit.scalars(select(OfficialRow).where(OfficialRow.state == "active"))
        return {other.id for other in active if "admin" in other.roles} == {row.id}

    def _seal(self, official_id: str, content: dict[str, str]) -> bytes:
        return self.desk.vault.seal(f"official:{official_id}", f"official.body:{official_id}", content)

    def _body(self, row: OfficialRow | Row[Any]) -> dict[str, str]:
        opened = self.desk.vault.open(f"official:{row.id}", f"official.body:{row.id}", row.body or b"")
        assert isinstance(opened, dict)  # noqa: S101  # we wrote it so
        return opened


def _in_order(roles: Collection[str]) -> list[str]:
    """Roles in the table's order. Raises ValueError for one that is not in it."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"no such role: {', '.join(sorted(unknown))}")
    return [role for role in ROLES if role in roles]

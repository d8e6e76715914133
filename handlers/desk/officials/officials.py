"""Officials: their accounts, roles and units, who stands in for whom, and the chat that acts for an account.

Why rights are read anew at every turn and every click: a role taken away, or an account disabled, ends at once
whatever was open.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Row, Table, and_, bindparam, or_
from sqlmodel import col, select

from handlers.desk.office import LATER, Context, Official, is_within, widest
from storage.tables import OfficialRow, OfficialUnit

_OFFICIALS: Table = OfficialRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_UNITS: Table = OfficialUnit.__table__  # type: ignore[attr-defined]  # as above
_ON_LEAVE = (
    _OFFICIALS.c.state == "active",
    _OFFICIALS.c.away_from <= bindparam("today", type_=Date),
    _OFFICIALS.c.away_until >= bindparam("today", type_=Date),
)
# The units of an official and of those she stands in for today, each with since when, whose it is and that one's roles.
_WORKS_FOR = (
    select(_UNITS.c.unit_id, _UNITS.c.since, _OFFICIALS.c.id, _OFFICIALS.c.roles)
    .join_from(_UNITS, _OFFICIALS, _OFFICIALS.c.id == _UNITS.c.official_id)
    .where(
        or_(
            _OFFICIALS.c.id == bindparam("official_id"),
            and_(_OFFICIALS.c.deputy_id == bindparam("official_id"), *_ON_LEAVE),
        )
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialAccount:
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

    context: Context

    # Who acts

    def acting(self, official_id: str) -> Official | None:
        """The official as she may act now; None unless her account is active."""
        row = self.context.unit.get(OfficialRow, official_id)
        return self._acting(row) if row is not None and row.state == "active" else None

    def signed_in(self, row: Row[Any]) -> Official | None:
        """The same, of a row that was read with its wrapped key."""
        self.context.vault.learn(f"official:{row.id}", row.wrapped)
        return self._acting(row) if row.state == "active" else None

    def in_chat(self, person_id: str) -> Official | None:
        """The official for whom the chats of a person act."""
        row = self.context.unit.scalars(select(OfficialRow).where(OfficialRow.person_id == person_id)).first()
        return self._acting(row) if row is not None and row.state == "active" else None

    def name_of(self, official_id: str | None) -> str:
        """Title and name; empty for nobody."""
        row = self.context.unit.get(OfficialRow, official_id) if official_id else None
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
        active = self.context.unit.scalars(select(OfficialRow).where(OfficialRow.state == "active")).all()
        # Of hundreds of accounts only those it may concern are opened.
        rows = [row for row in active if row.id in near or unit_id is None or widest(row.roles, action) == "all"]
        acting = [self._acting(row) for row in rows if widest(row.roles, action)]
        return [official for official in acting if official.may(action, unit_id)]

    def active(self) -> list[Official]:
        """Every official whose account is active."""
        rows = self.context.unit.scalars(select(OfficialRow).where(OfficialRow.state == "active"))
        return [self._acting(row) for row in rows.all()]

    def on_duty(self, unit_id: str | None, action: str) -> list[Official]:
        """Those of a unit who are on duty and not on leave."""
        found = []
        for official in self.of_unit(unit_id, action):
            row = self.context.unit.get_one(OfficialRow, official.id)
            if row.on_duty and not self._away(row):
                found.append(official)
        return found

    # Accounts

    def accounts(self) -> list[OfficialAccount]:
        """Every account, the newest last."""
        return [
            self._account(row) for row in self.context.unit.scalars(select(OfficialRow).order_by(col(OfficialRow.id)))
        ]

    def account(self, official_id: str) -> OfficialAccount | None:
        row = self.context.unit.get(OfficialRow, official_id)
        return self._account(row) if row is not None else None

    def by_email(self, email: str) -> OfficialAccount | None:
        row = self.context.unit.scalars(select(OfficialRow).where(OfficialRow.login == self.login_of(email))).first()
        return self._account(row) if row is not None else None

    def login_of(self, email: str) -> bytes:
        """The look-up value of an e-mail."""
        return self.context.vault.look_up("official e-mail", email.strip().casefold())

    def admins(self) -> set[str]:
        """The ids of the active accounts that are an admin's."""
        active = self.context.unit.scalars(select(OfficialRow).where(OfficialRow.state == "active"))
        return {row.id for row in active if "admin" in row.roles}

    # Inside

    def _acting(self, row: OfficialRow | Row[Any]) -> Official:
        body, own, today = self._body(row), tuple(row.roles), self.context.today()
        found = self.context.unit.run(_WORKS_FOR, {"official_id": row.id, "today": today})
        # Who is away names her deputy herself, and can give no right that she has not.
        works_for = [(unit, since) for unit, since, whose, roles in found if whose == row.id or is_within(own, roles)]
        units = frozenset(unit for unit, _ in works_for)
        since_of_roles = {role: datetime.fromisoformat(since) for role, since in (row.roles_since or {}).items()}
        return Official(
            id=row.id,
            name=body["name"],
            title=body["title"],
            roles=own,
            units=units,
            language=row.language,
            person_id=row.person_id,
            new_roles=frozenset(role for role, since in since_of_roles.items() if self._is_new(since)),
            new_units=units - {unit for unit, since in works_for if since is None or not self._is_new(since)},
            let_in_by=row.let_in_by,
        )

    def _is_new(self, since: datetime) -> bool:
        """Whether what was given then does not count yet; a clock that stepped back leaves nothing new for longer."""
        return abs(self.context.now - since) < LATER

    def _near(self, unit_id: str | None) -> set[str]:
        """The accounts that work for a unit, and those that stand in for one of them today."""
        unit = self.context.unit
        own = set(unit.scalars(select(OfficialUnit.official_id).where(OfficialUnit.unit_id == unit_id)))
        deputies = select(OfficialRow.deputy_id).where(col(OfficialRow.id).in_(own), *_ON_LEAVE)
        return own | {deputy for deputy in unit.scalars(deputies, {"today": self.context.today()}) if deputy}

    def _away(self, row: OfficialRow) -> bool:
        return row.away_from is not None and row.away_from <= self.context.today() <= (row.away_until or row.away_from)

    def _account(self, row: OfficialRow) -> OfficialAccount:
        body = self._body(row)
        away = (row.away_from, row.away_until) if row.away_from and row.away_until else None
        return OfficialAccount(
            id=row.id,
            email=body["email"],
            name=body["name"],
            title=body["title"],
            state=row.state,
            roles=tuple(row.roles),
            units=tuple(sorted(self.own_units(row.id))),
            language=row.language,
            in_chat=row.person_id is not None,
            on_duty=row.on_duty,
            deputy_id=row.deputy_id,
            away=away,
            changed_at=row.changed_at,
        )

    def own_units(self, official_id: str) -> set[str]:
        """The units of an account itself, without those she stands in for."""
        query = select(OfficialUnit.unit_id).where(OfficialUnit.official_id == official_id)
        return set(self.context.unit.scalars(query))

    def _body(self, row: OfficialRow | Row[Any]) -> dict[str, str]:
        opened = self.context.vault.open(f"official:{row.id}", f"official.body:{row.id}", row.body or b"")
        assert isinstance(opened, dict)  # noqa: S101  # we wrote it so
        return opened

"""Accounts of officials: invited, changed, ended, on leave, on duty, and the chat that acts for one.

What lets somebody in or gives her more is done here by the operator at the machine, who needs nobody's consent, and by
`AccountChanges` once two admins agreed; an official at the desk does none of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete
from sqlmodel import col

from handlers.desk.office import ROLES, Context, is_within
from handlers.desk.officials.acting_chats import ActingChats
from handlers.desk.officials.browsers import Browsers
from handlers.desk.officials.invitations import Invitations
from handlers.desk.officials.news import AccountNews
from handlers.desk.officials.officials import Officials
from handlers.vietnamese.units import all_units
from storage.ids import new_id
from storage.tables import OfficialRow, OfficialUnit


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts, in one transaction."""

    context: Context

    def invite(
        self, email: str, name: str, title: str, roles: Collection[str], units: Collection[str]
    ) -> tuple[str, str] | None:
        """Make an account: its id, and the token of its one-time link. None if the e-mail has one."""
        if Officials(self.context).by_email(email) is not None:
            return None
        made = self.make(new_id(self.context.now), email, name, title)
        return made, self.let_in(made, roles, units)

    def make(self, official_id: str, email: str, name: str, title: str) -> str:
        """Make an account that may do nothing yet; returns its id."""
        context, login = self.context, Officials(self.context).login_of(email)
        row = OfficialRow(id=official_id, login=login, created_at=context.now, changed_at=context.now)
        context.vault.make(f"official:{row.id}", context.now)
        row.body = self._seal(row.id, {"email": email.strip(), "name": name.strip(), "title": title.strip()})
        context.unit.add(row)
        context.unit.flush()
        return row.id

    def let_in(self, official_id: str, roles: Collection[str], units: Collection[str]) -> str:
        """Give a new account its roles and units; returns the token of its one-time link."""
        self._give(self.context.unit.get_one(OfficialRow, official_id), roles, units)
        detail = {"roles": _in_order(roles), "units": sorted(units)}
        self.context.note("official.invited", f"official:{official_id}", **detail)
        AccountNews(self.context).tell(official_id, "invited")
        return Invitations(self.context).link(official_id)

    def invite_again(self, official_id: str) -> str | None:
        """A new one-time link, which ends the old one; None for a disabled account. Redeeming sets all secrets anew."""
        context, row = self.context, self.context.unit.get(OfficialRow, official_id)
        if row is None or row.state == "disabled":
            return None
        if context.official is not None and context.official.id != official_id:
            # Whoever is shown the link may be who takes it up, so all she may do counts from now on.
            row.roles_since = dict.fromkeys(row.roles, context.now.isoformat())
        context.note("official.invited_again", f"official:{official_id}")
        if context.official is None or context.official.id != official_id:
            AccountNews(context).tell(official_id, "invited_again")
        return Invitations(context).link(official_id)

    def change(self, official_id: str, roles: Collection[str], units: Collection[str]) -> bool:
        """Give an account these roles and units; her browsers have to sign in anew. False if there is none, or it is
        the last admin who would cease to be one.
        """
        context, row = self.context, self.context.unit.get(OfficialRow, official_id)
        if row is None or ("admin" not in roles and self._is_last_admin(row)):
            return False
        before = {"roles": list(row.roles), "units": sorted(Officials(self.context).own_units(official_id))}
        AccountNews(context).tell(official_id, "changed")
        self._give(row, roles, units)
        Browsers(context).end_with(official_id)
        ActingChats(context).end(official_id)
        after = {"roles": list(row.roles), "units": sorted(units)}
        context.note("official.changed", f"official:{official_id}", before=before, after=after)
        return True

    def disable(self, official_id: str, reason: str) -> bool:
        """End an account: its browsers, its chat's powers with the words that were passed on there, its links.

        False if it is the last admin's, or none.
        """
        context, row = self.context, self.context.unit.get(OfficialRow, official_id)
        if row is None or row.state == "disabled" or self._is_last_admin(row):
            return False
        AccountNews(context).tell(official_id, "disabled")
        ActingChats(context).end(official_id)
        row.state, row.changed_at = "disabled", context.now
        context.unit.add(row)
        Invitations(context).end(official_id)
        Browsers(context).end_with(official_id)
        context.note("official.disabled", f"official:{official_id}", reason)
        return True

    def set_leave(self, official_id: str, deputy_id: str | None, away: tuple[date, date] | None) -> bool:
        """Say who stands in for an official, and when. False if the deputy is herself, no active official, or would get
        rights in her units that neither of them has.
        """
        row = self.context.unit.get(OfficialRow, official_id)
        if row is None or (away and (deputy_id == official_id or away[1] < away[0])):
            return False
        if away and deputy_id and not self._may_stand_in(row, deputy_id):
            return False
        row.deputy_id, (row.away_from, row.away_until) = deputy_id if away else None, away or (None, None)
        self.context.unit.add(row)
        self.context.note("official.leave", f"official:{official_id}", deputy=row.deputy_id or "", away=bool(away))
        return True

    def set_duty(self, official_id: str, *, on: bool) -> None:
        """Say whether urgent requests ring at an official."""
        row = self.context.unit.get_one(OfficialRow, official_id)
        row.on_duty = on
        self.context.unit.add(row)
        self.context.note("official.duty", f"official:{official_id}", on=on)

    def speak(self, official_id: str, language: str) -> None:
        """Set the language of an official's pages and messages."""
        row = self.context.unit.get_one(OfficialRow, official_id)
        row.language = language
        self.context.unit.add(row)

    # Inside

    def _may_stand_in(self, away: OfficialRow, deputy_id: str) -> bool:
        row = self.context.unit.get(OfficialRow, deputy_id)
        if row is None or row.state != "active":
            return False
        return is_within(row.roles, away.roles) or Officials(self.context).own_units(away.id) <= Officials(
            self.context
        ).own_units(row.id)

    def _give(self, row: OfficialRow, roles: Collection[str], units: Collection[str]) -> None:
        """Set roles and units; what she did not have before is new from now on, unless the operator gives it."""
        context = self.context
        if unknown := set(units) - all_units().keys():
            raise ValueError(f"no such unit: {', '.join(sorted(unknown))}")
        since = context.now if context.official is not None else None
        of_roles = {role: at for role, at in (row.roles_since or {}).items() if role in roles}
        if since is not None:
            of_roles.update(dict.fromkeys(set(roles) - set(row.roles), since.isoformat()))
        row.roles, row.roles_since, row.changed_at = _in_order(roles), of_roles, context.now
        context.unit.add(row)
        had = Officials(context).own_units(row.id)
        lost = col(OfficialUnit.unit_id).in_(had - set(units))
        context.unit.execute(delete(OfficialUnit).where(col(OfficialUnit.official_id) == row.id, lost))
        given = sorted(set(units) - had)
        context.unit.add_all(OfficialUnit(official_id=row.id, unit_id=unit_id, since=since) for unit_id in given)
        context.unit.flush()

    def _is_last_admin(self, row: OfficialRow) -> bool:
        return Officials(self.context).admins() == {row.id}

    def _seal(self, official_id: str, content: dict[str, str]) -> bytes:
        return self.context.vault.seal(f"official:{official_id}", f"official.body:{official_id}", content)


def _in_order(roles: Collection[str]) -> list[str]:
    """Roles in the table's order. Raises ValueError for one that is not in it."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"no such role: {', '.join(sorted(unknown))}")
    return [role for role in ROLES if role in roles]

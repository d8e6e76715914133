"""Makes one person of two: what belonged to the one that goes is the other's, and nothing of it is lost.

Why every body is sealed again: the key of the one that goes is destroyed, as when somebody erases herself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, Literal, cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement, bindparam, delete, update
from sqlmodel import col, select

from handlers.desk.consents import PURPOSES, Consents, Subscriptions
from handlers.desk.office import Context
from handlers.flow.session import Session, StoredSession, load, store
from storage.queries import law_changes
from storage.queries.incoming import chats, sessions
from storage.tables import (
    Address,
    AskingRow,
    Case,
    ChatLine,
    Consent,
    File,
    HouseholdRow,
    InboxRow,
    LawChangePerson,
    OfficialRow,
    OneTimeToken,
    OutboxRow,
    Person,
    Pledge,
    SessionRow,
    Suspect,
    Talk,
    UrgentRequest,
)

# Where she was half-way is kept: where she speaks now, or at the other place; None if nothing had to be dropped.
Side = Literal["here", "there"]

# Bodies sealed with the person's key, and what names their place.
RESEALED: Mapping[type[Any], tuple[str, ...]] = {
    AskingRow: ("nonce",), File: ("id",), OutboxRow: ("key",), Suspect: ("id",),
}  # fmt: skip
MOVED: tuple[type[Any], ...] = (*RESEALED, Case, Consent, InboxRow, Pledge, Talk, UrgentRequest)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Joining:
    """Two persons who become one, in one transaction."""

    context: Context

    def join(self, gone: str, kept: str) -> Side | None:
        """Join two persons into one; returns which of two half-done things is kept.

        gone: the person who speaks; her row stays as that of somebody erased. kept: the other.
        """
        unit = self.context.unit
        unit.flush()
        side = self._join_sessions(gone, kept)
        self._join_consents(gone, kept)
        self._join_households(gone, kept)
        Subscriptions(self.context).move(gone, kept)
        law_changes.move(self.context.unit, gone, kept)
        self._join_accounts(gone, kept)
        self._join_law_changes(gone, kept)
        for table, keys in RESEALED.items():
            self._reseal(table, keys, col(table.person_id) == gone, gone, kept)
        for table in MOVED:
            unit.execute(update(table).where(col(table.person_id) == gone).values(person_id=kept))
        for address_id in unit.scalars(select(Address.id).where(Address.person_id == gone)).all():
            self._reseal(ChatLine, ("address_id", "number"), col(ChatLine.address_id) == address_id, gone, kept)
            chats.hand_over(unit, self.context.vault, address_id, kept, with_screen=True)
        unit.execute(delete(OneTimeToken).where(col(OneTimeToken.person_id) == gone))
        self._join_persons(gone, kept)
        unit.flush()
        unit.expire_all()  # what was read before names the person that is gone
        Consents(self.context).settle(kept)
        Subscriptions(self.context).settle(kept)
        return side

    def _reseal(self, table: type[Any], keys: tuple[str, ...], mine: ColumnElement[bool], gone: str, kept: str) -> None:
        """Seal bodies for the person that is kept, some at a time: photos are large."""
        columns = table.__table__.c
        where = f"{table.__tablename__}.body:" + "/".join(f"{{{key}}}" for key in keys)
        query = sa.select(*(columns[key] for key in (*keys, "body"))).where(mine, columns.body.is_not(None))
        change = update(table.__table__).where(*(columns[key] == bindparam(f"_{key}") for key in keys))
        for start in count(0, AT_ONCE):
            rows = self.context.unit.execute(
                query.order_by(*(columns[key] for key in keys)).limit(AT_ONCE).offset(start)
            ).all()
            if not rows:
                return
            changed = []
            for *values, body in rows:
                named = dict(zip(keys, values, strict=True))
                sealed = self.context.vault.reseal(f"person:{gone}", where.format(**named), body, f"person:{kept}")
                changed.append({f"_{key}": value for key, value in named.items()} | {"_body": sealed})
            self.context.unit.execute(change.values(body=bindparam("_body")), changed)

    def _join_sessions(self, gone: str, kept: str) -> Side | None:
        """Keep the session with something half done; of two such the one touched last."""
        here, there = self.load_session(gone), self.load_session(kept)
        if here.form and there.form and here.form.conversation == there.form.conversation:
            there = close_form(there)
        here = close_form(here)  # it is the form that joins them
        ranks = [(_half_done(s), s.form is not None, self._touched(p)) for s, p in ((here, gone), (there, kept))]
        stays_here = ranks[0] >= ranks[1]
        self.save_session(kept, replace(here if stays_here else there, offered=""))
        self.context.unit.execute(delete(SessionRow).where(col(SessionRow.person_id) == gone))
        if not (_half_done(here) and _half_done(there)):
            return None
        return "here" if stays_here else "there"

    def _touched(self, person_id: str) -> datetime:
        query = select(SessionRow.changed_at).where(SessionRow.person_id == person_id)
        return self.context.unit.scalars(query).first() or self.context.now

    def load_session(self, person_id: str) -> Session:
        """The session of a person, an empty one if there is none."""
        stored = sessions.load(self.context.unit, self.context.vault, person_id)
        return load(cast(StoredSession, stored)) if stored else Session()

    def save_session(self, person_id: str, session: Session) -> None:
        body = cast(Mapping[str, object], store(session))
        sessions.save(self.context.unit, self.context.vault, person_id, body, self.context.now)

    def _join_consents(self, gone: str, kept: str) -> None:
        """Let her last word on each purpose stand: no yes of the one outlives a later withdrawal of the other."""
        for purpose in PURPOSES:
            words = [word for person in (gone, kept) if (word := Consents(self.context).latest(person, purpose))]
            last = max(words, key=lambda word: word.ended_at or word.at, default=None)
            if last is None or last.state != "withdrawn":
                continue
            for word in words:
                if word.state == "given":
                    Consents(self.context).end_word(word, last.ended_at)

    def _join_households(self, gone: str, kept: str) -> None:
        """Keep the household that was changed last."""
        theirs, hers = self.context.unit.get(HouseholdRow, gone), self.context.unit.get(HouseholdRow, kept)
        if theirs is None:
            return
        if hers is None or hers.changed_at < theirs.changed_at:
            hers = hers or HouseholdRow(person_id=kept, changed_at=theirs.changed_at)
            hers.changed_at = theirs.changed_at
            hers.declared = self._moved_household(theirs.declared, gone, kept)
            self.context.unit.add(hers)
        self.context.unit.delete(theirs)

    def _join_accounts(self, gone: str, kept: str) -> None:
        """Her chats act for one account: the one that the chats of who is kept act for already, if there is one."""
        unit = self.context.unit
        taken = unit.scalars(select(OfficialRow.id).where(OfficialRow.person_id == kept)).first()
        hers = update(OfficialRow).where(col(OfficialRow.person_id) == gone)
        unit.execute(hers.values(person_id=None if taken else kept))

    def _join_law_changes(self, gone: str, kept: str) -> None:
        """Keep each change that concerns either of them, once."""
        known = select(LawChangePerson.change_id).where(LawChangePerson.person_id == kept)
        theirs = col(LawChangePerson.person_id) == gone
        self.context.unit.execute(delete(LawChangePerson).where(theirs, col(LawChangePerson.change_id).in_(known)))
        self.context.unit.execute(update(LawChangePerson).where(theirs).values(person_id=kept))

    def _moved_household(self, sealed: bytes | None, gone: str, kept: str) -> bytes | None:
        if sealed is None:
            return None
        where = "household.declared:"
        return self.context.vault.reseal(f"person:{gone}", where + gone, sealed, f"person:{kept}", where + kept)

    def _join_persons(self, gone: str, kept: str) -> None:
        unit = self.context.unit
        language = unit.get_one(Person, gone).language
        silent = update(Person).where(col(Person.id) == kept, col(Person.language) == "")
        unit.execute(silent.values(language=language))
        unit.execute(update(Person).where(col(Person.id) == gone).values(state="erased", language=""))
        self.context.vault.forget(f"person:{gone}")


def _half_done(session: Session) -> bool:
    return bool(session.paused or (session.form and session.form.answers))


def close_form(session: Session) -> Session:
    """The session without its open form; what was laid aside stays."""
    return replace(session, form=None, asked="")

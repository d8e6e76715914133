"""The people whom the rule of an announcement means, each with the chat that she gets it in.

Why everything is one query: the people are frozen inside the database, a million of them in a second or two, and the
preview counts exactly those.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, Text, and_, case, exists, func, literal, or_, select

from handlers.desk.announcing.audience import PURPOSE, Audience, AudienceCounts, Kind
from handlers.desk.announcing.ways import BroadcastWays, OpenOf
from handlers.desk.cases import meant_by
from handlers.desk.messages import has_better, of_few
from handlers.desk.office import Context
from handlers.desk.officials import Officials
from storage.tables import (
    Address,
    Case,
    CaseLookUp,
    Consent,
    LawChangePerson,
    Person,
    Pledge,
    Subscription,
)

_PERSON = Person.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_CASE = Case.__table__  # type: ignore[attr-defined]  # as above
_LOOK_UP = CaseLookUp.__table__  # type: ignore[attr-defined]  # as above
_CONSENT = Consent.__table__  # type: ignore[attr-defined]  # as above
_PLEDGE = Pledge.__table__  # type: ignore[attr-defined]  # as above
_WANTED = Subscription.__table__  # type: ignore[attr-defined]  # as above
_CHANGED = LawChangePerson.__table__  # type: ignore[attr-defined]  # as above
_LATER = _WANTED.c.rhythm != "at_once"


@dataclass(frozen=True, slots=True)
class Audiences:
    """The people whom rules find, in one transaction."""

    context: Context

    def recipients(self, kind: Kind, topic: str, rule: Audience, at: datetime) -> Select[Any]:
        """Rows of (address_id, channel, state): one chat of each person who is to get it, where she wants her messages.

        at: when it goes, since a chat that takes nothing then comes after any other.

        Why not by way of `_people`: to look up the best chat of each of a million, and then that chat, takes twice as
        long as to pass over the chats beside which there is a better one.
        """
        if kind == "news" and not rule.units:
            return self._hearers(topic, rule.language, at)
        found = select(_ADDRESS.c.id.label("address_id"), _ADDRESS.c.channel, _state(kind, topic).label("state"))
        found = found.join_from(_ADDRESS, _PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
        better = has_better(self.context.unit, BroadcastWays(self.context).open_of(kind, at))
        found = found.where(_ADDRESS.c.reachable.is_(True), ~better, agrees(kind, topic))
        found = found.where(self._meant(kind, topic, rule))
        return found.where(_PERSON.c.state == "active", *_speaks(rule.language)).order_by(_ADDRESS.c.id)

    def _hearers(self, topic: str, language: str, at: datetime) -> Select[Any]:
        """The same of news for the whole city, with as few steps for each as may be; whoever was erased has no chat."""
        want = select(_WANTED.c.person_id).where(_WANTED.c.topic == topic, _WANTED.c.stopped_at.is_(None))
        if self.context.unit.on_sqlite:
            hearers = want.distinct().subquery("hearers")
            gathers = of_few(self.context.unit, want.where(_LATER), _gathers(topic, _ADDRESS.c.person_id))
        else:
            hearers = want.add_columns(func.bool_and(_LATER).label("gathers")).group_by(_WANTED.c.person_id).subquery()
            gathers = hearers.c.gathers
        state = case((gathers, "digest"), else_="planned")
        found = select(_ADDRESS.c.id.label("address_id"), _ADDRESS.c.channel, state.label("state"))
        found = found.join_from(hearers, _ADDRESS, _ADDRESS.c.person_id == hearers.c.person_id)
        if language:
            found = found.join(_PERSON, _PERSON.c.id == _ADDRESS.c.person_id).where(*_speaks(language))
        better = has_better(self.context.unit, BroadcastWays(self.context).open_of("news", at))
        found = found.where(_ADDRESS.c.reachable.is_(True), ~better)
        # Rows in the order of their key take less room; SQLite finds them nearly so, and would sort them for nothing.
        return found if self.context.unit.on_sqlite else found.order_by(_ADDRESS.c.id)

    def counts(self, kind: Kind, topic: str, rule: Audience, at: datetime) -> AudienceCounts:
        """What the preview says. at: when it goes."""
        open_of = BroadcastWays(self.context).open_of(kind, at)
        people = self._people(kind, topic, rule, open_of).add_columns(agrees(kind, topic).label("wants")).subquery()
        late = BroadcastWays(self.context).late(at)
        usual = _ADDRESS.alias("usual")
        query = (
            select(people.c.wants, people.c.state, _ADDRESS.c.channel, late, usual.c.channel, func.count())
            .join_from(people, _ADDRESS, _ADDRESS.c.id == people.c.best, isouter=True)
            .join(usual, usual.c.id == people.c.usual, isouter=True)
            .group_by(people.c.wants, people.c.state, _ADDRESS.c.channel, late, usual.c.channel)
        )
        by_channel: dict[str, int] = {}
        lates: dict[str, int] = {}
        digest = unreachable = opted_out = moved = 0
        for wants, state, channel, how, first, count in self.context.unit.execute(query):
            if not wants:
                opted_out += count
            elif channel is None:
                unreachable += count
            elif state == "digest":
                digest += count
            else:
                by_channel[channel] = by_channel.get(channel, 0) + count
                moved += count if first not in (None, channel) else 0
                if self.context.windows is not None and channel == self.context.windows.channel:
                    lates[how] = lates.get(how, 0) + count
        return AudienceCounts(
            by_channel=by_channel,
            digest=digest,
            unreachable=unreachable,
            opted_out=opted_out,
            ways=BroadcastWays(self.context).of(kind, lates, at),
            moved=moved,
        )

    def unreachable(self, kind: Kind, topic: str, rule: Audience) -> Select[Any]:
        """The ids of people who agreed and have no chat that reaches them: to be rung up or visited."""
        people = self._people(kind, topic, rule).where(agrees(kind, topic)).subquery()
        return select(people.c.person_id).where(people.c.best.is_(None)).order_by(people.c.person_id)

    def _people(
        self, kind: Kind, topic: str, rule: Audience, open_of: OpenOf | None = None
    ) -> Select[Any]:  # fmt: skip
        """Rows of (person_id, best, usual, state) of everybody whom the rule means.

        best: her chat; usual: where she would get it if every platform took all, where one does not; state: planned or
        digest.
        """
        chats = select(_ADDRESS.c.id).where(_ADDRESS.c.person_id == _PERSON.c.id, _ADDRESS.c.reachable.is_(True))
        order = (_ADDRESS.c.chosen.desc(), _ADDRESS.c.last_in_at.desc(), _ADDRESS.c.id)
        best = chats.order_by(*order).limit(1).scalar_subquery()
        usual: ColumnElement[Any] = sa.null()
        if open_of is not None:
            first = case((open_of(_ADDRESS), 0), else_=1)
            usual, best = best, chats.order_by(first, *order).limit(1).scalar_subquery()
        meant = (_PERSON.c.state == "active", self._meant(kind, topic, rule), *_speaks(rule.language))
        found = select(_PERSON.c.id.label("person_id"), best.label("best"), usual.label("usual"))
        return found.add_columns(_state(kind, topic).label("state")).where(*meant)

    def _meant(self, kind: Kind, topic: str, rule: Audience) -> ColumnElement[bool]:
        match kind:
            case "news":
                return _subscribes(topic, rule.units)
            case "service":
                return self._asks(rule)
            case "givers":
                return _gives(rule)
            case "rules":
                changed = (_CHANGED.c.person_id == _PERSON.c.id, _CHANGED.c.change_id == rule.change)
                return and_(exists().where(*changed), _lives_in(rule.units))
            case "warning":
                return _lives_in(rule.units)
            case "staff":
                works: ColumnElement[bool] = _PERSON.c.id.in_(self._officials(rule))
                return works

    def _asks(self, rule: Audience) -> ColumnElement[bool]:
        """Whoever has a request that the rule means; of those that are not closed, unless it names states."""
        found = exists().where(_CASE.c.person_id == _PERSON.c.id)
        found = found.where(_CASE.c.state.in_(rule.states) if rule.states else _CASE.c.closed_at.is_(None))
        if rule.units:
            found = found.where(_CASE.c.unit_id.in_(rule.units))
        if rule.needs:
            listed = sa.cast(_CASE.c.needs, Text)
            found = found.where(or_(*(listed.contains(f'"{need}"', autoescape=True) for need in rule.needs)))
        if rule.classes:
            meant = {grade for one in rule.classes for grade in meant_by(one)}
            values = [self.context.vault.look_up("recognised", grade) for grade in sorted(meant)]
            marked = (_LOOK_UP.c.case_id == _CASE.c.id, _LOOK_UP.c.kind == "recognised", _LOOK_UP.c.value.in_(values))
            found = found.where(exists().where(*marked))
        return found

    def _officials(self, rule: Audience) -> list[str]:
        """The persons behind officials' linked chats; officials are few, so they are looked through one by one."""
        return [
            official.person_id
            for official in Officials(self.context).active()
            if official.person_id is not None
            and (not rule.roles or set(rule.roles) & set(official.roles))
            and (not rule.units or set(rule.units) & official.units)
        ]


def _state(kind: Kind, topic: str) -> ColumnElement[str]:
    """Planned, or digest for news that a person has gathered."""
    if kind != "news":
        return literal("planned")
    return case((_gathers(topic, _PERSON.c.id), "digest"), else_="planned")


def _speaks(language: str) -> tuple[ColumnElement[bool], ...]:
    """Whoever never chose a language is spoken to in Vietnamese."""
    if not language:
        return ()
    spoken = [language, ""] if language == "vi" else [language]
    return (_PERSON.c.language.in_(spoken),)


def _subscribes(topic: str, units: tuple[str, ...]) -> ColumnElement[bool]:
    """Whoever wants a topic, for one of these units or for the whole city; those who stopped it too."""
    wanted = [_WANTED.c.person_id == _PERSON.c.id, _WANTED.c.topic == topic]
    if units:
        wanted.append(_WANTED.c.unit_id.in_([*units, ""]))
    return exists().where(*wanted)


def _gathers(topic: str, person_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether somebody wants a topic with her digest only."""
    hers = (_WANTED.c.person_id == person_id, _WANTED.c.topic == topic, _WANTED.c.stopped_at.is_(None))
    return ~exists().where(*hers, _WANTED.c.rhythm == "at_once")


def _gives(rule: Audience) -> ColumnElement[bool]:
    found = exists().where(_PLEDGE.c.person_id == _PERSON.c.id, _PLEDGE.c.state.not_in(("withdrawn", "lapsed")))
    if rule.campaign:
        found = found.where(_PLEDGE.c.campaign_id == rule.campaign)
    return found.where(_PLEDGE.c.unit_id.in_(rule.units)) if rule.units else found


def _lives_in(units: tuple[str, ...]) -> ColumnElement[bool]:
    """Whoever has to do with one of these units, as far as is known: by a request, or by the news she wants."""
    if not units:
        return sa.true()
    asks = exists().where(_CASE.c.person_id == _PERSON.c.id, _CASE.c.unit_id.in_(units))
    wants = exists().where(_WANTED.c.person_id == _PERSON.c.id, _WANTED.c.unit_id.in_(units))
    return or_(asks, wants)


def agrees(kind: Kind, topic: str) -> ColumnElement[bool]:
    """Whether a person wants what is of this kind."""
    match kind:
        case "news":
            hers = (_WANTED.c.person_id == _PERSON.c.id, _WANTED.c.topic == topic)
            return exists().where(*hers, _WANTED.c.stopped_at.is_(None))
        case "warning":  # only who stopped everything gets none
            stopped = _last_word("news") == "withdrawn"
            return func.coalesce(~and_(stopped, _last_word("case_news") == "withdrawn"), sa.true())
        case "staff":
            return sa.true()
        case "givers":  # who stopped what is said of campaigns still hears of her own gift
            agrees = func.coalesce(_last_word("give") == "given", sa.false())
            return and_(agrees, func.coalesce(_last_word("campaign_posts") != "withdrawn", sa.true()))
        case _:
            return func.coalesce(_last_word(PURPOSE[kind]) == "given", sa.false())


def _last_word(purpose: str) -> ColumnElement[str]:
    query = (
        select(_CONSENT.c.state)
        .where(_CONSENT.c.person_id == _PERSON.c.id, _CONSENT.c.purpose == purpose)
        .order_by(_CONSENT.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return cast("ColumnElement[str]", query)

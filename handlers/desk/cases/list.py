"""Requests in a list: within an official's reach, narrowed and paged, or found as people type what they look for.

Why names are opened a page at a time: the keys of a page come with its rows, and nothing else is read of a request.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, or_, select, tuple_

from handlers.desk.cases.view import hide_ids
from handlers.desk.cases.worklist import CaseLine
from handlers.desk.office import Context
from handlers.flow import readers
from handlers.vietnamese import units, words
from storage.ids import read_code
from storage.tables import Case, CaseLookUp, DataKey
from storage.vault import KeyGone

_CASES = Case.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_MARKS = CaseLookUp.__table__  # type: ignore[attr-defined]  # as above
_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # as above
MOST_LOOKED_FOR = 8  # words
MOST_LETTERS = 200
SOON = timedelta(days=2)
_PLACE = re.compile(r"(?:xa|phuong|thi tran|dac khu|quan|huyen|thi xa|thanh pho)\b ?")
COMMON = 1_000  # a word with as many requests is not counted further


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What a list is narrowed to. soon: due within two days. to_check: its conditions
    are to be looked at, closed or not. state: empty for all that are open.

    after: the place of the last one shown before.
    """

    mine: bool = False
    overdue: bool = False
    soon: bool = False
    to_check: bool = False
    to_approve: bool = False
    twins: bool = False
    state: str = ""
    unit_id: str = ""
    after: tuple[date, str] | None = None


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A request in a list with whom it is for. twin: another one says the same."""

    row: CaseLine
    name: str
    for_other: bool
    twin: bool


@dataclass(frozen=True, slots=True)
class FoundCases:
    """What was found, newest first. units: ids of the units that the words name, where those were looked into."""

    listed: tuple[ListedCase, ...]
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCases:
    """How many open requests wait within reach. to_approve: by her; hers: overdue, or to be approved by her."""

    new: int
    soon: int
    overdue: int
    to_approve: int
    to_check: int
    hers: int


@dataclass(frozen=True, slots=True)
class CaseList:
    """Cases within reach of the official at the desk."""

    context: Context

    def page(self, narrowed: CaseFilter, most: int) -> list[ListedCase]:
        """Requests by due day, what is late first therefore."""
        query = _LISTED.where(*self._reach(), *self._narrow(narrowed))
        if narrowed.after is not None:
            query = query.where(tuple_(_CASES.c.due, _CASES.c.id) > narrowed.after)
        return self._open(query.order_by(_CASES.c.due, _CASES.c.id).limit(most))

    def search(self, typed: str, most: int) -> FoundCases:
        """Find by code, phone, beginnings of the words of a name, or a unit's present or old name. Nothing typed is
        text of a query.
        """
        typed = typed[:MOST_LETTERS]
        ids = dict.fromkeys((*self._by_code(typed), *self._by_phone(typed, most), *self._by_name(typed, most)))
        places = tuple(_units_named(typed, nobody=not ids))
        ids |= dict.fromkeys(self._by_units(places, most) if places else ())
        kept = list(ids)[:most]
        listed = {one.row.id: one for one in self._open(_LISTED.where(_CASES.c.id.in_(kept)))}
        return FoundCases(tuple(listed[one] for one in kept if one in listed), places)

    def waiting(self) -> WaitingCases:
        """Count what waits; each number is that of the list it is narrowed to."""
        if self.context.acting().reach("case.see") is None:
            return WaitingCases(new=0, soon=0, overdue=0, to_approve=0, to_check=0, hers=0)
        of = {name: and_(*self._narrow(narrowed)) for name, narrowed in _COUNTED.items()}
        if self.context.acting().reach("case.approve") is None:
            of["to_approve"] = false()
        of["hers"] = or_(of["overdue"], of["to_approve"])
        counted = [func.count().filter(condition).label(name) for name, condition in of.items()]
        open_ones = select(*counted).where(*self._within(), _CASES.c.closed_at.is_(None))
        to_check = select(func.count()).where(*self._within(), *self._narrow(CaseFilter(to_check=True)))
        return WaitingCases(
            **self.context.unit.execute(open_ones).mappings().one(),
            to_check=self.context.unit.execute(to_check).scalar_one(),
        )

    def _within(self) -> list[ColumnElement[bool]]:
        """What the official at the desk may see of what is not erased."""
        return [_CASES.c.body.is_not(None), *self._reach()]

    def _reach(self) -> list[ColumnElement[bool]]:
        """The units that the official at the desk may look into; nothing where that is all of them."""
        me = self.context.acting()
        reach = me.reach("case.see")
        return [] if reach == "all" else [_CASES.c.unit_id.in_(sorted(me.units) if reach else ())]

    def _narrow(self, narrowed: CaseFilter) -> list[ColumnElement[bool]]:
        me, state = self.context.acting(), "proposed" if narrowed.to_approve else narrowed.state
        found: list[ColumnElement[bool]] = []
        if narrowed.to_check:
            found.append(_CASES.c.check_on <= self.context.today())
        if state or not narrowed.to_check:
            found.append(_CASES.c.state == state if state else _CASES.c.closed_at.is_(None))
        if narrowed.to_approve and me.reach("case.approve") == "unit":
            found.append(_CASES.c.unit_id.in_(sorted(me.units_for("case.approve"))))
        if narrowed.unit_id:
            found.append(_CASES.c.unit_id == narrowed.unit_id)
        if narrowed.mine:
            found.append(_CASES.c.officer_id == me.id)
        if narrowed.twins:
            found.append(_CASES.c.duplicate_of.is_not(None))
        if narrowed.overdue:
            found += [_CASES.c.closed_at.is_(None), _CASES.c.due < self.context.today()]
        if narrowed.soon:
            found += [
                _CASES.c.closed_at.is_(None),
                _CASES.c.due.between(self.context.today(), self.context.today() + SOON),
            ]
        return found

    def _open(self, query: Select[Any]) -> list[ListedCase]:
        """Read requests, and open their names with the keys that come along."""
        me, today = self.context.acting(), self.context.today()
        listed = []
        for found in self.context.unit.run(query):
            self.context.vault.learn(f"case:{found.id}", found.wrapped)
            late = found.closed_at is None and found.due < today
            row = CaseLine(
                id=found.id,
                code=found.code,
                unit_id=found.unit_id,
                state=found.state,
                due=found.due,
                needs=tuple(found.needs),
                officer_id=found.officer_id,
                overdue=late,
                hers=found.officer_id == me.id,
            )
            name = self.name_in(found.id, found.body)
            listed.append(ListedCase(row, name, found.for_other, found.duplicate_of is not None))
        return listed

    def name_in(self, case_id: str, body: bytes) -> str:
        """Whom a request is for; empty where that is not said, or was erased."""
        try:
            said = self.context.vault.open(f"case:{case_id}", f"cases.body:{case_id}", body)
        except KeyGone:
            return ""
        return hide_ids(str(cast("dict[str, object]", said)["name"]), left=0)

    def _by_code(self, typed: str) -> Sequence[str]:
        code = read_code(typed, "HS")
        query = select(_CASES.c.id).where(_CASES.c.code == code, *self._within())
        return self.context.unit.scalars(query).all() if code else ()

    def _by_phone(self, typed: str, most: int) -> Sequence[str]:
        phone = readers.phone(typed)
        return self._looked_up([self.context.vault.look_up("phone", phone)], "phone", most) if phone else ()

    def _by_name(self, typed: str, most: int) -> Sequence[str]:
        """Requests in whose name every word typed begins a word."""
        typed_words = sorted(set(words.fold(typed).split()[:MOST_LOOKED_FOR]))
        marks = [self.context.vault.look_up("name", word) for word in typed_words]
        if not marks:
            return ()
        # The rarest word leads, the others are looked up in what it finds: half of all families are called Nguyễn.
        # PostgreSQL knows by itself how common each is.
        counted = self._how_many(marks) if len(marks) > 1 and self.context.unit.on_sqlite else {}
        return self._looked_up(sorted(marks, key=lambda mark: counted.get(mark, 0)), "name", most)

    def _how_many(self, marks: list[bytes]) -> dict[bytes, int]:
        """How many requests each word finds, counted up to COMMON."""
        each = (select(_MARKS.c.case_id).where(_MARKS.c.kind == "name", _MARKS.c.value == mark) for mark in marks)
        counts = (select(func.count()).select_from(some.limit(COMMON).subquery()).scalar_subquery() for some in each)
        return dict(zip(marks, self.context.unit.execute(select(*counts)).one(), strict=True))

    def _looked_up(self, marks: list[bytes], kind: str, most: int) -> Sequence[str]:
        """Requests that have all of these look-up values of a kind, newest first. What is erased has none."""
        query = select(_MARKS.c.case_id).where(_MARKS.c.kind == kind, _MARKS.c.value == marks[0])
        if within := self._reach():
            query = query.where(_MARKS.c.case_id.in_(select(_CASES.c.id).where(*within)))
        for mark in marks[1:]:
            also = _MARKS.alias()
            query = query.where(
                exists().where(also.c.case_id == _MARKS.c.case_id, also.c.kind == kind, also.c.value == mark)
            )
        return self.context.unit.scalars(query.order_by(_MARKS.c.case_id.desc()).limit(most)).all()

    def _by_units(self, places: Sequence[str], most: int) -> Sequence[str]:
        query = select(_CASES.c.id).where(_CASES.c.unit_id.in_(places), *self._within())
        return self.context.unit.scalars(query.order_by(_CASES.c.id.desc()).limit(most)).all()


_COUNTED = {
    "new": CaseFilter(state="submitted"), "soon": CaseFilter(soon=True), "overdue": CaseFilter(overdue=True),
    "to_approve": CaseFilter(to_approve=True),
}  # fmt: skip


# Inside


_LISTED = (
    select(
        *(
            _CASES.c[name]
            for name in (
                "id", "code", "unit_id", "state", "due", "needs", "officer_id", "closed_at", "for_other",
                "duplicate_of", "body",
            )
        ),
        _KEYS.c.wrapped,
    )
    .join_from(_CASES, _KEYS, _KEYS.c.name == literal("case:").concat(_CASES.c.id), isouter=True)
    .where(_CASES.c.body.is_not(None))
)  # fmt: skip


def _units_named(typed: str, *, nobody: bool) -> list[str]:
    """The units that a text names. nobody: no person is called so; then it may name several, or be misspelt if it says
    that it is a place: of somebody who is not on file nobody wants to see a unit whose name is nearly hers.
    """
    said = words.fold(typed)
    a_place = nobody and _PLACE.match(said) is not None
    found = units.find(typed, misspelt=a_place)
    if not found.sure and not a_place and not (nobody and _spelt(found, said)):
        return []
    ids: list[str] = []
    for candidate in found.candidates:
        if isinstance(candidate, units.NamedCommune):
            ids.append(candidate.unit.id)
        else:
            ids += [place.unit.id for place in units.units_of(candidate.id)]
    return list(dict.fromkeys(ids))


def _spelt(found: units.PossiblePlaces, said: str) -> bool:
    """Whether a name of every place stands in a text to the letter."""
    letters = said.replace(" ", "")
    return all(any(name in letters for name in _names(candidate)) for candidate in found.candidates)


def _names(candidate: units.NamedCommune | units.District) -> Iterator[str]:
    """The names of a place in letters alone, without what kind of place it is."""
    names = (candidate.unit.name, candidate.was) if isinstance(candidate, units.NamedCommune) else (candidate.name,)
    for name in names:
        if name:
            yield _PLACE.sub("", words.fold(name.partition(",")[0])).replace(" ", "")

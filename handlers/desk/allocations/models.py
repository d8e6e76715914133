"""Good models: ways of making a living that worked somewhere, shown after a second official's yes.

Why the words are written anew: an idea comes with who had it and how she tells it; everybody reads the office's words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, cast

from sqlmodel import col, select

from handlers.desk.cases import CaseOutcome
from handlers.desk.office import Context
from handlers.desk.pledges import OPEN, Body, PledgeNews, Pledges
from storage.ids import new_id
from storage.tables import GoodModel, Pledge

LAND = ("none", "garden", "field")  # what it needs, the least first
WORK = ("light", "one", "two")
LONGEST: Mapping[str, int] = {"title": 80, "what": 400, "labour": 120, "area": 120, "risk": 160, "where": 160}
MOST_COST = 10**10  # VND


OF_AN_IDEA = ("done_where", "took", "came_of_it")  # what is asked of it; the rest of its details is who told it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A model in one language. labour, area: as people say it, such as "2 người, sáng và chiều"."""

    title: str = ""
    what: str = ""
    labour: str = ""
    area: str = ""
    risk: str = ""
    where: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything is said, and nothing at too great a length."""
        said = asdict(self)
        return all(0 < len(said[name].strip()) <= most for name, most in LONGEST.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What an official writes. en: may be left out. cost: VND to begin with. land, work: what a household needs."""

    vi: Wording
    en: Wording | None
    cost: int
    land: str
    work: str

    @property
    def complete(self) -> bool:
        """Whether it can be shown once a second official read it."""
        known = self.land in LAND and self.work in WORK and 0 <= self.cost <= MOST_COST
        return known and self.vi.complete and (self.en is None or self.en.complete)


@dataclass(frozen=True, slots=True)
class Means:
    """What a household has; empty or None where it does not know. money: VND."""

    land: str = ""
    work: str = ""
    money: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model as it is kept. seen: which writing of it this is. idea: the code of the pledge it came from."""

    id: str
    state: Literal["offered", "shown", "hidden"]
    writing: Writing
    written_by: str
    approved_by: str | None
    idea: str
    seen: str

    def wording(self, language: str) -> Wording:
        """Its words in a language; in Vietnamese where they are not written in that one."""
        return self.writing.en if language == "en" and self.writing.en else self.writing.vi


@dataclass(frozen=True, slots=True)
class Models:
    """Good models of one transaction."""

    context: Context

    # Everybody

    def fitting(self, means: Means) -> list[Model]:
        """The shown models that a household can begin with, cheapest first; what it does not know rules none out."""
        found = (model for model in self._all("shown") if _fits(model.writing, means))
        return sorted(found, key=_cheapest)

    def shown(self, row: GoodModel) -> Model:
        """A model that everybody is shown, for who tells of it."""
        return self._one(row)

    # Officials

    def all(self) -> list[Model]:
        """Every model, newest first, if the official at the desk may see them."""
        return list(self._all()) if self._may("model.see") else []

    def find(self, model_id: str) -> Model | None:
        """A model; None where there is none, or none for her to see."""
        row = self._row(model_id) if self._may("model.see") else None
        return self._one(row) if row is not None else None

    def ideas(self) -> list[Pledge]:
        """Ideas that nobody has written up yet, oldest first."""
        if not self._may("model.write"):
            return []
        taken = select(GoodModel.id).where(GoodModel.pledge_id == Pledge.id).exists()
        query = select(Pledge).where(Pledge.kind == "idea", col(Pledge.state).in_(OPEN), ~taken)
        return list(self.context.unit.scalars(query.order_by(col(Pledge.id))))

    def idea(self, code: str) -> Body | None:
        """What somebody said of her idea, without who she is; that it was read is noted."""
        pledge = Pledges(self.context).by_code(code) if self._may("model.write") else None
        if pledge is None or pledge.kind != "idea":
            return None
        self.context.note("pledge.read", f"pledge:{pledge.id}")
        body = Pledges(self.context).body(pledge)
        return Body(what=body.what, details={name: said for name, said in body.details.items() if name in OF_AN_IDEA})

    def take_up(self, code: str) -> str | None:
        """Begin to write an idea up; returns the id of its model. None if there is no such idea, or it was taken up."""
        found = next((pledge for pledge in self.ideas() if pledge.code == code), None)
        if found is None or found.person_id == self.context.acting().person_id:
            return None
        if found.state == "offered":
            Pledges(self.context).move_to(found, "accepted", "accepted")
            PledgeNews(self.context).accepted(found)
        row = self._new(found.id)
        self.context.note("model.taken_up", f"model:{row.id}")
        return row.id

    def begin(self, writing: Writing) -> str | None:
        """Write a model that no idea of a giver led to; returns its id, None if something in it is missing."""
        if not self._may("model.write") or not writing.complete:
            return None
        row = self._new(None)
        self._keep(row, writing)
        return row.id

    def write(self, model_id: str, writing: Writing, seen: str) -> CaseOutcome:
        """Write a model anew. Nobody is shown it any more until a second official approves it."""
        row, wrong = self._find(model_id, "model.write", seen)
        if row is None:
            return wrong
        if not writing.complete:
            return "invalid"
        self._keep(row, writing)
        return "done"

    def approve(self, model_id: str, seen: str) -> CaseOutcome:
        """Show a model to everybody. Not by who wrote it, nor by whose idea it was."""
        row, wrong = self._find(model_id, "model.approve", seen)
        if row is None:
            return wrong
        if row.state == "shown" or not self._one(row).writing.complete:
            return "not_now"
        me = self.context.acting()
        pledge = self.context.unit.get(Pledge, row.pledge_id) if row.pledge_id else None
        if self.context.are_same_hands(row.written_by) or (pledge is not None and pledge.person_id == me.person_id):
            self.context.note("model.own_approval_refused", f"model:{row.id}")
            return "own"
        row.approved_by = me.id
        self._move(row, "shown", "approved")
        if pledge is not None and pledge.state == "accepted":
            Pledges(self.context).move_to(pledge, "received", "shown")
            PledgeNews(self.context).idea_shown(pledge)
        return "done"

    def hide(self, model_id: str, seen: str) -> CaseOutcome:
        """Show a model to nobody any more."""
        row, wrong = self._find(model_id, "model.approve", seen)
        if row is None:
            return wrong
        if row.state == "hidden":
            return "not_now"
        row.approved_by = None
        self._move(row, "hidden", "hidden")
        return "done"

    # Inside

    def _may(self, action: str) -> bool:
        return self.context.may(action, None)

    def _row(self, model_id: str) -> GoodModel | None:
        return self.context.unit.get(GoodModel, model_id) if model_id.isascii() and model_id.isalnum() else None

    def _find(self, model_id: str, action: str, seen: str) -> tuple[GoodModel | None, CaseOutcome]:
        row = self._row(model_id)
        if row is None or not self.context.allows(action, None, f"model:{row.id}"):
            return None, "absent"
        return (row, "done") if seen == _seen(row) else (None, "outdated")

    def _all(self, state: str = "") -> Iterator[Model]:
        query = select(GoodModel, Pledge.code).outerjoin(Pledge, col(Pledge.id) == col(GoodModel.pledge_id))
        query = query.where(GoodModel.state == state) if state else query
        rows = self.context.unit.execute(query.order_by(col(GoodModel.id).desc()))
        return (_read(row, code or "") for row, code in rows)

    def _one(self, row: GoodModel) -> Model:
        pledge = self.context.unit.get(Pledge, row.pledge_id) if row.pledge_id else None
        return _read(row, pledge.code if pledge is not None else "")

    def _new(self, pledge_id: str | None) -> GoodModel:
        context = self.context
        row = GoodModel(
            id=new_id(context.now), pledge_id=pledge_id, content={}, written_by=context.acting().id,
            created_at=context.now,
            changed_at=context.now,
        )  # fmt: skip
        context.unit.add(row)
        context.unit.flush()
        return row

    def _keep(self, row: GoodModel, writing: Writing) -> None:
        english = {"en": asdict(writing.en)} if writing.en is not None else {}
        row.content = {"land": writing.land, "work": writing.work, "vi": asdict(writing.vi), **english}
        row.cost, row.written_by, row.approved_by = writing.cost, self.context.acting().id, None
        self._move(row, "offered", "written")

    def _move(self, row: GoodModel, new: str, kind: str) -> None:
        old, row.state, row.changed_at = row.state, new, self.context.now
        self.context.unit.add(row)
        self.context.note(f"model.{kind}", f"model:{row.id}", old=old, new=new)


def _read(row: GoodModel, code: str) -> Model:
    content = row.content
    vi = Wording(**content.get("vi", {}))
    en = Wording(**content["en"]) if "en" in content else None
    writing = Writing(vi=vi, en=en, cost=row.cost or 0, land=content.get("land", ""), work=content.get("work", ""))
    state = cast("Literal['offered', 'shown', 'hidden']", row.state)
    return Model(
        id=row.id,
        state=state,
        writing=writing,
        written_by=row.written_by,
        approved_by=row.approved_by,
        idea=code,
        seen=_seen(row),
    )


def _seen(row: GoodModel) -> str:
    return f"{row.changed_at.isoformat()}/{row.state}/{row.written_by}"


def _fits(writing: Writing, means: Means) -> bool:
    enough_land = means.land not in LAND or LAND.index(writing.land) <= LAND.index(means.land)
    enough_hands = means.work not in WORK or WORK.index(writing.work) <= WORK.index(means.work)
    return enough_land and enough_hands and (means.money is None or writing.cost <= means.money)


def _cheapest(model: Model) -> tuple[int, str]:
    return model.writing.cost, model.id

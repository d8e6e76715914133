"""Changes of the law: an admin confirms one, the clock finds whose result differs, and an announcement may tell them.

Why only that a result differs is kept, and not what it was or will be: it is kept for one message, and what a family is
entitled to is hers to read, in her own chat.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from handlers.desk.cases.households import Households, Kept
from handlers.desk.office import Context
from handlers.flow.conversation import Answers
from handlers.forms import questionnaire
from handlers.rules import entitlements, poverty
from handlers.rules.book import per_book
from handlers.rules.law_change_days import ONE_DAY, LawChangeDay, turn, turns
from handlers.rules.programmes import in_force
from handlers.rules.rows import is_hidden
from storage.ids import new_id
from storage.queries import law_changes
from storage.tables import HouseholdRow, LawChange

# done; absent: nothing changes on that day, or none of her business; not_now: it was confirmed before; unknown: nothing
# of it is known for sure; no_standard: on one of its two sides nothing can be assessed.
LawChangeOutcome = Literal["done", "absent", "not_now", "unknown", "no_standard"]

LOOKS_BACK = timedelta(days=365)  # an act that reaches back owes the difference; see rules/arrears.py
AT_ONCE = 100  # families


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """A day on which the rules change. can_not: why it can't be confirmed, empty if it can.

    state: open until an admin confirmed it, confirmed while families are looked at, found. looked: at how many of all
    families that told us something. found: whose results differ. confirmed_by: id of an official.
    """

    turn: LawChangeDay
    id: str
    state: Literal["open", "confirmed", "found"]
    can_not: Literal["", "unknown", "no_standard"]
    looked: int
    families: int
    found: int
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class LawChanges:
    """Changes of the law, in one transaction."""

    context: Context

    def upcoming(self) -> list[Upcoming]:
        """The days to come, and those of the last year, as far as our rules know."""
        if not self.context.may("law.see", None):
            return []
        rows = {row.day: row for row in self.context.unit.scalars(select(LawChange))}
        known = {one.day: one for one in turns(self.context.today() - LOOKS_BACK)}
        return [self._upcoming(known.get(day) or turn(day), rows.get(day)) for day in sorted(known.keys() | rows)]

    def confirm(self, day: date) -> LawChangeOutcome:
        """Say that a change is so, and have the clock look whom it concerns."""
        context, subject = self.context, f"law:{day}"
        if not context.allows("law.confirm", None, subject):
            return "absent"
        why: LawChangeOutcome | Literal[""] = "absent"
        if day >= context.today() - LOOKS_BACK and (change := turn(day)).turnings:
            why = _can_not(change)
        if why:
            context.note("law.refused", subject, why=why)
            return why
        insert = sqlite.insert if context.unit.on_sqlite else postgresql.insert
        values = {
            "id": new_id(context.now), "day": day, "state": "confirmed", "confirmed_by": context.acting().id,
            "found": 0,
            "looked_at": "", "at": context.now,
        }  # fmt: skip
        put = insert(LawChange).values(values).on_conflict_do_nothing().returning(col(LawChange.id))
        if context.unit.execute(put).first() is None:
            context.note("law.refused", subject, why="not_now")
            return "not_now"
        context.note("law.confirmed", subject)
        return "done"

    # The clock

    def look(self, most: int = AT_ONCE) -> bool:
        """Look at some families for the first change that was confirmed; False if there is nothing to look at."""
        unit = self.context.unit
        query = select(LawChange).where(LawChange.state == "confirmed").order_by(col(LawChange.id)).limit(1)
        change = unit.scalars(query).first()
        if change is None:
            return False
        families = law_changes.families(unit, "check", change.looked_at, most)
        differs = [family.person_id for family in families if self._differs(family, change.day)]
        values = {"looked_at": families[-1].person_id} if len(families) == most else {"state": "found"}
        still = (col(LawChange.looked_at) == change.looked_at, col(LawChange.state) == "confirmed")
        go_on = update(LawChange).where(col(LawChange.id) == change.id, *still).values(values)
        if not unit.change(go_on.execution_options(synchronize_session=False)):
            return True  # somebody else looked at them just now
        law_changes.add(unit, change.id, differs)
        if "state" in values:
            self._end(change)
        return True

    # Inside

    def _end(self, change: LawChange) -> None:
        """All were looked at: keep how many it is."""
        unit = self.context.unit
        count = law_changes.count(unit, change.id)
        ended = update(LawChange).where(col(LawChange.id) == change.id).values(found=count)
        unit.execute(ended.execution_options(synchronize_session=False))
        self.context.note("law.found", f"law:{change.day}", count=count)

    def _differs(self, family: law_changes.Family, day: date) -> bool:
        if family.word != "given":
            return False
        self.context.vault.learn(f"person:{family.person_id}", family.key)
        kept = Households(self.context).read(family.person_id, family.declared)
        # What was not asked, because the servers of her channel are abroad, is not known.
        abroad = family.channel in self.context.channels_abroad
        return told(kept, day - ONE_DAY, abroad=abroad) != told(kept, day, abroad=abroad)

    def _upcoming(self, change: LawChangeDay, row: LawChange | None) -> Upcoming:
        why, unit = _can_not(change), self.context.unit
        if row is None:
            return Upcoming(
                turn=change, id="", state="open", can_not=why, looked=0, families=0, found=0, confirmed_by=None
            )
        declared = select(func.count()).select_from(HouseholdRow).where(col(HouseholdRow.declared).is_not(None))
        families = unit.scalar(declared) or 0
        looked = unit.scalar(declared.where(col(HouseholdRow.person_id) <= row.looked_at)) or 0
        if row.state == "found":
            return Upcoming(
                turn=change,
                id=row.id,
                state="found",
                can_not="",
                looked=families,
                families=families,
                found=row.found,
                confirmed_by=row.confirmed_by,
            )
        return Upcoming(
            turn=change,
            id=row.id,
            state="confirmed",
            can_not="",
            looked=looked,
            families=families,
            found=0,
            confirmed_by=row.confirmed_by,
        )


def told(kept: Kept, day: date, *, abroad: bool) -> tuple[object, ...]:
    """What a family would be told on a day, of what it told us: the outcome, and each programme with its figures.

    Without the programmes that are for everybody alike: what is paid in a disaster concerns no family more than others.
    """
    answers = Answers(kept.answers, day, abroad=abroad)
    household = questionnaire.family(answers)
    found, held = poverty.assess(household, day), questionnaire.holds_a_certificate(answers)
    likely = frozenset[str]() if held else frozenset[str](found.verdict.classes)
    offered = entitlements.offers(household, day, likely=likely)
    of_groups = _of_groups(day)
    figures = (
        (one.id, one.status, one.sure, *((row.id, row.value) for row in one.amounts if not is_hidden(row)))
        for one in offered
        if one.id in of_groups
    )
    return ("" if held else found.outcome, *figures)


@per_book
def _of_groups(day: date) -> frozenset[str]:
    return frozenset(programme.id for programme in in_force(day) if programme.classes or programme.is_asked)


def _can_not(change: LawChangeDay) -> Literal["", "unknown", "no_standard"]:
    """Why a change can't be confirmed."""
    if not change.is_known:
        return "unknown"
    return "" if change.can_be_assessed else "no_standard"

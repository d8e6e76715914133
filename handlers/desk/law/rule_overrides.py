"""Rows of law that officials compared again or gave another figure: proposed by one, in force once another confirms.

Why taking back needs two as well: a figure that one could take back would be one that he could change.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlmodel import col, select

from handlers.desk.office import Context
from handlers.desk.officials import Officials
from handlers.rules.book import Book, book_of
from handlers.rules.law_change_days import figures_on
from handlers.rules.overrides import Fault, Override
from storage.database import Unit
from storage.ids import new_id
from storage.queries import law_changes, rule_overrides
from storage.tables import LawChange, RuleOverride

# done; absent, or none of her business; her own, which another has to confirm; no longer as it was; proposed already.
# future: it can't have been compared on a day to come. long: more words than a document has. The rest: see `Fault`.
RuleOutcome = Literal["done", "absent", "own", "outdated", "proposed", "future", "long"] | Fault
RuleState = Literal["proposed", "in_force", "leaving"]

MOST_LETTERS = 300
LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOverride:
    """One entry as officials see it. hers: proposed by who looks; asked_by_her: so is taking it back.

    state: leaving is in force until another confirms that it is taken back. fault: why it is left out, if it is.
    """

    id: str
    override: Override
    state: RuleState
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    leaving_by: str
    hers: bool
    asked_by_her: bool
    fault: str


@dataclass(frozen=True, slots=True)
class RuleOverrides:
    """Entries of one transaction."""

    context: Context

    def book(self) -> Book:
        """The book as this transaction would have it."""
        return book_in_force(self.context.unit)

    def open_ones(self) -> list[SeenOverride]:
        """What is proposed, then what is in force; each the newest first."""
        if not self.context.may("law.see", None):
            return []
        alive = col(RuleOverride.state).in_(("proposed", "in_force"))
        query = select(RuleOverride).where(alive).order_by(col(RuleOverride.id).desc()).limit(LISTED)
        left_out = {one.id: fault for one, fault in self.book().left_out}
        seen = [self._seen(row, left_out.get(row.id, "")) for row in self.context.unit.scalars(query)]
        return sorted(seen, key=lambda one: one.state == "in_force")

    def propose(self, one: Override) -> RuleOutcome:
        """Propose that a row was compared, or that another figure holds; nothing changes until another confirms it."""
        context = self.context
        if not context.allows("rule.enter", None, "rule"):
            return "absent"
        if one.compared_on > context.today():
            return "future"
        if len(one.document) > MOST_LETTERS:
            return "long"
        tried = self.book().tried(one)
        if not isinstance(tried, Book):
            return tried
        if self._is_proposed(one):
            return "proposed"
        row = RuleOverride(
            id=new_id(context.now), what=one.what, row_id=one.row_id, valid_from=one.valid_from, value=one.value,
            in_force_from=one.in_force_from, compared_on=one.compared_on, document=one.document,
            evidence=one.evidence, proposed_by=context.acting().id, proposed_at=context.now,
        )  # fmt: skip
        context.unit.add(row)
        context.unit.flush()
        self._note("proposed", row)
        return "done"

    def confirm(self, override_id: str) -> RuleOutcome:
        """Confirm what another proposed: from now on it holds, or is taken back if that is what another asks."""
        row = self._find(override_id, "rule.confirm")
        if row is None:
            return "absent"
        leaving = row.state == "in_force"
        if self.context.are_same_hands((row.leaving_by or "") if leaving else row.proposed_by):
            self.context.note("rule.own_confirm_refused", f"rule:{row.id}")
            return "own"
        me, unit, now = self.context.acting().id, self.context.unit, self.context.now
        if leaving:
            before = self.book()
            outcome = self._did("withdrawn", row, done=rule_overrides.take_back(unit, row, me, now))
            return self._look_anew(before, outcome)
        before = self.book()
        tried = before.tried(_override(row))
        if not isinstance(tried, Book):
            return tried  # what holds by now leaves no place for it
        outcome = self._did("confirmed", row, done=rule_overrides.confirm(unit, row, me, now))
        return self._look_anew(before, outcome)

    def refuse(self, override_id: str) -> RuleOutcome:
        """Refuse what another proposed, or asks to take back: that stays in force then."""
        row = self._find(override_id, "rule.confirm")
        if row is None:
            return "absent"
        unit, now = self.context.unit, self.context.now
        if row.state == "in_force":
            return self._did("kept", row, done=rule_overrides.ask_back(unit, row, None, now))
        return self._did("refused", row, done=self._end(row, "refused"))

    def withdraw(self, override_id: str) -> RuleOutcome:
        """Take back what is only proposed, at once; of what is in force, ask another to confirm it."""
        row = self._find(override_id, "rule.enter")
        if row is None:
            return "absent"
        if row.state == "proposed":
            return self._did("withdrawn", row, done=self._end(row, "withdrawn"))
        me = self.context.acting().id
        asked = rule_overrides.ask_back(self.context.unit, row, me, self.context.now)
        return self._did("withdrawal_proposed", row, done=asked)

    # Inside

    def _look_anew(self, before: Book, outcome: RuleOutcome) -> RuleOutcome:
        """Have the changes of the law confirmed anew on whose days other figures change now than families were looked
        at by.
        """
        after = self.book()
        for change in self.context.unit.scalars(select(LawChange)).all() if outcome == "done" else ():
            if figures_on(change.day, before) != figures_on(change.day, after):
                law_changes.open_again(self.context.unit, change)
                self.context.note("law.opened_again", f"law:{change.day}")
        return outcome

    def _is_proposed(self, one: Override) -> bool:
        same = (
            RuleOverride.row_id == one.row_id,
            RuleOverride.what == one.what,
            col(RuleOverride.valid_from).is_not_distinct_from(one.valid_from),
        )
        query = select(RuleOverride.id).where(RuleOverride.state == "proposed", *same)
        return self.context.unit.scalars(query).first() is not None

    def _find(self, override_id: str, action: str) -> RuleOverride | None:
        row = self.context.row_by_id(RuleOverride, override_id)
        return row if row is not None and self.context.allows(action, None, f"rule:{row.id}") else None

    def _end(self, row: RuleOverride, state: str) -> bool:
        return rule_overrides.end(self.context.unit, row, state, self.context.acting().id, self.context.now)

    def _did(self, what: str, row: RuleOverride, *, done: bool) -> RuleOutcome:
        if not done:
            return "outdated"
        self._note(what, row)
        return "done"

    def _note(self, what: str, row: RuleOverride) -> None:
        detail = {"row": row.row_id, "what": row.what, "from": str(row.valid_from or ""), "value": row.value}
        self.context.note(f"rule.{what}", f"rule:{row.id}", **detail)

    def _seen(self, row: RuleOverride, fault: str) -> SeenOverride:
        name, hands = Officials(self.context).name_of, self.context.are_same_hands
        state = "leaving" if row.leaving_by and row.state == "in_force" else row.state
        return SeenOverride(
            id=row.id,
            override=_override(row),
            state=cast(RuleState, state),
            proposed_by=name(row.proposed_by),
            proposed_at=row.proposed_at,
            confirmed_by=name(row.confirmed_by),
            confirmed_at=row.confirmed_at,
            leaving_by=name(row.leaving_by),
            hers=hands(row.proposed_by),
            asked_by_her=bool(row.leaving_by) and hands(row.leaving_by or ""),
            fault=fault,
        )


def book_in_force(unit: Unit) -> Book:
    """The book with all that is in force over the shipped rows."""
    return book_of(map(_override, rule_overrides.in_force(unit)), rule_overrides.version(unit))


def _override(row: RuleOverride) -> Override:
    return Override(
        what=row.what,  # type: ignore[arg-type]  # the table holds no other
        row_id=row.row_id,
        valid_from=row.valid_from,
        value=row.value,
        compared_on=row.compared_on,
        document=row.document,
        evidence=row.evidence,  # type: ignore[arg-type]  # as above
        in_force_from=row.in_force_from,
        id=row.id,
    )

"""News of gifts on their way: to the household that is asked or gets one, and to the officials who look after it.

Why a household is told only if it agreed to news of its request: whoever said no is rung up instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.desk.allocations.in_words import GiftWords
from handlers.desk.allocations.steps import GivenGift
from handlers.desk.consents import Consents
from handlers.desk.messages import Messages
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.desk.pledges import kind_of
from handlers.flow.message import Opening, Say
from handlers.vietnamese.units import unit_name
from storage.tables import Case

Asked = Literal["did_you_get_it", "did_they_get_it", "did_it_come_about", "did_they_come"]
# What is asked of something handed over, and its buttons: the words of each, and the answer it gives.
ASKS: Mapping[Asked, Mapping[str, str]] = {
    "did_you_get_it": {"got_all": "all", "got_less": "less", "got_not_yet": "not_yet", "got_not_mine": "not_mine"},
    "did_they_get_it": {"got_all": "all", "got_less": "less", "got_not_yet": "not_yet", "got_not_theirs": "not_mine"},
    "did_it_come_about": {"came_about": "all", "came_not_yet": "not_yet", "no_such_matter": "not_mine"},
    "did_they_come": {"helped": "all", "helped_not_yet": "not_yet", "no_such_matter": "not_mine"},
}
MEETS = ("want", "do_not_want", "ask_first")


@dataclass(frozen=True, slots=True)
class AllocationNews:
    """News of allocations, each to one person."""

    context: Context

    # To the household

    def asks(self, given: GivenGift) -> None:
        """Ask the household whether it wants to meet the employer or buyer."""
        known = {"allocation": given.row.id}
        doors = tuple(Opening(f"doors.{name}", "offered", {**known, "answer": name}) for name in MEETS)
        self._tell(given, Say(GiftWords(self.context).offer(given), openings=doors), "asks")

    def handed_over(self, given: GivenGift) -> None:
        """Ask the household, or who wrote for it, whether it arrived; of what is done whether it was done."""
        case = self._case(given)
        if case is not None:
            self._tell(given, self.arrived(given, case), "handed_over", kind="hand_over")

    def arrived(self, given: GivenGift, case: Case) -> Say:
        """The question whether it arrived, with a button for each answer."""
        asked = asks_of(given.pledge.kind, for_other=case.for_other)
        doors = tuple(
            Opening(f"doors.{label}", "received", {"allocation": given.row.id, asked: answer})
            for label, answer in ASKS[asked].items()
        )
        what = GiftWords(self.context).what(given)
        return Say(f"household_gift.{asked}", code=case.code, what=what, openings=doors)

    def settled(self, given: GivenGift, outcome: str) -> None:
        """Tell the household what came of looking into it."""
        case = self._case(given)
        if case is not None:
            door = Opening("doors.officer", "officer")
            done = "done_" if kind_of(given.pledge.kind).done else ""
            self._tell(given, Say(f"household_gift.{done}{outcome}", code=case.code, openings=(door,)), "settled")

    # To officials

    def agreed(self, given: GivenGift) -> None:
        """Tell who gave it on, and the unit, that the household wants to meet them."""
        self._tell_near(given, "agreed")

    def declined(self, given: GivenGift) -> None:
        """Tell who gave it on, and the unit, that it does not fit."""
        self._tell_near(given, "declined")

    def asks_first(self, given: GivenGift) -> None:
        """Tell who gave it on, and the unit, that the household wants to speak to an official first."""
        self._tell_near(given, "asks_first")

    def freed(self, given: GivenGift) -> None:
        """Tell who gave it on, and the unit, that a gift or a need that was given away is free again."""
        self._tell_near(given, "freed")

    def differs(self, given: GivenGift, cause: str) -> None:
        """Tell the leads of the unit and the treasurers that something has to be looked into."""
        for official in Officials(self.context).of_unit(given.row.unit_id, "grievance.close"):
            if {"lead", "treasurer"} & set(official.roles) and official.id != given.row.handed_by:
                self._tell_official(official, f"gift_news.{cause}", given)

    # Inside

    def _case(self, given: GivenGift) -> Case | None:
        case = self.context.unit.get(Case, given.slot.case_id) if given.slot.case_id else None
        return case if case is not None and case.body is not None else None

    def _tell(self, given: GivenGift, say: Say, what: str, *, kind: str = "notice") -> None:
        case, context = self._case(given), self.context
        if case is not None and Consents(context).in_force("case_news", case.person_id):
            place = f"case/{case.id}/gift/{given.row.id}/{what}"
            Messages(context).tell(case.person_id, say, kind=kind, place=place)

    def _tell_near(self, given: GivenGift, what: str) -> None:
        """Who gave it on, and the leads of the unit, each once."""
        near = {
            o.id: o for o in Officials(self.context).of_unit(given.row.unit_id, "gift.allocate") if "lead" in o.roles
        }
        by = Officials(self.context).acting(given.row.allocated_by)
        if by is not None:
            near[by.id] = by
        for official in near.values():
            self._tell_official(official, f"gift_news.{what}", given)

    def _tell_official(self, official: Official, key: str, given: GivenGift) -> None:
        acts = self.context.official is not None and self.context.official.id == official.id
        if official.person_id is None or acts:
            return
        say = Say(key, code=given.pledge.code, unit=unit_name(given.row.unit_id))
        Messages(self.context).tell(official.person_id, say, place=f"gift/{given.row.id}/{key}/{official.id}")


def asks_of(kind: str, *, for_other: bool) -> Asked:
    """What is asked of something handed over, by its kind and by who is asked."""
    return kind_of(kind).done or ("did_they_get_it" if for_other else "did_you_get_it")

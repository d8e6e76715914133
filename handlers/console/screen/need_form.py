"""The form that says what a case needs, on its page and on the board: what can be chosen in it, and what was typed."""

from dataclasses import dataclass

from handlers.console.screen.screen import Click, Invalid, Redirect
from handlers.console.screen.typed import Done, Faults, count, money, months, words
from handlers.desk import Desk
from handlers.desk.allocations import MOST_SHORT, OpenedNeed
from handlers.desk.cases import OPEN
from handlers.desk.pledges import MONEY, MOST, NEEDED
from handlers.rules import goods
from handlers.texts import Phrase
from storage.tables import Case

NEEDS = (
    "review", "work", "health", "school", "house", "water", "trade", "food", "information", "papers", "something",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NeedForm:
    """What can be chosen about a new need. need: put forward, as the case says it."""

    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    topics: tuple[tuple[str, Phrase], ...]
    need: str = ""


@dataclass(frozen=True, slots=True)
class TypedNeed:
    """What was typed about a need."""

    need: str
    kind: str
    amount: int
    measure: str


def need_form(desk: Desk, case: Case | None = None) -> NeedForm | None:
    """The form, where she may open a need: of any case, or of this one, as long as it is open."""
    if case is not None and (case.state not in OPEN or not desk.may("need.open", case.unit_id)):
        return None
    if desk.acting().reach("need.open") is None:
        return None
    topics = tuple((one, Phrase(f"goods_topics.{one}")) for one in goods.topics(desk.today()))
    return NeedForm(NEEDS, NEEDED, topics, case.needs[0] if case is not None and case.needs else "")


def open_need(desk: Desk, given: Click, code: str) -> Done:
    """Say what a case needs, as it was typed in the form."""
    faults = words(given, "topic", "measure", needed=False, most=MOST_SHORT) | words(given, "need_words", needed=False)
    form = _read(given, faults)
    if faults or form is None:
        return Invalid(faults)
    opened: OpenedNeed = desk.needs.open_for_case(
        code, form.need, form.kind, form.amount, form.measure, given["topic"] or None, months(given.all("months")),
        given["need_words"],
    )  # fmt: skip
    match opened.how:
        case "done":
            return Redirect(f"/board/needs/{opened.slot_id}", "need_opened")
        case "absent":
            return None
        case _:
            return Invalid({"": "need_not_now" if opened.how == "not_now" else "invalid"})


def _read(given: Click, faults: Faults) -> TypedNeed | None:
    """The need, its kind and how much of it. Money is in đồng; of anything else the measure is asked for."""
    need, kind = given["need_of"], given["need_kind"]
    if need not in NEEDS:
        faults["need_of"] = "unchosen"
    if kind not in NEEDED:
        faults["need_kind"] = "unchosen"
    amount = (money if kind == "money" else count)(given, "need_amount", faults, most=MOST)
    if kind != "money" and not given["measure"]:
        faults.setdefault("measure", "needed")
    if faults or amount is None:
        return None
    return TypedNeed(need, kind, amount, MONEY if kind == "money" else given["measure"])

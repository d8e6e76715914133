"""What a request needs and gifts can meet, as its page lists it, and what the form that opens such a need offers."""

from dataclasses import dataclass

from handlers.console.giving.gifts import how_much
from handlers.console.screen.words import topic_of
from handlers.desk import Desk
from handlers.desk.allocations import MET_BY
from handlers.desk.cases import OPEN
from handlers.rules import goods
from handlers.texts import Phrase
from storage.tables import Case

NEEDS = (
    "review", "work", "health", "school", "house", "water", "trade", "food", "information", "papers", "something",
)  # fmt: skip
MOST = 50


@dataclass(frozen=True, slots=True)
class Slot:
    """A need that was opened. look: how its state looks."""

    id: str
    need: Phrase
    kind: Phrase
    topic: Phrase | None
    amount: Phrase
    left: Phrase
    look: str
    state: Phrase


@dataclass(frozen=True, slots=True)
class Form:
    """What can be chosen about a new need. need: put forward, as the request says it."""

    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    topics: tuple[tuple[str, Phrase], ...]
    need: str = ""


def of_case(desk: Desk, case: Case) -> tuple[Slot, ...]:
    """The needs of a request, open, met and closed, for who may see gifts."""
    if not desk.may("gift.see", case.unit_id):
        return ()
    found = []
    for one in desk.needs.board(case_code=case.code, state="", most=MOST):
        state = "held" if one.held else one.state
        look = {"open": "new", "held": "waiting", "met": "done"}.get(state, "stopped")
        found.append(
            Slot(
                one.id, Phrase(f"options.needs.{one.need}"), Phrase(f"console.gifts.kind.{one.kind}"),
                topic_of(desk, one.topic), how_much(one.amount, one.measure), how_much(one.left, one.measure), look,
                Phrase(f"console.board.state.{state}"),
            )
        )  # fmt: skip
    return tuple(found)


def form(desk: Desk, case: Case | None = None) -> Form | None:
    """The form, where she may open a need: of any request, or of this one, as long as it is open."""
    if case is not None and (case.state not in OPEN or not desk.may("need.open", case.unit_id)):
        return None
    if desk.acting().reach("need.open") is None:
        return None
    topics = tuple((one, Phrase(f"goods_topics.{one}")) for one in goods.topics(desk.today()))
    return Form(NEEDS, MET_BY, topics, case.needs[0] if case is not None and case.needs else "")

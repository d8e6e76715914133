"""What a case needs and gifts can meet, as its page lists it."""

from dataclasses import dataclass

from handlers.console.screen.words import how_much, topic_of
from handlers.desk import Desk
from handlers.texts import Phrase
from storage.tables import Case

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
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


def of_case(desk: Desk, case: Case) -> tuple[Slot, ...]:
    """The needs of a case, open, met and closed, for who may see gifts."""
    if not desk.may("gift.see", case.unit_id):
        return ()
    found = []
    for one in desk.needs.board(case_code=case.code, state="", most=MOST):
        state = "held" if one.held else one.state
        look = {"open": "new", "held": "waiting", "met": "done"}.get(state, "stopped")
        found.append(
            Slot(
                id=one.id,
                need=Phrase(f"options.needs.{one.need}"),
                kind=Phrase(f"console.gifts.kind.{one.kind}"),
                topic=topic_of(desk, one.topic),
                amount=how_much(one.amount, one.measure),
                left=how_much(one.left, one.measure),
                look=look,
                state=Phrase(f"console.board.state.{state}"),
            )
        )
    return tuple(found)

"""What a request needs, so that a gift can meet it: opened on its page or on the board, and closed again."""

from dataclasses import dataclass

from handlers.console.giving import board
from handlers.console.screen import Act, Given, Went, Wrong
from handlers.console.screen.typed import Done, Faults, count, money, months, words
from handlers.console.work import case_page
from handlers.console.work.slots import NEEDS
from handlers.desk import Desk
from handlers.desk.allocations import MET_BY, MOST_SHORT, OpenedNeed
from handlers.desk.pledges import MONEY, MOST


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed about a need."""

    need: str
    kind: str
    amount: int
    measure: str


def open_on_page(desk: Desk, given: Given) -> Done:
    """Say what a request needs, on its page."""
    return _open(desk, given, given.path["code"])


def open_on_board(desk: Desk, given: Given) -> Done:
    """Say what a request needs, on the board, by the request's code."""
    if not given["hs_code"]:
        return Wrong({"hs_code": "needed"})
    done = _open(desk, given, given["hs_code"])
    return done if done is not None else Wrong({"hs_code": "no_request"})


def close(desk: Desk, given: Given) -> Done:
    """Close a need that nothing is on its way to."""
    if desk.board.need(given.path["id"]) is None:
        return None
    outcome = desk.needs.close(given.path["id"])
    if outcome == "done":
        return Went("/board", "need_closed")
    return None if outcome == "absent" else Wrong({"": f"need_{outcome}"})


# Inside


def _open(desk: Desk, given: Given, code: str) -> Done:
    faults = words(given, "topic", "measure", needed=False, most=MOST_SHORT) | words(given, "need_words", needed=False)
    form = _read(given, faults)
    if faults or form is None:
        return Wrong(faults)
    opened: OpenedNeed = desk.needs.open_for_case(
        code, form.need, form.kind, form.amount, form.measure, given["topic"] or None, months(given.all("months")),
        given["need_words"],
    )  # fmt: skip
    match opened.how:
        case "done":
            return Went(f"/board/needs/{opened.slot_id}", "need_opened")
        case "absent":
            return None
        case _:
            return Wrong({"": "need_not_now" if opened.how == "not_now" else "invalid"})


def _read(given: Given, faults: Faults) -> Form | None:
    """The need, its kind and how much of it. Money is in đồng; of anything else the measure is asked for."""
    need, kind = given["need_of"], given["need_kind"]
    if need not in NEEDS:
        faults["need_of"] = "unchosen"
    if kind not in MET_BY:
        faults["need_kind"] = "unchosen"
    amount = (money if kind == "money" else count)(given, "need_amount", faults, most=MOST)
    if kind != "money" and not given["measure"]:
        faults.setdefault("measure", "needed")
    if faults or amount is None:
        return None
    return Form(need, kind, amount, MONEY if kind == "money" else given["measure"])


acts = (
    Act("/requests/{code}/need", "need.open", open_on_page, case_page.screen),
    Act("/board/need", "need.open", open_on_board, board.screen),
    Act("/board/needs/{id}/close", "need.open", close, board.need_screen),
)

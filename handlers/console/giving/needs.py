"""What a case needs, so that a gift can meet it: said on the board, and closed again."""

from handlers.console.giving import board
from handlers.console.screen import Act, Click, Invalid, Redirect
from handlers.console.screen.need_form import open_need
from handlers.console.screen.typed import Done
from handlers.desk import Desk


def open_on_board(desk: Desk, given: Click) -> Done:
    """Say what a request needs, on the board, by the request's code."""
    if not given["hs_code"]:
        return Invalid({"hs_code": "needed"})
    done = open_need(desk, given, given["hs_code"])
    return done if done is not None else Invalid({"hs_code": "no_request"})


def close(desk: Desk, given: Click) -> Done:
    """Close a need that nothing is on its way to."""
    if desk.board.need(given.path["id"]) is None:
        return None
    outcome = desk.needs.close(given.path["id"])
    if outcome == "done":
        return Redirect("/board", "need_closed")
    return None if outcome == "absent" else Invalid({"": f"need_{outcome}"})


acts = (
    Act(path="/board/need", right="need.open", do=open_on_board, screen=board.screen),
    Act(path="/board/needs/{id}/close", right="need.open", do=close, screen=board.need_screen),
)

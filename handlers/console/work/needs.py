"""What a case needs, so that a gift can meet it: said on its page."""

from handlers.console.screen import Act, Click
from handlers.console.screen.need_form import open_need
from handlers.console.screen.typed import Done
from handlers.console.work import case_page
from handlers.desk import Desk


def open_on_page(desk: Desk, given: Click) -> Done:
    """Say what a request needs, on its page."""
    return open_need(desk, given, given.path["code"])


acts = (Act(path="/requests/{code}/need", right="need.open", do=open_on_page, screen=case_page.screen),)

"""Long work draws a bar on a terminal, and says a line now and then elsewhere."""

import io

from bot.cli.progress import BETWEEN_S, Progress


class Terminal(io.StringIO):
    """What a terminal would show."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_that_ends_with_its_line() -> None:
    out = Terminal()
    show = Progress("writing", out)

    for done in (1, 1, 2):
        show(done, 2)

    assert out.getvalue() == f"\rwriting [{'#' * 15:30}]  50 %\rwriting [{'#' * 30}] 100 %\n"


def test_elsewhere_short_work_says_nothing_and_long_work_a_line_now_and_then() -> None:
    out, seconds = io.StringIO(), iter([0.0, 1.0, BETWEEN_S, BETWEEN_S, BETWEEN_S + 1])
    show = Progress("writing", out, lambda: next(seconds))

    for done in (1, 2, 3):
        show(done, 4)

    assert out.getvalue() == "writing: 50 %\n"

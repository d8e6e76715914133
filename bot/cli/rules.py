"""The dated rows on the command line: checked, shown, compared with what officials entered over them."""

import argparse

from bot import config, setup
from bot.clock import SystemClock
from handlers.desk.law import book_in_force
from handlers.rules import catalogue, entitled, examples
from handlers.rules.book import Book, as_shipped, held


def run(given: argparse.Namespace, settings: config.Settings) -> tuple[int, str]:
    """Check the rows, show those of a day, list those to compare, or print the named households; (exit code, said).

    The check and the named households are of the rows as shipped; the rest is with what officials entered.
    """
    if given.what == "cases":
        return 0, "\n".join((*entitled.table(), "", *examples.table()))
    if given.what == "check":
        wrong = [*examples.differing(), *entitled.differing()]
        head = f"{catalogue.count()} rows are in order; {len(wrong)} named households differ"
        return (1 if wrong else 0), "\n".join((head, *wrong))
    day = given.on or SystemClock().now().astimezone(settings.timezone).date()
    with held(_book(settings)):
        if given.what == "show":
            return 0, "\n".join(catalogue.lines(day))
        found = tuple(catalogue.to_compare_lines(day))
    return 0, "\n".join((*found, f"{len(found)} rows to compare on {day}"))


def _book(settings: config.Settings) -> Book:
    """The rows as officials have them, where there is a database; as shipped where there is none yet."""
    if not settings.database and not settings.database_file.exists():
        return as_shipped()
    return setup.at_desk(settings, lambda desk, _: book_in_force(desk.unit))

"""What our modules say in their log, to be waited for where nothing else tells it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def logged(name: str) -> Iterator[list[str]]:
    """The messages that a module logs meanwhile, oldest first."""
    found: list[str] = []

    class Book(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    book, log = Book(), logging.getLogger(name)
    log.addHandler(book)
    try:
        yield found
    finally:
        log.removeHandler(book)

"""One line of JSON per event on stderr, with everything that could be a secret or a person taken out.

Why both a list of allowed fields and patterns: our own lines never carry a person's words, but a library's may,
and so may the message of any exception. So fields not listed are left out, an exception is told by its class and
the places it passed, and what still looks like a token, an id, a phone number or an address becomes "…".
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType

import orjson

FIELDS = ("count", "channel", "state", "reason", "seconds", "job", "attempt", "version", "port", "kind")
# The second prints whole updates, with people's words in them, as CRITICAL when one can't be read. The third warns
# of each statement that failed with others sent before it, which is raised all the same.
SILENT = ("aiohttp.access", "telegram.Bot", "psycopg")
# They log addresses with tokens in them, whole updates, or every statement with its values.
QUIET = ("alembic", "asyncio", "apscheduler", "httpcore", "httpx", "sqlalchemy", "sqlalchemy.engine", "telegram")
# Of turns that are skipped, missed or fail, `bot.jobs.watch` tells what is worth telling.
TOLD_BY_US = ("apscheduler.scheduler", "apscheduler.executors.default")
LONGEST = 2_000
FRAMES = 12

_PATTERNS = tuple(
    (re.compile(pattern), shown)
    for pattern, shown in (
        (r"://\S{0,300}@", "://…@"),
        (r"/bot[^/\s]{8,}", "/bot…"),
        (r"\?\S+", "?…"),
        (r"(?<!\d)\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}", "…"),
        (r"[\w.+%-]{1,64}@[\w.-]+", "…"),
        # Nine digits or more, however they are grouped: phones, ids of people and of chats.
        (r"(?:\d[ .()\u00a0-]{0,2}){8,}\d", "…"),
    )
)
_RUN = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


def setup(level: str) -> None:
    """Send every logger's lines to stderr in our form. level: DEBUG, INFO, WARNING, ERROR or CRITICAL."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in (*SILENT, *TOLD_BY_US):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # A line that can't be written is lost; printing its arguments instead would undo all of this.
    logging.raiseExceptions = False


class JsonFormatter(logging.Formatter):
    """Format a record as one line of JSON: time (UTC), level, logger, message, allowed fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        for name in FIELDS:
            if name in record.__dict__:
                line[name] = _value(record.__dict__[name])
        if record.exc_info and record.exc_info[1]:
            line["error"] = list(_told(record.exc_info[1]))
        return orjson.dumps(line).decode()


def redact(text: str) -> str:
    """Replace what looks like a secret or a person by "…"."""
    # An unpaired half of a letter can be in what people send, but not in UTF-8.
    text = text.encode(errors="replace").decode()
    for pattern, shown in _PATTERNS:
        text = pattern.sub(shown, text)
    return _RUN.sub(_shortened, text)


def _shortened(run: re.Match[str]) -> str:
    """Hide a long run, but keep a path of short plain words readable."""
    text = run[0]
    mixed = any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text))
    if "/" not in text or mixed:
        return "…"
    return "/".join(part if len(part) < 24 else "…" for part in text.split("/"))


def _message(record: logging.LogRecord) -> str:
    """Return the first line of the message: later lines are where libraries put the details."""
    message = _plain(record.msg)
    args = record.args
    try:
        if isinstance(args, Mapping):
            args = {name: _plain(value) for name, value in args.items()}
        elif args:
            args = tuple(_plain(value) for value in args)
        text = str(message) % args if args else str(message)
    except Exception:  # whatever an argument's own __str__ raises, the line must be written
        text = f"a line that could not be written, from {PurePath(record.pathname).name}:{record.lineno}"
    first = text[: 2 * LONGEST].split("\n", 1)[0]
    # What the cut leaves of a long word could be too short to be known as a secret.
    return redact(first if len(first) < 2 * LONGEST else first[:LONGEST].rpartition(" ")[0])


def _plain(value: object) -> object:
    return type(value).__name__ if isinstance(value, BaseException) else value


def _value(value: object) -> object:
    """Return a field's value as it may be shown: small numbers as they are, words without secrets."""
    if isinstance(value, float):
        return round(value, 3)
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**8):
        return value
    if isinstance(value, (int, str)):
        return redact(str(value)[:LONGEST].split("\n", 1)[0])
    return type(value).__name__


def _told(error: BaseException | None, seen: frozenset[int] = frozenset()) -> Iterator[str]:
    """Yield the class of an exception, the places it passed, then those that caused it or are in its group."""
    if error is None or id(error) in seen:
        return
    seen |= {id(error)}
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    yield from _places(error.__traceback__)
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _told(inner, seen)
    yield from _told(error.__cause__ or (None if error.__suppress_context__ else error.__context__), seen)


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback:
        code = traceback.tb_frame.f_code
        file = "/".join(PurePath(code.co_filename).parts[-3:])
        places.append(f"{file}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-FRAMES:]

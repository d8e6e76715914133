"""What must not be in a log never is: planted in messages, arguments, exceptions and fields, and looked for."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import QUIET, SILENT, redact, setup

CANARIES = {
    "bot token": "123456789:AAEabcdefghijklmnopqrstuvwxyz_0123-4",
    "bot token in a URL": "https://api.telegram.org/bot123456789:AAEabcdefghijklmnopqrstuvwxyz_0123/getMe",
    "chat id": "5000100001",
    "old identity card": "201234567",
    "citizen's card": "048201234567",
    "phone": "0905123456",
    "phone with dots": "0905.123.456",
    "phone with spaces": "090 512 34 56",
    "phone from abroad": "+84 905 123 456",
    "phone with brackets": "(0236) 3.881.888",
    "mail": "lan.nguyen+x@example.test",
    "hex": "9f86d081884c7d659a2feaa0c55ad015",
    "base64": "Zm9vYmFyYmF6/cXV4cXV1eA+Zm9vYmFy==",
    "password in a URL": "hunter/2@",
    "query": "name=Lan",
}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written to stderr, with the logging of the tests put back afterwards."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level, logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in (*QUIET, *SILENT)}
    with redirect_stderr(io.StringIO()) as written:
        setup("DEBUG")
        yield written
    root.handlers[:], level, logging.raiseExceptions = kept
    root.setLevel(level)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def planted(value: str) -> str:
    return f"postgresql://lan:{value}db/x" if value.endswith("@") else f"/page?{value}" if "=" in value else value


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in CANARIES.items()])
@pytest.mark.parametrize(
    "where", ["message", "args", "named args", "exception", "exception as argument", "field", "other"]
)
def test_a_canary_is_not_in_the_line(lines: io.StringIO, value: str, where: str) -> None:
    log, words = logging.getLogger("bot.delivery.webchat_delivery"), planted(value)
    match where:
        case "message":
            log.info("sent " + words + " at last")
        case "args":
            log.info("sent %s at last", words)
        case "named args":
            log.info("sent %(what)s at last", {"what": words})
        case "exception":
            try:
                raise ValueError(words)
            except ValueError:
                log.exception("sent")
        case "exception as argument":
            log.warning("failed: %s", ValueError(words))
        case "field":
            log.info("sent", extra={"reason": words})
        case "other":
            log.info("sent", extra={"person": words})

    line = lines.getvalue()

    assert json.loads(line)["logger"] == "bot.delivery.webchat_delivery"
    assert value not in line


def test_a_line_says_when_what_and_the_allowed_fields(lines: io.StringIO) -> None:
    logging.getLogger("bot.delivery.webchat_delivery").info(
        "outbox sent", extra={"count": 3, "seconds": 0.12345678901, "channel": "webchat"}
    )

    line = json.loads(lines.getvalue())

    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "bot.delivery.webchat_delivery",
        "message": "outbox sent",
        "count": 3,
        "seconds": 0.123,
        "channel": "webchat",
    }


@pytest.mark.parametrize("value", [5000100001, -1001234567890, ["Lan"], {"name": "Lan"}])
def test_a_field_takes_no_id_and_no_collection(lines: io.StringIO, value: object) -> None:
    logging.getLogger("bot").info("sent", extra={"count": value})

    assert json.loads(lines.getvalue())["count"] in ("…", "-…", "list", "dict")


def test_an_exception_is_told_by_its_chain_and_places(lines: io.StringIO) -> None:
    def breaks() -> None:
        try:
            raise KeyError("Lan")
        except KeyError as error:
            raise ExceptionGroup("Lan", [OSError("Lan")]) from error

    try:
        breaks()
    except ExceptionGroup:
        logging.getLogger("bot").exception("turn failed")

    told = json.loads(lines.getvalue())["error"]
    assert [part for part in told if ":" not in part] == [
        "builtins.ExceptionGroup",
        "builtins.OSError",
        "builtins.KeyError",
    ]
    assert told[2].startswith("tests/bot/test_logs.py:")
    assert told[2].endswith(" breaks")
    assert "Lan" not in lines.getvalue()


def test_a_line_is_one_line_and_keeps_its_first(lines: io.StringIO) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception=ValueError('Lan')>")

    assert lines.getvalue().count("\n") == 1
    assert json.loads(lines.getvalue())["message"] == "Task exception was never retrieved"


def test_arguments_that_do_not_fit_are_not_printed(lines: io.StringIO) -> None:
    logging.getLogger("bot").info("sent %d of %d", "Lan")

    assert "could not be written, from test_logs.py" in json.loads(lines.getvalue())["message"]
    assert "Lan" not in lines.getvalue()


@pytest.mark.parametrize("name", [*QUIET, "telegram.ext", "apscheduler.jobstores", "sqlalchemy.engine.Engine"])
def test_a_talkative_library_is_heard_from_warning_on(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).info("every value")
    logging.getLogger(name).warning("trouble")

    assert [json.loads(line)["message"] for line in lines.getvalue().splitlines()] == ["trouble"]


@pytest.mark.parametrize("name", SILENT)
def test_what_prints_calls_or_updates_is_off(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).critical("GET /")

    assert lines.getvalue() == ""


def test_setting_up_twice_writes_once(lines: io.StringIO) -> None:
    with redirect_stderr(io.StringIO()) as again:
        setup("ERROR")

    logging.getLogger("bot").error("trouble")
    logging.getLogger("httpx").warning("below the level")

    assert again.getvalue().count("\n") == 1
    assert lines.getvalue() == ""


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("data folder /var/lib/chungtay/data/chungtay.db", id="a path"),
        pytest.param("took 12.5 s for 10000 rows", id="figures"),
        pytest.param("HS campaign 2026-11-24 closed", id="a day"),
    ],
)
def test_what_operators_need_stays_readable(words: str) -> None:
    assert redact(words) == words


@given(st.text())
def test_any_words_can_be_logged(words: str) -> None:
    redact(words)


def test_half_a_letter_can_be_logged(lines: io.StringIO) -> None:
    logging.getLogger("bot").info("\ud800")

    assert json.loads(lines.getvalue())["message"] == "?"

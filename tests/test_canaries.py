"""Words that must not get out: a whole registration of made-up words, then a search for them wherever they could lie.

Why raw bytes: what is sealed shows no word of it in any spelling, and a log that was never meant to carry a
person's words is where they are found first.
"""

import asyncio
import base64
import io
import json
import sqlite3
import unicodedata
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from handlers.desk import Desk
from storage.tables import Case, DataKey, Person, UrgentRequest
from tests.kit.process import Process, serving
from tests.kit.visitor import Line, Visitor

NAME, PLACE, STORY = "Qúynhzx Wạvrk", "Xómzqj Bvượnk", "Kểwz chuyệnqx dàifj"
ADDED, URGENT, ELSEWHERE = "Thêmzw lờijq", "Ngậpwj rồizx", "Lạczj đườngfw"
PHONE, URGENT_PHONE = "0905771838", "0914662907"
WORDS = (NAME, PLACE, STORY, ADDED, URGENT, ELSEWHERE)
NUMBERS = (PHONE, f"+84{PHONE[1:]}", "0905 771 838", URGENT_PHONE, f"+84{URGENT_PHONE[1:]}", "0914 662 907")


@dataclass(frozen=True, slots=True)
class Told:
    """A service that was told everything, by whom, and the token of her cookie."""

    process: Process
    visitor: Visitor
    token: str


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    """Everything a person can tell the service, told once, while it logs all it ever would."""
    async with serving("sqlite", tmp_path, LOG_LEVEL="DEBUG") as process, Visitor(process.url) as visitor:
        await visitor.arrive()
        [cookie] = [morsel for morsel in visitor.web.cookie_jar if morsel.key == "chungtay"]
        await tell(visitor)
        yield Told(process, visitor, cookie.value.partition(".")[0])


async def tell(visitor: Visitor) -> None:
    """Register, say more, ask for urgent help, and misspell a command."""
    for text in ("/dangky", "1", "1", "1 4", "Hòa Khánh", PLACE, NAME, "1954", PHONE, STORY, "3"):
        await says(visitor, text)
    await says(visitor, "Gửi yêu cầu")
    await says(visitor, "Có, nhắn cho tôi")
    await presses(visitor, await says(visitor, "/hoso"), "Nói thêm")
    assert "Đã thêm" in (await says(visitor, ADDED)).text
    for text in ("/gap", URGENT, "1"):
        await says(visitor, text)
    assert "Đã ghi lại" in (await says(visitor, URGENT_PHONE)).text
    await says(visitor, ELSEWHERE)


async def says(visitor: Visitor, text: str) -> Line:
    """Say something; returns the last thing that is answered."""
    return await answer_to(visitor, await visitor.send(text=text))


async def presses(visitor: Visitor, line: Line, label: str) -> Line:
    """Press a button of a line; returns the last thing that is answered."""
    [press] = [press for shown, press in line.options if shown == label]
    return await answer_to(visitor, await visitor.send(press=press))


async def answer_to(visitor: Visitor, after: str) -> Line:
    """Wait for what is answered; all of it comes at once."""
    await visitor.hear(after, [""])
    return (await visitor.lines())[-1]


def spellings(secret: str) -> Iterator[bytes]:
    """How a secret might be written: composed or not, folded in case, in several encodings, in base64, and escaped."""
    for form in {secret, unicodedata.normalize("NFD", secret), secret.casefold()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            raw = form.encode(encoding)
            yield raw
            for shift in range(3):
                # Cut to what does not depend on the bytes around it.
                kept = raw[(3 - shift) % 3 :]
                yield base64.b64encode(kept[: len(kept) // 3 * 3])
        # As a log escapes it, JSON, the representation of bytes, and each of them within another JSON.
        escaped = form.encode("ascii", "backslashreplace").decode(), json.dumps(form)[1:-1], repr(form.encode())[2:-1]
        for one in escaped:
            yield one.encode()
            yield one.replace("\\", "\\\\").encode()


def found_in(content: bytes, *secrets: str) -> list[str]:
    """Those of some secrets that stand in some bytes, in any spelling."""
    return [secret for secret in secrets if any(spelled in content for spelled in set(spellings(secret)))]


async def test_nothing_that_was_told_is_in_any_file(told: Told) -> None:
    serving_still = told_in_files(told)
    await told.process.kill()
    killed = told_in_files(told)

    assert {"chungtay.db", "chungtay.db-wal"} <= serving_still.keys()
    assert [name for files in (serving_still, killed) for name, found in files.items() if found] == []


def told_in_files(told: Told) -> dict[str, list[str]]:
    """What can be read in each file of the data folder."""
    files = told.process.data.iterdir()
    return {path.name: found_in(path.read_bytes(), *WORDS, *NUMBERS, told.token) for path in files}


ANSWERS = {
    ("GET", "/"): 200,
    ("GET", "/metrics"): 200,
    ("GET", f"/{NAME}"): 404,
    ("GET", f"/chat/{NAME}"): 404,
    ("GET", f"/p/{NAME}"): 404,
    ("GET", f"/chat/messages?after={NAME}"): 400,
    ("POST", "/chat/messages"): 400,
    ("POST", "/chat/stream"): 405,
}


async def test_no_page_repeats_what_was_told_or_sent(told: Told) -> None:
    answered, repeated = {}, []
    for method, path in ANSWERS:
        body = {"text": [STORY], "press": PLACE} if method == "POST" else None
        async with told.visitor.web.request(method, f"{told.process.url}{path}", json=body) as answer:
            answered[method, path] = answer.status
            repeated += found_in(await answer.read() + str(answer.headers).encode(), *WORDS, *NUMBERS)

    assert answered == ANSWERS
    assert repeated == []


async def test_a_body_that_is_too_large_is_not_repeated(told: Told) -> None:
    body, kind = io.BytesIO(STORY.encode() * 1_000_000), {"Content-Type": "application/json"}

    async with told.visitor.web.post(f"{told.process.url}/chat/messages", data=body, headers=kind) as answer:
        content = await answer.read()

    assert answer.status == 413
    assert found_in(content + told.process.log.read_bytes(), STORY) == []


async def test_a_failure_of_ours_is_told_and_logged_without_anybodys_words(told: Told) -> None:
    with sqlite3.connect(told.process.data / "chungtay.db") as connection:
        connection.execute("ALTER TABLE inbox RENAME TO inbox_away")
    connection.close()

    async with told.visitor.web.post(f"{told.process.url}/chat/messages", json={"text": STORY}) as answer:
        content = await answer.read()
    log = told.process.log.read_bytes()

    assert answer.status == 500
    assert b"request failed" in log
    assert found_in(content + log, *WORDS, *NUMBERS, told.token, "inbox_away") == []


async def test_after_erasing_nothing_can_be_read_any_more(told: Told) -> None:
    before = await asyncio.to_thread(told.process.at_desk, sealed_under)
    visitor = told.visitor
    await presses(visitor, await says(visitor, "/riengtu"), "Xóa hết")
    assert "Đã xóa hết" in (await says(visitor, "Xóa hết")).text

    lines = await visitor.lines()
    after = await asyncio.to_thread(told.process.at_desk, sealed_under)

    assert found_in("\n".join(line.text for line in lines).encode(), *WORDS, *NUMBERS) == []
    assert before
    assert not before & after
    await told.process.succeed("verify")


def sealed_under(desk: Desk) -> set[str]:
    """The names of the data keys of every person, case and urgent request that there are."""
    ids = {f"person:{person.id}" for person in desk.unit.scalars(select(Person))}
    ids |= {f"case:{case.id}" for case in desk.unit.scalars(select(Case))}
    ids |= {f"urgent:{request.id}" for request in desk.unit.scalars(select(UrgentRequest))}
    return ids & set(desk.unit.scalars(select(DataKey.name)))


async def test_the_wrapped_keys_of_an_erased_person_are_in_no_file(told: Told) -> None:
    before = await asyncio.to_thread(told.process.at_desk, wrapped_keys)
    visitor = told.visitor
    await presses(visitor, await says(visitor, "/riengtu"), "Xóa hết")
    await says(visitor, "Xóa hết")
    after = await asyncio.to_thread(told.process.at_desk, wrapped_keys)
    assert await told.process.stop() == 0

    content = b"".join(path.read_bytes() for path in told.process.data.iterdir())

    gone = before.keys() - after.keys()
    assert gone
    assert [name.partition(":")[0] for name in sorted(gone) if before[name] in content] == []


def wrapped_keys(desk: Desk) -> dict[str, bytes]:
    """Every data key as it is kept."""
    return {key.name: key.wrapped for key in desk.unit.scalars(select(DataKey))}

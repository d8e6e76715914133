"""A text made to be slow to read costs what its length costs, and one that is too long is told so and not read.

Attacks: thousands of combining marks on one letter, a text longer than anybody writes, and a turn that never ends.
"""

import ast
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.channels.contract import MOST_TEXT
from bot.receiving.inbox import read
from handlers.banking import statements
from handlers.desk import Desk
from handlers.desk.announcing import Forwarded
from handlers.flow import readers
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import Say
from handlers.vietnamese import units, words
from storage.cutoff import TookTooLong
from storage.database import Database, Unit
from storage.queries.incoming.chats import Chat
from storage.queries.incoming.inbox import Accepted
from tests.kit.house import open_house, visit
from tests.kit.town import Town
from tests.kit.trap import Trap, arrives, rows, said, until_done

ROOT = Path(__file__).parents[2]
READERS: dict[str, Callable[[str], object]] = {
    "fold": words.fold,
    "tidy": words.tidy,
    "accents": words.accents,
    "sort key": words.sort_key,
    "composed": words.composed,
    "a place": units.find,
    "yes or no": readers.yes_no,
    "forwarded": Forwarded,
    "a statement": statements.codes_in,
}
# Marks of many classes in the wrong order: to bring them into order is what takes so long.
MARKS = "".join(chr(0x300 + place * 7 % 80) for place in range(80))


def _cost_s(work: Callable[[str], object], text: str) -> float:
    begun = time.thread_time()
    work(text)
    return time.thread_time() - begun


@pytest.mark.parametrize("name", READERS)
def test_a_pile_of_marks_costs_in_proportion(name: str) -> None:
    work, few, many = READERS[name], "a" + MARKS * 50, "a" + MARKS * 200
    work("ấm")

    costs = [(_cost_s(work, many), min(_cost_s(work, few) for _ in range(3))) for _ in range(4)]

    assert any(more < 0.002 or more < 9 * less for more, less in costs), costs


def test_of_a_pile_three_marks_stay() -> None:
    assert words.composed("a" + "\u0301" * 40_000 + "b", "NFD") == "a\u0301\u0301\u0301b"
    written = "Nghị\u0301 quyết — “đúng”, mo\u0302\u0323t, 標準, กำลัง"
    assert words.composed(written) == unicodedata.normalize("NFC", written)


def test_nothing_else_calls_unicode_s_own_function() -> None:
    found = [
        str(file.relative_to(ROOT))
        for package in ("bot", "handlers", "storage")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "normalize"
    ]

    assert found == ["handlers/vietnamese/words.py"]


async def test_a_text_too_long_is_told_so_on_the_page_and_nothing_is_kept(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, visit(house) as lan:
        refused = await lan.posts({"text": "/tin Ma.tin " + "!" * MOST_TEXT})
        taken = await lan.posts({"text": "!" * MOST_TEXT})

        assert (refused.status, taken.status) == (413, 202)
        assert "dài quá" in str(refused.json["error"])


async def test_a_text_too_long_from_a_platform_is_answered(town: Town) -> None:
    person_id = await arrives(town, "Lan", "/tin " + "a" * MOST_TEXT, "/menu")

    await until_done(town.service.inbox, person_id)

    told = await said(town, "Lan")
    assert told[0] == town.office.texts.sentence("vi", "too_long")
    assert len(told) > 1


def test_one_in_a_group_is_not_answered_as_if_she_had_written_alone() -> None:
    chat = Chat("person", "address", "telegram", "vi", None)
    accepted = Accepted(id=1, chat=chat, kind="group", body={"text": "a" * 9_999}, more=False)

    taken = read(accepted, abroad=True)

    assert (taken.kind, len(taken.text)) == ("group", MOST_TEXT)


# A turn that never ends


def _endless(_: object) -> None:
    while True:
        pass


async def test_a_function_that_takes_the_processor_too_long_is_cut_off(shaped: Database) -> None:
    with pytest.raises(TookTooLong):
        await shaped.write(_endless, most_cpu_s=0.2)

    assert await shaped.write(lambda _: "the next", most_cpu_s=0.2) == "the next"


async def test_one_that_only_waits_is_not(shaped: Database) -> None:
    def work(_: Unit) -> str:
        time.sleep(0.5)
        return "waited"

    assert await shaped.write(work, most_cpu_s=0.2) == "waited"


async def test_a_turn_that_never_ends_is_put_off_and_others_are_answered(town: Town) -> None:
    def spin(_: Answers, desk: Desk) -> Done:
        _endless(desk)
        return Done(Say("plain", words="never"))

    inbox = Trap(town).inbox(Conversation("spin", (), spin, opens_with=("/spin",)))
    lan = await arrives(town, "Lan", "/spin")
    mai = await arrives(town, "Mai", "/trap here")

    await inbox.handle(lan)
    await until_done(inbox, mai)

    spun = next(row for row in await rows(town) if row.person_id == lan)
    assert (spun.state, spun.attempt) == ("new", 1)
    assert await said(town, "Mai") == ["here"]

"""Who guesses the second fact of a request takes a fresh browser each time; tries count for code and network too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.desk import Actor
from storage.database import Unit
from storage.queries import machine
from storage.queries.incoming import chats
from storage.vault import Vault
from tests.handlers.conversations.walks import registers
from tests.kit.house import open_house, visit
from tests.kit.town import Citizen, Town

RIGHT, WRONG = "3456", "0000"
ELSEWHERE = ("X-Forwarded-For", "203.0.113.7")


async def looks_up(who: Citizen, code: str, second: str) -> str:
    """The key of what she is told."""
    await who.says("/hoso")
    await who.presses("Tra bằng mã")
    await who.says(code, second)
    return next(m.key for m in reversed(who.heard) if m.key.startswith("look_up."))


async def test_after_five_tries_from_anywhere_a_code_is_closed_for_an_hour(town: Town) -> None:
    code = await registers(town.citizen("Lan"))
    told = [await looks_up(town.citizen(f"kẻ đoán {n}"), code, WRONG) for n in range(5)]

    closed = await looks_up(town.citizen("kẻ đoán khác"), code, RIGHT)
    absent = await looks_up(town.citizen("kẻ đoán nữa"), "HS-0000-0000", RIGHT)
    town.clock.move(hours=1, minutes=1)
    later = await looks_up(town.citizen("Mai"), code, RIGHT)

    assert {*told, closed} == {absent}
    assert later == "look_up.found"


async def test_another_s_code_is_not_closed_by_it(town: Town) -> None:
    code, other = [await registers(town.citizen(name)) for name in ("Lan", "Hoa")]
    for n in range(6):
        await looks_up(town.citizen(f"kẻ đoán {n}"), code, WRONG)

    assert await looks_up(town.citizen("Mai"), other, RIGHT) == "look_up.found"


async def test_a_network_is_closed_whatever_codes_it_tries(town: Town) -> None:
    code = await registers(town.citizen("Lan"))
    await town.citizen("Mai").says("/start")

    def tries(number: int, second: str, network: str) -> Callable[[Unit], bool]:
        def work(unit: Unit) -> bool:
            chat = chats.find(unit, "webchat", b"Mai")
            assert chat is not None
            # Another chat each time, as a fresh browser is.
            fresh = replace(chat, address_id=f"browser {number}")
            desk = town.office.desk(unit, Actor("person", chat.person_id), "test", town.clock, fresh, network=network)
            wanted = code if second == RIGHT else f"HS-{number:04}-0000"
            return desk.cases.look_up(wanted, second) is not None

        return work

    for number in range(20):
        assert not await town.database.write(tries(number, WRONG, "a"))

    assert not await town.database.write(tries(30, RIGHT, "a"))
    assert await town.database.write(tries(31, RIGHT, "b"))
    assert await town.database.write(tries(32, RIGHT, ""))


@pytest.mark.parametrize("headers", [(ELSEWHERE,), ()], ids=["a network", "this machine"])
async def test_the_network_of_a_visitor_is_known_where_tries_are_counted(
    tmp_path: Path, headers: tuple[tuple[str, str], ...]
) -> None:
    async with open_house(tmp_path) as house, visit(house) as lan:
        for text in ("/hoso", "Tra bằng mã", "HS-0000-0000", WRONG):
            assert (await lan.posts({"text": text}, *headers)).status == 202
            await house.rests()

        office = house.service.opened.office

        def counts(unit: Unit) -> int:
            name = Vault(unit, office.master).look_up("look-ups of a network", office.network_mark("203.0.113.0/24"))
            return machine.counted(unit, name, house.clock.now(), timedelta(hours=1))

        assert await house.database.read(counts) == len(headers)

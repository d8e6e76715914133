"""Dead letters on the console: why they failed, never what they say, and another try that is a real one."""

import json

from sqlmodel import select

from storage.database import Unit
from storage.queries.incoming import chats, inbox
from storage.tables import DeadLetter, InboxRow
from storage.vault import Vault
from tests.kit.audit import actions
from tests.kit.calls import resident
from tests.kit.console import clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.town import Citizen


async def dies(town: TownOf, citizen: Citizen, words: str) -> str:
    """A message of hers that could not be handled; the id of its letter."""

    def work(unit: Unit) -> str:
        vault, now = Vault(unit, town.office.master), town.clock.now()
        chat = chats.find(unit, "webchat", citizen.external)
        assert chat is not None
        inbox.accept(unit, vault, chat, f"dead:{words}", "text", {"text": words}, now)
        row = unit.scalars(select(InboxRow).where(InboxRow.update_id == f"dead:{words}")).one()
        return inbox.bury(unit, row.id or 0, "webchat", "turn failed", now)

    return await town.database.write(work)


async def is_unreadable(town: TownOf, raw: bytes, reason: str = "intake failed") -> str:
    """Something from Telegram that nobody could read; the id of its letter."""

    def work(unit: Unit) -> str:
        inbox.bury_unread(unit, Vault(unit, town.office.master), "telegram", reason, raw, town.clock.now())
        return unit.scalars(select(DeadLetter.id)).one()

    return await town.database.write(work)


async def state(town: TownOf, letter: str) -> str:
    return await town.database.read(lambda unit: unit.get_one(DeadLetter, letter).state)


async def test_a_letter_tried_again_is_answered(house: House, town: TownOf) -> None:
    lan = await resident(town)
    heard = lan.heard[-1].text
    await lan.says("/tro-giup")
    assert lan.heard[-1].text != heard
    letter = await dies(town, lan, "/menu")
    async with clerk(house, "an", "admin") as an:
        house.clock.move(minutes=16)
        assert (await an.sends(f"/letters/{letter}/replay", {})).status == 403
        assert await state(town, letter) == "open"

        done = await an.sends(f"/letters/{letter}/replay", {"one_time_code": an.code()})

        assert done.headers["Location"] == "/console/letters?done=letter_replayed"
        await town.tells(lan, heard)
        assert (await an.sends(f"/letters/{letter}/replay", {})).status == 409
    assert await state(town, letter) == "replayed"
    assert len(await actions(town, "dead_letter.replay")) == 2


async def _inbox_state(town: TownOf, update_id: str) -> str:
    query = select(InboxRow.state).where(InboxRow.update_id == update_id)
    return await town.database.read(lambda unit: unit.scalars(query).one())


async def test_what_its_channel_can_read_after_all_is_taken_in(house: House, town: TownOf) -> None:
    chat = {"id": 77, "type": "private"}
    message = {"message_id": 1, "date": int(town.clock.now().timestamp()), "chat": chat, "text": "xin chào"}
    letter = await is_unreadable(town, json.dumps({"update_id": 5, "message": message}).encode())
    async with clerk(house, "an", "admin") as an:
        assert (await an.sends(f"/letters/{letter}/replay", {})).status == 303

    assert await state(town, letter) == "replayed"
    assert await _inbox_state(town, "5") in ("new", "done")


async def test_what_nobody_can_read_stays(house: House, town: TownOf) -> None:
    letter = await is_unreadable(town, b"\xff{", "no JSON")
    async with clerk(house, "an", "admin") as an:
        assert (await an.sends(f"/letters/{letter}/replay", {})).status == 409
        assert (await an.sends("/letters/none/replay", {})).status == 404

    assert await state(town, letter) == "open"


async def test_the_list_says_why_and_not_what(house: House, town: TownOf) -> None:
    await dies(town, await resident(town), "tôi tên Lan, nhà ở tổ 3")
    async with clerk(house, "an", "auditor") as an:
        page, as_json = await an.opens("/letters"), await an.opens("/api/letters")

    assert "Lỗi khi xử lý" in text(page)
    assert "Xử lý lại" not in text(page)
    assert "tổ 3" not in page.body.decode() + as_json.body.decode()
    assert as_json.json["states"] == {"open": 1, "replayed": 0}


async def test_whoever_only_watches_can_not_try_again(house: House, town: TownOf) -> None:
    letter = await dies(town, await resident(town), "chào")
    async with clerk(house, "an", "auditor") as an:
        assert (await an.sends(f"/letters/{letter}/replay", {})).status == 403

    assert await state(town, letter) == "open"

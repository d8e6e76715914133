"""The link to all that is stored: for its owner, for a quarter of an hour, and itself not stored."""

import pytest
from sqlalchemy import text

from handlers.desk import Actor, Desk
from handlers.desk.cases import Registration, Support
from tests.kit.town import Citizen, Town


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody with everything the service may hold of a person."""
    citizen = town.citizen("Lan")
    await citizen.says("/menu", "/dangky", "1", "1", "1 4")
    photo = await citizen.at_desk(lambda desk: desk.files.keep(b"a photo"))
    await citizen.at_desk(
        lambda desk: desk.cases.open(
            Registration(needs=("food",), unit_id=None, place="tổ 3", name="Nguyễn Thị Lan"), (photo,)
        )
    )
    await citizen.at_desk(lambda desk: desk.urgent.raise_one("ngõ sau chợ", "food", None))
    await citizen.at_desk(lambda desk: desk.talks.wish())
    return citizen


async def downloads(town: Town, link: str) -> dict[str, object] | None:
    token = link.rpartition("/")[2]
    return await town.at_desk(Actor("clock"), lambda desk: desk.export.everything(token))


async def test_the_link_shows_all_that_is_stored_for_a_quarter_of_an_hour(town: Town, lan: Citizen) -> None:
    link = await lan.at_desk(lambda desk: desk.people.download_link())

    town.clock.move(minutes=15)
    shown = await downloads(town, link)
    town.clock.move(seconds=1)

    assert shown is not None
    assert await downloads(town, link) is None
    [request] = shown["requests"] if isinstance(shown["requests"], list) else []
    assert request["content"]["name"] == "Nguyễn Thị Lan"
    assert all(shown[name] for name in ("messages", "urgent_requests", "consents", "talks", "photos", "unfinished"))


async def test_of_a_platform_s_chat_it_shows_what_we_still_have_of_both_sides(town: Town) -> None:
    minh = town.citizen("Minh", channel="telegram")
    await minh.says("/menu")

    shown = await downloads(town, await minh.at_desk(lambda desk: desk.people.download_link()))

    assert shown is not None
    said = [(line["from"], line["text"]) for line in shown["messages"]]  # type: ignore[attr-defined]  # a list of them
    assert said[0] == ("you", "/menu")
    assert said[1][0] == "us"


async def test_what_both_said_in_a_talk_is_shown(town: Town, lan: Citizen) -> None:
    hoa = await town.official("Hoa", "admin")

    def talk(desk: Desk) -> None:
        [found] = desk.calls.talks()
        desk.talks.take(found.id, in_chat=False)
        desk.talks.say(found.id, "Bà cần gì?")

    await town.as_official(hoa, talk)
    await lan.says("Tôi hỏi về giấy tờ")

    shown = await downloads(town, await lan.at_desk(lambda desk: desk.people.download_link()))

    assert shown is not None
    [shown_talk] = shown["talks"] if isinstance(shown["talks"], list) else []
    said = [(line["from"], line["text"]) for line in shown_talk["said"]]
    assert said == [("Hoa", "Bà cần gì?"), ("you", "Tôi hỏi về giấy tờ")]


async def test_a_new_link_ends_the_old_one(town: Town, lan: Citizen) -> None:
    old, new = [await lan.at_desk(lambda desk: desk.people.download_link()) for _ in range(2)]

    assert (await downloads(town, old) is None, await downloads(town, new) is None) == (True, False)


async def test_a_link_of_who_erased_herself_shows_nothing(town: Town, lan: Citizen) -> None:
    link = await lan.at_desk(lambda desk: desk.people.download_link())

    await lan.at_desk(lambda desk: desk.people.erase())

    assert await downloads(town, link) is None
    assert await downloads(town, "no such link") is None


async def test_a_link_itself_is_not_stored(town: Town, lan: Citizen) -> None:
    link = await lan.at_desk(lambda desk: desk.people.download_link())
    token = link.rpartition("/")[2].encode()

    stored = await town.database.read(lambda unit: unit.execute(text("SELECT token FROM one_time_token")).scalar_one())

    assert bytes(stored) != token
    assert token not in bytes(stored)


async def test_what_officials_noted_among_themselves_is_not_in_it(town: Town, lan: Citizen) -> None:
    official = await town.official("Tam", "lead", places=("phuong_hoa_khanh",))
    opened = await lan.at_desk(
        lambda desk: desk.cases.open(Registration(needs=("food",), unit_id="phuong_hoa_khanh", place="tổ 3"))
    )
    await town.as_official(official, lambda desk: desk.casework.note(opened.code, "hỏi lại tổ trưởng"))
    await town.as_official(official, lambda desk: desk.casework.propose(opened.code, Support(what="gạo 10 kg")))
    await lan.at_desk(lambda desk: desk.cases.add_words(opened.code, "mái nhà dột"))

    shown = str(await downloads(town, await lan.at_desk(lambda desk: desk.people.download_link())))

    assert ["mái nhà dột" in shown, "hỏi lại tổ trưởng" in shown, "gạo 10 kg" in shown] == [True, False, False]

"""Urgent requests on the console: listed without a word of what they say, taken by one, closed with what was done."""

from tests.kit.audit import actions
from tests.kit.calls import ELSEWHERE, PLACE, SCRIPT, raises, resident, urgent_request
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf


async def test_an_urgent_request_is_taken_by_one_and_closed_with_what_was_done(house: House, town: TownOf) -> None:
    lan = await resident(town)
    code = await raises(town, lan)
    async with (
        clerk(house, "an", "officer", places=(PLACE,)) as an,
        clerk(house, "binh", "officer", places=(PLACE,)) as bi,
    ):
        assert code in text(await an.opens("/urgent"))
        taken = await an.sends(f"/urgent/{code}/take", {})
        assert taken.headers["Location"] == f"/console/urgent/{code}?done=urgent_taken"
        await town.tells(lan, code)
        second = await bi.sends(f"/urgent/{code}/take", {})
        assert second.status == 409
        assert "an đang giúp" in text(second)
        page = text(await an.opens(f"/urgent/{code}"))
        assert "tổ 3, phường Hòa Khánh" in page
        assert "0905 123 456" in page

        closed = await an.sends(f"/urgent/{code}/close", {"done": "Đã mang gạo tới"})
        assert closed.headers["Location"] == "/console/urgent?done=urgent_closed"
        assert "Đã mang gạo tới" in text(await bi.opens(f"/urgent/{code}"))
        assert code in text(await bi.opens("/urgent"))

    assert (await urgent_request(town, code)).state == "closed"


async def test_what_was_done_has_to_be_said_and_stays_when_it_is_too_long(house: House, town: TownOf) -> None:
    code = await raises(town, await resident(town))
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        early = await an.sends(f"/urgent/{code}/close", {"done": "Đã tới nhà"})
        await an.sends(f"/urgent/{code}/take", {})
        empty = await an.sends(f"/urgent/{code}/close", {"done": ""})
        long = await an.sends(f"/urgent/{code}/close", {"done": "dài " * 501})

    assert (early.status, empty.status, long.status) == (409, 400, 400)
    assert "Đã tới nhà" in text(early)
    assert "Cần ghi đã làm gì" in text(empty)
    assert "dài " * 500 + "dài" in long.body.decode()
    assert (await urgent_request(town, code)).state == "taken"


async def test_the_list_says_neither_where_nor_what_nor_who(house: House, town: TownOf) -> None:
    await raises(town, await resident(town), "Má tôi té", "tổ 3, phường Hòa Khánh")
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        listed = (await an.opens("/api/urgent")).body.decode() + (await an.opens("/urgent")).body.decode()

    assert "Má tôi té" not in listed
    assert "tổ 3" not in listed
    assert "0905" not in listed


async def test_one_elsewhere_is_answered_like_one_that_is_not_there(house: House, town: TownOf) -> None:
    code = await raises(town, await resident(town))
    async with clerk(house, "an", "officer", places=(ELSEWHERE,)) as an:
        foreign, absent = await _all(an, code), await _all(an, "KC-0000-0000")

    assert foreign == absent
    assert {status for status, _ in foreign} == {404}
    assert len(await actions(town, "urgent.read")) == 0


async def _all(an: Clerk, code: str) -> list[tuple[int, str]]:
    path = f"/urgent/{code}"
    answers = [await an.opens(path), await an.opens(f"/api{path}")]
    answers += [await an.sends(f"{path}/{act}", {"done": ""}) for act in ("take", "close")]
    return [(answer.status, text(answer)) for answer in answers]


async def test_whoever_may_not_close_can_still_take(house: House, town: TownOf) -> None:
    code = await raises(town, await resident(town))
    async with clerk(house, "vy", "helper", places=(PLACE,)) as vy:
        assert (await vy.sends(f"/urgent/{code}/take", {})).status == 303
        assert "Ghi và đóng" not in text(await vy.opens(f"/urgent/{code}"))
        assert (await vy.sends(f"/urgent/{code}/close", {"done": "xong"})).status == 403


async def test_words_of_a_person_are_shown_as_words(house: House, town: TownOf) -> None:
    code = await raises(town, await resident(town), SCRIPT, f"{SCRIPT} phường Hòa Khánh")
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        await an.sends(f"/urgent/{code}/take", {})
        await an.sends(f"/urgent/{code}/close", {"done": SCRIPT})
        page = await an.opens(f"/urgent/{code}")

    assert text(page).count(SCRIPT) == 3
    assert SCRIPT not in page.body.decode()


async def test_reading_is_noted_and_looking_again_is_neither_noted_nor_a_way_around(house: House, town: TownOf) -> None:
    code = await raises(town, await resident(town))
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        assert (await an.opens(f"/urgent/{code}", X_Live="1")).status == 404
        assert len(await actions(town, "urgent.read")) == 0

        await an.opens(f"/urgent/{code}")
        assert (await an.opens(f"/urgent/{code}", X_Live="1")).status == 200

    assert len(await actions(town, "urgent.read")) == 1

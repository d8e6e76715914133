"""Messages that people asked about: their words for officials who may see them, noted as read, and looked at once."""

from sqlmodel import select

from storage.tables import Suspect
from tests.kit.audit import actions
from tests.kit.calls import SCRIPT, resident
from tests.kit.console import clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf

SWINDLE = "Bà con chuyển 500 nghìn vào số tài khoản dưới đây"


async def asked(town: TownOf, *said: str) -> list[str]:
    """People asked about these messages; their ids, the oldest first."""
    lan = await resident(town)
    for one in said:
        await lan.at_desk(lambda desk, one=one: desk.suspects.judge(one))  # type: ignore[misc]  # bound at once
    return list(await town.database.read(lambda unit: unit.scalars(select(Suspect.id).order_by(Suspect.id)).all()))


async def test_the_newest_come_first_and_that_they_were_read_is_noted(house: House, town: TownOf) -> None:
    await asked(town, SWINDLE, f"Mã TB-0000-0000 {SCRIPT} nhận quà")
    async with clerk(house, "an", "editor") as an:
        page = await an.opens("/suspects")

    said = text(page)
    assert said.index("nhận quà") < said.index("500 nghìn")
    assert "kèm mã TB-0000-0000" in said
    assert SCRIPT not in page.body.decode()
    assert len(await actions(town, "suspect.read")) == 1


async def test_one_that_was_looked_at_says_by_whom(house: House, town: TownOf) -> None:
    [one] = await asked(town, SWINDLE)
    async with clerk(house, "an", "lead", places=("phuong_hai_chau",)) as an:
        await an.opens("/suspects")
        done = await an.sends(f"/suspects/{one}/seen", {})
        again = await an.sends(f"/suspects/{one}/seen", {})
        page = await an.opens("/suspects")

    assert (done.status, done.headers["Location"]) == (303, "/console/suspects?done=suspect_seen")
    assert again.status == 409
    assert "an" in text(page).rpartition(SWINDLE)[2].split()
    assert len(await actions(town, "suspect.seen")) == 1


async def test_the_first_page_counts_those_nobody_has_looked_at(house: House, town: TownOf) -> None:
    [one, _] = await asked(town, SWINDLE, f"{SWINDLE} ngay")
    async with clerk(house, "an", "admin") as an:
        before = text(await an.opens(""))
        await an.sends(f"/suspects/{one}/seen", {})
        after = text(await an.opens(""))

    assert "2 tin lạ người dân hỏi, chưa ai xem" in before
    assert "1 tin lạ người dân hỏi, chưa ai xem" in after


async def test_older_ones_are_on_the_next_page(house: House, town: TownOf) -> None:
    lan = await resident(town)

    for number in range(51):
        if number % 10 == 0:
            house.clock.move(hours=1)
        await lan.at_desk(lambda desk, n=number: desk.suspects.judge(f"{SWINDLE} lần {n} nhé"))  # type: ignore[misc]  # bound at once
    async with clerk(house, "an", "admin") as an:
        first = await an.opens("/suspects")
        before = first.body.decode().partition("/console/suspects?before=")[2].partition('"')[0]
        second = text(await an.opens(f"/suspects?before={before}"))

    assert "lần 50 nhé" in text(first)
    assert "lần 0 nhé" not in text(first)
    assert "lần 0 nhé" in second


async def test_words_of_whoever_was_erased_are_gone(house: House, town: TownOf) -> None:
    lan = await resident(town)
    await lan.at_desk(lambda desk: desk.suspects.judge(SWINDLE))
    await lan.at_desk(lambda desk: desk.people.erase())
    async with clerk(house, "an", "admin") as an:
        page = text(await an.opens("/suspects"))

    assert SWINDLE not in page
    assert "người hỏi đã xóa thông tin của mình" in page


async def test_officers_without_the_right_see_none(house: House, town: TownOf) -> None:
    [one] = await asked(town, SWINDLE)
    async with clerk(house, "an", "officer", "auditor", places=("phuong_hai_chau",)) as an:
        assert (await an.opens("/suspects")).status == 403
        assert (await an.sends(f"/suspects/{one}/seen", {})).status == 403


async def test_an_odd_address_is_a_page_too(house: House, town: TownOf) -> None:
    await asked(town, SWINDLE)
    async with clerk(house, "an", "admin") as an:
        for query in ("before=%00", "before=zzz", "before=../x", "before="):
            assert (await an.opens(f"/suspects?{query}")).status == 200, query
        assert (await an.sends("/suspects/none/seen", {})).status == 404

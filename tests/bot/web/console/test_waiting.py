"""The list of who waits to talk: the longest first, apart from the talks that somebody has."""

from tests.kit.calls import ELSEWHERE, PLACE, resident, wishes
from tests.kit.console import clerk, text
from tests.kit.house import House, Json
from tests.kit.private_page import TownOf


def ids(page: Json, part: str) -> list[str]:
    rows = page[part]
    assert isinstance(rows, list)
    return [row["id"] for row in rows]


async def test_who_waits_longest_is_first_and_talks_are_listed_by_who_has_them(house: House, town: TownOf) -> None:
    places = {"Lan": PLACE, "Mai": PLACE, "Hai": PLACE, "Ba": None}
    made = [await wishes(town, await resident(town, name), place) for name, place in places.items()]
    elsewhere = await wishes(town, await resident(town, "Tư"), ELSEWHERE)
    async with (
        clerk(house, "an", "officer", places=(PLACE,)) as an,
        clerk(house, "binh", "officer", places=(PLACE,)) as bi,
    ):
        await an.sends(f"/talks/{made[0]}/take", {})
        await bi.sends(f"/talks/{made[2]}/take", {})

        page, shown = (await an.opens("/api/waiting")).json, text(await an.opens("/waiting"))

    assert (ids(page, "waiting"), ids(page, "mine"), ids(page, "others")) == ([made[1], made[3]], [made[0]], [made[2]])
    assert elsewhere not in str(page)
    assert "Phường Hòa Khánh" in shown


async def test_an_empty_list_says_what_would_stand_there(house: House) -> None:
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        assert "Không có ai đang chờ" in text(await an.opens("/waiting"))


async def test_a_talk_whose_official_can_act_no_more_waits_again(house: House, town: TownOf) -> None:
    talk_id = await wishes(town, await resident(town))
    async with (
        clerk(house, "an", "officer", places=(PLACE,)) as an,
        clerk(house, "binh", "officer", places=(PLACE,)) as bi,
    ):
        await bi.sends(f"/talks/{talk_id}/take", {})
        async with clerk(house, "qt", "admin") as admin:
            await town.as_official(admin.id, lambda desk: desk.accounts.disable(bi.id, "left"))

        assert ids((await an.opens("/api/waiting")).json, "waiting") == [talk_id]

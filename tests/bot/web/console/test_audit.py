"""The audit on the console: newest first, by pages and filters, whoever and whatever by its name."""

from datetime import timedelta

import pytest

from handlers.desk import Actor, Desk
from storage.queries.chains import chain
from tests.kit.calls import PLACE, SCRIPT, raises, resident, wishes
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House, Json
from tests.kit.private_page import TownOf


def rows(page: Json) -> list[Json]:
    found = page["rows"]
    assert isinstance(found, list)
    return found


def _sixty(desk: Desk) -> None:
    for number in range(60):
        desk.note("owner.set", f"owner:{number}")


async def asked(auditor: Clerk, query: str = "") -> list[Json]:
    return rows((await auditor.opens(f"/api/audit?{query}")).json)


async def test_rows_come_newest_first_page_by_page_and_each_once(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "auditor") as an:
        await town.at_desk(Actor("operator"), _sixty)

        first = (await an.opens("/api/audit?action=owner")).json
        rest = (await an.opens(f"/api/audit?action=owner&before={first['before']}")).json

    found = [row["subject"] for row in (*rows(first), *rows(rest))]
    assert found == [f"owner:{number}" for number in reversed(range(60))]
    assert rest["before"] is None


async def test_rows_are_found_by_who_what_about_and_when(house: House, town: TownOf) -> None:
    lan = await resident(town)
    code, talk_id = await raises(town, lan), await wishes(town, lan)
    async with clerk(house, "binh", "officer", places=(PLACE,)) as binh:
        await binh.sends(f"/talks/{talk_id}/take", {})
        await binh.opens(f"/talks/{talk_id}")
    house.clock.move(minutes=60 * 24)
    async with clerk(house, "an", "auditor") as an:
        day = (house.clock.now() - timedelta(days=1)).date()
        by = {
            "who": await asked(an, f"actor=official:{binh.id}"),
            "kind": await asked(an, "actor=person"),
            "what": await asked(an, "action=talk."),
            "about": await asked(an, f"subject={code}"),
            "when": await asked(an, f"day={day}&action=talk.wished"),
            "other day": await asked(an, f"day={day + timedelta(days=1)}&action=talk.wished"),
            "not a day": await asked(an, "day=31-31&action=talk.wished"),
        }

    actions = {name: [row["action"] for row in found] for name, found in by.items()}
    assert actions == {
        "who": ["talk.read", "talk.taken", "official.signed_in"],
        "kind": ["talk.wished", "urgent.raised"],
        "what": ["talk.read", "talk.taken", "talk.wished"],
        "about": ["urgent.raised"],
        "when": ["talk.wished"],
        "other day": [],
        "not a day": ["talk.wished"],
    }


async def test_people_are_named_by_kind_officials_by_name_and_requests_by_code(house: House, town: TownOf) -> None:
    lan = await resident(town)
    code = await raises(town, lan)
    async with clerk(house, "Vân", "admin", places=(PLACE,)) as van:
        await van.opens(f"/urgent/{code}")
        [read, raised] = await asked(van, f"subject={code}")
        page = await van.opens("/audit")

    assert (read["actor"], raised["actor"]) == ("Vân", "Người dân")
    assert raised["about"] == {"words": f"Việc gấp {code}", "to": f"/urgent/{code}"}
    assert f'href="/console/urgent/{code}"' in page.body.decode()


async def test_an_auditor_sees_what_it_was_about_without_a_way_there(house: House, town: TownOf) -> None:
    code = await raises(town, await resident(town))
    async with clerk(house, "an", "auditor") as an:
        [raised] = await asked(an, f"subject={code}")

    assert raised["about"] == {"words": f"Việc gấp {code}", "to": ""}


async def test_a_reason_is_shown_as_words(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an:
        gone = await town.official("binh", "officer", places=(PLACE,))
        await town.as_official(an.id, lambda desk: desk.accounts.disable(gone, SCRIPT))
        page = await an.opens(f"/audit?action={SCRIPT}"), await an.opens("/audit?action=official.disabled")

    assert SCRIPT in text(page[1])
    assert SCRIPT not in page[0].body.decode() + page[1].body.decode()


async def test_it_says_how_far_the_chain_is_sealed(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "auditor") as an:
        await house.database.write(chain.seal)
        sealed = (await an.opens("/api/audit")).json
        assert (sealed["late"], isinstance(sealed["sealed"], int) and sealed["sealed"] > 0) == (False, True)


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=99999999999999999999",
        "actor=%00",
        "day=2026-02-30",
        "day=9999-12-31",
        "day=0001-01-01",
        "subject=%25_",
    ],
)
async def test_an_odd_address_is_a_page_too(house: House, query: str) -> None:
    async with clerk(house, "an", "auditor") as an:
        assert (await an.opens(f"/audit?{query}")).status == 200

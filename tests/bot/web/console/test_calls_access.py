"""Who opens the pages of calls and of the service, by role; nobody else gets a word of them, as a page or as JSON."""

from handlers.desk.rights import RIGHTS, ROLES
from tests.kit.calls import ELSEWHERE, PLACE, raises, resident, wishes
from tests.kit.console import clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf

LISTS = {
    "/waiting": "talk.see",
    "/urgent": "urgent.see",
    "/outbox": "post.see",
    "/letters": "letter.see",
    "/audit": "audit.see",
}
# A message belongs to a chat and not to a unit.
WHOLE_CITY = ("post.see",)


async def test_each_role_opens_what_the_table_says(house: House, town: TownOf) -> None:
    lan = await resident(town)
    talk_id, code = await wishes(town, lan), await raises(town, lan)
    pages = LISTS | {f"/talks/{talk_id}": "talk.see", f"/urgent/{code}": "urgent.see"}
    opened, expected = {}, {}
    for role in ROLES:
        async with clerk(house, role, role, places=(PLACE,)) as one:
            for path, right in pages.items():
                reach = RIGHTS[right].get(role)
                may = reach == "all" or (reach == "unit" and right not in WHOLE_CITY)
                expected[role, path] = (200, 200) if may else (403, 403)
                answers = [await one.opens(path), await one.opens(f"/api{path}")]
                opened[role, path] = tuple(answer.status for answer in answers)
                words = answers[0].body + answers[1].body
                assert may or not any(said in words for said in (b"0905", code.encode(), talk_id.encode()))

    assert opened == expected


async def test_of_another_unit_there_is_nothing(house: House, town: TownOf) -> None:
    lan = await resident(town)
    talk_id, code = await wishes(town, lan), await raises(town, lan)
    found = {}
    for role in ("lead", "officer", "helper"):
        async with clerk(house, role, role, places=(ELSEWHERE,)) as one:
            for path in (f"/talks/{talk_id}", f"/urgent/{code}"):
                found[role, path.split("/")[1]] = (await one.opens(path)).status
            assert code not in (await one.opens("/urgent")).body.decode()

    absent = {(role, noun): 404 for role in ("lead", "officer", "helper") for noun in ("talks", "urgent")}
    assert found == absent | {("helper", "talks"): 403}

"""Of the calls of another unit there is nothing to see; `test_access` has every cell of the table."""

from tests.kit.calls import ELSEWHERE, raises, resident, wishes
from tests.kit.console import clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf


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

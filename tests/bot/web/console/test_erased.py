"""What is left on the console of somebody who had everything erased: pages that open, and no word of hers."""

from sqlmodel import select

from handlers.desk.office import ROLES
from storage.tables import Talk
from storage.verify import broken
from tests.bot.web.console.test_deciding import SEEN
from tests.kit.calls import raises, resident, wishes
from tests.kit.console import clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, asks

WORDS = "Chuyệnx riêngw củaz nhàj"


async def test_every_page_of_hers_still_opens_and_nothing_she_said_is_on_it(house: House, town: TownOf) -> None:
    lan = await resident(town, "lan")
    code, urgent = await asks(town, "lan", story=WORDS, name=WORDS), await raises(town, lan, WORDS, WORDS)
    talk = await wishes(town, lan, HERE)
    async with clerk(house, "an", *ROLES, places=(HERE,)) as an:
        seen = SEEN.search((await an.opens(f"/requests/{code}")).body.decode())
        assert seen
        assert (await an.sends(f"/talks/{talk}/take", {})).status == 303
        await lan.says(WORDS)
        assert (await an.sends(f"/requests/{code}/ask", {"seen": seen[1], "asked": WORDS})).status == 303
        pages = (f"/requests/{code}", f"/talks/{talk}", f"/urgent/{urgent}")
        for page in pages:
            assert WORDS in (await an.opens(page)).body.decode(), page

        await lan.at_desk(lambda desk: desk.people.erase())

        everywhere = (*pages, "", "/requests", "/requests?state=withdrawn", "/urgent", "/waiting", "/audit", "/outbox")
        for page in everywhere:
            for live in ({}, {"X_Live": "1"}):
                reply = await an.opens(page, **live)
                assert reply.status == (404 if page == pages[0] else 200), page
                assert WORDS not in reply.body.decode(), page
            assert (await an.tells(page, method="GET")).status in (200, 404)
        fields = {"seen": seen[1], "words": "x", "done": "đã tới", "noted": "x", "asked": "x", "own_words": "x"}
        fields |= {"to_unit": "phuong_hai_chau", "colleague": an.id, "q": WORDS}
        acts = [f"{pages[0]}/{act}" for act in ("note", "take", "ask", "place", "close", "phone", "hand_over")]
        acts += [f"{pages[1]}/{act}" for act in ("take", "say", "hand-over", "close")]
        acts += [f"{pages[2]}/{act}" for act in ("take", "close")]
        for act in (*acts, "/requests/search"):
            reply = await an.sends(act, fields)
            assert reply.status < 500, act
    assert await town.database.read(lambda unit: unit.scalars(select(Talk.state)).all()) == ["closed"]
    assert await town.database.read(lambda unit: list(broken(unit, house.clock.now()))) == []

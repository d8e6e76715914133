"""The clock drafts posts of campaigns and good models, each once; none goes out before two officials looked at it."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from handlers.demo.models import WRITINGS
from handlers.desk import Actor, Desk
from handlers.desk.announcing import due
from storage.tables import Broadcast, Campaign, Pledge
from tests.kit.gifts import MONEY, promises
from tests.kit.giving import DAY, DRAFT, Front, front
from tests.kit.news import subscriber
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.town import Town


@pytest.fixture
async def desk(town: Town) -> Front:
    return await front(town)


@pytest.fixture
async def mai(town: Town) -> Clerk:
    """An editor with a chat."""
    return await clerk(town, "Mai", "editor", places=())


async def drafted(town: Town, *, times: int = 2) -> list[Broadcast]:
    """All announcements, the oldest first, after the clock looked so often."""
    for _ in range(times):
        await town.at_desk(Actor("clock"), lambda desk: desk.drafts.write())
    return await town.database.read(lambda unit: list(unit.scalars(select(Broadcast).order_by(col(Broadcast.id)))))


async def over_the_days(town: Town, days: int) -> list[tuple[int, str, str]]:
    """(day, kind, Vietnamese title) of each draft, as the clock looks on each of so many days; the first is 0."""
    found: list[tuple[int, str, str]] = []
    for day in range(days):
        new = (await drafted(town))[len(found) :]
        found += [(day, row.kind, row.title["vi"]) for row in new]
        town.clock.move(days=1)
    return found


NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
OPENED, HALFWAY, SOON, THANKS = (
    ("news", "Một đợt vận động vừa mở"),
    ("news", "Đợt vận động đã đi được nửa chặng"),
    ("news", "Đợt vận động sắp kết thúc"),
    ("givers", "Lời cảm ơn sau đợt vận động"),
)


async def gives(town: Town, code: str, amount: int = 15_300_000) -> None:
    """Somebody gave money to a campaign, and it came."""
    found = await town.database.read(lambda unit: unit.scalars(select(Campaign).where(Campaign.code == code)).one())
    gift = await promises(town, "Cho", MONEY, amount=amount, campaign_id=found.id)

    def came(desk: Desk) -> None:
        pledge = desk.unit.scalars(select(Pledge).where(Pledge.code == gift)).one()
        pledge.received = amount

    await town.at_desk(Actor("operator"), came)


async def test_a_campaign_has_four_posts_each_on_its_day(town: Town, desk: Front) -> None:
    await gives(town, await desk.opens())

    assert await over_the_days(town, 45) == [(0, *OPENED), (15, *HALFWAY), (27, *SOON), (31, *THANKS)]


@pytest.mark.parametrize(
    ("length", "begun", "expected"),
    [
        (0, 0, ["opened", "thanks"]),
        (5, 0, ["opened", "thanks"]),
        (6, 0, ["opened", "ends_soon", "thanks"]),
        (10, 0, ["opened", "ends_soon", "thanks"]),
        (11, 0, ["opened", "halfway", "ends_soon", "thanks"]),
        (30, 20, ["opened", "ends_soon", "thanks"]),
        (30, 28, ["ends_soon", "thanks"]),
    ],
)
def test_what_would_come_too_close_is_left_out(length: int, begun: int, expected: list[str]) -> None:
    row = Campaign(
        id="a", code="CD", state="open", title={}, about={}, organiser="", basis="", first_day=DAY,
        last_day=DAY + timedelta(days=length), written_by="an", created_at=NOON, changed_at=NOON,
    )  # fmt: skip
    found: list[str] = []
    for day in range(begun, length + 2):
        occasion = due(row, DAY + timedelta(days=day), new=not found)
        if occasion not in found and not (occasion == "halfway" and begun):
            found.append(occasion)

    assert found == expected


async def test_a_campaign_opened_late_is_not_told_of_as_halfway_too(town: Town, desk: Front) -> None:
    code = await desk.writes()
    town.clock.move(days=20)
    await desk.lets_open(code)
    await gives(town, code)

    assert await over_the_days(town, 20) == [(0, *OPENED), (7, *SOON), (11, *THANKS)]


async def test_one_that_was_closed_is_thanked_for_at_once_and_an_unopened_one_never(town: Town, desk: Front) -> None:
    code, draft = await desk.opens(), await desk.writes()
    await gives(town, code)
    await drafted(town)
    for one in (code, draft):
        assert await town.as_official(desk.admin, lambda desk, one=one: desk.campaigns.close(one)) == "done"  # type: ignore[misc]  # bound at once

    assert [row.kind for row in await drafted(town)] == ["news", "givers"]


async def test_where_nobody_gave_nobody_is_thanked(town: Town, desk: Front) -> None:
    await desk.opens()

    assert [title for _, _, title in await over_the_days(town, 45)] == [OPENED[1], HALFWAY[1], SOON[1]]


async def test_the_words_name_what_came_in_words_and_pass_every_check(town: Town, desk: Front) -> None:
    await gives(town, await desk.opens())
    town.clock.move(days=31)

    [row] = await drafted(town)

    assert "“Mái nhà trước Tết” đã kết thúc" in row.words["vi"]
    assert "• Đã nhận: 15 triệu 300 nghìn đồng\n• Đã trao: 0 đồng" in row.words["vi"]
    assert "• Received: 15 million 300 thousand dong" in row.words["en"]
    assert (row.state, row.authors, row.topic, row.campaign_id) == ("draft", ["clock"], "", None)
    assert row.audience["campaign"]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "0 đồng"),
        (999, "999 đồng"),
        (1_250_300_500, "1 tỷ 250 triệu 300 nghìn 500 đồng"),
        (12_000_000_000_000, "12000 tỷ đồng"),
    ],
)
async def test_an_amount_is_said_to_the_dong(town: Town, amount: int, said: str) -> None:
    assert await town.at_desk(Actor("clock"), lambda desk: desk.draft_words.in_words(amount, "vi")) == said


async def test_a_post_names_what_every_call_for_gifts_has_to(town: Town, desk: Front, mai: Clerk) -> None:
    await desk.opens()
    await drafted(town)

    shown = await town.as_official(mai.id, lambda desk: desk.broadcasts.rendered(desk.broadcasts.all()[0]))

    assert "Đơn vị vận động: Ban vận động thử. Căn cứ:" in shown["vi"]
    assert "Ban vận động thử" in shown["en"]


async def test_nothing_goes_out_before_one_official_sent_it_on_and_another_approved(
    town: Town, desk: Front, mai: Clerk
) -> None:
    ba = await subscriber(town, "Ba", "campaigns", rhythm="at_once")
    await desk.opens()
    await drafted(town)
    an = await town.official("an", "admin", "editor")

    async def acts(official: str, act: str) -> str:
        def run(desk: Desk) -> str:
            [seen] = desk.broadcasts.all()
            done: str = getattr(desk.broadcasts, act)(seen.code, seen.stamp)
            return done

        return await town.as_official(official, run)

    async with listening(ba):
        await town.announces()
        unapproved = [await acts(desk.admin, "approve"), await acts(an, "submit"), await acts(an, "approve")]
        await town.announces()
        begun = [row for row in await drafted(town) if row.began_at]
        approved = await acts(desk.admin, "approve")
        await town.announces()

    assert (unapproved, begun, approved) == (["not_now", "done", "own"], [], "done")
    assert [one.text.split("\n")[0] for one in ba.heard] == [OPENED[1]]


async def test_who_wrote_the_campaign_is_told_and_who_may_write_announcements_where_she_may_not(
    town: Town, desk: Front, mai: Clerk
) -> None:
    hoa = await clerk(town, "Hoa", "treasurer", places=())
    code = await town.as_official(hoa.id, lambda desk: desk.campaigns.write(DRAFT))
    assert code
    await desk.lets_open(code)

    async with listening(mai, hoa):
        await drafted(town)

    for one in (mai, hoa):
        one.hears("posts.drafted")
        assert f"về đợt vận động {code}" in one.heard[0].text
    assert (mai.heard[0].options, hoa.heard[0].options) == (("Xem thông báo",), ())


async def test_a_campaign_of_a_unit_is_for_its_unit(town: Town, desk: Front) -> None:
    await desk.opens(unit_id="phuong_hoa_khanh")

    [row] = await drafted(town)

    assert row.audience["units"] == ["phuong_hoa_khanh"]


async def model(town: Town, editor: str, what: str = "") -> None:
    """A good model that two officials showed to everybody."""
    written = WRITINGS[0]
    writing = replace(written, vi=replace(written.vi, what=what)) if what else written
    lead = await town.official("truong", "admin")
    made = await town.as_official(editor, lambda desk: desk.models.begin(writing))
    assert made
    assert await town.as_official(lead, lambda desk: desk.models.approve(made, _seen(desk, made))) == "done"


def _seen(desk: Desk, made: str) -> str:
    found = desk.models.find(made)
    assert found
    return found.seen


async def test_a_good_model_is_drafted_as_news_once(town: Town, mai: Clerk) -> None:
    await model(town, mai.id)

    [row] = await drafted(town, times=3)

    assert (row.kind, row.topic, row.title["vi"]) == ("news", "models", "Một cách làm ăn hay")
    assert WRITINGS[0].vi.title in row.words["vi"]
    assert ("en" in row.words) == (WRITINGS[0].en is not None)


async def test_what_can_not_be_drafted_is_left_to_its_writer(town: Town, mai: Clerk) -> None:
    await model(town, mai.id, "Gọi số 0905 123 456 để mua giống.")

    async with listening(mai):
        found = await drafted(town)

    assert found == []
    mai.hears("posts.not_drafted")


async def test_two_leaders_draft_one(town: Town, desk: Front) -> None:
    await desk.opens()

    await asyncio.gather(*(drafted(town, times=1) for _ in range(4)))

    assert len(await drafted(town)) == 1


async def test_every_draft_of_the_clock_has_no_faults(town: Town, desk: Front, mai: Clerk) -> None:
    long = {"vi": "Mái ấm " * 17, "en": "Homes " * 20}
    about = {"vi": "Sửa nhà dột. " * 30, "en": "Mending. " * 40}
    code = await desk.opens(title=long, about=about, last_day=date(2026, 12, 25))
    await gives(town, code, 987_654_321_000)

    titles = [title for _, _, title in await over_the_days(town, 45)]

    assert titles == [OPENED[1], HALFWAY[1], SOON[1], THANKS[1]]

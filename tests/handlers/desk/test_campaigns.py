"""Campaigns: written by one official, opened by a second, over by themselves, and what they have come to."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.desk import Desk
from handlers.desk.money import CampaignDraft, SeenCampaign, campaign_faults, stamp
from handlers.desk.pledges import Offer
from handlers.texts import Phrase
from handlers.views.campaign_words import card, givers
from storage.tables import Pledge
from storage.tables.giving import GiftKind
from tests.kit.giving import DAY, DRAFT, ENTRY, Front, front
from tests.kit.town import Citizen, Town

HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"


@pytest.fixture
async def office(town: Town) -> Front:
    return await front(town)


def opens(code: str) -> Callable[[Desk], str]:
    def work(desk: Desk) -> str:
        seen = desk.campaigns.read(code)
        return desk.campaigns.open(code, stamp(seen) if seen else "")

    return work


async def found(lan: Citizen, code: str) -> SeenCampaign:
    seen = await lan.at_desk(lambda desk: desk.campaigns.find(code))
    assert seen is not None
    return seen


async def codes(lan: Citizen) -> list[str]:
    return await lan.at_desk(lambda desk: [one.code for one in desk.campaigns.open_ones()])


async def test_a_draft_is_nobody_s_to_see(office: Front, lan: Citizen) -> None:
    code = await office.writes()

    assert await lan.at_desk(lambda desk: desk.campaigns.find(code)) is None
    assert await codes(lan) == []


async def test_who_wrote_it_can_not_open_it(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.writes()

    assert await town.as_official(office.treasurer, opens(code)) == "own"
    assert await town.as_official(office.admin, opens(code)) == "done"
    assert await codes(lan) == [code]


async def test_what_was_changed_since_it_was_shown_is_not_opened(town: Town, office: Front) -> None:
    code = await office.writes()
    before = await town.as_official(office.admin, lambda desk: desk.campaigns.read(code))
    assert before is not None
    town.clock.move(minutes=1)

    changed = await town.as_official(
        office.treasurer, lambda desk: desk.campaigns.rewrite(code, replace(DRAFT, organiser="Ai khác"), stamp(before))
    )

    assert changed == "done"
    for seen in (stamp(before), "", "x", "2026-11-25"):
        assert await town.as_official(office.admin, lambda desk, s=seen: desk.campaigns.open(code, s)) == "outdated"  # type: ignore[misc]  # bound at once
    assert await town.as_official(office.admin, opens(code)) == "done"


async def test_who_rewrote_it_can_not_open_it(town: Town, office: Front) -> None:
    code, other = await office.writes(), await town.official("ketoan2", "treasurer")
    seen = await town.as_official(other, lambda desk: desk.campaigns.read(code))
    assert seen is not None

    await town.as_official(other, lambda desk: desk.campaigns.rewrite(code, DRAFT, stamp(seen)))

    assert await town.as_official(other, opens(code)) == "own"
    assert await town.as_official(office.treasurer, opens(code)) == "done"


async def test_what_is_open_is_not_written_anew(town: Town, office: Front) -> None:
    code = await office.opens()

    assert await town.as_official(office.treasurer, lambda desk: desk.campaigns.rewrite(code, DRAFT, "")) == "not_now"


async def test_it_is_open_on_its_days_only(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.opens(first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=2))

    open_now = []
    for _ in range(4):
        open_now.append((await codes(lan) == [code], (await found(lan, code)).open_now))
        town.clock.move(days=1)

    assert open_now == [(False, False), (True, True), (True, True), (False, False)]


async def test_closed_by_hand_it_is_over_for_ever(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.opens()

    done = [await town.as_official(office.admin, lambda desk: desk.campaigns.close(code)) for _ in range(2)]

    assert done == ["done", "not_now"]
    assert await town.as_official(office.admin, opens(code)) == "not_now"
    assert ((await found(lan, code)).state, await codes(lan)) == ("closed", [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": {"vi": "Chỉ tiếng Việt"}}, "title_en"),
        ({"about": {"vi": "x" * 401, "en": "x"}}, "about_vi"),
        ({"organiser": ""}, "organiser"),
        ({"basis": "goodwill"}, "basis"),
        ({"last_day": DAY - timedelta(days=1)}, "last_day"),
        ({"first_day": DAY + timedelta(days=31)}, "last_day"),
        ({"basis": "disaster", "last_day": DAY + timedelta(days=91)}, "last_day"),
        ({"unit_id": "nowhere"}, "unit"),
        ({"goal": 0}, "goal"),
        ({"goal": 10**15}, "goal"),
    ],
)
async def test_what_can_not_be_a_campaign_is_refused(change: dict[str, object], field: str) -> None:
    assert list(campaign_faults(replace(DRAFT, **change), DAY)) == [field]  # type: ignore[arg-type]  # fields of a draft


async def test_ninety_days_are_allowed_and_checked_again_when_it_is_opened(town: Town, office: Front) -> None:
    code = await office.writes(replace(DRAFT, basis="disaster", last_day=DAY + timedelta(days=90)))
    late = await office.writes(replace(DRAFT, last_day=DAY))

    assert await town.as_official(office.admin, opens(code)) == "done"
    town.clock.move(days=1)
    assert await town.as_official(office.admin, opens(late)) == "invalid"


async def test_a_lead_writes_and_opens_for_her_own_unit(town: Town, office: Front) -> None:
    lead, other = [await town.official(name, "lead", places=(HERE,)) for name in ("chi", "dung")]

    async def writes(place: str | None) -> str | None:
        draft = replace(DRAFT, unit_id=place)
        return await town.as_official(lead, lambda desk: desk.campaigns.write(draft))

    own, city = await writes(HERE), await office.writes()
    assert own is not None
    assert (await writes(THERE), await writes(None)) == (None, None)
    assert await town.as_official(other, opens(own)) == "done"
    assert await town.as_official(other, opens(city)) == "absent"


async def test_two_who_open_at_once_are_one(town: Town, office: Front) -> None:
    code = await office.writes()
    others = [await town.official(f"quantri{n}", "admin") for n in range(4)]

    done = await asyncio.gather(*(town.as_official(one, opens(code)) for one in others))

    assert done.count("done") == 1
    assert set(done) <= {"done", "outdated", "not_now"}


# Money


async def test_it_asks_for_money_only_while_its_account_may_be_shown(town: Town, office: Front, lan: Citizen) -> None:
    account = await office.has()
    with_one, without = await office.opens(account_id=account), await office.opens()

    async def owner(code: str) -> object:
        seen = await found(lan, code)
        return await lan.at_desk(lambda desk: desk.campaigns.asking(seen)["account_owner"])

    assert await owner(with_one) == ENTRY.owner
    assert await owner(without) == Phrase("campaign.no_account_owner")  # and not the city's general account
    await town.as_official(office.admin, lambda desk: desk.gift_accounts.end(account))
    assert await owner(with_one) == Phrase("campaign.no_account_owner")


async def test_no_account_is_shown_once_it_is_over(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.opens(account_id=await office.has())
    seen = await found(lan, code)
    before = await lan.at_desk(lambda desk: desk.campaigns.account(seen))

    town.clock.move(days=31)
    later = await found(lan, code)

    assert before is not None
    assert await lan.at_desk(lambda desk: desk.campaigns.account(later)) is None


@pytest.mark.parametrize(
    ("last_day", "asks"), [(None, True), (DRAFT.last_day, True), (DRAFT.last_day - timedelta(days=1), False)]
)
async def test_its_account_has_to_be_in_force_on_all_its_days(
    town: Town, office: Front, last_day: object, asks: bool
) -> None:
    account = await office.has(replace(ENTRY, last_day=last_day))  # type: ignore[arg-type]  # a day or none
    code = await office.writes(replace(DRAFT, account_id=account))

    def look(desk: Desk) -> bool:
        seen = desk.campaigns.read(code)
        return seen is not None and desk.campaigns.asks_for_money(seen)

    assert await town.as_official(office.admin, look) == asks


async def test_what_asks_for_gifts_names_all_that_has_to_be_named(office: Front, lan: Citizen) -> None:
    seen = await found(lan, await office.opens())

    asking = await lan.at_desk(lambda desk: desk.campaigns.asking(seen))

    assert set(asking) == {"organiser", "basis", "first_day", "last_day", "account_owner", "ledger_link"}
    assert all(asking.values())


# Progress


async def promises(giver: Citizen, seen: SeenCampaign, amount: int, kind: GiftKind = "money", **sums: object) -> None:
    measure = "VND" if kind == "money" else "bao"

    def work(desk: Desk) -> None:
        pledge = desk.pledges.offer(
            Offer(kind=kind, giver="person", amount=amount, name="Lan", campaign_id=seen.id, measure=measure)
        )
        row = desk.unit.get_one(Pledge, pledge.id)
        for name, value in sums.items():
            setattr(row, name, value)

    await giver.at_desk(work)


async def test_it_counts_what_was_promised_came_and_was_confirmed(office: Front, lan: Citizen, mai: Citizen) -> None:
    seen, other = await found(lan, await office.opens()), await found(lan, await office.opens())
    await promises(lan, seen, 5_000_000, received=3_000_000, handed=2_000_000, confirmed=1_000_000, state="accepted")
    await promises(lan, seen, 1_000_000, received=1_500_000, state="accepted")  # she gave more than she promised
    await promises(lan, seen, 10**12)  # nobody has spoken with him yet
    await promises(mai, seen, 2_000_000, state="withdrawn")
    await promises(mai, seen, 2_000_000, state="lapsed", received=500_000)
    await promises(lan, seen, 40, kind="goods", state="accepted")
    await promises(mai, other, 9_000_000)

    progress = await lan.at_desk(lambda desk: desk.campaigns.progress(seen))

    assert (progress.goal, progress.pledged, progress.received) == (100_000_000, 7_000_000, 5_000_000)
    assert (progress.handed, progress.confirmed, progress.givers) == (2_000_000, 1_000_000, 2)
    assert progress.others == {"goods": 1, "time": 0, "idea": 0, "job": 0, "link": 0}
    assert givers(progress) == Phrase("campaign.few_givers")


async def test_nothing_promised_is_nothing(office: Front, lan: Citizen) -> None:
    seen = await found(lan, await office.opens())

    progress = await lan.at_desk(lambda desk: desk.campaigns.progress(seen))

    assert (progress.pledged, progress.received, progress.givers) == (0, 0, 0)
    assert givers(progress) == Phrase("campaign.no_givers")


async def test_without_a_goal_there_is_no_picture(office: Front, lan: Citizen) -> None:
    seen = await found(lan, await office.opens(goal=None))
    progress = await lan.at_desk(lambda desk: desk.campaigns.progress(seen))

    assert card(seen, progress, demo=False) is None


# Items


async def test_its_items_are_needs_that_one_gift_can_meet(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.opens()
    seen = await found(lan, code)

    async def adds(title: str) -> str:
        names = {"vi": title, "en": title}
        opened = await town.as_official(
            office.treasurer,
            lambda desk: desk.needs.open_for_campaign(code, "food", "goods", 50, names, measure="bao"),
        )
        return opened.slot_id

    await adds("Gạo")
    oil = await adds("Dầu ăn")
    await town.as_official(office.treasurer, lambda desk: desk.needs.close(oil))

    shown = await lan.at_desk(lambda desk: desk.campaign_items.of(seen))
    assert [(one.title["vi"], one.kind, one.amount, one.measure, one.state) for one in shown] == [
        ("Gạo", "goods", 50, "bao", "open")
    ]


async def test_a_draft_that_names_no_such_account_is_refused(town: Town, office: Front) -> None:
    draft: CampaignDraft = replace(DRAFT, account_id="none")

    with pytest.raises(ValueError, match="not a campaign"):
        await town.as_official(office.treasurer, lambda desk: desk.campaigns.write(draft))

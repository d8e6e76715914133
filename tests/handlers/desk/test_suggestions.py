"""Which gifts and needs are suggested to each other, in which order, and why."""

from datetime import date

import pytest

from handlers.desk.allocations import GiftTraits, NeedTraits, former_districts, match
from tests.kit.cases import for_each
from tests.kit.gifts import BUYS, JOB, gives, needs, promises
from tests.kit.on_duty import clerk
from tests.kit.requests import HERE, THERE, asks
from tests.kit.town import Town

TODAY = date(2026, 11, 25)
DISTRICTS = {"a": {"D"}, "b": {"D", "E"}, "c": {"F"}}
NEED = NeedTraits(kind="goods", left=10, measure="kg", need="food", unit_id="a")
LINK = NeedTraits(kind="link", left=10, measure="kg", need="trade", unit_id="a", topic="mang", months=(8, 9))

# The gift, the need, and the reasons it fits for; None where it does not.
PAIRS: dict[str, tuple[GiftTraits, NeedTraits, tuple[str, ...] | None]] = {
    "the same unit": (GiftTraits(kind="goods", left=10, measure="kg", unit_id="a"), NEED, ("unit", "enough")),
    "a neighbour of one former district": (
        GiftTraits(kind="goods", left=10, measure="kg", unit_id="b"),
        NEED,
        ("district", "enough"),
    ),
    "another unit": (GiftTraits(kind="goods", left=10, measure="kg", unit_id="c"), NEED, None),
    "a need of no unit": (
        GiftTraits(kind="goods", left=10, measure="kg", unit_id="a"),
        NeedTraits(kind="goods", left=10, measure="kg", need="food"),
        None,
    ),
    "where it is most needed": (GiftTraits(kind="goods", left=10, measure="kg"), NEED, ("most_needed", "enough")),
    "the same campaign": (
        GiftTraits(kind="goods", left=10, measure="kg", campaign_id="x"),
        NeedTraits(kind="goods", left=10, measure="kg", campaign_id="x"),
        ("campaign", "enough"),
    ),
    "another campaign": (GiftTraits(kind="goods", left=10, measure="kg", campaign_id="x"), NEED, None),
    "another kind": (GiftTraits(kind="time", left=10, measure="kg"), NEED, None),
    "less than is needed": (GiftTraits(kind="goods", left=9, measure="kg"), NEED, ("most_needed", "part")),
    "another measure": (GiftTraits(kind="goods", left=9, measure="bao"), NEED, ("most_needed",)),
    "the same measure, typed otherwise": (
        GiftTraits(kind="goods", left=10, measure="KG "),
        NEED,
        ("most_needed", "enough"),
    ),
    "nothing left": (GiftTraits(kind="goods", left=0, measure="kg"), NEED, None),
    "nothing lacking": (
        GiftTraits(kind="goods", left=5, measure="kg"),
        NeedTraits(kind="goods", left=0, measure="kg", need="food", unit_id="a"),
        None,
    ),
    "only offered": (GiftTraits(kind="goods", left=10, measure="kg", state="offered"), NEED, None),
    "over": (GiftTraits(kind="goods", left=10, measure="kg", state="withdrawn"), NEED, None),
    "good until today": (GiftTraits(kind="goods", left=10, measure="kg", until=TODAY), NEED, ("most_needed", "enough")),
    "past its day": (GiftTraits(kind="goods", left=10, measure="kg", until=date(2026, 11, 24)), NEED, None),
    "goods of the need's kind": (
        GiftTraits(kind="goods", left=10, measure="kg", topic="food"),
        NEED,
        ("most_needed", "topic", "enough"),
    ),
    "goods of another topic": (
        GiftTraits(kind="goods", left=10, measure="kg", topic="clothes"),
        NeedTraits(kind="goods", left=10, measure="kg", need="food", unit_id="a", topic="food"),
        None,
    ),
    "goods of no topic we know": (
        GiftTraits(kind="goods", left=10, measure="kg", topic="other"),
        NEED,
        ("most_needed", "enough"),
    ),
    "a job nobody verified": (
        GiftTraits(kind="job", left=3, measure="người"),
        NeedTraits(kind="job", left=1, measure="người"),
        None,
    ),
    "a verified job": (
        GiftTraits(kind="job", left=3, measure="người", verified=True),
        NeedTraits(kind="job", left=1, measure="người"),
        ("most_needed", "enough"),
    ),
    "a buyer in the season": (
        GiftTraits(kind="link", left=10, measure="kg", topic="mang", months=(9, 10), verified=True),
        LINK,
        ("most_needed", "topic", "season", "enough"),
    ),
    "a buyer out of season": (
        GiftTraits(kind="link", left=10, measure="kg", topic="mang", months=(1, 2), verified=True),
        LINK,
        None,
    ),
    "a buyer all the year": (
        GiftTraits(kind="link", left=10, measure="kg", topic="mang", verified=True),
        LINK,
        ("most_needed", "topic", "enough"),
    ),
}


@for_each("name", PAIRS)
def test_a_gift_fits_a_need_for_these_reasons(name: str) -> None:
    gift, need, reasons = PAIRS[name]

    fits = match(gift, need, TODAY, DISTRICTS)

    assert (tuple(reason.key for reason in fits.reasons) if fits else None) == (
        None if reasons is None else tuple(f"fits.{reason}" for reason in reasons)
    )


def test_the_nearer_the_better() -> None:
    gifts = [GiftTraits(kind="goods", left=10, measure="kg", unit_id=place) for place in ("a", "b", None)]

    points = [match(gift, NEED, TODAY, DISTRICTS) for gift in gifts]

    assert [p.points for p in points if p] == sorted((p.points for p in points if p), reverse=True)


def test_units_of_one_former_district_are_neighbours() -> None:
    known = former_districts()

    assert len(known) == 94
    assert known["xa_tay_giang"] & known["xa_hung_son"]
    assert not known["xa_tay_giang"] & known["phuong_hoa_khanh"]


async def test_gifts_for_a_need_come_best_first_and_of_equals_the_oldest(town: Town) -> None:
    officer = await town.official("tam", "officer", places=(HERE,))
    slot = await needs(town, officer, await asks(town, "Lan"))
    anywhere = await promises(town, "Một")
    here = await promises(town, "Hai", unit_id=HERE)
    later = await promises(town, "Ba", unit_id=HERE)
    await promises(town, "Bốn", unit_id=THERE)
    await promises(town, "Năm", accepted=False)

    found = await town.as_official(officer, lambda desk: desk.suggestions.for_need(slot))

    assert [one.code for one in found] == [here, later, anywhere]
    assert [reason.key for reason in found[0].reasons] == ["fits.unit", "fits.enough"]


async def test_many_gifts_for_anywhere_do_not_hide_the_one_for_here(town: Town) -> None:
    officer = await town.official("tam", "officer", places=(HERE,))
    slot = await needs(town, officer, await asks(town, "Lan"))
    for n in range(12):
        await promises(town, f"Nơi cần {n}")
    here = await promises(town, "Ở đây", unit_id=HERE)

    found = await town.as_official(officer, lambda desk: desk.suggestions.for_need(slot, most=3))

    assert (found[0].code, len(found)) == (here, 3)


async def test_needs_for_a_gift_are_those_that_wait(town: Town) -> None:
    officer = await town.official("tam", "officer", places=(HERE,))
    case = await asks(town, "Lan")
    held, free = await needs(town, officer, case), await needs(town, officer, case)
    await needs(town, officer, case, "job", 1)
    gift = await promises(town, "Cho")
    await gives(town, officer, gift, held, 4)

    found = await town.as_official(officer, lambda desk: desk.suggestions.for_gift(gift))

    assert [(one.slot_id, one.case_code, one.left) for one in found] == [(free, case, 10)]
    assert [reason.key for reason in found[0].reasons] == ["fits.most_needed", "fits.part"]


async def test_nothing_is_suggested_to_who_may_not_give_or_of_her_own(town: Town) -> None:
    officer = await town.official("tam", "officer", places=(HERE,))
    boss = await clerk(town, "Sếp", "lead", places=(HERE,))
    helper = await town.official("giup", "helper", places=(HERE,))
    elsewhere = await town.official("xa", "officer", places=(THERE,))
    slot = await needs(town, officer, await asks(town, "Lan"))
    gift = await promises(town, "Sếp", unit_id=HERE)

    async def suggested(who: str) -> tuple[int, int]:
        found = await town.as_official(
            who, lambda desk: (desk.suggestions.for_need(slot), desk.suggestions.for_gift(gift))
        )
        return len(found[0]), len(found[1])

    assert await suggested(officer) == (1, 1)
    assert [await suggested(who) for who in (boss.id, helper, elsewhere)] == [(0, 0)] * 3


@pytest.mark.parametrize(("kind", "offer"), [("job", JOB), ("link", BUYS)])
async def test_a_verified_employer_or_buyer_is_suggested(town: Town, kind: str, offer: object) -> None:
    officer = await town.official("tam", "officer", places=(HERE,))
    slot = await needs(town, officer, await asks(town, "Lan"), kind, 1, months=(8,))
    code = await promises(town, "Chủ", offer)  # type: ignore[arg-type]  # one of the offers

    found = await town.as_official(officer, lambda desk: desk.suggestions.for_need(slot))

    assert [one.code for one in found] == [code]

"""What officials do with pledges: what follows in each state, who may, who is told, and what two at once get."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from handlers.desk import Desk
from handlers.desk.cases import MOST_WORDS
from handlers.desk.pledges import FOLLOWS, Offer, PledgeOutcome, PledgeWork
from storage.tables import Pledge
from storage.verify import broken
from tests.kit.audit import actions
from tests.kit.gifts import BUYS, JOB, MONEY, RICE, books, promises
from tests.kit.on_duty import clerk, listening
from tests.kit.requests import HERE, THERE
from tests.kit.town import Town

T = TypeVar("T")
TIME = Offer(kind="time", giver="person", amount=1, name="Trần Văn Cho", measure="người", what="sửa điện")
IDEA = Offer(kind="idea", giver="person", amount=1, name="Trần Văn Cho", measure="ý tưởng", what="nuôi ong")
KINDS = {"money": MONEY, "goods": RICE, "time": TIME, "idea": IDEA, "job": JOB, "link": BUYS}
ON_BOTH = pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
NOWHERE = "UH-0000-0000"


async def work(town: Town, who: str, act: Callable[[PledgeWork], T]) -> T:
    return await town.as_official(who, lambda desk: act(desk.pledge_work))


async def pledge_of(town: Town, code: str) -> Pledge:
    return (await books(town)).pledges[code]


@pytest.fixture
async def officer(town: Town) -> str:
    return await town.official("tam", "officer", places=(HERE,))


@pytest.fixture
async def treasurer(town: Town) -> str:
    return await town.official("ketoan", "treasurer")


@pytest.mark.parametrize("kind", ["goods", "time"])
async def test_goods_and_time_are_accepted_with_an_appointment_that_the_giver_reads(
    town: Town, officer: str, kind: str
) -> None:
    code = await promises(town, "Cho", KINDS[kind], accepted=False)
    giver = town.citizen("Cho")
    await giver.at_desk(lambda desk: desk.consents.give("give", "give/1"))

    without = await work(town, officer, lambda at: at.accept(code, "  "))
    async with listening(giver):
        done = await work(town, officer, lambda at: at.accept(code, "Thứ ba, 9 giờ, nhà văn hóa"))

    assert (without, done) == ("invalid", "done")
    assert (await pledge_of(town, code)).state == "accepted"
    assert "Thứ ba, 9 giờ, nhà văn hóa" in giver.hears_last("pledge_news.accepted_with_words").text


async def test_a_giver_who_took_the_consent_back_is_told_nothing(town: Town, officer: str) -> None:
    code = await promises(town, "Cho", accepted=False)
    giver = town.citizen("Cho")

    async with listening(giver):
        assert await work(town, officer, lambda at: at.accept(code, "Thứ ba")) == "done"

    assert giver.heard == []


@pytest.mark.parametrize("kind", ["job", "link"])
async def test_an_employer_or_buyer_is_verified_and_not_merely_accepted(town: Town, officer: str, kind: str) -> None:
    code = await promises(town, "Cty", KINDS[kind], accepted=False)

    accepted = await work(town, officer, lambda at: at.accept(code, "được"))
    without = await work(town, officer, lambda at: at.verify(code, ""))
    done = await work(town, officer, lambda at: at.verify(code, "gọi số trên giấy phép, gặp giám đốc"))

    found = await pledge_of(town, code)
    assert (accepted, without, done) == ("not_now", "invalid", "done")
    assert (found.state, found.verified_by, found.verified_at) == ("accepted", officer, town.clock.now())
    event = await town.as_official(officer, lambda desk: desk.pledges.events(found)[-1])
    assert event.note is not None
    assert "giám đốc".encode() not in event.note


async def test_nobody_verifies_or_receives_what_she_promised_herself(town: Town) -> None:
    tam = await clerk(town, "Tâm", "officer", places=(HERE,))
    code = await promises(town, "Tâm", JOB, accepted=False, unit_id=HERE)

    done = await work(town, tam.id, lambda at: at.verify(code, "tôi biết tôi"))

    assert done == "absent"
    assert (await pledge_of(town, code)).verified_by is None
    assert "pledge.own_refused" in await actions(town)


async def test_goods_are_received_part_by_part_and_never_more_than_was_promised(town: Town, officer: str) -> None:
    code = await promises(town, "Cho")

    outcomes = [await work(town, officer, lambda at, n=n: at.receive(code, n)) for n in (4, 7, 6, 1)]  # type: ignore[misc]  # bound at once

    assert outcomes == ["done", "more", "done", "not_now"]
    found = await books(town)
    assert (found.pledges[code].received, found.kinds()) == (10, [("received", 4), ("received", 6)])
    assert found.wrong() == []


async def test_money_by_hand_is_a_treasurer_s_and_each_reference_counts_once(
    town: Town, officer: str, treasurer: str
) -> None:
    code, other = await promises(town, "Cho", MONEY), await promises(town, "Bình", MONEY)

    by_officer = await work(town, officer, lambda at: at.receive(code, 500_000, "PT-01"))
    unnamed = await work(town, treasurer, lambda at: at.receive(code, 500_000, " - "))
    done = await work(town, treasurer, lambda at: at.receive(code, 500_000, "PT-01"))
    again = await work(town, treasurer, lambda at: at.receive(other, 500_000, "pt 01"))

    assert (by_officer, unnamed, done, again) == ("absent", "invalid", "done", "known")
    assert (await books(town)).kinds() == [("received", 500_000)]


async def test_what_is_for_where_it_is_most_needed_is_given_to_a_unit_once(town: Town, officer: str) -> None:
    code = await promises(town, "Cho")

    outcomes = [await work(town, officer, lambda at, to=to: at.place(code, to)) for to in ("nowhere", THERE, HERE)]  # type: ignore[misc]  # bound at once

    assert outcomes == ["invalid", "done", "absent"]
    assert (await pledge_of(town, code)).unit_id == THERE


async def test_a_promise_of_which_nothing_came_lapses_with_a_reason(town: Town, officer: str) -> None:
    code, come = await promises(town, "Cho", accepted=False), await promises(town, "Bình")
    await work(town, officer, lambda at: at.receive(come, 1))

    outcomes = (
        await work(town, officer, lambda at: at.lapse(code, "")),
        await work(town, officer, lambda at: at.lapse(come, "không liên lạc được")),
        await work(town, officer, lambda at: at.lapse(code, "không liên lạc được")),
    )

    assert outcomes == ("invalid", "not_now", "done")
    assert (await pledge_of(town, code)).state == "lapsed"


@pytest.mark.parametrize("words", ["x" * (MOST_WORDS + 1), " \n "])
async def test_words_that_are_none_or_too_long_change_nothing(town: Town, officer: str, words: str) -> None:
    code = await promises(town, "Cho", accepted=False)

    assert await work(town, officer, lambda at: at.accept(code, words)) == "invalid"
    assert await work(town, officer, lambda at: at.lapse(code, words)) == "invalid"


ACTS: dict[str, Callable[[PledgeWork, str], PledgeOutcome]] = {
    "accept": lambda at, code: at.accept(code, "thứ ba"),
    "verify": lambda at, code: at.verify(code, "đã gọi"),
    "receive": lambda at, code: at.receive(code, 1),
    "place": lambda at, code: at.place(code, HERE),
    "lapse": lambda at, code: at.lapse(code, "thôi"),
}


@pytest.mark.parametrize("act", ACTS)
async def test_foreign_and_absent_look_alike_and_whoever_may_not_does_nothing(town: Town, act: str) -> None:
    far = await promises(town, "Cho", accepted=False, unit_id=THERE)
    officer = await town.official("tam", "officer", places=(HERE,))
    helper = await town.official("giup", "helper", places=(HERE, THERE))

    found = [
        await work(town, who, lambda at, code=code: ACTS[act](at, code))  # type: ignore[misc]  # bound at once
        for who, code in ((officer, far), (officer, NOWHERE), (officer, "<script>"), (helper, far))
    ]

    assert found == ["absent"] * 4


@pytest.mark.parametrize("state", FOLLOWS)
@pytest.mark.parametrize("act", ACTS)
async def test_an_act_that_does_not_follow_a_state_leaves_it(town: Town, officer: str, act: str, state: str) -> None:
    kind = "job" if act == "verify" else "goods"
    code = await promises(town, "Cho", KINDS[kind], accepted=False)
    ways = {"accepted": ("accepted",), "lapsed": ("lapsed",), "withdrawn": ("withdrawn",), "offered": ()}
    steps = ways.get(state, ("accepted", "allocated") if state != "received" else ("accepted", "received"))
    steps = (*steps, "handed_over") if state == "handed_over" else steps

    def bring(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        for step in steps:
            desk.pledges.move_to(pledge, step, step)

    await town.as_official(officer, bring)
    before = (await pledge_of(town, code)).state

    done = await work(town, officer, lambda at: ACTS[act](at, code))

    may = {"accept": ("offered",), "verify": ("offered",), "place": ("offered", "accepted"),
           "lapse": ("offered", "accepted"), "receive": ("accepted", "allocated", "handed_over")}  # fmt: skip
    assert before == state
    assert done == ("done" if state in may[act] else "not_now")
    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []


async def test_of_two_the_second_is_told_that_it_changed(town: Town, officer: str) -> None:
    code = await promises(town, "Cho", accepted=False)
    pledge = await pledge_of(town, code)
    seen = await town.as_official(officer, lambda desk: desk.pledge_work.last_event(pledge))

    first = await work(town, officer, lambda at: at.accept(code, "thứ ba", seen))
    second = await work(town, officer, lambda at: at.lapse(code, "thôi", seen))

    assert (first, second) == ("done", "outdated")


@ON_BOTH
async def test_two_treasurers_at_once_write_one_reference_once(town: Town) -> None:
    code = await promises(town, "Cho", MONEY)
    officials = [await town.official(f"k{n}", "treasurer") for n in range(2)]

    outcomes = await asyncio.gather(
        *(work(town, who, lambda at: at.receive(code, 400_000, "PT 02")) for who in officials)
    )

    assert sorted(outcomes) == ["done", "known"]
    found = await books(town)
    assert (found.pledges[code].received, found.wrong()) == (400_000, [])


async def test_what_is_possible_is_what_would_be_done(town: Town, officer: str, treasurer: str) -> None:
    for kind, offer in KINDS.items():
        for accepted in (False, True):
            code = await promises(town, f"{kind}{accepted}", offer, accepted=accepted)
            for who in (officer, treasurer):
                pledge = await pledge_of(town, code)
                offered = await work(town, who, lambda at, pledge=pledge: at.possible(pledge))  # type: ignore[misc]  # bound at once
                for act in ACTS:
                    copy = await promises(town, f"{kind}{accepted}{who}{act}", replace(offer), accepted=accepted)
                    reference = {"receive": lambda at, code: at.receive(code, 1, code)}.get(act, ACTS[act])
                    done = await work(town, who, lambda at, copy=copy, do=reference: do(at, copy))  # type: ignore[misc]  # bound at once
                    assert (done == "done") == (act in offered), (kind, accepted, act, done)

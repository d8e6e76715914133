"""The last word on a purpose counts: a yes until it is taken back, a no for one day."""

from sqlmodel import select

from handlers.desk import Desk
from storage.tables import Consent
from tests.kit.town import Citizen, Town


def in_force(desk: Desk) -> bool:
    return desk.consents.in_force("register")


def refused_today(desk: Desk) -> bool:
    return desk.consents.refused_today("register")


def give(desk: Desk) -> None:
    desk.consents.give("register", "register/1")


def refuse(desk: Desk) -> None:
    desk.consents.refuse("register", "register/1")


def withdraw(desk: Desk) -> bool:
    return desk.consents.withdraw("register")


async def test_nothing_is_agreed_to_at_first(lan: Citizen) -> None:
    assert not await lan.at_desk(in_force)
    assert not await lan.at_desk(refused_today)
    assert not await lan.at_desk(withdraw)


async def test_a_yes_is_in_force_for_its_purpose_and_its_person_alone(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")

    await lan.at_desk(give)

    assert await lan.at_desk(in_force)
    assert not await lan.at_desk(lambda desk: desk.consents.in_force("case_news"))
    assert not await mai.at_desk(in_force)


async def test_a_yes_keeps_which_text_was_read_when_and_by_which_message(town: Town, lan: Citizen) -> None:
    await lan.says("/dangky", "1", "1")

    kept = await town.database.read(lambda unit: unit.scalars(select(Consent)).one())

    assert (kept.purpose, kept.state, kept.text_version, kept.told_by) == ("register", "given", "register/1", "self")
    assert (kept.channel, kept.at) == ("webchat", town.clock.now())
    assert kept.cause.startswith("inbox:")


async def test_a_yes_taken_back_is_not_in_force_and_keeps_both_moments(town: Town, lan: Citizen) -> None:
    await lan.at_desk(give)
    given_at = town.clock.now()
    town.clock.move(days=3)

    taken_back = await lan.at_desk(withdraw)

    kept = await town.database.read(lambda unit: unit.scalars(select(Consent)).one())
    assert (taken_back, await lan.at_desk(in_force)) == (True, False)
    assert (kept.state, kept.at, kept.ended_at) == ("withdrawn", given_at, town.clock.now())
    assert not await lan.at_desk(withdraw)


async def test_the_last_word_counts(lan: Citizen) -> None:
    heard = []
    for word in (refuse, give, refuse, give, withdraw, give):
        await lan.at_desk(word)
        heard.append(await lan.at_desk(in_force))

    assert heard == [False, True, False, True, False, True]


async def test_a_no_is_remembered_for_a_day(town: Town, lan: Citizen) -> None:
    await lan.at_desk(refuse)

    town.clock.move(hours=24, seconds=-1)
    just_before = await lan.at_desk(refused_today)
    town.clock.move(seconds=1)

    assert (just_before, await lan.at_desk(refused_today)) == (True, False)


async def test_a_yes_after_a_no_ends_it(lan: Citizen) -> None:
    await lan.at_desk(refuse)
    await lan.at_desk(give)

    assert not await lan.at_desk(refused_today)


async def test_what_is_in_force_is_listed_once(lan: Citizen) -> None:
    for purpose in ("case_news", "register", "register"):
        await lan.at_desk(lambda desk, purpose=purpose: desk.consents.give(purpose, f"{purpose}/1"))  # type: ignore[misc]  # bound early
    await lan.at_desk(lambda desk: desk.consents.refuse("news", "news/1"))

    assert await lan.at_desk(lambda desk: [c.purpose for c in desk.consents.given()]) == ["register", "case_news"]

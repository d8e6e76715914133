"""Talks: wished for once, taken by one, said on both sides, and ended by either, by silence or by erasure."""

import asyncio

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.talks import TalkOutcome, Wish
from storage.database import Unit
from storage.queries.incoming import chats
from storage.tables import OutboxRow, PassedOn, Talk, TalkLine
from storage.vault import KeyGone
from tests.kit.audit import actions
from tests.kit.on_duty import PLACE, Clerk, clerk, disable, listening
from tests.kit.town import Citizen, Town


async def talk(town: Town) -> Talk:
    return await town.database.read(lambda unit: unit.scalars(select(Talk)).one())


async def wishes(citizen: Citizen, place: str | None = PLACE) -> Wish:
    return await citizen.at_desk(lambda desk: desk.talks.wish(place))


async def takes(town: Town, official_id: str, *, in_chat: bool = False) -> TalkOutcome:
    talk_id = (await talk(town)).id
    return await town.as_official(official_id, lambda desk: desk.talks.take(talk_id, in_chat=in_chat))


async def lines(town: Town, official_id: str) -> list[tuple[str, str]]:
    """(who, words) of the one talk, as an official reads it."""
    talk_id = (await talk(town)).id
    found = await town.as_official(official_id, lambda desk: desk.talks.lines(talk_id))
    return [(line.who, line.words) for line in found or []]


@pytest.fixture
async def hoa(town: Town) -> Clerk:
    """An official of the unit, at her phone."""
    return await clerk(town, "Hoa")


async def test_a_wish_to_speak_is_recorded_once_until_it_is_answered(town: Town, lan: Citizen) -> None:
    wished = [(await wishes(lan)).before for _ in range(3)]

    await town.at_desk(Actor("clock"), lambda desk: desk.unit.execute(update(Talk).values(state="closed")))
    again = (await wishes(lan)).before

    assert (wished, again) == ([False, True, True], False)
    assert await actions(town, "talk.wished") == ["talk.wished", "talk.wished"]


async def test_everybody_has_a_wish_of_her_own(lan: Citizen, mai: Citizen) -> None:
    await wishes(lan)

    assert not (await wishes(mai)).before


async def test_every_official_on_duty_there_is_told_once_and_nobody_elsewhere(
    town: Town, lan: Citizen, hoa: Clerk
) -> None:
    binh, away = await clerk(town, "Bình"), await clerk(town, "Tú")
    elsewhere, helper = await clerk(town, "An", places=("phuong_hai_chau",)), await clerk(town, "Vy", "helper")
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.set_duty(away.id, on=False))

    async with listening(hoa, binh, away, elsewhere, helper):
        made = await wishes(lan)
        await wishes(lan)

    assert (made.told, made.staffed) == (2, True)
    for one in (hoa, binh):
        one.hears("talk.wanted")
    for one in (away, elsewhere, helper):
        one.hears()


async def test_who_works_for_the_unit_without_a_chat_is_not_counted_as_told(town: Town, lan: Citizen) -> None:
    assert await wishes(lan) == Wish(before=False, told=0, staffed=False)

    mai = town.citizen("Mai")
    await mai.says("/menu")
    await town.official("tam", "officer", places=(PLACE,))

    assert await wishes(mai) == Wish(before=False, told=0, staffed=True)


async def test_an_official_s_own_wish_is_told_to_the_others(town: Town, hoa: Clerk) -> None:
    binh = await clerk(town, "Bình")

    async with listening(binh, hoa):
        made = await wishes(hoa)

    assert made.told == 1
    binh.hears("talk.wanted")
    assert (await takes(town, hoa.id)).how == "gone"


async def test_of_two_who_take_it_at_once_one_does(town: Town, lan: Citizen, hoa: Clerk) -> None:
    binh = await clerk(town, "Bình")
    await wishes(lan)

    async with listening(lan):
        both = await asyncio.gather(takes(town, hoa.id), takes(town, binh.id, in_chat=True))

    assert sorted(outcome.how for outcome in both) == ["done", "taken"]
    assert next(outcome.by for outcome in both if outcome.how == "taken") in ("Hoa", "Bình")
    lan.hears("talk.taken")


async def test_what_both_say_is_kept_and_read_in_order(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await wishes(lan)
    await takes(town, hoa.id)

    await lan.says("Tôi hỏi về giấy tờ")
    lan.hears()
    talk_id = (await talk(town)).id
    async with listening(lan):
        await town.as_official(hoa.id, lambda desk: desk.talks.say(talk_id, "Bà cần giấy gì?"))

    lan.hears("talk.from_officer")
    assert await lines(town, hoa.id) == [("", "Tôi hỏi về giấy tờ"), ("Hoa", "Bà cần giấy gì?")]
    assert await actions(town, "talk.read") == ["talk.read"]


async def test_who_may_not_see_a_talk_learns_nothing_and_is_noted(town: Town, lan: Citizen, hoa: Clerk) -> None:
    stranger = await clerk(town, "An", places=("phuong_hai_chau",))
    await wishes(lan)
    await takes(town, hoa.id)
    talk_id = (await talk(town)).id

    def tries(desk: Desk) -> list[object]:
        talks = desk.talks
        return [
            talks.seen(talk_id), talks.lines(talk_id), talks.take(talk_id, in_chat=False).how,
            talks.say(talk_id, "…").how, talks.hand_over(talk_id, stranger.id).how, talks.close(talk_id).how,
        ]  # fmt: skip

    assert await town.as_official(stranger.id, tries) == [None, None, "gone", "gone", "gone", "gone"]
    assert await actions(town, "rights.refused") == ["rights.refused"] * 6
    absent = await town.as_official(hoa.id, lambda desk: desk.talks.take("no such talk", in_chat=False))
    assert absent.how == "gone"


async def test_only_who_has_it_says_hands_over_and_ends(town: Town, lan: Citizen, hoa: Clerk) -> None:
    binh = await clerk(town, "Bình")
    await wishes(lan)
    await takes(town, hoa.id)
    talk_id = (await talk(town)).id

    def tries(desk: Desk) -> set[TalkOutcome]:
        talks = desk.talks
        return {talks.say(talk_id, "…"), talks.hand_over(talk_id, binh.id), talks.close(talk_id)}

    assert await town.as_official(binh.id, tries) == {TalkOutcome("taken", "Hoa")}
    assert await lines(town, hoa.id) == []


async def test_it_is_handed_over_to_a_colleague_who_may_take_it(town: Town, lan: Citizen, hoa: Clerk) -> None:
    binh, stranger = await clerk(town, "Bình"), await clerk(town, "An", places=("phuong_hai_chau",))
    await wishes(lan)
    await takes(town, hoa.id)
    talk_id = (await talk(town)).id

    def hands(desk: Desk) -> tuple[list[str], list[str]]:
        to = [o.id for o in desk.talks.colleagues(talk_id)]
        return to, [desk.talks.hand_over(talk_id, one).how for one in (stranger.id, hoa.id, "nobody", binh.id)]

    async with listening(lan, binh):
        to, went = await town.as_official(hoa.id, hands)

    assert (to, went) == ([binh.id], ["invalid", "invalid", "invalid", "done"])
    lan.hears("talk.handed_over")
    binh.hears("talk.handed_to_you")
    assert (await talk(town)).officer_id == binh.id


async def test_after_a_day_of_silence_it_is_ended_and_both_are_told(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await wishes(lan)
    town.clock.move(days=3)  # nobody has taken it: it waits
    assert await town.at_desk(Actor("clock"), lambda desk: desk.talks.end_idle()) == 0
    await takes(town, hoa.id, in_chat=True)
    town.clock.move(hours=23)
    await lan.says("Còn ai không?")
    town.clock.move(hours=23)
    assert await town.at_desk(Actor("clock"), lambda desk: desk.talks.end_idle()) == 0

    town.clock.move(hours=2)
    async with listening(lan, hoa):
        ended = await town.at_desk(Actor("clock"), lambda desk: desk.talks.end_idle())

    assert ended == 1
    lan.hears("talk.ended_idle")
    hoa.hears("talk.ended_idle_officer")


async def test_many_idle_talks_are_ended_in_one_go(town: Town, lan: Citizen, mai: Citizen, hoa: Clerk) -> None:
    for citizen in (lan, mai):
        await wishes(citizen)
    for talk_id in await town.database.read(lambda unit: unit.scalars(select(Talk.id)).all()):
        await town.as_official(hoa.id, lambda desk, which=talk_id: desk.talks.take(which, in_chat=False))  # type: ignore[misc]  # a lambda with a default
    town.clock.move(hours=25)

    assert await town.at_desk(Actor("clock"), lambda desk: desk.talks.end_idle()) == 2


async def test_when_her_official_is_disabled_others_are_told_and_nothing_she_says_is_lost(
    town: Town, lan: Citizen, hoa: Clerk
) -> None:
    binh = await clerk(town, "Bình")
    await wishes(lan)
    await takes(town, hoa.id, in_chat=True)
    await disable(town, hoa)

    async with listening(hoa, binh):
        await lan.says("Tôi cần hỏi thêm")

    lan.hears("talk.calls_again")
    hoa.hears()
    binh.hears("talk.wanted")
    async with listening(binh, lan):
        assert (await takes(town, binh.id, in_chat=True)).how == "done"
    binh.hears("talk.from_person")
    assert "Tôi cần hỏi thêm" in binh.heard[0].text
    lan.hears("talk.taken")


async def test_a_wish_whose_official_is_disabled_can_be_repeated(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await wishes(lan)
    await takes(town, hoa.id)
    assert (await wishes(lan)).by == "Hoa"
    await disable(town, hoa)

    assert not (await wishes(lan)).before
    assert (await talk(town)).officer_id is None


async def test_who_erases_herself_leaves_no_word_with_any_official(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await wishes(lan)
    await takes(town, hoa.id, in_chat=True)
    async with listening(hoa):
        await lan.says("Nhà tôi ở ngõ sau chợ")
    hoa.hears("talk.from_person")
    [line] = await town.database.read(lambda unit: unit.scalars(select(TalkLine)).all())

    async with listening(hoa):
        await lan.at_desk(lambda desk: desk.people.erase())

    def left(desk: Desk) -> tuple[object, ...]:
        key = col(OutboxRow.key)
        body = desk.unit.scalars(select(OutboxRow.body).where(key == line.message)).one()
        return body, desk.unit.scalars(select(TalkLine.body)).one(), desk.unit.scalars(select(PassedOn)).all()

    assert await town.at_desk(Actor("clock"), left) == (None, None, [])
    assert (await talk(town)).state == "closed"
    with pytest.raises(KeyGone):
        await town.read(lambda _, v: v.open(f"talk:{line.talk_id}", f"talk_line.body:{line.id}", line.body or b""))
    # It is gone from the lines of her web chat too.
    heard = await hoa.at_desk(lambda desk: [o["text"] for o in _chat_lines(desk)])
    assert not any("ngõ sau chợ" in text for text in heard)


def _chat_lines(desk: Desk) -> list[dict[str, str]]:
    return [dict(line.body) for line in chats.lines(desk.unit, desk.vault, desk.here(), 0, 100)]  # type: ignore[arg-type]  # bodies of messages


async def test_words_written_in_the_country_reach_no_official_through_servers_abroad(town: Town, lan: Citizen) -> None:
    far = await clerk(town, "Hoa", channel="telegram")
    await wishes(lan)
    await takes(town, far.id, in_chat=True)

    async with listening(far):
        await lan.says("Nhà tôi ở ngõ sau chợ")

    far.hears("talk.from_person")
    assert "ngõ sau chợ" not in far.heard[0].text
    assert await lines(town, far.id) == [("", "Nhà tôi ở ngõ sau chợ")]


async def test_words_written_through_servers_abroad_may_go_out_through_them(town: Town) -> None:
    far = await clerk(town, "Hoa", channel="telegram")
    minh = town.citizen("Minh", channel="telegram")
    await minh.says("/menu")
    await wishes(minh)
    await takes(town, far.id, in_chat=True)

    async with listening(far):
        await minh.says("Tôi hỏi về giấy tờ")

    assert "Tôi hỏi về giấy tờ" in far.heard[0].text


async def test_a_person_s_words_leave_the_chat_of_a_disabled_official(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await wishes(lan)
    await takes(town, hoa.id, in_chat=True)
    talk_id = (await talk(town)).id
    await lan.at_desk(lambda desk: desk.talks.hear(talk_id, "nhà tôi ở tổ 3"))

    def waits(unit: Unit) -> None:
        chat = chats.find(unit, lan.channel, lan.external)
        desk = town.office.desk(unit, Actor("person"), "test:waits", town.clock, chat)
        desk.talks.hear(talk_id, "và chờ từ sáng")

    await town.database.write(waits)  # not delivered yet
    assert await passed_on_to(town) == [True, True]

    await disable(town, hoa)

    assert await passed_on_to(town) == []
    states = (
        select(OutboxRow.state)
        .where(OutboxRow.kind == "talk", col(OutboxRow.body).is_(None))
        .order_by(col(OutboxRow.id))
    )
    assert await town.database.read(lambda unit: list(unit.scalars(states))) == ["sent", "cancelled"]


async def passed_on_to(town: Town) -> list[bool]:
    """Whether each message that passed words on still holds them."""
    query = select(col(OutboxRow.body).is_not(None)).where(col(OutboxRow.key).in_(select(PassedOn.message)))
    return [bool(held) for held in await town.database.read(lambda unit: list(unit.scalars(query)))]

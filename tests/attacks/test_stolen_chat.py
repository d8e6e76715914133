"""A phone that is lent, a browser left open: a chat acts for an official as long as she is signed in, and no longer."""

import asyncio
from collections.abc import Callable

import pyotp
import pytest

from handlers.conversations import ALL
from handlers.desk import Actor, Desk
from tests.handlers.conversations.walks import registers
from tests.kit.audit import actions
from tests.kit.on_duty import PLACE, Clerk, clerk, listening
from tests.kit.town import Citizen, Town

CODE, NOBODY = "one_time_code.one_time_code", "casework.officials_only"


@pytest.fixture
async def tam(town: Town) -> Clerk:
    return await clerk(town, "tam", "officer", "lead")


async def sleeps(tam: Clerk) -> bool:
    """Whether her list of work is kept from her until she gives a code."""
    tam.gives_codes = False
    await tam.says("/viec")
    return tam.heard[-1].key == CODE


def renewed(desk: Desk, tam: str) -> None:
    token = desk.accounts.invite_again(tam)
    assert token
    invited = desk.signing_in.invited(token)
    assert invited
    assert desk.signing_in.redeem(token, "", pyotp.TOTP(invited.secret).at(desk.now))


ENDS: dict[str, Callable[[Desk, str], object]] = {
    "secrets renewed": renewed,
    "another role": lambda desk, tam: desk.accounts.change(tam, ("officer",), (PLACE,)),
    "disabled": lambda desk, tam: desk.accounts.disable(tam, "left"),
    "signed out everywhere": lambda desk, tam: desk.browsers.end_all(tam),
    "unbound": lambda desk, tam: desk.acting_chats.end(tam),
}


@pytest.mark.parametrize("how", ENDS)
async def test_the_chat_acts_for_nobody_once_she_is_out(town: Town, tam: Clerk, how: str) -> None:
    code = await registers(town.citizen("Lan"))

    await town.at_desk(Actor("operator"), lambda desk: ENDS[how](desk, tam.id))
    await tam.says("/viec")
    listed = tam.heard[-1].key
    await tam.says(f"/viec {code}")

    assert (listed, tam.heard[-1].key) == (NOBODY, NOBODY)


@pytest.mark.parametrize(("channel", "hours"), [("webchat", 12), ("telegram", 7 * 24), ("zalo_bot", 7 * 24)])
async def test_it_sleeps_after_a_while_and_a_code_wakes_it(town: Town, channel: str, hours: int) -> None:
    tam = await clerk(town, "tam", channel=channel)
    town.clock.move(hours=hours, minutes=-1)
    before = await sleeps(tam)
    town.clock.move(minutes=2)
    after = await sleeps(tam)

    await tam.says(await tam.code())

    assert (before, after, tam.heard[-1].key) == (False, True, "casework.nothing_to_do")
    assert not await sleeps(tam)


async def test_a_chat_linked_with_hers_acts_only_once_it_was_woken(town: Town, tam: Clerk) -> None:
    other = Clerk(town, "tam ở trình duyệt khác", "vi", "webchat", id=tam.id)
    await other.says("/menu")
    link, _ = await tam.at_desk(lambda desk: desk.links.make_code())
    await other.says(f"/lienket {link}")
    await other.presses("Có")

    assert await sleeps(other)
    await other.says(await other.code())
    assert not await sleeps(other)


@pytest.mark.parametrize("act", [one.name for one in ALL if one.acts == "checked"])
async def test_what_counts_for_others_asks_for_a_code_of_the_last_quarter_hour(
    town: Town, tam: Clerk, act: str
) -> None:
    conversation = next(one for one in ALL if one.name == act)
    here = await tam.chat()

    def asks(desk: Desk) -> bool:
        return desk.acting_chats.needs_code(conversation.acts)

    at_once = await town.at_desk(Actor("person", here.person_id), asks, here)
    town.clock.move(minutes=15)
    later = await town.at_desk(Actor("person", here.person_id), asks, here)

    assert (at_once, later) == (False, True)


def test_to_propose_approve_hand_over_and_stop_are_such_acts() -> None:
    wanted = {
        "propose_case", "approve_case", "deliver_case", "hand_over_case", "write_announcement", "approve_announcement",
        "stop_announcement",
    }  # fmt: skip

    assert {one.name for one in ALL if one.acts == "checked"} == wanted
    assert {one.name for one in ALL if one.acts == "reads"} == {"task"}


async def test_a_code_given_in_her_browser_opens_no_chat(town: Town, tam: Clerk) -> None:
    town.clock.move(hours=13)
    await town.at_desk(Actor("operator"), lambda desk: bool(desk.browsers.sign_in(tam.id)))

    assert await sleeps(tam)


async def test_a_code_counts_once(town: Town, tam: Clerk) -> None:
    town.clock.move(hours=13)
    assert await sleeps(tam)
    code = await tam.code()
    await tam.says(code)
    town.clock.move(minutes=16)
    lan = await registers(town.citizen("Lan"))
    await tam.says(f"/viec {lan}")

    await tam.says(code)

    assert "đã dùng rồi" in tam.hears_last(CODE).text


async def test_five_wrong_codes_end_it_for_all_her_chats(town: Town, tam: Clerk) -> None:
    town.clock.move(hours=13)
    assert await sleeps(tam)

    for _ in range(5):
        await tam.says("000000")

    tam.hears("one_time_code.ended")
    await tam.says("/viec")
    tam.hears(NOBODY)
    assert "official.chat_unbound" in await actions(town)


async def test_what_she_had_typed_goes_on_after_the_code(town: Town, tam: Clerk) -> None:
    code = await registers(town.citizen("Lan"))
    tam.gives_codes = False
    await tam.says(f"/viec {code}")
    await tam.presses("Đề xuất hỗ trợ")
    await tam.says("2 bao gạo")
    town.clock.move(minutes=16)
    await tam.presses("Không phải tiền", "Báo sau", "Báo sau", "Không có điều kiện", "Trình duyệt")
    tam.hears(CODE)

    await tam.says(await tam.code())

    assert tam.heard[-1].key == "casework.did.propose"


async def test_what_she_writes_in_a_talk_is_not_passed_on_asleep(town: Town, tam: Clerk) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu")
    await lan.at_desk(lambda desk: desk.talks.wish(PLACE))
    [talk] = await town.as_official(tam.id, lambda desk: desk.calls.talks())
    await town.as_official(tam.id, lambda desk: desk.talks.take(talk.id, in_chat=True))
    town.clock.move(hours=13)
    tam.gives_codes = False

    async with listening(lan):
        await tam.says("Bác gửi sổ hộ nghèo cho tôi")
    assert [said.key for said in tam.heard] == ["talks.asleep", CODE]
    assert lan.heard == []

    await tam.says(await tam.code())
    async with listening(lan):
        await tam.says("Bác gửi sổ hộ nghèo cho tôi")
    assert [said.key for said in lan.heard] == ["talk.from_officer"]


async def test_a_new_chat_and_a_new_sign_in_are_told_to_her_others(town: Town, tam: Clerk) -> None:
    thief = Clerk(town, "kẻ trộm", "vi", "telegram", id=tam.id)
    await thief.says("/menu")

    async with listening(tam):
        await thief.is_bound()
    assert [said.key for said in tam.heard] == ["account_news.own.bound"]

    login = await town.at_desk(Actor("operator"), lambda desk: desk.signing_in.hand_out(tam.id, "$hash"))
    assert login
    await tam.is_bound()
    town.clock.move(minutes=1)
    async with listening(tam):
        code = await tam.code()

        def signs_in(desk: Desk) -> str | None:
            found = desk.signing_in.login("tam@example.test")
            assert found
            return desk.signing_in.sign_in(found, code)

        assert await town.at_desk(Actor("clock"), signs_in)
    assert [said.key for said in tam.heard] == ["account_news.own.signed_in"]


async def test_strangers_are_asked_for_no_code(town: Town) -> None:
    lan: Citizen = town.citizen("Lan")
    await lan.says("/viec")

    lan.hears(NOBODY)


async def test_of_two_codes_at_once_one_counts(town: Town, tam: Clerk) -> None:
    here, code = await tam.chat(), await tam.code()

    async def gives() -> str:
        person = Actor("person", here.person_id)
        return await town.at_desk(person, lambda desk: desk.signing_in.check_here(code), here)

    assert sorted(await asyncio.gather(gives(), gives())) == ["done", "wrong"]

"""A code from one channel typed on another makes one person of two, after one question; and they part again."""

import asyncio
import re

import pytest
from sqlmodel import col, select

from handlers.desk import Actor
from storage.database import Unit
from storage.queries.chains import chain
from storage.queries.incoming import chats, inbox
from storage.tables import Address, Case, Person
from storage.vault import Vault
from storage.verify import broken
from tests.handlers.conversations.checks import CONSENTED as CHECK
from tests.handlers.conversations.checks import RESULT, kept_answers
from tests.handlers.conversations.walks import CONSENTED, TO_NAME, TO_PLACE, registers
from tests.kit.town import Citizen, Town

# Everything up to the last question, about health, which is not asked abroad.
BUT_THE_PRIVATE_QUESTION = (
    "xã Tây Giang", "Không có", "4", "1", "1 2", "0", "Không", "3 triệu", "đúng", "có", "Không có, đi nhờ", "không",
    "không", "Nước máy, giếng khoan, nước bình", "không", "1 2 3", "không", "100",
)  # fmt: skip
YES, NO = "Có, liên kết", "Không"


@pytest.fixture
def web(town: Town) -> Citizen:
    return town.citizen("Lan")


@pytest.fixture
def telegram(town: Town) -> Citizen:
    """The same woman on a channel whose servers are abroad."""
    return town.citizen("Lan on Telegram", channel="telegram")


async def code_of(citizen: Citizen) -> str:
    """Ask for a code."""
    await citizen.says("/lienket")
    found = re.search(r"/lienket (\S+)", citizen.heard[0].text)
    assert found is not None
    return found[1]


async def links(here: Citizen, there: Citizen) -> None:
    """Take a code there and use it here."""
    await here.says(f"/lienket {await code_of(there)}")
    here.hears("link.sure")
    await here.presses(YES)


async def accepts(citizen: Citizen, update_id: str, kind: str, **body: object) -> str:
    """Take a message in without handling it; returns the person it waits for."""
    town = citizen.town

    def keep(unit: Unit) -> str:
        vault, now = Vault(unit, town.office.master), town.clock.now()
        chat = chats.arrive(unit, vault, citizen.channel, citizen.external, now)
        inbox.accept(unit, vault, chat, update_id, kind, body, now)
        return chat.person_id

    return await town.database.write(keep)


async def persons(town: Town) -> dict[str, str]:
    return {p.id: p.state for p in await town.database.read(lambda unit: unit.scalars(select(Person)).all())}


async def whole(town: Town) -> list[str]:
    """What is broken in the data."""
    await town.database.write(chain.seal)
    return await town.database.read(lambda unit: list(broken(unit, town.clock.now())))


# The code


async def test_a_code_is_given_with_how_to_use_it_and_until_when(web: Citizen) -> None:
    await web.says("/lienket")

    told = web.hears_last("link.code").text
    assert re.search(r"/lienket [0-9A-Z]{4}-[0-9A-Z]{4}\n", told)
    assert re.search(r"đến \d{1,2} giờ( \d\d)? ngày \d\d/\d\d/\d{4}\.", told)


async def test_linking_is_asked_about_first(web: Citizen, telegram: Citizen) -> None:
    await telegram.says(f"/lienket {await code_of(web)}")
    assert (await telegram.chat()).person_id != (await web.chat()).person_id

    await telegram.presses(NO)

    telegram.hears("link.not_linked")
    assert (await telegram.chat()).person_id != (await web.chat()).person_id


async def test_linked_channels_are_one_person_and_the_other_one_is_told(web: Citizen, telegram: Citizen) -> None:
    code = await code_of(web)
    maker, before = (await web.chat()).person_id, await web.town.database.read(web._last_message)

    await telegram.says(f"/lienket {code}")
    await telegram.presses(YES)

    telegram.hears("link.linked")
    assert (await telegram.chat()).person_id == (await web.chat()).person_id == maker
    await web.listens(before)
    web.hears("link_news")
    assert "Telegram" in web.heard[0].text


@pytest.mark.parametrize(
    "spelled",
    ["/lienket {}", "/link {}", "liên kết {}", "Liên kết {}", "lien ket {}", "lienket {}", "link {}"],
)
@pytest.mark.parametrize("dash", ["-", "", " "])
async def test_the_code_may_be_typed_carelessly(web: Citizen, telegram: Citizen, spelled: str, dash: str) -> None:
    code = await code_of(web)

    await telegram.says(spelled.format(code.lower().replace("-", dash)))

    telegram.hears("link.sure")


async def test_in_the_middle_of_free_words_only_the_accented_words_link(web: Citizen, telegram: Citizen) -> None:
    code = await code_of(web)
    await telegram.says(*CONSENTED, *TO_PLACE)
    telegram.hears("registration.place")

    await telegram.says(f"liên kết {code}")

    telegram.hears("link.sure")


async def test_wrong_used_and_old_codes_sound_alike(town: Town, web: Citizen, telegram: Citizen) -> None:
    told = []
    used = await code_of(web)
    await telegram.says(f"/lienket {used}")
    await telegram.presses(YES)
    mai = town.citizen("Mai")
    for code in (used, "0000-0000", "abc"):
        await mai.says(f"/lienket {code}")
        told.append(mai.hears_last("link.wrong_code").text)

    old = await code_of(web)
    town.clock.move(minutes=16)
    await mai.says(f"/lienket {old}")

    assert {*told, mai.hears_last("link.wrong_code").text} == {told[0]}


async def test_a_code_that_runs_out_before_the_yes_links_nothing(town: Town, web: Citizen, telegram: Citizen) -> None:
    await telegram.says(f"/lienket {await code_of(web)}")
    town.clock.move(minutes=16)

    await telegram.presses(YES)

    telegram.hears("link.wrong_code")
    assert set((await persons(town)).values()) == {"active"}


async def test_after_ten_wrong_codes_the_right_one_is_wrong_too_for_an_hour(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    for _ in range(10):
        await telegram.says("/lienket 0000-0000")

    await telegram.says(f"/lienket {await code_of(web)}")
    telegram.hears("link.wrong_code")
    town.clock.move(minutes=61)
    await telegram.says(f"/lienket {await code_of(web)}")

    telegram.hears("link.sure")


async def test_her_own_code_in_the_same_place_is_said_to_be_so(web: Citizen) -> None:
    await web.says(f"/lienket {await code_of(web)}")

    web.hears("link.own_code")


async def test_a_channel_linked_already_says_so(web: Citizen, telegram: Citizen) -> None:
    await links(telegram, web)

    await telegram.says(f"/lienket {await code_of(web)}")

    telegram.hears("link.own_code")


async def test_yes_pressed_twice_links_once(town: Town, web: Citizen, telegram: Citizen) -> None:
    await telegram.says(f"/lienket {await code_of(web)}")
    yes = telegram.button(YES)
    await telegram.presses_again(yes)

    await telegram.presses_again(yes)

    assert telegram.heard == []
    assert sorted((await persons(town)).values()) == ["active", "erased"]
    assert await whole(town) == []


# What is together then


async def test_requests_of_both_are_seen_in_both(web: Citizen, telegram: Citizen) -> None:
    codes = {await registers(web), await registers(telegram)}
    assert len(codes) == 2

    await links(telegram, web)

    for citizen in (web, telegram):
        await citizen.says("/hoso")
        labels = " ".join(citizen.hears_last("my_cases.which").options)
        assert {code for code in codes if code in labels} == codes


async def test_a_button_of_before_still_works_after_linking(web: Citizen, telegram: Citizen) -> None:
    await registers(telegram)
    await telegram.says("/hoso")
    stop = telegram.button("Dừng yêu cầu")
    await links(telegram, web)

    await telegram.presses_again(stop)

    telegram.hears("stop_case.sure")


async def test_privacy_names_the_channels(web: Citizen, telegram: Citizen) -> None:
    await links(telegram, web)

    await web.says("/riengtu")

    told = web.hears_last("privacy.kept").text
    assert "trang web" in told
    assert "Telegram" in told


async def test_erasing_on_one_channel_erases_what_was_told_on_both(town: Town, web: Citizen, telegram: Citizen) -> None:
    await registers(web)
    await registers(telegram)
    await links(telegram, web)

    await telegram.says("/riengtu")
    await telegram.presses("Xóa hết", "Xóa hết")

    telegram.hears("erase.erased_with_cases")
    bodies = await town.database.read(lambda unit: set(unit.scalars(select(Case.body))))
    assert bodies == {None}
    await web.says("/hoso")
    web.hears("my_cases.none")
    assert await whole(town) == []


# What was half done


async def test_what_was_half_done_there_is_offered_here(web: Citizen, telegram: Citizen) -> None:
    await web.says(*CONSENTED, *TO_NAME)

    await links(telegram, web)

    telegram.hears("link.linked", "resume_offer")
    await telegram.presses("Làm tiếp")
    telegram.hears("registration.name")
    await web.says("Nguyễn Thị Lan")
    web.hears("registration.birth_year")


async def test_what_is_open_there_is_asked_here_and_may_be_answered_in_both(web: Citizen, telegram: Citizen) -> None:
    await web.says(*CONSENTED, *TO_NAME)
    code = await code_of(web)
    await web.presses("Làm tiếp")
    await telegram.says(f"/lienket {code}")

    await telegram.presses(YES)

    telegram.hears("link.linked", "registration.name")
    await web.says("Nguyễn Thị Lan")
    web.hears("registration.birth_year")
    await telegram.says("1954")
    telegram.hears("registration.phone")


async def test_what_was_half_done_here_goes_on_in_both(web: Citizen, telegram: Citizen) -> None:
    await telegram.says(*CONSENTED, *TO_NAME)

    await links(telegram, web)

    telegram.hears("link.linked", "resume_offer")
    await web.says("/menu")
    assert "Làm tiếp" in web.hears_last("menu").options


async def test_of_two_half_done_things_the_one_touched_last_is_kept(web: Citizen, telegram: Citizen) -> None:
    await web.says(*CONSENTED, *TO_NAME)
    await telegram.says(*CONSENTED, *TO_PLACE)

    await links(telegram, web)

    telegram.hears("link.linked", "link.kept_here", "resume_offer")
    await web.says("/menu")
    await web.presses("Làm tiếp")
    web.hears("registration.place")


async def test_what_was_touched_last_may_be_there(town: Town, web: Citizen, telegram: Citizen) -> None:
    await web.says(*CONSENTED, *TO_NAME)
    await telegram.says(*CONSENTED, *TO_PLACE)
    await telegram.says(f"/lienket {await code_of(web)}")
    yes = telegram.button(YES)
    town.clock.move(minutes=1)
    await web.presses("Làm tiếp")

    await telegram.presses_again(yes)

    telegram.hears("link.linked", "link.kept_there", "registration.name")


async def test_an_urgent_request_begun_there_goes_on_here(web: Citizen, telegram: Citizen) -> None:
    code = await code_of(web)
    await web.says("/gap")
    await telegram.says(f"/lienket {code}")

    await telegram.presses(YES)

    telegram.hears("link.linked", "urgent_help.where")


async def test_a_check_that_ends_by_linking_from_abroad_is_kept_for_the_one_who_is_kept(
    web: Citizen, telegram: Citizen
) -> None:
    code = await code_of(web)
    await web.says(*CHECK, *BUT_THE_PRIVATE_QUESTION)
    web.hears("eligibility.nutrition")
    await telegram.says(f"/lienket {code}")

    await telegram.presses(YES)

    keys = [heard.key for heard in telegram.heard]
    assert (keys[0], *keys[-3:]) == ("link.linked", RESULT[0], "verdict.of_any_family", RESULT[1])
    assert (await kept_answers(web))["nutrition"] == "#unknown"


# At the same moment


async def test_a_message_that_waits_where_the_code_was_typed_is_answered_under_the_one_who_is_kept(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    await telegram.says(f"/lienket {await code_of(web)}")
    gone, yes = (await telegram.chat()).person_id, telegram.button(YES)
    before = await town.database.read(telegram._last_message)
    await accepts(telegram, "yes", "press", press=yes)
    await accepts(telegram, "late", "text", text="/riengtu")

    assert await town.service.inbox.handle(gone)
    assert not await town.service.inbox.handle(gone)
    assert await town.service.inbox.handle((await web.chat()).person_id)

    await telegram.listens(before)
    telegram.hears("link.linked", "privacy.kept")


async def test_a_message_that_waits_where_the_code_was_made_is_answered_there(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    await telegram.says(f"/lienket {await code_of(web)}")
    yes, before = telegram.button(YES), await town.database.read(web._last_message)
    kept = await accepts(web, "late", "text", text="/menu")

    await telegram.presses_again(yes)
    assert await town.service.inbox.handle(kept)

    await web.listens(before)
    web.hears("link_news", "menu")


async def test_two_who_join_each_other_at_once_become_one(town: Town, web: Citizen, telegram: Citizen) -> None:
    await registers(web)
    codes = {"web": await code_of(web), "telegram": await code_of(telegram)}
    await web.says(f"/lienket {codes['telegram']}")
    await telegram.says(f"/lienket {codes['web']}")
    first = await accepts(web, "yes on the web", "press", press=web.button(YES))
    second = await accepts(telegram, "yes on Telegram", "press", press=telegram.button(YES))

    await asyncio.gather(town.service.inbox.handle(first), town.service.inbox.handle(second))
    while await town.service.inbox.handle((await web.chat()).person_id):
        pass

    states = await persons(town)
    assert sorted(states.values()) == ["active", "erased"]
    assert states[(await web.chat()).person_id] == "active"
    assert (await web.chat()).person_id == (await telegram.chat()).person_id
    assert await whole(town) == []
    for citizen in (web, telegram):
        await citizen.says("/hoso")
        citizen.hears("my_cases.one")
    dead = await town.database.read(inbox.dead_letters)
    assert dead == []


async def test_who_was_asked_in_both_places_is_asked_no_more_in_the_other(web: Citizen, telegram: Citizen) -> None:
    codes = {"web": await code_of(web), "telegram": await code_of(telegram)}
    await web.says(f"/lienket {codes['telegram']}")
    await telegram.says(f"/lienket {codes['web']}")

    await telegram.presses(YES)

    telegram.hears("link.linked")
    await web.says("có")
    web.hears("not_understood")


async def test_a_turn_of_the_other_person_at_the_same_moment_is_not_lost(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    code = await code_of(web)
    await web.says(*CONSENTED, *TO_NAME)
    await telegram.says(f"/lienket {code}")
    gone = await accepts(telegram, "yes", "press", press=telegram.button(YES))
    kept = await accepts(web, "name", "text", text="Nguyễn Thị Lan")

    await asyncio.gather(town.service.inbox.handle(gone), town.service.inbox.handle(kept))

    assert (await web.answers())["name"] == "Nguyễn Thị Lan"
    assert await whole(town) == []


# Where messages go, and parting


async def chosen_of(town: Town) -> list[str]:
    query = select(Address.channel).where(col(Address.chosen))
    return list(await town.database.read(lambda unit: unit.scalars(query).all()))


async def test_who_has_several_channels_is_told_which_and_may_choose(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    await links(telegram, web)
    town.clock.move(minutes=1)

    await web.says("/lienket")

    web.hears("link.code", "link.places", "choose_channel.where")
    assert "trang web (ở đây), Telegram" in web.heard[1].text
    assert set(web.heard[2].options) == {
        "Luôn nhắn tôi ở trang web (ở đây)",
        "Luôn nhắn tôi ở Telegram",
        "Tài khoản tôi nhắn gần nhất",
        "Bỏ liên kết tài khoản này",
    }


async def test_a_chosen_channel_is_remembered_until_another_is_chosen(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    await links(telegram, web)
    await web.says("/lienket")
    await web.presses("Luôn nhắn tôi ở Telegram")
    web.hears("choose_channel.chosen")
    first = await chosen_of(town)

    await web.says("/lienket")
    await web.presses("Tài khoản tôi nhắn gần nhất")

    web.hears("choose_channel.latest_chosen")
    assert (first, await chosen_of(town)) == (["telegram"], [])


async def test_a_button_shown_earlier_of_the_same_question_chooses_too(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    await links(telegram, web)
    await web.says("/lienket")
    button = web.button("Luôn nhắn tôi ở Telegram")
    await web.says("thế nào cũng được")
    web.hears("choose_channel.where")

    await web.presses_again(button)

    web.hears("choose_channel.chosen")
    assert await chosen_of(town) == ["telegram"]


async def test_two_phones_with_the_same_channel_are_told_apart(town: Town, web: Citizen) -> None:
    others = [town.citizen(f"phone {n}") for n in range(2)]
    for phone in others:
        town.clock.move(minutes=1)
        await links(phone, web)

    await web.says("/lienket")

    offered = web.hears_last("choose_channel.where").options
    assert len(set(offered)) == len(offered) == 5


async def test_unlinking_is_asked_about_and_leaves_the_channel_without_anything(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    await registers(web)
    await links(telegram, web)
    await telegram.says("/lienket")
    await telegram.presses("Bỏ liên kết tài khoản này")
    telegram.hears("unlink.sure")

    await telegram.presses("Có, bỏ liên kết")

    telegram.hears("unlink.unlinked")
    await telegram.says("/hoso")
    telegram.hears("my_cases.none")
    await web.says("/hoso")
    web.hears("my_cases.one")
    assert await whole(town) == []


async def test_the_question_about_unlinking_is_over_on_the_other_channel_too(web: Citizen, telegram: Citizen) -> None:
    await links(telegram, web)
    await telegram.says("bỏ liên kết")
    await telegram.presses("Có, bỏ liên kết")

    await web.says("có")

    web.hears("not_understood")


async def test_unlinking_may_be_thought_better_of(web: Citizen, telegram: Citizen) -> None:
    await links(telegram, web)
    await telegram.says("bỏ liên kết")

    await telegram.presses("Không, cứ để vậy")

    telegram.hears("unlink.still_linked")
    assert (await telegram.chat()).person_id == (await web.chat()).person_id


async def test_her_only_channel_is_not_unlinked(web: Citizen) -> None:
    await web.says("bỏ liên kết")

    web.hears("unlink.only_channel")


async def test_an_unlinked_channel_may_be_linked_again(web: Citizen, telegram: Citizen) -> None:
    await links(telegram, web)
    await telegram.says("bỏ liên kết")
    await telegram.presses("Có, bỏ liên kết")

    await links(telegram, web)

    telegram.hears("link.linked")


@pytest.mark.parametrize("ends", ["erase", "unlink"])
async def test_the_screen_is_cleared_when_nothing_of_it_is_left(
    town: Town, web: Citizen, telegram: Citizen, ends: str
) -> None:
    await links(web, telegram)
    joined = await last_line(town, web)
    if ends == "erase":
        await web.says("/riengtu")
        await web.presses("Xóa hết", "Xóa hết")
    else:
        await web.says("bỏ liên kết")
        await web.presses("Có, bỏ liên kết")

    assert "fresh" not in joined
    assert (await last_line(town, web))["fresh"] is True


async def last_line(town: Town, citizen: Citizen) -> dict[str, object]:
    chat = await citizen.chat()
    found = await town.read(lambda unit, vault: chats.lines(unit, vault, chat, 0, 1_000))
    return dict(found[-1].body)


async def test_an_official_who_asks_reaches_her_on_the_channel_she_chose(
    town: Town, web: Citizen, telegram: Citizen
) -> None:
    code = await registers(web, news="1")
    await links(telegram, web)
    await web.says("/lienket")
    await web.presses("Luôn nhắn tôi ở Telegram")
    before = await town.database.read(telegram._last_message)

    await town.asks_for(code, "giấy ra viện")

    await telegram.listens(before)
    telegram.hears("case.need_info")
    await telegram.presses("Trả lời cán bộ")
    telegram.hears("answer_case.words")


# An official's account


async def account_code(town: Town, account: str) -> str:
    """A code for an official's account, as its owner sees it on the console."""
    code, _ = await town.at_desk(Actor("official", account), lambda desk: desk.invitations.chat_code(account))
    return code


async def acts_for(town: Town, citizen: Citizen) -> str:
    """The account that a chat acts for; empty for none."""
    person_id = (await citizen.chat()).person_id
    found = await town.at_desk(Actor("clock"), lambda desk: desk.officials.in_chat(person_id))
    return found.id if found else ""


async def test_a_code_of_an_account_lets_the_chat_act_for_it_once_she_is_sure(town: Town, telegram: Citizen) -> None:
    account = await town.official("Hoa", "officer")
    code = await account_code(town, account)

    await telegram.says(f"/lienket {code}")
    telegram.hears("link.account", "link.mine")
    assert "Hoa" in telegram.heard[0].text
    assert await acts_for(town, telegram) == ""
    await telegram.presses("Có, là tôi")

    assert "Hoa" in telegram.hears_last("link.acting").text
    assert await acts_for(town, telegram) == account


async def test_who_is_not_sure_acts_for_nobody_and_the_code_is_still_good(town: Town, web: Citizen) -> None:
    code = await account_code(town, await town.official("Hoa", "officer"))

    await web.says(f"/lienket {code}", "không")
    web.hears("link.not_acting")
    assert await acts_for(town, web) == ""

    await web.says(f"/lienket {code}")
    web.hears_last("link.mine")


@pytest.mark.parametrize("bad", ["used", "run out", "replaced", "account disabled"])
async def test_a_code_of_an_account_that_is_not_good_any_more_looks_wrong(
    town: Town, web: Citizen, telegram: Citizen, bad: str
) -> None:
    account = await town.official("Hoa", "officer")
    code = await account_code(town, account)
    if bad == "used":
        await telegram.says(f"/lienket {code}", "có")
        telegram.hears("link.acting")
    elif bad == "run out":
        town.clock.move(minutes=15, seconds=1)
    elif bad == "replaced":
        await account_code(town, account)
    else:
        await town.at_desk(Actor("operator"), lambda desk: desk.accounts.disable(account, "left"))

    await web.says(f"/lienket {code}")

    web.hears("link.wrong_code")
    assert await acts_for(town, web) == ""


async def test_a_code_that_runs_out_before_she_is_sure_is_wrong(town: Town, web: Citizen) -> None:
    code = await account_code(town, await town.official("Hoa", "officer"))
    await web.says(f"/lienket {code}")
    town.clock.move(minutes=16)

    await web.presses("Có, là tôi")

    web.hears("link.wrong_code")
    assert await acts_for(town, web) == ""


async def test_after_ten_wrong_codes_that_of_an_account_looks_wrong_too(town: Town, web: Citizen) -> None:
    code = await account_code(town, await town.official("Hoa", "officer"))
    for n in range(10):
        await web.says(f"/lienket 0000-000{n}")
        web.hears("link.wrong_code")

    await web.says(f"/lienket {code}")

    web.hears("link.wrong_code")


async def test_an_account_acts_from_the_chat_bound_last_alone(town: Town, web: Citizen, telegram: Citizen) -> None:
    account = await town.official("Hoa", "officer")
    for citizen in (web, telegram):
        await citizen.says(f"/lienket {await account_code(town, account)}", "có")

    assert (await acts_for(town, web), await acts_for(town, telegram)) == ("", account)


async def test_an_official_is_told_that_a_linked_chat_will_act_too(town: Town, web: Citizen, telegram: Citizen) -> None:
    account = await town.official("Hoa", "officer")
    await web.says(f"/lienket {await account_code(town, account)}", "có")

    await web.says(f"/lienket {await code_of(telegram)}")
    web.hears("link.sure_to_share")
    await web.presses(NO)
    web.hears("link.not_linked")

    await web.says(f"/lienket {await code_of(telegram)}")
    await web.presses(YES)
    assert [await acts_for(town, citizen) for citizen in (web, telegram)] == [account, account]


async def test_a_chat_that_acts_for_an_account_still_registers_for_her_own_family(town: Town, web: Citizen) -> None:
    await web.says(f"/lienket {await account_code(town, await town.official('Hoa', 'officer'))}", "có")

    code = await registers(web)

    assert code.startswith("HS-")

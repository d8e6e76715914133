"""Reception: what can't be read, old buttons, the same press again, and messages in a flood."""

import pytest

from handlers import texts
from handlers.dialogue.reception import MESSAGES_A_MINUTE, SMALL_TALK
from tests.handlers.conversations.walks import ANSWERED, CONSENTED, TO_NAME, TO_PHONE, TO_YEAR, cases
from tests.kit.cases import for_each
from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


@pytest.mark.parametrize(("typed", "key"), [("2", "consent_check.agree"), ("dang ky ho tro", "consent_register")])
async def test_a_door_of_the_menu_may_be_typed(lan: Citizen, typed: str, key: str) -> None:
    await lan.says("menu")

    await lan.says(typed)

    assert lan.heard[-1].key.startswith(key)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("sticker", "unreadable"),
        ("voice", "unreadable"),
        ("file", "unreadable"),
        ("location", "unreadable"),
        ("photos", "photo_unasked"),
    ],
)
async def test_what_can_not_be_used_is_said_and_the_question_shown_again(lan: Citizen, kind: str, key: str) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.sends(kind, {})

    lan.hears(key, "registration.name")


@pytest.mark.parametrize("late", ["Xong", "xong", "done"])
async def test_a_done_that_comes_after_the_answer_is_no_answer_to_the_next_question(lan: Citizen, late: str) -> None:
    await lan.says(*CONSENTED, "1 2")
    lan.hears("registration.work")

    await lan.says(late)

    lan.hears("registration.work")
    assert "work" not in await lan.answers()


async def test_a_done_where_nothing_was_chosen_from_several_is_a_word_like_others(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says("xong")

    lan.hears("registration.birth_year")


async def test_a_hello_in_the_middle_shows_the_question_again(lan: Citizen) -> None:
    await lan.says(*CONSENTED)

    await lan.says("chào cháu")

    lan.hears("registration.needs")


async def test_another_wish_in_the_middle_is_asked_about_before_the_form_is_left(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)

    await lan.says("hồ sơ tới đâu rồi")
    assert lan.hears_last("other_wish").options == ("Có, mở việc đó", "Không, làm tiếp")
    await lan.says("không")

    lan.hears("registration.birth_year")


async def test_another_wish_in_the_middle_is_followed_once_it_is_meant(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR, "hồ sơ tới đâu rồi")

    await lan.presses("Có, mở việc đó")

    lan.hears("my_cases.none", "resume_offer")


async def test_the_wish_that_is_under_way_is_no_other_wish(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)

    await lan.says("nhà tôi khó khăn lắm")

    assert "Xin gõ năm sinh" in lan.hears_last("registration.birth_year").text


async def test_with_nothing_open_a_wish_opens_what_it_asks_for(lan: Citizen) -> None:
    await lan.says("hồ sơ tới đâu rồi")

    lan.hears("my_cases.none")


@for_each("key", [key for key in texts.load().heard if key.startswith("keywords.")])
def test_every_wish_can_be_called_by_its_name(key: str) -> None:
    wish = key.removeprefix("keywords.")

    assert wish in SMALL_TALK or texts.load().has(f"names.{wish}")


async def test_two_bare_words_at_a_free_question_are_the_command(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says("quay lai")

    lan.hears("registration.place")


@pytest.mark.parametrize("name", ["Huy", "dung", "sua"])
async def test_one_bare_word_at_a_free_question_is_an_answer(lan: Citizen, name: str) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says(name)

    lan.hears("registration.birth_year")
    assert (await lan.answers())["name"] == name


async def test_an_earlier_button_changes_its_answer_and_shows_the_open_question(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)
    forgotten = lan.button("Không nhớ")
    await lan.says("1954")

    await lan.presses_again(forgotten)

    lan.hears("answer_changed", "registration.phone")
    assert (await lan.answers())["birth_year"] == "#forgotten"


async def test_an_earlier_button_of_several_adds_to_the_answer(lan: Citizen) -> None:
    await lan.says(*CONSENTED)
    school = lan.button("Học hành")
    await lan.says("1", "xong")

    await lan.presses_again(school)

    lan.hears("answer_changed", "registration.unit")
    assert (await lan.answers())["needs"] == "review+school"


async def test_an_earlier_showing_of_the_review_still_sends(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    send = lan.button("Gửi yêu cầu")
    await lan.sends("sticker", {})

    await lan.presses_again(send)

    assert len(await cases(town)) == 1


async def test_an_earlier_showing_of_several_still_ticks(lan: Citizen) -> None:
    await lan.says(*CONSENTED)
    school = lan.button("Học hành")
    await lan.sends("sticker", {})

    await lan.presses_again(school)

    lan.hears("registration.needs")
    assert "✓ Học hành" in lan.heard[-1].options


async def test_an_earlier_showing_is_not_answered_twice_at_once(lan: Citizen) -> None:
    await lan.says(*CONSENTED)
    school = lan.button("Học hành")

    await lan.presses_again(school)
    await lan.presses_again(school)

    lan.hears()


async def test_a_button_of_a_form_begun_before_changes_nothing_in_this_one(lan: Citizen) -> None:
    await lan.says(*CONSENTED)
    school = lan.button("Học hành")
    await lan.says("1", "xong", "hủy")
    await lan.presses("Bỏ")
    await lan.says("/dangky", "1", "2", "xong")

    await lan.presses_again(school)

    lan.hears("closed_button", "registration.work")
    assert (await lan.answers())["needs"] == "work"


async def test_the_last_of_several_is_not_taken_away(lan: Citizen) -> None:
    await lan.says(*CONSENTED)
    review = lan.button("Xét hộ nghèo")
    await lan.says("1", "xong")

    await lan.presses_again(review)

    assert (await lan.answers())["needs"] == "review"


async def test_the_same_button_twice_at_once_is_answered_once(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)
    forgotten = lan.button("Không nhớ")
    await lan.presses_again(forgotten)

    await lan.presses_again(forgotten)

    lan.hears()


async def test_the_same_button_ten_seconds_later_shows_the_open_question(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)
    forgotten = lan.button("Không nhớ")
    await lan.presses_again(forgotten)
    town.clock.move(seconds=10)

    await lan.presses_again(forgotten)

    lan.hears("registration.phone")


async def test_another_button_at_once_is_not_taken_for_the_same(lan: Citizen) -> None:
    await lan.says("/dangky")
    family, other = lan.button("Gia đình tôi"), lan.button("Giúp người khác")
    await lan.presses_again(family)

    await lan.presses_again(other)

    lan.hears("answer_changed", "consent_register.relation")


async def test_another_door_at_once_is_not_taken_for_the_same(lan: Citizen) -> None:
    await lan.says("menu")
    support, giving = lan.button("Xem được hỗ trợ gì"), lan.button("Ủng hộ")
    await lan.presses_again(support)

    await lan.presses_again(giving)

    lan.hears("pledge.giver")


async def test_a_button_of_a_finished_form_is_closed(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)
    forgotten = lan.button("Không nhớ")
    await lan.says(*ANSWERED[4:], "gửi yêu cầu", "không")

    await lan.presses_again(forgotten)

    lan.hears("closed_button")


async def test_a_button_of_a_paused_form_offers_to_resume_it(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)
    forgotten = lan.button("Không nhớ")
    await lan.says("menu")
    await lan.presses_again(forgotten)
    assert lan.hears_last("paused_button").options == ("Làm tiếp",)

    await lan.presses("Làm tiếp")

    lan.hears("registration.birth_year")


async def test_a_button_of_another_persons_is_nobodys(town: Town, lan: Citizen) -> None:
    await lan.says("/dangky")
    mai = town.citizen("Mai")

    await mai.presses_again(lan.button("Gia đình tôi"))

    mai.hears("old_button")


@pytest.mark.parametrize("press", ["", "nonsense", "nonsense.1", ".", "x.-1", "x.99999999999999999999"])
async def test_a_button_nobody_knows_is_answered_with_the_open_question(lan: Citizen, press: str) -> None:
    await lan.says(*CONSENTED, *TO_PHONE)

    await lan.presses_again(press)

    lan.hears("old_button", "registration.phone")


async def test_a_place_among_the_buttons_that_is_not_there_is_answered_too(lan: Citizen) -> None:
    await lan.says("/dangky")
    nonce = lan.button("Gia đình tôi").rpartition(".")[0]

    await lan.presses_again(f"{nonce}.77")

    lan.hears("old_button", "consent_register.for_whom")


async def test_sending_five_times_opens_one_case(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    send = lan.button("Gửi yêu cầu")

    for _ in range(5):
        await lan.presses_again(send)
        town.clock.move(seconds=3)

    assert len(await cases(town)) == 1


async def test_sending_again_later_says_that_it_is_done(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    send = lan.button("Gửi yêu cầu")
    await lan.presses_again(send)
    await lan.says("không")
    town.clock.move(minutes=1)

    await lan.presses_again(send)

    lan.hears("already_done")


async def test_the_same_update_again_has_no_effect(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)
    await lan.takes_in("update 7", "text", {"text": "1954"})
    lan.hears("registration.phone")

    await lan.takes_in("update 7", "text", {"text": "1954"})

    lan.hears()


async def floods(lan: Citizen) -> str:
    """Write as many messages as are read in a minute; returns a button of the question shown last."""
    await lan.says("/dangky", *("x" for _ in range(MESSAGES_A_MINUTE - 1)))
    return lan.button("Gia đình tôi")


async def test_the_message_above_sixty_is_told_to_slow_down(lan: Citizen) -> None:
    await floods(lan)

    await lan.says("1")

    lan.hears("slow_down")


async def test_it_is_said_once(lan: Citizen) -> None:
    await floods(lan)

    await lan.says("1", "1")

    lan.hears()


async def test_presses_are_taken_in_a_flood(lan: Citizen) -> None:
    family = await floods(lan)
    await lan.says("x", "x")

    await lan.presses_again(family)

    lan.hears("consent_register.agree_own")


async def test_the_next_minute_is_as_usual(town: Town, lan: Citizen) -> None:
    await floods(lan)
    await lan.says("x", "x")
    town.clock.move(minutes=1)

    await lan.says("1")

    lan.hears("consent_register.agree_own")


async def test_others_do_not_notice_a_flood(town: Town, lan: Citizen) -> None:
    await floods(lan)
    await lan.says("x")
    mai = town.citizen("Mai")

    await mai.says("/dangky")

    mai.hears("consent_register.for_whom")

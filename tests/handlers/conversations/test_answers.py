"""How an answer may be given: numbers, labels, presses, doubts, photos, contacts; and what happens to one too long."""

import pytest

from tests.handlers.conversations.walks import (
    CONSENTED,
    TO_NAME,
    TO_PHONE,
    TO_PLACE,
    TO_STORY,
    TO_YEAR,
)
from tests.kit.town import Citizen, Town

TO_UNIT = (*CONSENTED, "1", "xong")


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("1", id="its number"),
        pytest.param("1.", id="its number with a point"),
        pytest.param("Gia đình tôi", id="its label"),
        pytest.param("gia dinh toi", id="its label without accents"),
        pytest.param("gia đình", id="part of its label"),
    ],
)
async def test_an_option_may_be_typed(lan: Citizen, typed: str) -> None:
    await lan.says("/dangky")

    await lan.says(typed)

    lan.hears("consent_register.agree_own")


@pytest.mark.parametrize(
    ("typed", "needs"),
    [
        pytest.param("1 4", "review+school", id="numbers"),
        pytest.param("1,4", "review+school", id="numbers with a comma"),
        pytest.param("1 và 4", "review+school", id="numbers with «và»"),
        pytest.param("nha o", "house", id="a label without accents"),
        pytest.param("gạo và học hành", "school+food", id="parts of two labels"),
    ],
)
async def test_several_may_be_typed_at_once(lan: Citizen, typed: str, needs: str) -> None:
    await lan.says(*CONSENTED)

    await lan.says(typed)

    lan.hears("registration.unit")
    assert (await lan.answers())["needs"] == needs


@pytest.mark.parametrize("typed", ["4", "4.", " 4 "])
async def test_one_number_alone_marks_one_of_several_and_waits_for_xong(lan: Citizen, typed: str) -> None:
    await lan.says(*CONSENTED)

    await lan.says(typed)
    marked = [label for label in lan.hears_last("registration.needs").options if label.startswith("✓")]
    await lan.says("5", "1", "5", "xong")

    assert marked == ["✓ Học hành"]
    lan.hears("registration.unit")
    assert set((await lan.answers())["needs"].split("+")) == {"review", "school"}


async def test_each_press_marks_one_of_several(lan: Citizen) -> None:
    await lan.says(*CONSENTED)

    await lan.presses("Nhà ở", "Học hành")

    marked = [label for label in lan.hears_last("registration.needs").options if label.startswith("✓")]
    assert marked == ["✓ Học hành", "✓ Nhà ở"]


async def test_a_second_press_takes_the_mark_away(lan: Citizen) -> None:
    await lan.says(*CONSENTED)
    await lan.presses("Nhà ở", "Học hành", "Nhà ở")

    await lan.presses("Xong")

    lan.hears("registration.unit")
    assert (await lan.answers())["needs"] == "school"


async def test_done_with_nothing_chosen_asks_again(lan: Citizen) -> None:
    await lan.says(*CONSENTED)

    await lan.presses("Xong")

    lan.hears("registration.needs")
    assert "needs" not in await lan.answers()


async def test_two_figures_of_a_year_are_echoed(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)

    await lan.says("54")

    echo = lan.hears_last("registration.birth_year")
    assert "1954" in echo.text
    assert echo.options == ("Đúng", "Sửa lại")


@pytest.mark.parametrize(
    ("reply", "asked", "year"),
    [
        pytest.param("đúng", "registration.phone", "1954", id="right"),
        pytest.param("dung", "registration.phone", "1954", id="right, without accents"),
        pytest.param("không", "registration.birth_year", None, id="no: asked again"),
        pytest.param("1955", "registration.phone", "1955", id="another year"),
        pytest.param("không nhớ", "registration.phone", "#forgotten", id="forgotten after all"),
    ],
)
async def test_an_echoed_year_is_confirmed_denied_or_replaced(
    lan: Citizen, reply: str, asked: str, year: str | None
) -> None:
    await lan.says(*CONSENTED, *TO_YEAR, "54")

    await lan.says(reply)

    lan.hears(asked)
    assert (await lan.answers()).get("birth_year") == year


async def test_a_name_of_a_unit_and_of_a_district_asks_which(lan: Citizen) -> None:
    await lan.says(*TO_UNIT)

    await lan.says("Tây Giang")

    options = lan.hears_last("registration.unit").options
    assert options == ("Xã Tây Giang", "Nơi khác trong Huyện Tây Giang cũ", "Không có trong số này")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("Tây Giang", "2"), id="picked"),
        pytest.param(("huyện Tây Giang",), id="typed"),
    ],
)
async def test_a_former_district_lists_its_units(lan: Citizen, words: tuple[str, ...]) -> None:
    await lan.says(*TO_UNIT)

    await lan.says(*words)

    options = lan.hears_last("registration.unit").options
    assert options == ("Xã Avương", "Xã Hùng Sơn", "Xã Tây Giang", "Không có trong số này")


async def test_none_of_these_places_asks_again(lan: Citizen) -> None:
    await lan.says(*TO_UNIT, "Tây Giang")

    await lan.presses("Không có trong số này")

    assert lan.hears_last("registration.unit").options == ()


async def test_another_place_may_be_typed_at_the_choice_of_places(lan: Citizen) -> None:
    await lan.says(*TO_UNIT, "Tây Giang")

    await lan.says("Hòa Sơn")

    assert (await lan.answers())["unit"] == "phuong_hoa_khanh"


async def test_what_is_misheard_once_is_asked_in_other_words(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PHONE)

    await lan.says("abc")

    assert lan.hears_last("registration.phone").text.startswith("Tôi chưa thấy số điện thoại đúng.")


async def test_what_is_misheard_twice_offers_a_person(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PHONE, "abc")

    await lan.says("xyz")

    assert lan.hears_last("registration.phone").options == ("Không có điện thoại", "Gặp cán bộ")


@pytest.mark.parametrize(
    ("before", "letters", "said"),
    [
        pytest.param(TO_STORY, 2_001, "2.000", id="a story"),
        pytest.param(TO_PLACE, 301, "dài quá", id="a place"),
        pytest.param(TO_NAME, 101, "dài quá", id="a name"),
    ],
)
async def test_words_too_long_are_said_to_be_so(lan: Citizen, before: tuple[str, ...], letters: int, said: str) -> None:
    await lan.says(*CONSENTED, *before)
    asked = lan.heard[-1].key

    await lan.says("a" * letters)

    assert said in lan.hears_last(asked).text


async def test_a_story_of_two_thousand_letters_is_taken(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_STORY)

    await lan.says("ă" * 2_000)

    lan.hears("registration.reach")


async def test_a_shared_contact_answers_the_question_for_a_phone(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PHONE)

    await lan.sends("contact", {"contact": "0905 123 456"})

    assert (await lan.answers())["phone"] == "+84905123456"


async def test_photos_are_taken_where_they_are_asked_for(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_STORY)
    await lan.presses("Gửi ảnh chỗ ở")
    photos = [await lan.at_desk(lambda desk: desk.files.keep(b"a photo")) for _ in range(2)]

    await lan.sends("photos", {"photos": photos})

    lan.hears("registration.reach")
    assert (await lan.answers())["photos"] == "+".join(photos)


async def test_words_where_photos_are_asked_for_ask_again(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_STORY, "2")

    await lan.says("đây này")

    lan.hears("registration.photos")


async def test_photos_may_be_left_out_after_all(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_STORY, "2")

    await lan.says("bỏ qua")

    lan.hears("registration.reach")

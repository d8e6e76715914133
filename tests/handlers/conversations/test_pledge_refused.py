"""What is no promise gets a clear sentence and has no effect: nothing, too much, the past, a joke, a phone number."""

import pytest

from tests.handlers.conversations.gifts import BY_NAME, GOODS, PERSON, TO_GOODS, TO_MONEY, pledges
from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("0", "từ một nghìn đồng trở lên"),
        ("0 đồng", "từ một nghìn đồng trở lên"),
        ("1000000000000000", "từ một nghìn đồng trở lên"),
        ("-500000", "từ một nghìn đồng trở lên"),
        ("âm 5 triệu", "từ một nghìn đồng trở lên"),
        ("nhiều lắm", "từ một nghìn đồng trở lên"),
        ("0905123456", "giống số điện thoại"),
        ("0905 123 456", "giống số điện thoại"),
        ("+84905123456", "giống số điện thoại"),
        ("một tỷ đùa thôi", "nói đùa"),
        ("mot ty, noi dua", "nói đùa"),
    ],
)
async def test_what_is_no_amount_is_asked_again_in_a_clear_sentence(
    town: Town, lan: Citizen, typed: str, told: str
) -> None:
    await lan.says(*TO_MONEY, typed)

    assert told in lan.hears_last("pledge.amount").text
    assert "amount" not in await lan.answers()
    assert await pledges(town) == []


@pytest.mark.parametrize("kind", ["sticker", "voice", "file"])
async def test_a_sticker_leaves_the_question_open(town: Town, lan: Citizen, kind: str) -> None:
    await lan.says(*TO_MONEY)

    await lan.sends(kind, {})

    lan.hears("unreadable", "pledge.amount")
    assert await pledges(town) == []


@pytest.mark.parametrize("day", ["hôm qua", "1/1/2026", "1/1/2040"])
async def test_a_day_that_is_past_or_far_off_is_asked_again(lan: Citizen, day: str) -> None:
    await lan.says(*TO_MONEY, "500 nghin", "dung", "chon ngay")

    await lan.says(day)

    assert "đã qua" in lan.hears_last("pledge.pay_day").text
    assert "pay_day" not in await lan.answers()


@pytest.mark.parametrize("day", ["hôm nay", "24/11/2026", "1/1/2020"])
async def test_expired_food_is_not_taken(lan: Citizen, day: str) -> None:
    await lan.says(*TO_GOODS, "sua", "10 thung", "moi")

    await lan.says(day)

    assert "hết hạn" in lan.hears_last("pledge.best_before").text
    assert "best_before" not in await lan.answers()


@pytest.mark.parametrize("typed", ["0", "-5 thùng", "0905123456", "999999999999999", "nhiều", "2-3 thùng"])
async def test_what_is_no_number_of_goods_is_asked_again(lan: Citizen, typed: str) -> None:
    await lan.says(*TO_GOODS, "chan")

    await lan.says(typed)

    assert "Tôi chưa rõ bao nhiêu" in lan.hears_last("pledge.how_many").text


@pytest.mark.parametrize("typed", ["0", "-3", "100000", "0905123456"])
async def test_what_is_no_number_of_people_is_asked_again(lan: Citizen, typed: str) -> None:
    await lan.says(*PERSON, "viec lam", "dong y", "may")

    await lan.says(typed)

    lan.hears("pledge.people")
    assert "people" not in await lan.answers()


async def test_a_month_that_is_none_is_asked_again(lan: Citizen) -> None:
    await lan.says(*PERSON, "thu mua", "dong y", "thu mua", "ot")

    await lan.says("tháng 13")

    assert "tháng dương lịch" in lan.hears_last("pledge.season").text


async def test_a_promise_left_at_its_review_is_none(town: Town, lan: Citizen) -> None:
    await lan.says(*GOODS, "huy", "có")

    assert await pledges(town) == []


async def test_an_answer_may_be_changed_before_it_is_sent(town: Town, lan: Citizen) -> None:
    await lan.says(*TO_MONEY, "500 nghin", "dung", "chua biet", *BY_NAME, "sua 4", "2 trieu", "dung")

    await lan.says("gui dang ky ung ho")

    [pledge] = await pledges(town)
    assert pledge.amount == 2_000_000

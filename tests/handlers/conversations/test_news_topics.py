"""News: what one gets, and the choice in four questions at most."""

import pytest

from handlers.desk.consents import Wanted
from storage.tables import Owner
from tests.handlers.conversations.walks import registers
from tests.kit.news import subscriber
from tests.kit.town import Citizen, Town

HERE = "phuong_hoa_khanh"


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def wanted(citizen: Citizen) -> list[tuple[str, str, str]]:
    found: tuple[Wanted, ...] = await citizen.at_desk(lambda desk: desk.subscriptions.mine())
    return [(one.topic, one.unit_id, one.rhythm) for one in found]


async def agreed(citizen: Citizen) -> bool:
    return await citizen.at_desk(lambda desk: desk.consents.in_force("news"))


async def test_four_questions_lead_to_news(lan: Citizen) -> None:
    await lan.says("/tintuc")
    lan.hears("choose_news.agree_to_news")

    await lan.says("đồng ý", "3 6", "Hòa Sơn", "mỗi ngày")

    chosen = lan.hears_last("choose_news.chosen").text
    assert "• việc làm – Phường Hòa Khánh, mỗi ngày một lần" in chosen
    assert await wanted(lan) == [("jobs", HERE, "daily"), ("weather", HERE, "daily")]
    assert await agreed(lan)


async def test_the_yes_is_kept_with_the_text_that_was_read(lan: Citizen) -> None:
    await lan.says("/tintuc", "1", "1", "xong", "Cả thành phố", "1")

    [consent] = await lan.at_desk(lambda desk: desk.consents.given())

    assert (consent.purpose, consent.text_version) == ("news", "news/1")
    assert await wanted(lan) == [("city", "", "at_once")]


async def test_without_a_yes_nothing_more_is_asked_and_nothing_comes(lan: Citizen) -> None:
    await lan.says("/news", "không")

    lan.hears("choose_news.refused")
    assert (await wanted(lan), await agreed(lan)) == ([], False)


async def test_whoever_gets_news_sees_what_and_is_not_asked_for_her_yes_again(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", rhythm="weekly")

    await lan.says("tin tức")
    shown = lan.hears_last("choose_news.you_get").text
    await lan.presses("Chọn lại tin")

    assert "• việc làm – cả thành phố, mỗi tuần một lần" in shown
    lan.hears("choose_news.topics")


async def test_a_new_choice_takes_the_place_of_the_old(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    await lan.says("/tintuc")
    await lan.presses("Chọn lại tin", "Việc làm", "Đợt vận động", "Xong")

    await lan.says("1", "3")

    assert await wanted(lan) == [("jobs", "", "weekly"), ("campaigns", "", "weekly")]


async def test_a_choice_that_was_replaced_does_not_come_back_with_receive(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    await lan.says("/tintuc")
    await lan.presses("Chọn lại tin")
    await lan.says("1", "xong", "Cả thành phố", "1", "DỪNG")

    await lan.says("NHẬN")

    assert await wanted(lan) == [("city", "", "at_once")]


async def test_a_button_ends_all_news_and_leaves_news_of_ones_request(lan: Citizen) -> None:
    await registers(lan, news="1")
    await lan.at_desk(lambda desk: desk.subscriptions.subscribe(("jobs", "city")))
    await lan.says("/tintuc")

    await lan.presses("Thôi nhận tin tức")

    lan.hears("stop.stopped")
    assert [c.purpose for c in await lan.at_desk(lambda desk: desk.consents.given())] == ["register", "case_news"]


async def test_after_a_registration_and_in_help_there_is_a_door(lan: Citizen) -> None:
    await registers(lan)
    after = lan.heard[-1].options
    await lan.says("/trogiup")

    assert "Nhận tin" in after
    assert {"Nhận tin", "Tin này có thật không?"} <= set(lan.heard[-1].options)


async def test_while_nobody_is_responsible_nothing_is_asked(town: Town, lan: Citizen) -> None:
    await town.database.write(lambda unit: unit.query(Owner).delete())

    await lan.says("/tintuc")

    lan.hears("no_owner")


async def test_a_yes_taken_back_under_privacy_stops_every_topic(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    await lan.says("/riengtu")

    await lan.presses("Rút lại đồng ý", "nhận tin tức")

    assert (await wanted(lan), await agreed(lan)) == ([], False)


async def test_in_english_too(town: Town) -> None:
    anna = town.citizen("Anna", language="en")

    await anna.says("get news", "yes", "3", "done", "The whole city", "2")

    assert "• jobs – the whole city, once a day" in anna.hears_last("choose_news.chosen").text

"""DỪNG, DỪNG HẾT and NHẬN, as people write them, after whatever they got last."""

import pytest

from handlers.desk import Actor, Desk
from handlers.desk.pledges import Offer
from tests.handlers.conversations.walks import CONSENTED, TO_NAME, registers
from tests.kit.news import Press, press, subscriber
from tests.kit.town import Citizen, Town

CLOCK = Actor("clock")


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("DỪNG", "stop.stopped"),
        ("dừng", "stop.stopped"),
        ("DUNG", "stop.stopped"),
        ("/dung", "stop.stopped"),
        ("Dừng.", "stop.stopped"),
        ("DỪNG HẾT", "stop_all.stopped_all"),
        ("dừng hết", "stop_all.stopped_all"),
        ("dung het!", "stop_all.stopped_all"),
        ("NHẬN", "receive.nothing_stopped"),
        ("nhan", "receive.nothing_stopped"),
        ("Nhận tin.", "receive.nothing_stopped"),
    ],
)
async def test_the_words_are_heard_in_any_case_and_accents(lan: Citizen, words: str, key: str) -> None:
    await lan.says(words)

    lan.hears(key)


async def consents(lan: Citizen) -> list[str]:
    return await lan.at_desk(lambda desk: [consent.purpose for consent in desk.consents.given()])


async def test_stop_leaves_news_of_ones_own_request(lan: Citizen) -> None:
    await registers(lan, news="1")

    await lan.says("DỪNG")

    assert await consents(lan) == ["register", "case_news"]


async def test_stop_all_ends_news_of_ones_own_request(lan: Citizen) -> None:
    await registers(lan, news="1")

    await lan.says("DỪNG HẾT")

    assert await consents(lan) == ["register"]


async def test_receive_takes_both_up_again(lan: Citizen) -> None:
    await registers(lan, news="1")
    await lan.at_desk(lambda desk: desk.subscriptions.subscribe(("jobs",)))
    await lan.says("DỪNG HẾT")

    await lan.says("NHẬN")

    assert lan.hears_last("receive.receiving").text.startswith("Từ nay ông/bà nhận lại: việc làm, tin về yêu cầu")
    assert await consents(lan) == ["register", "case_news", "news"]


async def test_receive_gives_no_yes_that_was_never_said(lan: Citizen) -> None:
    await registers(lan, news="1")
    await lan.says("DỪNG HẾT")

    await lan.says("NHẬN")

    assert await consents(lan) == ["register", "case_news"]


async def test_fully_accented_stop_is_heard_in_the_middle_of_a_form(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says("DỪNG")

    lan.hears("stop.stopped", "resume_offer")


async def test_a_name_without_accents_stops_nothing(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", rhythm="at_once")
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says("Dung")

    assert await topics(lan) == ["jobs"]
    assert (await lan.answers())["name"] == "Dung"


# After what she got last


async def topics(citizen: Citizen) -> list[str]:
    return await citizen.at_desk(lambda desk: [one.topic for one in desk.subscriptions.mine()])


@pytest.fixture
async def office(town: Town) -> Press:
    return await press(town)


async def test_stop_ends_the_topic_of_the_last_news_and_names_it(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    await office.announces("Trạm y tế", topic="health")
    await office.announces("Phiên việc làm", topic="jobs")

    await lan.says("dung")

    assert lan.hears_last("stop.stopped_topic").text.startswith("Đã dừng tin “việc làm”.")
    assert await topics(lan) == ["health"]


async def test_stop_once_more_ends_nothing_else(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    await office.announces("Phiên việc làm", topic="jobs")

    await lan.says("DỪNG", "DỪNG")

    lan.hears("stop.stopped_topic")
    assert await topics(lan) == ["health"]


async def test_the_last_topic_stopped_ends_the_yes_to_news(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", rhythm="at_once")
    await office.announces("Phiên việc làm", topic="jobs")

    await lan.says("DỪNG")

    assert await consents(lan) == []


async def test_stop_after_a_digest_ends_every_topic_in_it(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", "weather")
    for topic in ("jobs", "health"):
        await office.announces("Có tin mới", topic=topic)
    town.clock.move(days=1)
    await town.at_desk(CLOCK, lambda desk: desk.digests.run())

    await lan.says("DỪNG")

    assert lan.hears_last("stop.stopped_topic").text.startswith("Đã dừng tin “việc làm, sức khỏe, khám chữa”.")
    assert await topics(lan) == ["weather"]


async def test_what_was_got_a_month_ago_is_not_meant(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    await office.announces("Phiên việc làm", topic="jobs")
    town.clock.move(days=31)

    await lan.says("DỪNG")

    lan.hears("stop.stopped")
    assert await topics(lan) == []


async def test_news_of_ones_own_request_goes_on_until_stop_all(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", rhythm="at_once")
    await registers(lan, news="1")
    await office.approves("Lịch tiếp dân", "Chiều thứ sáu nghỉ.", "", kind="service")
    await town.announces()

    await lan.says("DỪNG")
    before = await consents(lan)
    lan.hears("stop.own_request")
    await lan.presses("Dừng hết")

    lan.hears("stop_all.stopped_all")
    assert before == ["register", "case_news", "news"]
    assert await consents(lan) == ["register"]


async def test_a_giver_hears_of_her_gift_and_of_no_further_campaign(town: Town, office: Press) -> None:
    cho = await subscriber(town, "Chợ", "campaigns", "jobs", rhythm="at_once")
    await cho.at_desk(promises)
    await office.approves("Đợt mới", "Xin xem.", "", kind="givers")
    await town.announces()

    await cho.says("DỪNG")

    cho.hears("stop.stopped_posts")
    assert await topics(cho) == ["jobs"]
    assert await consents(cho) == ["give", "news"]
    assert await cho.at_desk(lambda desk: desk.consents.taken_back("campaign_posts", desk.here().person_id))


def promises(desk: Desk) -> None:
    desk.consents.give("give", "give/1")
    desk.pledges.offer(Offer(kind="money", giver="person", amount=1_000, name="Chợ"))


async def test_a_warning_goes_on_until_stop_all(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", rhythm="at_once")
    await office.approves("Nước lên nhanh", "Xin lên chỗ cao.", "", kind="warning")
    await town.announces()

    await lan.says("DỪNG")

    assert "Dừng hết" in lan.hears_last("stop.warning").options
    assert await topics(lan) == ["jobs"]


async def test_officials_are_told_kindly_that_work_goes_on(town: Town, office: Press) -> None:
    tam = await subscriber(town, "Tâm", "jobs", rhythm="at_once")
    account = await town.official("tam", "officer")
    await tam.at_desk(lambda desk: desk.acting_chats.bind(account, desk.here()))
    await office.approves("Họp giao ban", "Sáng thứ hai.", "", kind="staff")
    await town.announces()

    await tam.says("DỪNG")

    tam.hears("stop.staff")
    assert await topics(tam) == ["jobs"]


# Again


async def test_receive_takes_up_what_was_stopped_last(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    for topic in ("jobs", "health"):
        town.clock.move(minutes=5)
        await office.announces("Có tin mới", topic=topic)
        await lan.says("DỪNG")
    town.clock.move(minutes=5)

    await lan.says("NHẬN")

    assert lan.hears_last("receive.receiving").text.startswith("Từ nay ông/bà nhận lại: sức khỏe")
    assert await topics(lan) == ["health"]


async def test_receive_once_more_takes_up_nothing_else(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    for topic in ("jobs", "health"):
        town.clock.move(minutes=5)
        await office.announces("Có tin mới", topic=topic)
        await lan.says("DỪNG")
    town.clock.move(minutes=5)
    await lan.says("NHẬN")
    town.clock.move(minutes=5)

    await lan.says("NHẬN")

    lan.hears("receive.nothing_stopped")
    assert await topics(lan) == ["health"]


async def test_stop_and_receive_work_again_and_again(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    for _ in range(3):
        await lan.says("DỪNG")
        stopped = await topics(lan)
        await lan.says("NHẬN")

        assert (stopped, await topics(lan)) == ([], ["jobs", "health"])


async def test_a_giver_who_stopped_gets_no_further_campaign_until_she_writes_receive(town: Town, office: Press) -> None:
    cho = await subscriber(town, "Chợ", "campaigns", rhythm="at_once")
    await cho.at_desk(promises)
    await office.approves("Đợt một", "Xin xem.", "", kind="givers")
    await town.announces()
    await cho.says("DỪNG")
    await town.citizen("Tư").says("/menu")
    await town.citizen("Tư").at_desk(promises)  # or nobody would get it
    await office.approves("Đợt hai", "Xin xem.", "", kind="givers")
    await town.announces()

    await cho.says("NHẬN")
    await office.approves("Đợt ba", "Xin xem.", "", kind="givers")
    await town.announces()

    await cho.listens(0)
    titles = [m.text.split("\n")[0] for m in cho.heard if m.kind == "broadcast"]
    assert titles == ["Đợt một", "Đợt ba"]

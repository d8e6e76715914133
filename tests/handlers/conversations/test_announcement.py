"""Approving, giving back and stopping an announcement in the chat, and all that does not approve one."""

import pytest
from sqlmodel import col, func, select

from handlers.desk import Desk
from handlers.desk.announcing import Audience, BroadcastDraft
from storage.tables import OutboxRow
from tests.kit.announcing import FIRST_LINE, WORDS, states_of, subscribes, writes
from tests.kit.audit import actions, details
from tests.kit.on_duty import PLACE, Clerk, clerk, disable, listening
from tests.kit.town import Citizen, Town

REFUSED = "broadcast.approval_refused"


@pytest.fixture
async def ba(town: Town) -> Citizen:
    """Somebody who gets news of health."""
    return await subscribes(town, "Ba")


@pytest.fixture
async def mai(town: Town, ba: Citizen) -> Clerk:
    """An editor."""
    return await clerk(town, "Mai", "editor")


@pytest.fixture
async def lan(town: Town) -> Clerk:
    """An admin."""
    return await clerk(town, "Lan", "admin")


@pytest.fixture
async def code(mai: Clerk, lan: Clerk) -> str:
    """An announcement that waits for approval."""
    return await writes(mai)


async def rewrites(town: Town, official: Clerk, code: str, *, submits: bool) -> None:
    def rewrite(desk: Desk) -> None:
        draft = BroadcastDraft(
            kind="news", title={"vi": FIRST_LINE}, words={"vi": "Lời khác."}, audience=Audience(), topic="health"
        )
        seen = desk.broadcasts.read(code)
        assert seen is not None
        assert desk.broadcasts.rewrite(code, draft, seen.stamp) == "done"
        seen = desk.broadcasts.read(code)
        assert seen is not None
        if submits:
            assert desk.broadcasts.submit(code, seen.stamp) == "done"

    await town.as_official(official.id, rewrite)


async def announced(town: Town) -> int:
    """How many messages of announcements there are."""
    query = select(func.count()).where(col(OutboxRow.kind) == "broadcast")
    return await town.database.read(lambda unit: unit.scalar(query) or 0)


async def test_who_approves_sees_the_very_words_and_how_many_then_they_go_out(
    town: Town, ba: Citizen, mai: Clerk, lan: Clerk, code: str
) -> None:
    await lan.says(f"/duyet {code}")
    lan.hears("plain", "announce.to_decide")
    shown = lan.heard[0].text
    assert "trang web: 1" in lan.heard[1].text
    assert lan.heard[1].options == ("Duyệt", "Trả lại", "Dừng ngay", "Về danh mục")

    async with listening(mai):
        await lan.presses("Duyệt")

    lan.hears("announce.approved")
    assert lan.heard[0].options[0] == "Dừng ngay"
    assert [(m.key, m.options[1]) for m in mai.heard] == [("broadcast_news.approved", "Dừng ngay")]
    async with listening(ba, mai):
        await town.announces()
    assert [m.text for m in ba.heard] == [shown]
    assert "1 người nhận, 0 không gửi" in mai.hears_last("broadcast_news.done").text


@pytest.mark.parametrize("typed", ["/duyet {}", "/approve {}", "duyệt {}", "DUYET {}", "approve {}"])
async def test_it_is_opened_by_its_code_however_it_is_typed(lan: Clerk, code: str, typed: str) -> None:
    await lan.says(typed.format(code.lower()))

    lan.hears("plain", "announce.to_decide")


async def test_both_languages_are_shown(town: Town, mai: Clerk, lan: Clerk) -> None:
    title, words = {"vi": FIRST_LINE, "en": "Health post"}, {"vi": WORDS, "en": "Open on Saturday."}
    draft = BroadcastDraft(kind="news", title=title, words=words, audience=Audience(), topic="health")
    code = await town.as_official(mai.id, lambda desk: desk.broadcasts.write(draft))

    await lan.says(f"/duyet {code}")

    lan.hears("plain", "plain", "announce.to_decide")
    assert lan.heard[1].text.startswith("Health post\n\nOpen on Saturday.")


async def test_without_a_code_what_waits_is_listed(lan: Clerk, mai: Clerk, code: str) -> None:
    await lan.says("/duyet")
    await mai.says("/duyet")

    assert code in lan.hears_last("announce.waiting").text
    mai.hears("announce.none_waits")


async def test_before_it_is_approved_a_code_is_asked_for_and_then_it_is(town: Town, lan: Clerk, code: str) -> None:
    lan.gives_codes = False
    town.clock.move(minutes=16)
    await lan.says(f"/duyet {code}")
    await lan.presses("Duyệt")
    lan.hears("one_time_code.one_time_code")
    assert await states_of(town) == ["awaiting_approval"]

    await lan.says("000000")
    assert "chưa đúng" in lan.hears_last("one_time_code.one_time_code").text
    await lan.says(await lan.code())

    lan.hears("announce.approved")
    assert await states_of(town) == ["scheduled"]


async def test_approving_twice_is_said_and_noted_and_changes_nothing(town: Town, lan: Clerk, code: str) -> None:
    await lan.says(f"/duyet {code}")
    press = lan.button("Duyệt")
    await lan.presses_again(press)
    before = await states_of(town)

    town.clock.move(minutes=1)
    await lan.presses_again(press)

    lan.hears("announce.refused.not_now")
    assert (before, await states_of(town)) == (["scheduled"], ["scheduled"])
    assert [one["why"] for one in await details(town, REFUSED)] == ["not_now"]
    await town.announces()
    assert await announced(town) == 1


async def test_the_author_has_no_button_and_is_refused_where_she_became_one(town: Town, mai: Clerk, code: str) -> None:
    lead = await clerk(town, "Hoa", "lead", "admin")
    await lead.says(f"/duyet {code}")
    press = lead.button("Duyệt")
    editor = await clerk(town, "Sáu", "editor", "admin")
    await editor.says(f"/duyet {code}")
    hers = editor.button("Duyệt")
    await rewrites(town, editor, code, submits=True)

    await mai.says(f"/duyet {code}")
    await editor.presses_again(hers)
    await lead.presses_again(press)

    assert "Duyệt" not in mai.heard[-1].options
    assert "người khác phải duyệt" in mai.heard[-1].text
    editor.hears("announce.refused.own")
    lead.hears("announce.refused.outdated")
    assert [one["why"] for one in await details(town, REFUSED)] == ["own", "outdated"]
    assert await states_of(town) == ["awaiting_approval"]


@pytest.mark.parametrize(("submits", "key"), [(True, "outdated"), (False, "not_now")])
async def test_what_was_edited_since_is_not_approved(
    town: Town, ba: Citizen, mai: Clerk, lan: Clerk, code: str, *, submits: bool, key: str
) -> None:
    await lan.says(f"/duyet {code}")
    await rewrites(town, mai, code, submits=submits)

    await lan.presses("Duyệt")
    await town.announces()

    lan.hears(f"announce.refused.{key}")
    assert [one["why"] for one in await details(town, REFUSED)] == [key]
    assert await announced(town) == 0


async def test_after_its_time_it_is_not_approved(town: Town, mai: Clerk, lan: Clerk) -> None:
    await mai.says("/thongbao")
    await mai.presses("Tin tức", "Sức khỏe", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Giờ khác")
    await mai.says("hôm nay", "10h")
    async with listening(lan):
        await mai.presses("Trình duyệt")
    await lan.presses("Xem và duyệt")

    town.clock.move(hours=2)
    await lan.presses("Duyệt")

    lan.hears("announce.refused.late")
    assert [one["why"] for one in await details(town, REFUSED)] == ["late"]


async def test_a_disabled_account_approves_and_stops_nothing(town: Town, lan: Clerk, code: str) -> None:
    await clerk(town, "Kim", "admin")
    await lan.says(f"/duyet {code}")
    approve, stop = lan.button("Duyệt"), lan.button("Dừng ngay")
    await disable(town, lan)

    await lan.presses_again(approve)
    lan.hears("not_understood")
    await lan.presses_again(stop)

    lan.hears("announce.only_officials_stop")
    assert await states_of(town) == ["awaiting_approval"]
    assert len(await actions(town, "rights.refused")) == 2


async def test_a_lead_of_another_unit_finds_nothing(town: Town, mai: Clerk, code: str) -> None:
    far = await clerk(town, "Năm", "lead", places=(PLACE,))

    await far.says(f"/duyet {code}")
    far.hears("announce.refused.absent")
    await far.says(f"/dung {code}")

    far.hears("announce.refused.absent")
    assert len(await actions(town, "rights.refused")) == 2
    assert await states_of(town) == ["awaiting_approval"]


async def test_given_back_its_author_is_told_and_it_is_a_draft(town: Town, mai: Clerk, lan: Clerk, code: str) -> None:
    await lan.says(f"/duyet {code}")
    press = lan.button("Trả lại")
    await lan.presses_again(press)
    lan.hears("announce.objection")
    assert await states_of(town) == ["awaiting_approval"]
    async with listening(mai):
        await lan.says("Thiếu giờ mở cửa.")

    lan.hears("announce.sent_back")
    assert "“Thiếu giờ mở cửa.”" in mai.hears_last("broadcast_news.sent_back").text
    assert await states_of(town) == ["draft"]
    town.clock.move(minutes=1)
    await lan.presses_again(press)
    lan.hears("announce.refused.not_now")
    assert await actions(town, "broadcast.sent_back", "broadcast.sending_back_refused") == [
        "broadcast.sent_back", "broadcast.sending_back_refused",
    ]  # fmt: skip
    await mai.says(f"/duyet {code}")
    assert "Được trả lại: “Thiếu giờ mở cửa.”" in mai.hears_last("announce.to_decide").text


async def test_what_was_changed_since_it_was_shown_is_not_given_back(
    town: Town, mai: Clerk, lan: Clerk, code: str
) -> None:
    await lan.says(f"/duyet {code}")
    press = lan.button("Trả lại")

    def resubmit(desk: Desk) -> str:
        seen = desk.broadcasts.read(code)
        assert seen is not None
        draft = BroadcastDraft(
            kind=seen.kind, title=seen.title, words={"vi": "Đổi giờ."}, audience=seen.audience, topic=seen.topic
        )
        assert desk.broadcasts.rewrite(code, draft, seen.stamp) == "done"
        seen = desk.broadcasts.read(code)
        assert seen is not None
        return desk.broadcasts.submit(code, seen.stamp)

    assert await town.as_official(mai.id, resubmit) == "done"

    await lan.presses_again(press)

    lan.hears("announce.refused.outdated")
    assert await states_of(town) == ["awaiting_approval"]


async def test_what_was_given_back_meanwhile_is_not_asked_the_reason_of(
    town: Town, mai: Clerk, lan: Clerk, code: str
) -> None:
    await lan.says(f"/duyet {code}")
    press = lan.button("Trả lại")
    await town.as_official(mai.id, lambda desk: desk.broadcasts.stop(code))

    await lan.presses_again(press)

    lan.hears("announce.refused.not_now")


@pytest.mark.parametrize("typed", ["/dung {}", "/stop {}", "dừng {}", "DUNG {}", "stop {}"])
async def test_whoever_may_stops_it_at_once_by_its_code(
    town: Town, ba: Citizen, mai: Clerk, lan: Clerk, code: str, typed: str
) -> None:
    await lan.says(f"/duyet {code}")
    await lan.presses("Duyệt")

    async with listening(lan, ba):
        await mai.says(typed.format(code))
        await town.announces()

    assert "đã gửi 0, chưa rõ 0. Còn lại 1: không gửi nữa" in mai.hears_last("announce.stopped").text
    lan.hears("broadcast_news.stopped")
    assert ba.heard == []
    assert await states_of(town) == ["cancelled"]


async def test_the_button_under_the_news_stops_it(town: Town, mai: Clerk, lan: Clerk, code: str) -> None:
    await lan.says(f"/duyet {code}")
    async with listening(mai):
        await lan.presses("Duyệt")

    await mai.presses("Dừng ngay")

    mai.hears("announce.stopped")
    assert await states_of(town) == ["cancelled"]


async def test_stopping_what_is_over_is_said_and_noted(town: Town, mai: Clerk, code: str) -> None:
    await mai.says(f"/dung {code}", f"/dung {code}")

    assert "đã dừng" in mai.hears_last("announce.refused.not_now").text
    assert await actions(town, "broadcast.stopped", "broadcast.stop_refused") == [
        "broadcast.stopped", "broadcast.stop_refused",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["/dung", "/stop", "dừng", "DUNG"])
async def test_without_a_code_it_is_everybody_s_word_for_no_more_news(
    town: Town, ba: Citizen, mai: Clerk, code: str, typed: str
) -> None:
    await ba.says(typed)
    await mai.says(typed)

    assert ba.heard[-1].key.startswith("stop.")
    assert mai.heard[-1].key.startswith("stop.")
    assert await states_of(town) == ["awaiting_approval"]


@pytest.mark.parametrize("typed", ["/dung {}", "dừng {}", "/dung cái này"])
async def test_a_resident_stops_nobody_s_announcement_and_is_told_how_to_get_no_more(
    town: Town, ba: Citizen, code: str, typed: str
) -> None:
    await ba.says(typed.format(code))

    ba.hears("announce.only_officials_stop")
    assert await states_of(town) == ["awaiting_approval"]
    assert [one["action"] for one in await details(town, "rights.refused")] == ["broadcast.stop"]
    await ba.presses("Thôi nhận tin này")
    assert ba.heard[-1].key.startswith("stop.")


async def test_a_warning_rings_at_night_for_who_may_approve_it(town: Town, mai: Clerk, lan: Clerk) -> None:
    town.clock.move(hours=14)
    await mai.says("/thongbao")
    await mai.presses("Cảnh báo", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Ngay khi được duyệt")

    async with listening(lan):
        await mai.presses("Trình duyệt")

    assert (lan.hears_last("broadcast_news.waits").kind, lan.heard[-1].options) == ("urgent", ("Xem và duyệt",))


async def test_all_of_it_goes_through_a_channel_abroad_too(town: Town, ba: Citizen) -> None:
    mai = await clerk(town, "Mai", "editor", channel="telegram")
    lan = await clerk(town, "Lan", "admin", channel="telegram")
    code = await writes(mai)

    await lan.says(f"/duyet {code}")
    await lan.presses("Duyệt")

    lan.hears("announce.approved")

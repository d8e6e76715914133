"""Talks on the console: taken, answered, handed over and ended; read by whom they concern, which is noted."""

from sqlalchemy import update
from sqlmodel import col, select

from storage.tables import OutboxRow, TalkLine
from tests.kit.audit import actions
from tests.kit.calls import ELSEWHERE, PLACE, SCRIPT, resident, wishes
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf


async def test_a_talk_is_taken_answered_handed_over_and_ended(house: House, town: TownOf) -> None:
    lan = await resident(town)
    talk_id = await wishes(town, lan)
    async with (
        clerk(house, "an", "officer", places=(PLACE,)) as an,
        clerk(house, "binh", "officer", places=(PLACE,)) as bi,
    ):
        taken = await an.sends(f"/talks/{talk_id}/take", {})
        assert (taken.status, taken.headers["Location"]) == (303, f"/console/talks/{talk_id}#write")
        await an.sends(f"/talks/{talk_id}/say", {"words": "Chào bà,\nbà cần gì ạ?"})
        await town.tells(lan, "Chào bà,\nbà cần gì ạ?")
        await lan.says("Nhà tôi bị dột")
        page = text(await an.opens(f"/talks/{talk_id}"))
        assert "Nhà tôi bị dột" in page
        assert "Chào bà, bà cần gì ạ?" in page

        handed = await an.sends(f"/talks/{talk_id}/hand-over", {"colleague": bi.id})
        assert handed.headers["Location"] == "/console/waiting?done=talk_handed_over"
        assert "an đang nói chuyện" not in text(await bi.opens(f"/talks/{talk_id}"))
        ended = await bi.sends(f"/talks/{talk_id}/close", {})
        assert ended.headers["Location"] == "/console/waiting?done=talk_closed"

    await town.tells(lan, "kết thúc")


async def test_words_that_can_not_be_sent_stay_in_the_form(house: House, town: TownOf) -> None:
    talk_id = await wishes(town, await resident(town))
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        await an.sends(f"/talks/{talk_id}/take", {})

        empty = await an.sends(f"/talks/{talk_id}/say", {"words": "  "})
        long = await an.sends(f"/talks/{talk_id}/say", {"words": "dài " * 501})
        nobody = await an.sends(f"/talks/{talk_id}/hand-over", {"colleague": an.id})

    assert (empty.status, long.status, nobody.status) == (400, 400, 400)
    assert "Chưa gõ nội dung" in text(empty)
    assert "dài " * 500 + "dài" in long.body.decode()
    assert "chọn một đồng nghiệp" in text(nobody)


async def test_whoever_lost_the_talk_meanwhile_is_told_and_keeps_her_words(house: House, town: TownOf) -> None:
    talk_id = await wishes(town, await resident(town))
    async with (
        clerk(house, "an", "officer", places=(PLACE,)) as an,
        clerk(house, "binh", "officer", places=(PLACE,)) as bi,
    ):
        await bi.sends(f"/talks/{talk_id}/take", {})

        second = await an.sends(f"/talks/{talk_id}/take", {})
        said = await an.sends(f"/talks/{talk_id}/say", {"words": "mấy câu đã gõ"})
        await bi.sends(f"/talks/{talk_id}/close", {})
        late = await an.sends(f"/talks/{talk_id}/say", {"words": "gõ sau khi hết"})

    assert (second.status, said.status, late.status) == (409, 409, 409)
    assert "binh đang nói chuyện" in text(second)
    assert "mấy câu đã gõ" in text(said)
    assert "gõ sau khi hết" in text(late)


async def test_a_talk_elsewhere_is_answered_like_one_that_is_not_there(house: House, town: TownOf) -> None:
    talk_id = await wishes(town, await resident(town))
    async with clerk(house, "an", "officer", places=(ELSEWHERE,)) as an:
        foreign, absent = await _all(an, talk_id), await _all(an, "1a2b3c")

        assert foreign == absent
        assert {status for status, _ in foreign} == {404}
    assert len(await actions(town, "rights.refused")) >= 6
    assert len(await actions(town, "talk.read")) == 0


async def _all(an: Clerk, talk_id: str) -> list[tuple[int, str]]:
    path = f"/talks/{talk_id}"
    answers = [await an.opens(path), await an.opens(f"/api{path}")]
    fields = {"words": "", "colleague": an.id}
    answers += [await an.sends(f"{path}/{act}", fields) for act in ("take", "say", "hand-over", "close")]
    return [(answer.status, text(answer)) for answer in answers]


async def test_words_of_a_person_are_shown_as_words(house: House, town: TownOf) -> None:
    lan = await resident(town)
    talk_id = await wishes(town, lan)
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        await an.sends(f"/talks/{talk_id}/take", {})
        await lan.says(f"{SCRIPT} {{{{ me }}}}")

        page = await an.opens(f"/talks/{talk_id}")

    assert f"{SCRIPT} {{{{ me }}}}" in text(page)
    assert SCRIPT not in page.body.decode()


async def test_every_state_of_delivery_has_its_words(house: House, town: TownOf) -> None:
    talk_id = await wishes(town, await resident(town))
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        await an.sends(f"/talks/{talk_id}/take", {})
        await an.sends(f"/talks/{talk_id}/say", {"words": "Chào bà"})
        shown = {
            state: await _shown_as(house, an, talk_id, state) for state in ("sent", "delivered", "unknown", "failed")
        }

    assert shown == {
        "sent": "đã gửi", "delivered": "đã nhận", "unknown": "chưa rõ tới chưa", "failed": "không tới được",
    }  # fmt: skip


async def _shown_as(house: House, an: Clerk, talk_id: str, state: str) -> str:
    key = select(TalkLine.message).where(TalkLine.talk_id == talk_id).scalar_subquery()
    moved = update(OutboxRow).where(col(OutboxRow.key) == key).values(state=state)
    await house.database.write(lambda unit: unit.execute(moved))
    page = text(await an.opens(f"/talks/{talk_id}"))
    return page.partition("Chào bà an · ")[2].split(" · ")[1].partition(" Trả lời")[0]


async def test_reading_is_noted_and_looking_again_is_neither_noted_nor_a_way_around(house: House, town: TownOf) -> None:
    talk_id = await wishes(town, await resident(town))
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        assert (await an.opens(f"/talks/{talk_id}", X_Live="1")).status == 404
        assert len(await actions(town, "talk.read")) == 0

        await an.opens(f"/talks/{talk_id}")
        assert (await an.opens(f"/talks/{talk_id}", X_Live="1")).status == 200

    assert len(await actions(town, "talk.read")) == 1


async def test_a_form_sent_without_the_page_is_a_reading_too(house: House, town: TownOf) -> None:
    talk_id = await wishes(town, await resident(town))
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        assert (await an.sends(f"/talks/{talk_id}/say", {"words": ""})).status == 400

    assert len(await actions(town, "talk.read")) == 1

"""Deciding on a request's page: from taking it to closing it, two at one request, and forms that are wrong."""

import re

import pytest
from sqlmodel import col, select

from storage.tables import Case, CaseEvent
from tests.handlers.conversations.walks import registers
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House, Reply
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, THERE, asks

SEEN = re.compile(r'name="seen" value="(\w*)"')
WORDS = "Xin đem sổ hộ khẩu tới xã."


async def case(house: House, code: str) -> Case:
    return await house.database.read(lambda unit: unit.scalars(select(Case).where(Case.code == code)).one())


async def events(house: House) -> list[str]:
    query = select(CaseEvent.kind).order_by(col(CaseEvent.id))
    return list(await house.database.read(lambda unit: unit.scalars(query).all()))


async def does(who: Clerk, code: str, act: str, **fields: str) -> Reply:
    """Open the page, and send one of its forms."""
    page = await who.opens(f"/requests/{code}")
    seen = SEEN.search(page.body.decode())
    assert seen, text(page)
    assert f'action="/console/requests/{code}/{act}"' in page.body.decode(), f"no form for {act}"
    return await who.sends(f"/requests/{code}/{act}", {"act": act, "seen": seen[1], **fields})


async def test_a_request_goes_from_the_chat_to_the_hand_over(house: House, town: TownOf) -> None:
    lan = town.citizen("Lan")
    code = await registers(lan, news="1")
    unit = str((await case(house, code)).unit_id)
    async with clerk(house, "tam", "officer", places=(unit,)) as tam, clerk(house, "an", "lead", places=(unit,)) as an:
        taken = await does(tam, code, "take")
        assert (taken.status, taken.headers["Location"]) == (303, f"/console/requests/{code}?done=take")
        assert "Anh/chị đã nhận yêu cầu." in text(await tam.opens(f"/requests/{code}?done=take"))
        await lan.listens(0)
        lan.hears_last("case.in_review")

        assert (await does(tam, code, "ask", asked=WORDS)).status == 303
        await town.service.outbox.drain()
        await lan.listens(0)
        assert WORDS in lan.hears_last("case.need_info").text
        await lan.presses("Trả lời cán bộ")
        await lan.says("Mai tôi đem tới.", "1")
        assert "Mai tôi đem tới." in text(await tam.opens(f"/requests/{code}"))

        proposed = await does(
            tam, code, "propose", what="sửa mái nhà", amount="1,5 triệu", when="tuần sau", where="tại nhà",
            conditions="cùng làm", check_on="2027-02-01",
        )  # fmt: skip
        assert proposed.status == 303, text(proposed)
        support = await town.as_official(an.id, lambda d: d.decisions.support(d.casework.find(code, "case.see")))  # type: ignore[arg-type]  # it is there
        assert (support.amount, support.when, str(support.check_on)) == (1_500_000, "tuần sau", "2027-02-01")
        assert f"/requests/{code}/approve" not in (await tam.opens(f"/requests/{code}")).body.decode()

        before = text(await an.opens(f"/requests/{code}"))
        assert (await does(an, code, "approve")).status == 303
        await town.service.outbox.drain()
        await lan.listens(0)
        told = lan.hears_last("case.approved").text
        assert " ".join(told.split()) in before, "the page says beforehand what will be told"

        assert (await does(tam, code, "deliver", handed_when="9 giờ thứ Sáu", handed_where="UBND xã")).status == 303
        assert (await does(tam, code, "close", closing="đã trao đủ")).status == 303
        assert (await case(house, code)).state == "closed"


async def test_nobody_approves_what_she_has_not_seen_or_has_proposed_herself(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    approve = f"/requests/{code}/approve"
    async with clerk(house, "tam", "lead", places=(HERE,)) as tam, clerk(house, "an", "lead", places=(HERE,)) as an:
        assert (await does(tam, code, "propose", what="gạo 10 kg")).status == 303
        seen = SEEN.search((await an.opens(f"/requests/{code}")).body.decode())
        assert seen
        assert (await does(tam, code, "send_back", sent_back="đổi lại")).status == 303
        assert (await does(tam, code, "propose", what="gạo 100 kg")).status == 303

        for stale in ({"seen": seen[1]}, {"seen": "0"}, {}):
            refused = await an.sends(approve, stale)
            assert (refused.status, "gạo 100 kg" in text(refused)) == (409, True)
        assert (await does(tam, code, "hand_over", colleague=an.id)).status == 303
        now = SEEN.search((await tam.opens(f"/requests/{code}")).body.decode())
        assert now
        assert (await tam.sends(approve, {"seen": now[1]})).status == 400
        assert (await case(house, code)).state == "proposed"
        assert (await does(an, code, "approve")).status == 303


async def test_of_two_at_one_request_the_second_is_shown_what_the_first_did(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam, clerk(house, "an", "lead", places=(HERE,)) as an:
        page = await an.opens(f"/requests/{code}")
        seen = SEEN.search(page.body.decode())
        assert seen
        await does(tam, code, "ask", asked=WORDS)
        house.clock.move(seconds=1)
        fields = {"act": "refuse", "seen": seen[1], "reason": "lives_elsewhere", "own_words": "Bác hỏi ở xã bên."}

        second, program = await an.sends(f"/requests/{code}/refuse", fields), await an.opens(f"/api/requests/{code}")

        assert second.status == 409
        assert "Người khác vừa làm việc này trước" in text(second)
        assert "mới vừa xong · cán bộ hỏi thêm · tam" in text(second)
        assert "Bác hỏi ở xã bên." in second.body.decode()
        assert '<option value="lives_elsewhere" selected>' in second.body.decode()
        assert program.json["state"] == "Chờ người dân trả lời"
        newer = SEEN.search(second.body.decode())
        assert newer
        assert (await an.sends(f"/requests/{code}/refuse", fields | {"seen": newer[1]})).status == 303
        assert (await case(house, code)).state == "refused"


WRONG: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("propose", {"what": "", "when": "mai"}, {"what": "Ô này chưa ghi gì"}),
    ("propose", {"what": "gạo", "amount": "2-3 triệu"}, {"amount": "Số tiền chưa rõ"}),
    ("propose", {"what": "gạo", "amount": "500"}, {"amount": "Số tiền chưa rõ"}),
    ("propose", {"what": "gạo", "amount": "500 nghìn một tháng"}, {"amount": "Số tiền chưa rõ"}),
    ("propose", {"what": "gạo", "conditions": "đi học"}, {"check_on": "Chưa ghi ngày"}),
    ("propose", {"what": "gạo", "check_on": "2026-11-25"}, {"check_on": "Chọn một ngày sau hôm nay"}),
    ("propose", {"what": "gạo", "check_on": "mai mốt"}, {"check_on": "Ngày chưa đúng"}),
    ("ask", {"asked": " "}, {"asked": "Ô này chưa ghi gì"}),
    ("ask", {"asked": "a" * 2_001}, {"asked": "Dài quá"}),
    ("note", {"noted": ""}, {"noted": "Ô này chưa ghi gì"}),
    ("refuse", {"reason": "", "own_words": "xin lỗi bác"}, {"reason": "Chưa chọn"}),
    ("refuse", {"reason": "none", "own_words": ""}, {"reason": "Chưa chọn", "own_words": "Ô này chưa ghi gì"}),
    ("place", {"to_unit": HERE}, {"to_unit": "đang ở đơn vị ấy"}),
    ("place", {"to_unit": "xa_nao_do"}, {"to_unit": "Chưa chọn"}),
    ("hand_over", {"colleague": ""}, {"colleague": "Chưa chọn"}),
    ("hand_over", {"colleague": "nobody"}, {"colleague": "chưa đủ hoặc chưa đúng"}),
    ("recognise", {"grade": "rich", "number": "1"}, {"grade": "Chưa chọn", "signed": "Chưa ghi ngày"}),
    ("recognise", {"grade": "poor", "number": "12", "signed": "2026-11-26"}, {"signed": "không thể sau hôm nay"}),
    ("deliver", {"handed_when": "mai", "handed_where": "nhà"}, {"": "không còn ở bước ấy"}),
    ("close", {"closing": "xong"}, {"": "không còn ở bước ấy"}),
)  # fmt: skip


async def test_a_wrong_form_says_what_and_where_and_keeps_what_was_typed(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    await town.official("tam", "officer", places=(HERE,))
    async with clerk(house, "an", "lead", places=(HERE,)) as an:
        await an.opens(f"/requests/{code}")
        for act, fields, wrong in WRONG:
            answer = await an.sends(f"/requests/{code}/{act}", {"act": act, **fields})
            html, offered = answer.body.decode(), f'id="act-{act}" open>' in answer.body.decode()

            assert answer.status == 400, act
            for field, says in wrong.items():
                assert says in text(answer), (act, fields)
                assert f'id="{field}-fault"' in html or not field, (act, field)
            unknown = ("none", "rich", "nobody", "xa_nao_do")
            kept = [value for value in fields.values() if value.strip() and value not in unknown]
            assert all(value in html for value in kept) or not offered, (act, fields)
            assert offered or wrong.keys() == {""}, act
        assert await events(house) == ["opened"]


async def test_her_own_proposal_is_approved_by_another(house: House, town: TownOf) -> None:
    code = await asks(town, "lan", news=False)
    async with clerk(house, "an", "lead", places=(HERE,)) as an, clerk(house, "binh", "lead", places=(HERE,)) as binh:
        await does(an, code, "propose", what="gạo 10 kg")
        seen = SEEN.search((await an.opens(f"/requests/{code}")).body.decode())
        assert seen
        own = await an.sends(f"/requests/{code}/approve", {"seen": seen[1]})
        assert (own.status, "đề xuất của chính anh/chị" in text(own)) == (400, True)

        page = await binh.opens(f"/requests/{code}")
        assert "không nhận tin vì chưa đồng ý nhận" in text(page)
        assert (await does(binh, code, "send_back", sent_back="mấy người trong nhà?")).status == 303
        assert (await case(house, code)).state == "in_review"


async def test_a_signed_decision_is_entered_apart_and_changes_no_answer(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        done = await does(tam, code, "recognise", grade="near_poor", number="12/QĐ-UBND", signed="2026-11-20")
        page = text(await tam.opens(f"/requests/{code}"))

        assert done.status == 303
        assert "hộ cận nghèo Số quyết định 12/QĐ-UBND Ngày ký 20/11/2026" in page
        assert ((await case(house, code)).state, await events(house)) == ("submitted", ["opened", "recognised"])


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        ("poor_again", "hộ tái nghèo"),
        ("left_poor", "hộ thoát nghèo"),
        ("left_near_poor", "hộ thoát cận nghèo"),
    ],
)
async def test_a_decision_on_who_is_poor_no_more_or_again_is_entered(
    house: House, town: TownOf, grade: str, words: str
) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        assert words in text(await tam.opens(f"/requests/{code}"))

        await does(tam, code, "recognise", grade=grade, number="12/QĐ-UBND", signed="2026-11-20")

        assert f"{words} Số quyết định 12/QĐ-UBND" in text(await tam.opens(f"/requests/{code}"))


async def test_who_places_a_request_elsewhere_no_longer_sees_it(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam, clerk(house, "kim", "admin") as kim:
        moved = await does(tam, code, "place", to_unit=THERE, list="mine=1&evil=https://x")

        assert moved.headers["Location"] == "/console/requests?mine=1&done=place_away"
        assert (await tam.opens(f"/requests/{code}")).status == 404
        assert (await does(kim, code, "place", to_unit=HERE)).headers["Location"].endswith(f"{code}?done=place")


@pytest.mark.parametrize(("role", "acts"), [("admin", {"place"}), ("helper", {"note"}), ("officer", None)])
async def test_only_what_the_role_may_do_is_offered_and_done(
    house: House, town: TownOf, role: str, acts: set[str] | None
) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "ai", role, places=(HERE,)) as ai:
        page = await ai.opens(f"/requests/{code}")
        offered = set(re.findall(rf'action="/console/requests/{code}/(\w+)"', page.body.decode())) - {"phone"}

        assert offered == (acts or {"take", "ask", "propose", "refuse", "note", "place", "recognise", "need"})
        refused = {act: (await ai.sends(f"/requests/{code}/{act}", {})).status for act in ("approve", "take", "note")}
        assert refused == {
            "approve": 403, "take": 303 if role == "officer" else 403, "note": 403 if role == "admin" else 400,
        }  # fmt: skip


async def test_an_act_on_a_foreign_request_is_answered_like_one_on_an_absent_one(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    forms = {
        "take": {}, "ask": {"asked": "?"}, "note": {"noted": ""}, "propose": {"what": "x"}, "approve": {},
        "place": {"to_unit": THERE}, "recognise": {"grade": "poor", "number": "1", "signed": "2026-11-01"},
    }  # fmt: skip
    async with clerk(house, "xa", "lead", places=(THERE,)) as xa:
        await xa.opens("/requests")
        for act, fields in forms.items():
            replies = [await xa.sends(f"/requests/{one}/{act}", fields) for one in (code, "HS-0000-0000")]
            assert {(reply.status, reply.body) for reply in replies} == {(404, replies[0].body)}, act
        assert await events(house) == ["opened"]

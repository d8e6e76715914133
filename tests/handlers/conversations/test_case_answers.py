"""What she answers to an officer's question or a refusal: a paper, that she has none, more papers, a complaint."""

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import select

from handlers.desk import Desk
from storage.tables import CaseEvent, File, Task
from storage.unit import Unit
from storage.vault import Vault
from tests.handlers.conversations.walks import cases, registers
from tests.kit.on_duty import Clerk, clerk
from tests.kit.town import Citizen, Town

THERE = "xa_tay_giang"


@pytest.fixture
async def tam(town: Town) -> Clerk:
    """The officer who has taken Lan's request."""
    return await clerk(town, "Tâm", "officer")


@pytest.fixture
async def lan(town: Town, tam: Clerk) -> Citizen:
    """Somebody who sent a request and wants news of it."""
    citizen = town.citizen("Lan")
    await registers(citizen, news="1")
    return citizen


async def code_of(town: Town) -> str:
    return (await cases(town))[0].code


async def asks(tam: Clerk, lan: Citizen, what: str = "giấy ra viện") -> str:
    """The officer asks for something, and she listens; returns the code."""
    code = await code_of(tam.town)
    before = await lan.town.database.read(lan._last_message)
    assert await lan.town.as_official(tam.id, lambda desk: desk.casework.ask(code, what)) == "done"
    await lan.listens(before)
    lan.hears("case.need_info")
    return code


async def refuses(official: Clerk, lan: Citizen) -> str:
    """An official refuses, and she listens; returns the code."""
    code = await code_of(lan.town)
    before = await lan.town.database.read(lan._last_message)
    refused = await lan.town.as_official(
        official.id, lambda desk: desk.casework.refuse(code, "no_means_now", "Mong bà thông cảm.")
    )
    assert refused == "done"
    await lan.listens(before)
    lan.hears("case.refused")
    return code


async def sends_photos(lan: Citizen, count: int = 1) -> list[str]:
    photos = [await lan.at_desk(lambda desk: desk.files.keep(b"a photo")) for _ in range(count)]
    await lan.sends("photos", {"photos": photos})
    return photos


async def files_of_the_case(town: Town) -> set[str]:
    case = (await cases(town))[0]
    query = select(File.id).where(File.case_id == case.id)
    return set(await town.database.read(lambda unit: unit.scalars(query).all()))


async def notes_of_the_case(town: Town) -> list[object]:
    case = (await cases(town))[0]

    def read(unit: Unit, vault: Vault) -> list[object]:
        rows = unit.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
        where = f"case:{case.id}"
        return [vault.open(where, f"case_event.note:{row.id}", row.note) for row in rows if row.note]

    return await town.read(read)


async def news_of(officer: Clerk) -> list[str]:
    await officer.listens(0)
    return [message.key for message in officer.heard if message.key.startswith("case_news.")]


async def test_a_paper_that_was_asked_for_comes_back_to_the_request(town: Town, tam: Clerk, lan: Citizen) -> None:
    await asks(tam, lan)
    await lan.presses("Gửi giấy")
    lan.hears("case_answers.papers")

    photos = await sends_photos(lan)
    await lan.presses("Gửi cho cán bộ")

    lan.hears("case_answers.paper_sent")
    assert (await cases(town))[0].state == "in_review"
    assert await files_of_the_case(town) == set(photos)
    assert await news_of(tam) == ["case_news.answered"]


async def test_photos_that_come_one_by_one_all_belong_to_it(town: Town, tam: Clerk, lan: Citizen) -> None:
    await asks(tam, lan)
    await lan.presses("Gửi giấy")

    photos = await sends_photos(lan) + await sends_photos(lan)
    await lan.says("mặt trước và mặt sau")

    lan.hears("case_answers.paper_sent")
    assert await files_of_the_case(town) == set(photos)


async def test_a_paper_is_not_asked_for_abroad_and_other_ways_are_shown(town: Town, tam: Clerk) -> None:
    ba = town.citizen("Ba", channel="telegram")
    await registers(ba, news="1")
    await asks(tam, ba)

    await ba.presses("Gửi giấy")

    ba.hears("private_passed", "case_answers.nothing_sent")
    assert ba.heard[-1].options[:2] == ("Trả lời cán bộ", "Tôi không có giấy này")
    assert (await cases(town))[0].state == "need_info"


async def test_a_paper_nobody_waits_for_any_more_is_not_asked_for(tam: Clerk, lan: Citizen) -> None:
    await asks(tam, lan)
    paper = lan.button("Gửi giấy")
    await lan.presses("Tôi không có giấy này")
    lan.hears("case_answers.none_told")

    await lan.presses_again(paper)

    lan.hears("case_answers.too_late")


async def test_a_paper_that_comes_too_late_is_said_to_be_and_not_kept(town: Town, tam: Clerk, lan: Citizen) -> None:
    code = await asks(tam, lan)
    await lan.presses("Gửi giấy")
    await sends_photos(lan)
    await town.as_official(tam.id, lambda desk: desk.casework.refuse(code, "no_means_now", "xin lỗi"))

    await lan.says("mặt trước")

    lan.hears("case_answers.too_late")
    assert await files_of_the_case(town) == set()


@pytest.mark.parametrize("label", ["Gửi thêm giấy tờ", "Tôi không đồng ý, xin xem lại"])
async def test_a_refusal_that_is_looked_at_again_takes_no_second_answer(tam: Clerk, lan: Citizen, label: str) -> None:
    await refuses(tam, lan)
    again = lan.button(label)
    await lan.presses("Tôi không đồng ý, xin xem lại")
    await lan.says("nhà tôi chưa ai đến xem")
    lan.town.clock.move(minutes=1)

    await lan.presses_again(again)

    lan.hears("case_answers.too_late")


async def test_having_no_paper_brings_the_request_back(town: Town, tam: Clerk, lan: Citizen) -> None:
    code = await asks(tam, lan)

    await lan.presses("Tôi không có giấy này")

    lan.hears("case_answers.none_told")
    history = await lan.at_desk(lambda desk: desk.cases.history(code))
    assert [kind for _, kind, _ in history][-1] == "no_paper"
    assert (await cases(town))[0].state == "in_review"
    assert await news_of(tam) == ["case_news.answered"]


async def test_an_answer_in_words_is_told_to_the_officer(tam: Clerk, lan: Citizen) -> None:
    await asks(tam, lan)
    await lan.presses("Trả lời cán bộ")

    await lan.says("tôi gửi ở quầy rồi")

    lan.hears("answer_case.answered")
    assert await news_of(tam) == ["case_news.answered"]


@pytest.mark.parametrize("days", [0, 30])
async def test_after_her_answer_the_office_has_its_days_again(town: Town, tam: Clerk, lan: Citizen, days: int) -> None:
    await asks(tam, lan)
    before = (await cases(town))[0].due
    town.clock.move(days=days)

    await lan.presses("Tôi không có giấy này")

    due = (await cases(town))[0].due
    assert (due > before) is bool(days)
    assert due > town.clock.now().date()


async def test_papers_after_a_refusal_have_it_looked_at_again(town: Town, tam: Clerk, lan: Citizen) -> None:
    await refuses(tam, lan)
    await lan.presses("Gửi thêm giấy tờ")

    photos = await sends_photos(lan)
    await lan.says("đây là giấy của thôn")

    lan.hears("case_answers.more_sent")
    case = (await cases(town))[0]
    assert (case.state, case.officer_id) == ("in_review", tam.id)
    assert await files_of_the_case(town) == set(photos)


async def test_a_complaint_goes_to_those_who_decide_and_takes_the_case_from_its_officer(
    town: Town, tam: Clerk, lan: Citizen
) -> None:
    hoa = await clerk(town, "Hòa", "lead")
    await clerk(town, "Xa", "lead", places=(THERE,))
    code = await refuses(tam, lan)
    await lan.presses("Tôi không đồng ý, xin xem lại")

    await lan.says("nhà tôi chưa ai đến xem")

    lan.hears("case_answers.complaint_sent")
    case = (await cases(town))[0]
    task = await town.database.read(lambda unit: unit.scalars(select(Task).where(Task.kind == "complaint")).one())
    assert (case.state, case.officer_id, task.done_at) == ("in_review", None, None)
    assert await news_of(hoa) == ["case_news.complained"]
    assert code in hoa.heard[-1].text
    assert await news_of(tam) == []


async def test_a_request_to_look_again_is_told_not_to_be_a_complaint_by_law(tam: Clerk, lan: Citizen) -> None:
    await refuses(tam, lan)

    await lan.presses("Tôi không đồng ý, xin xem lại")

    asked = lan.hears_last("case_answers.complaint").text
    assert "Quyền khiếu nại theo luật: xin hỏi quầy một cửa của Ủy ban nhân dân xã, phường." in asked


async def test_whoever_types_the_word_of_the_law_finds_the_button(tam: Clerk, lan: Citizen) -> None:
    await refuses(tam, lan)

    await lan.says("toi muon khieu nai")

    assert "Tôi không đồng ý, xin xem lại" in lan.heard[-1].options


async def test_whoever_refused_can_not_refuse_again_while_the_complaint_is_open(
    town: Town, tam: Clerk, lan: Citizen
) -> None:
    hoa = await clerk(town, "Hòa", "lead")
    code = await refuses(tam, lan)
    await lan.presses("Tôi không đồng ý, xin xem lại")
    await lan.says("nhà tôi chưa ai đến xem")

    outcomes = [
        await town.as_official(who.id, lambda desk: desk.casework.refuse(code, "no_means_now", "chưa được"))
        for who in (tam, hoa)
    ]

    assert outcomes == ["own", "done"]
    task = await town.database.read(lambda unit: unit.scalars(select(Task).where(Task.kind == "complaint")).one())
    assert task.done_at == town.clock.now()


@pytest.mark.parametrize("waits", [asks, refuses])
async def test_nobody_answers_for_somebody_else(
    town: Town, tam: Clerk, lan: Citizen, waits: Callable[[Clerk, Citizen], Awaitable[str]]
) -> None:
    code = await waits(tam, lan)
    mai = town.citizen("Mai")
    await mai.says("/menu")

    def try_all(desk: Desk) -> tuple[bool, ...]:
        answers = desk.case_answers
        return (
            answers.give_paper(code, ()), answers.have_no_paper(code), answers.add_papers(code, ()),
            answers.complain(code, "của tôi"), answers.answer(code, "của tôi"),
        )  # fmt: skip

    assert await mai.at_desk(try_all) == (False,) * 5


async def test_what_was_asked_can_be_answered_from_the_list_of_requests(tam: Clerk, lan: Citizen) -> None:
    await asks(tam, lan)

    await lan.says("/hoso")

    wanted = ("Trả lời cán bộ", "Gửi giấy qua trang riêng", "Tôi không có giấy này")
    assert lan.hears_last("my_cases.one").options[:3] == wanted


async def test_a_refusal_is_read_again_with_its_reason_and_its_doors(tam: Clerk, lan: Citizen) -> None:
    await refuses(tam, lan)
    told = lan.heard[-1].text.partition("\n")[2]

    await lan.says("/hoso")

    shown = lan.hears_last("my_cases.one")
    assert told in shown.text
    assert "Mong bà thông cảm." in told
    assert shown.options[:3] == ("Gửi thêm giấy tờ", "Gặp cán bộ", "Tôi không đồng ý, xin xem lại")
    assert "thông cảm" not in shown.text.split("\n")[0]


async def test_whoever_looks_it_up_elsewhere_does_not_read_the_answer(town: Town, tam: Clerk, lan: Citizen) -> None:
    code = await refuses(tam, lan)
    mai = town.citizen("Mai")

    await mai.says("/hoso")
    await mai.presses("Tra bằng mã")
    await mai.says(code, "3456")

    assert "thông cảm" not in mai.hears_last("look_up.found").text


@pytest.mark.parametrize("typed", ["dạ mai con gái tôi đem ra", "lam giay ra vien o dau vay", "có"])
async def test_words_that_come_while_an_officer_waits_are_for_the_officer(
    town: Town, tam: Clerk, lan: Citizen, typed: str
) -> None:
    code = await asks(tam, lan)

    await lan.says(typed)
    assert typed in lan.hears_last("for_officer").text
    await lan.presses("Gửi cho cán bộ")

    assert code in lan.hears_last("answer_case.answered").text
    assert (await cases(town))[0].state == "in_review"
    assert typed in await notes_of_the_case(town)


async def test_a_photo_that_comes_while_an_officer_waits_is_for_the_officer(
    town: Town, tam: Clerk, lan: Citizen
) -> None:
    await asks(tam, lan)

    photos = await sends_photos(lan)
    lan.hears("photo_for_officer")
    await lan.presses("Gửi cho cán bộ")
    await lan.says("gửi")

    lan.hears("case_answers.paper_sent")
    assert set(photos) <= await files_of_the_case(town)


async def test_a_word_of_the_menu_and_danger_come_before_the_officer(tam: Clerk, lan: Citizen) -> None:
    await asks(tam, lan)

    await lan.says("ủng hộ")
    assert lan.heard[-1].key != "for_officer"
    await lan.says("menu", "nhà tôi cháy rồi cứu với")

    lan.hears("urgent_offer")


async def test_when_nobody_waits_words_are_heard_as_ever(lan: Citizen) -> None:
    await lan.says("/menu", "zzz qqq")

    lan.hears("not_understood")

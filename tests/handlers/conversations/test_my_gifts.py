"""A giver and her own promises: where they are, changing and stopping them, and what somebody else's code gets."""

from datetime import date

import pytest

from handlers.desk import Desk
from handlers.flow.message import Opening, Say
from storage.tables import Pledge
from tests.handlers.conversations.gifts import GOODS, MONEY, PERSON, TO_GOODS, pledges, promises
from tests.kit.on_duty import clerk, listening
from tests.kit.town import Citizen, Town

RECEIVED = 500_000


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


def of(desk: Desk, code: str) -> Pledge:
    pledge = desk.pledges.by_code(code)
    assert pledge
    return pledge


async def now(town: Town) -> Pledge:
    return (await pledges(town))[-1]


async def test_a_promise_shows_how_far_it_has_come(lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)

    await lan.presses("Ủng hộ đã đến đâu?")

    told = lan.hears_last("gift.where").text
    assert pledge.code in told
    assert "Đã đăng ký 500.000 đ, ngày 25/11/2026" in told
    assert "Chưa nhận" in told
    assert "000" not in told.split("\n")[0]


async def test_each_step_is_told_with_its_day_and_no_family(town: Town, lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)

    def goes_its_way(desk: Desk) -> None:
        found = of(desk, pledge.code)
        desk.pledges.receive(found, RECEIVED, day=date(2026, 11, 26))
        assert desk.pledges.take(found, RECEIVED)
        desk.pledges.add(found, "handed", RECEIVED)
        desk.pledges.add(found, "confirmed", RECEIVED)
        for kind in ("allotted", "handed_over", "confirmed"):
            desk.ledger.write(found, kind, RECEIVED, unit_id="phuong_hoa_khanh")

    await lan.at_desk(goes_its_way)
    await lan.says(f"/monqua {pledge.code}")

    told = lan.hears_last("gift.where").text
    for step in ("Đã nhận 500.000 đ, ngày 26/11/2026", "phường Hòa Khánh", "Đã trao", "Người nhận xác nhận"):
        assert step in told


async def test_a_job_is_told_to_be_verified_and_not_to_have_come(lan: Citizen) -> None:
    firm = ("ung ho", "doanh nghiep", "o viet nam", "noi can nhat", "viec lam", "dong y", "may cong nghiep", "10")
    terms = ("da nang", "KCN Hoa Khanh", "1 2", "7 trieu", "dung", "theo thang", "1", "quanh nam")
    pledge = await promises(lan, *firm, *terms, "Cong ty Mau", "Tran Van Ba", "0905 123 456", "ghi ten")

    await lan.says(f"/monqua {pledge.code}")

    told = lan.hears_last("gift.where").text
    assert "Cán bộ chưa xác minh" in told
    assert "Chưa nhận" not in told


async def test_of_several_one_is_chosen_and_none_is_said_to_be_none(lan: Citizen) -> None:
    await lan.says("/monqua")
    lan.hears("gift.none_yet")
    goods_again = (*PERSON, "hien vat", *GOODS[len(TO_GOODS) :])  # she agreed before
    first, _ = await promises(lan, *MONEY), await promises(lan, *goods_again)

    await lan.says("qua cua toi")

    assert len(lan.hears_last("my_gifts.which_gift").options) == 2
    await lan.says("2")
    assert first.code in lan.hears_last("gift.where").text


@pytest.mark.parametrize(
    "opens", ["my_gifts", "change_gift", "put_off_gift", "withdraw_gift", "hush_gift", "gift_sent", "how_to_pay"]
)
async def test_somebody_else_s_code_gets_what_a_wrong_one_gets(town: Town, lan: Citizen, opens: str) -> None:
    pledge = await promises(lan, *MONEY)
    mai = town.citizen("Mai")
    await mai.says("/menu")

    said = []
    for code in (pledge.code, "UH-0000-0000", "không phải mã"):
        await _opens(mai, opens, code)
        said.append([m.text for m in mai.heard])

    assert said[0] == said[1] == said[2]
    mai.hears("gift.none")
    assert (await now(town)).state == "offered"


async def _opens(citizen: Citizen, name: str, code: str) -> None:
    """Open a conversation as a button with a code does."""
    known = {"typed" if name == "my_gifts" else "code": code}
    chat = await citizen.chat()
    await citizen.at_desk(
        lambda desk: desk.messages.say(chat, Say("menu", openings=(Opening("doors.more", name, known),)))
    )
    await citizen.listens(0)
    await citizen.presses("Việc khác")


async def test_the_amount_is_changed_after_it_was_read_back(town: Town, lan: Citizen) -> None:
    await promises(lan, *MONEY)
    await lan.presses("Ủng hộ đã đến đâu?")

    await lan.presses("Đổi số lượng")
    await lan.says("2 trieu", "dung")

    lan.hears("gift.changed")
    assert (await now(town)).amount == 2_000_000


async def test_what_has_come_is_not_promised_away(town: Town, lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)
    await lan.at_desk(lambda desk: desk.pledges.receive(of(desk, pledge.code), RECEIVED))
    await lan.says(f"/monqua {pledge.code}")

    await lan.presses("Đổi số lượng")
    await lan.says("100 nghin", "dung")

    lan.hears("gift.too_late")
    assert (await now(town)).amount == RECEIVED


async def test_a_promise_is_stopped_without_a_reason(town: Town, lan: Citizen) -> None:
    await promises(lan, *MONEY)
    await lan.presses("Ủng hộ đã đến đâu?")

    await lan.presses("Thôi không ủng hộ nữa", "Thôi, dừng đăng ký")

    lan.hears("gift.withdrawn")
    assert (await now(town)).state == "withdrawn"


async def test_whoever_thinks_again_keeps_it(town: Town, lan: Citizen) -> None:
    await promises(lan, *MONEY)
    await lan.presses("Ủng hộ đã đến đâu?", "Thôi không ủng hộ nữa")

    await lan.says("không")

    lan.hears("gift.goes_on")
    assert (await now(town)).state == "offered"


async def test_a_day_is_put_off_but_not_into_the_past(town: Town, lan: Citizen) -> None:
    await promises(lan, *MONEY)
    await lan.presses("Ủng hộ đã đến đâu?", "Lùi ngày")

    await lan.says("hôm qua")
    assert "đã qua" in lan.hears_last("put_off_gift.new_day").text
    await lan.says("20/12")

    lan.hears("gift.put_off")
    assert (await now(town)).due == date(2026, 12, 20)


async def test_an_old_button_asks_for_no_money_that_has_come(town: Town, lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)
    await lan.presses("Ủng hộ đã đến đâu?")
    how_to_pay = lan.button("Cách chuyển")

    await lan.at_desk(lambda desk: desk.pledges.receive(of(desk, pledge.code), RECEIVED))
    await lan.presses_again(how_to_pay)

    lan.hears("gift.too_late")


async def test_a_treasurer_hears_once_that_it_was_sent(town: Town, lan: Citizen) -> None:
    treasurer = await clerk(town, "Thu", "treasurer")
    pledge = await promises(lan, *MONEY)

    async with listening(treasurer):
        await _opens(lan, "gift_sent", pledge.code)
        await _opens(lan, "gift_sent", pledge.code)

    treasurer.hears("pledge_news.told_sent")
    assert (await now(town)).quiet


async def test_the_giver_is_thanked_with_no_amount_in_the_first_line(town: Town, lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)

    async with listening(lan):
        await lan.at_desk(lambda desk: desk.pledge_news.received(of(desk, pledge.code), RECEIVED, date(2026, 11, 26)))

    thanks = lan.hears_last("pledge_news.received")
    assert "500.000 đ ngày 26/11/2026" in thanks.text
    assert "không thay chứng từ kế toán, thuế" in thanks.text
    assert "500" not in thanks.text.split("\n")[0]
    assert "Ủng hộ đã đến đâu?" in thanks.options


async def test_whoever_took_her_consent_back_is_told_nothing(lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)
    await lan.at_desk(lambda desk: desk.consents.withdraw("give"))

    async with listening(lan):
        told = await lan.at_desk(lambda desk: desk.pledge_news.accepted(of(desk, pledge.code), "9 giờ thứ hai"))

    assert (told, lan.heard) == (False, [])

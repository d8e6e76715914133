"""Walks through every kind of promise, typed without accents as an old lady would; and who hears of each."""

from dataclasses import replace

import pytest

from handlers.conversations import ALL
from handlers.desk import Desk
from handlers.desk.pledges import Body
from storage.tables import Pledge
from tests.handlers.conversations.gifts import (
    BY_FIRM,
    BY_NAME,
    FIRM,
    MONEY,
    PERSON,
    TO_GOODS,
    TO_MONEY,
    pledges,
    promises,
)
from tests.kit.giving import ENTRY, front
from tests.kit.on_duty import PLACE as HERE
from tests.kit.on_duty import clerk, listening
from tests.kit.town import Citizen, Town

RICE = (*TO_GOODS, "gao", "2 ta", "moi", "30/12", "12 duong Bach Dang", "mai", *BY_NAME)
TIME = (*PERSON, "cong suc", "dong y", "day hoc", "cuoi tuan", "noi nao cung duoc", "du", *BY_NAME)
IDEA = (*PERSON, "y tuong", "dong y", "nuoi ga tha doi", "xa Hoa Phu", "von 5 trieu", "thoat ngheo", *BY_NAME)
TO_COUNTRY = (*FIRM, "viec lam", "dong y", "may cong nghiep", "10")
JOB = (
    *TO_COUNTRY, "da nang", "KCN Hoa Khanh", "1 2", "7 trieu", "dung", "theo thang", "1", "quanh nam", *BY_FIRM,
)  # fmt: skip
LINK = (
    *FIRM, "thu mua", "dong y", "thu mua", "ot", "thang 3 den 5", "2 ta", "khong can", "15 nghin", "dung", "moi kg",
    "sau may ngay", "15", "noi nao cung duoc", "1", *BY_FIRM,
)  # fmt: skip


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def body(citizen: Citizen, pledge: Pledge) -> Body:
    def read(desk: Desk) -> Body:
        found = desk.pledges.find_mine(pledge.code)
        assert found
        return desk.pledges.body(found)

    return await citizen.at_desk(read)


async def test_money_is_promised_and_nothing_may_be_sent_while_no_account_is_confirmed(lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)

    lan.hears("pledge.money_kept", "gift.no_account")
    assert "đừng chuyển cho bất kỳ số nào" in lan.heard[1].text
    assert (pledge.kind, pledge.amount, pledge.measure, pledge.giver) == ("money", 500_000, "VND", "person")
    assert (pledge.unit_id, pledge.named, pledge.state) == (None, False, "offered")
    assert pledge.due is not None
    assert await body(lan, pledge) == Body("Nguyen Thi Lan", "+84905123456")


async def test_goods_are_promised_with_their_day_and_topic(lan: Citizen) -> None:
    pledge = await promises(lan, *RICE)

    lan.hears("pledge.goods_kept")
    assert "đừng chở tới khi chưa có hẹn" in lan.heard[0].text
    assert (pledge.amount, pledge.measure, pledge.topic) == (200, "kg", "food")
    assert (str(pledge.due), str(pledge.until)) == ("2026-11-26", "2026-12-30")
    assert (await body(lan, pledge)).what == "gao"


async def test_goods_that_keep_are_not_asked_for_a_best_before_day(lan: Citizen) -> None:
    await lan.says(*TO_GOODS, "xe dap", "5")
    lan.hears("pledge.measure")

    await lan.says("cai", "da dung")

    lan.hears("pledge.collect_at")


async def test_goods_said_with_their_number_are_not_counted_again(lan: Citizen) -> None:
    await lan.says(*TO_GOODS, "2 cai chan")
    lan.hears("pledge.condition")

    await lan.says("moi", "12 duong Bach Dang", "mai", *BY_NAME, "gui dang ky ung ho")

    pledge = (await pledges(lan.town))[-1]
    assert (pledge.amount, pledge.measure, pledge.topic) == (2, "cái", "clothes")
    assert (await body(lan, pledge)).what == "chan"


async def test_time_is_promised_and_nobody_is_to_visit_a_home_before_a_word(lan: Citizen) -> None:
    pledge = await promises(lan, *TIME)

    lan.hears("pledge.time_kept")
    assert "đừng tự đến" in lan.heard[0].text
    assert (pledge.amount, pledge.measure) == (1, "người")
    assert (await body(lan, pledge)).what == "Dạy học, kèm trẻ"


async def test_whoever_is_too_young_gives_time_with_parents_or_school(lan: Citizen) -> None:
    await promises(lan, *TIME[: -len(BY_NAME) - 1], "chua", *BY_NAME)

    lan.hears("pledge.time_kept_with_parents")
    assert "18 tuổi" in lan.heard[0].text


async def test_an_idea_is_kept_to_be_read(lan: Citizen) -> None:
    pledge = await promises(lan, *IDEA)

    lan.hears("pledge.idea_kept")
    assert (pledge.kind, pledge.state) == ("idea", "offered")
    told = await body(lan, pledge)
    assert told.what == "nuoi ga tha doi"
    assert told.details == {"done_where": "xa Hoa Phu", "took": "von 5 trieu", "came_of_it": "thoat ngheo"}


async def test_a_job_waits_to_be_verified(lan: Citizen) -> None:
    pledge = await promises(lan, *JOB)

    lan.hears("pledge.job_kept")
    assert "Không được thu tiền, giữ giấy tờ" in lan.heard[0].text
    assert (pledge.amount, pledge.measure, pledge.unit_id, pledge.named) == (10, "người", HERE, True)
    assert (pledge.verified_by, pledge.state) == (None, "offered")
    told = await body(lan, pledge)
    assert (told.name, told.what) == ("Cong ty Mau", "may cong nghiep")
    assert (told.details["wage"], told.details["contact_name"]) == ("7.000.000 đ", "Tran Van Ba")


async def test_a_job_abroad_is_refused_in_words_and_nothing_is_kept(town: Town, lan: Citizen) -> None:
    await lan.says(*TO_COUNTRY, "nuoc ngoai")

    lan.hears("pledge.no_jobs_abroad")
    assert await pledges(town) == []


async def test_a_link_has_its_months_volume_and_price(lan: Citizen) -> None:
    pledge = await promises(lan, *LINK)

    lan.hears("pledge.link_kept")
    assert "không thay hợp đồng" in lan.heard[0].text
    assert (pledge.amount, pledge.measure, pledge.months) == (200, "kg", [3, 4, 5])
    told = (await body(lan, pledge)).details
    assert (told["floor_price"], told["paid_in_days"]) == ("15.000 đ, mỗi kg", "15")


async def test_money_from_abroad_in_english(town: Town) -> None:
    await (await front(town)).has()
    ann = town.citizen("Ann", language="en")
    await ann.says("donate", "Person", "Abroad", "Most needed", "Money", "I agree", "2 million", "yes", "Not known yet")

    await ann.says("Ann Lee", "+1 415 555 2671", "Anonymous", "Send promise")

    ann.hears("pledge.money_kept", "gift.pay_from_abroad", "gift.from_abroad", "gift.to_copy")
    assert "VietQR usually works only in the apps of banks in Viet Nam" in ann.heard[1].text
    [pledge] = await pledges(town)
    assert (pledge.abroad, pledge.amount, pledge.due) == (True, 2_000_000, None)


async def test_an_organisation_from_abroad_goes_to_a_person_and_sees_no_account(town: Town, lan: Citizen) -> None:
    await (await front(town)).has()
    said = ("ung ho", "nhom", "o nuoc ngoai", "noi can nhat", "tien", "dong y", "5 trieu", "dung", "chua biet")

    pledge = await promises(lan, *said, "Hoi dong huong", "Tran Van Ba", "+1 415 555 2671", "ghi ten")

    lan.hears("gift.foreign_organisation")
    assert (pledge.state, pledge.account_id) == ("offered", None)
    await lan.says(f"/monqua {pledge.code}")
    await lan.presses("Cách chuyển tiền")
    lan.hears("gift.foreign_organisation")


async def test_a_campaign_s_button_leads_here_and_its_account_is_shown(town: Town, lan: Citizen) -> None:
    office = await front(town)
    await office.has()
    code = await office.opens(account_id=await office.has(replace(ENTRY, number="9988776655")))
    await lan.says(f"/chiendich {code}")
    await lan.presses("Ủng hộ đợt này")

    await lan.says("ca nhan", "o viet nam", "tien", "dong y", *MONEY[len(TO_MONEY) :], "gui dang ky ung ho")

    lan.hears("pledge.money_kept", "gift.pay_by_code", "gift.to_copy")
    assert "9988776655" in lan.heard[2].text
    assert "25/11/2026 – 25/12/2026" in lan.heard[1].text
    [pledge] = await pledges(town)
    assert pledge.campaign_id is not None


async def test_an_open_campaign_may_be_chosen(town: Town, lan: Citizen) -> None:
    await (await front(town)).opens()
    await lan.says("ung ho", "ca nhan", "o viet nam")
    lan.hears("pledge.where_to")

    await lan.says("mot dot van dong")

    assert lan.hears_last("pledge.drive").options == ("Mái nhà trước Tết",)
    await lan.says("1")
    lan.hears("pledge.with_what")


async def test_whoever_says_no_to_the_consent_is_asked_nothing_more(town: Town, lan: Citizen) -> None:
    await lan.says(*PERSON, "tien", "thoi")

    lan.hears("consent_give.refused")
    assert await pledges(town) == []


async def test_the_consent_is_asked_once_only(lan: Citizen) -> None:
    await promises(lan, *MONEY)

    await lan.says(*PERSON, "tien")

    lan.hears("pledge.amount")


async def test_nothing_is_chosen_beforehand_for_the_public_name(lan: Citizen) -> None:
    await lan.says(*MONEY[:-1])

    assert not any("✓" in option for option in lan.hears_last("pledge.named").options)


async def test_treasurers_hear_of_money_and_its_first_line_has_no_amount(town: Town, lan: Citizen) -> None:
    treasurer, officer = await clerk(town, "Thu", "treasurer"), await clerk(town, "Tam")

    async with listening(treasurer, officer):
        pledge = await promises(lan, *MONEY)

    treasurer.hears("pledge_news.offered")
    assert pledge.code in treasurer.heard[0].text
    assert "500" not in treasurer.heard[0].text
    assert officer.heard == []


async def test_of_what_is_for_anywhere_only_treasurers_and_admins_hear(town: Town, lan: Citizen) -> None:
    admin, officer = await clerk(town, "Quan", "admin"), await clerk(town, "Tam")

    async with listening(admin, officer):
        await promises(lan, *RICE)

    admin.hears("pledge_news.offered")
    assert officer.heard == []


async def test_of_what_is_for_a_unit_its_officers_hear(town: Town, lan: Citizen) -> None:
    officer, elsewhere = await clerk(town, "Tam"), await clerk(town, "Xa", places=("xa_tay_giang",))

    async with listening(officer, elsewhere):
        await promises(lan, *JOB)

    officer.hears("pledge_news.offered")
    assert elsewhere.heard == []


@pytest.mark.parametrize("name", [c.name for c in ALL if c.name.startswith("pledge_")])
def test_every_promise_needs_the_consent_and_is_read_over(name: str) -> None:
    found = next(c for c in ALL if c.name == name)

    assert found.needs == "give"
    assert type(found.script[-1]).__name__ == "Review"


async def test_a_campaign_opened_meanwhile_has_nothing_asked_anew(town: Town, lan: Citizen) -> None:
    await lan.says("/ungho", "1", "1")
    await lan.says("noi can nhat")
    lan.hears_last("pledge.with_what")

    await (await front(town)).opens()
    await lan.says("tien")

    lan.hears_last("consent_give.agree_give")

"""Campaigns in the chat: the list, one of them, its link, and what a wrong or old code gets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import texts
from handlers.texts.loader import LANGUAGES, placeholders
from storage.database import Unit
from storage.queries import machine
from tests.kit.giving import DAY, DRAFT, ENTRY, Front, front
from tests.kit.town import Citizen, Town

ASKING = {"organiser", "basis", "first_day", "last_day", "account_owner", "ledger_link"}


@pytest.fixture
async def office(town: Town) -> Front:
    return await front(town)


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


def titled(name: str) -> dict[str, str]:
    return {"vi": name, "en": name}


async def test_while_none_is_open_it_says_so_and_offers_another_way(lan: Citizen) -> None:
    await lan.says("/chiendich")

    assert "Ủng hộ" in " ".join(lan.hears_last("campaigns.none_open").options)


@pytest.mark.parametrize("words", ["/chiendich", "/campaigns", "cho tôi xem đợt vận động", "cac chien dich"])
async def test_the_only_one_is_shown_at_once(office: Front, lan: Citizen, words: str) -> None:
    code = await office.opens()

    await lan.says(words)

    lan.hears("campaigns.one", "campaigns.so_far")
    assert lan.heard[0].text.startswith(f"Đợt vận động {code}\nMái nhà trước Tết\n")


async def test_it_names_organiser_basis_days_account_owner_and_ledger(office: Front, lan: Citizen) -> None:
    await office.opens(account_id=await office.has())

    await lan.says("/chiendich")

    told = lan.heard[0].text
    for part in (
        DRAFT.organiser, "QĐ 1198/QĐ-MTTW-ĐCT", "25/11/2026", "25/12/2026", f"Chủ tài khoản: {ENTRY.owner}",
        "http://localhost/so-cong-khai",
    ):  # fmt: skip
        assert part in told
    assert ENTRY.number not in told


async def test_without_a_confirmed_account_it_says_to_pay_nowhere(office: Front, lan: Citizen) -> None:
    await office.opens(account_id=await office.enters())

    await lan.says("/chiendich")

    assert "đừng chuyển cho bất kỳ số nào" in lan.heard[0].text


async def test_of_several_one_is_chosen(office: Front, lan: Citizen) -> None:
    await office.opens(title=titled("Áo ấm"))
    await office.opens(title=titled("Sách vở"), last_day=DAY + timedelta(days=3))
    await lan.says("/chiendich")
    assert lan.hears_last("campaigns.which").options == ("Sách vở", "Áo ấm")

    await lan.says("ao am")

    lan.hears("campaigns.one", "campaigns.so_far")
    assert "Áo ấm" in lan.heard[0].text
    assert "Các đợt vận động" in lan.heard[1].options


async def test_many_are_shown_some_at_a_time(office: Front, lan: Citizen) -> None:
    for number in range(10):
        await office.opens(title=titled(f"Đợt thứ {number}"))
    await lan.says("/chiendich")
    assert len(lan.hears_last("campaigns.which").options) == 9

    await lan.presses("Xem thêm")

    assert lan.hears_last("campaigns.which").options == ("Đợt thứ 8", "Đợt thứ 9")


async def test_its_button_opens_a_pledge_for_it(office: Front, lan: Citizen) -> None:
    code = await office.opens()
    await lan.says("/chiendich")

    await lan.presses("Ủng hộ đợt này")

    assert (await lan.answers())["campaign"] == code


async def test_it_is_shared_by_links_that_lead_back_to_it(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.opens()
    await lan.says("/chiendich")
    await lan.presses("Chia sẻ")
    assert f"http://localhost/c/{code}" in lan.hears_last("campaigns.share").text

    def has_a_bot(unit: Unit) -> None:
        machine.set_fact(unit, "link:telegram", "https://t.me/thu_bot")

    await town.database.write(has_a_bot)
    await lan.says("/chiendich")
    await lan.presses("Chia sẻ")

    assert f"https://t.me/thu_bot?start={code.replace('-', '')}" in lan.hears_last("campaigns.share_both").text


@pytest.mark.parametrize("channel", ["webchat", "telegram"])
async def test_a_link_lands_on_its_campaign(town: Town, office: Front, channel: str) -> None:
    code, _ = await office.opens(), await office.opens()
    lan = town.citizen("Lan", channel=channel)

    for typed in (code.replace("-", ""), code, code.lower()):
        await lan.says(f"/start {typed}")
        lan.hears("campaigns.one", "campaigns.so_far")
        assert code in lan.heard[0].text


@pytest.mark.parametrize("channel", ["webchat", "telegram"])
async def test_who_never_wrote_before_chooses_a_language_first(town: Town, office: Front, channel: str) -> None:
    code = await office.opens()
    ba = town.citizen("Ba", language="", channel=channel)
    await ba.says(f"/start {code.replace('-', '')}")
    ba.hears("start.language")

    await ba.says("2")

    ba.hears("start.welcome", "campaigns.one", "campaigns.so_far")
    assert "A roof before Tet" in ba.heard[1].text


async def test_a_link_lays_what_is_under_way_aside(office: Front, lan: Citizen) -> None:
    code = await office.opens()
    await lan.says("/dangky", "1", "1", "1 4")

    await lan.says(f"/start {code}")

    lan.hears("campaigns.one", "campaigns.so_far", "resume_offer")


@pytest.mark.parametrize("typed", ["CD00000000", "CD-0000", "CDxyz!", "CD" + "A" * 62])
async def test_a_link_to_nothing_says_so_and_shows_what_is_open(office: Front, lan: Citizen, typed: str) -> None:
    await office.opens()

    await lan.says(f"/start {typed}")

    lan.hears("campaigns.no_such", "campaigns.one", "campaigns.so_far")


async def test_what_stands_behind_start_and_is_no_campaign_s_changes_nothing(lan: Citizen) -> None:
    await lan.says("/start abc")

    lan.hears("start.language")


async def test_a_draft_s_code_is_no_code(office: Front, lan: Citizen) -> None:
    await lan.says(f"/chiendich {await office.writes()}")

    lan.hears("campaigns.no_such", "campaigns.none_open")


async def test_an_old_link_says_that_it_is_over(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.opens()
    town.clock.move(days=31)
    other = await office.opens(first_day=DAY, last_day=DAY + timedelta(days=40))

    await lan.says(f"/start {code}")

    lan.hears("campaigns.over", "campaigns.one", "campaigns.so_far")
    assert other in lan.heard[1].text


async def test_a_link_that_comes_early_says_when_it_begins(office: Front, lan: Citizen) -> None:
    await lan.says(f"/start {await office.opens(first_day=DAY + timedelta(days=2))}")

    lan.hears("campaigns.not_begun", "campaigns.none_open")
    assert "27/11/2026" in lan.heard[0].text


async def test_a_button_of_a_campaign_that_was_closed_says_that_it_is_over(
    town: Town, office: Front, lan: Citizen
) -> None:
    code = await office.opens()
    await lan.says("/chiendich")
    await town.as_official(office.admin, lambda desk: desk.campaigns.close(code))

    await lan.presses("Chia sẻ")

    lan.hears("campaigns.over", "campaigns.none_open")


async def test_chosen_while_it_is_closed_it_is_over(town: Town, office: Front, lan: Citizen) -> None:
    code = await office.opens(title=titled("Áo ấm"))
    for name in ("Sách vở", "Xe đạp"):
        await office.opens(title=titled(name))
    await lan.says("/chiendich")
    await town.as_official(office.admin, lambda desk: desk.campaigns.close(code))

    await lan.presses("Áo ấm")

    assert lan.heard[0].key in ("campaigns.over", "campaigns.which")
    assert lan.heard[-1].key == "campaigns.which"


async def test_the_menu_leads_there(office: Front, lan: Citizen) -> None:
    await office.opens()
    await lan.says("/menu")

    await lan.presses("Việc khác", "Các đợt vận động")

    lan.hears("campaigns.one", "campaigns.so_far")


async def test_no_first_line_says_an_amount(office: Front, lan: Citizen) -> None:
    await office.opens(title=titled("Góp 5.000.000 đ cho hộ nghèo"))

    await lan.says("/chiendich")

    for heard in lan.heard:
        first = heard.text.split("\n")[0]
        assert "đ cho" not in first
        assert "nghèo" not in first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["campaigns.one", "campaigns.share", "campaigns.share_both"])
def test_what_asks_for_gifts_has_a_place_for_all_that_has_to_be_named(language: str, key: str) -> None:
    assert placeholders(texts.load().sentence(language, key)) >= ASKING


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_longest_one_still_fits_a_message_of_any_channel(town: Town, office: Front, language: str) -> None:
    long = replace(DRAFT, organiser="Ô" * 120, title=titled("Đ" * 120), about=titled("ộ" * 400))
    await office.opens(long, account_id=await office.has(replace(ENTRY, owner="Ư" * 200)))
    lan = town.citizen("Lan", language=language, channel="telegram")

    await lan.says("/chiendich")

    assert all(len(heard.text) < 1_500 for heard in lan.heard)

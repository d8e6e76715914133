"""What asks for money: whose account, on what basis, until when; and no account that two officials did not confirm."""

import re
from dataclasses import replace

import pytest

from handlers import texts
from handlers.banking.vietqr import PayeeAccount, payload
from handlers.desk import Desk
from handlers.desk.pledges import Offer
from handlers.flow.message import Say
from handlers.texts.loader import LANGUAGES, placeholders
from handlers.views.payment import how_to_pay
from tests.kit.giving import ENTRY, Front, front
from tests.kit.town import Citizen, Town

ASKING = {"organiser", "basis", "first_day", "last_day", "account_owner", "ledger_link"}
TELLS_AN_ACCOUNT = {"account_number", "swift"}
MONEY = Offer(kind="money", giver="person", amount=1_500_000, name="Lan")
PAYS_NOWHERE = ["gift.no_account"]
# Words without which nobody can be told where to send money, or be led to give; a new text with one is found here.
HOW_TO_GIVE = {
    "vi": re.compile(r"(?:số|chủ) tài khoản|quét|nội dung chuyển|chuyển (?:vào|từ nước)|xem và ủng hộ", re.IGNORECASE),
    "en": re.compile(
        r"account (?:number|owner|holder)|\bscan|transfer text|pay only|(?:from|sending) abroad|see and give",
        re.IGNORECASE,
    ),
}
NOT_TO_GIVERS = ("console.", "when.", "announce.", "posts.not_drafted")
# Lines of a picture or a page that is only ever shown with all of it, and words that keep people from sending anything.
BESIDE = {
    "gift.card_title", "gift.card_owner", "gift.card_text", "gift.card_note", "gift.from_abroad",
    "campaign.account", "campaign.demo_account",
    "page.campaign_account_owner", "page.campaign_number", "page.campaign_text", "page.campaign_swift",
    "page.campaign_scan", "giver_news.account_ended", "scammed.steps",
}  # fmt: skip


@pytest.fixture
async def office(town: Town) -> Front:
    return await front(town)


@pytest.fixture
async def lan(town: Town) -> Citizen:
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return citizen


async def told(lan: Citizen, offer: Offer = MONEY) -> tuple[str, tuple[Say, ...]]:
    """Promise money, and the messages on how it is sent."""

    def work(desk: Desk) -> tuple[str, tuple[Say, ...]]:
        pledge = desk.pledges.offer(offer)
        return pledge.code, how_to_pay(desk, pledge)

    return await lan.at_desk(work)


def keys(says: tuple[Say, ...]) -> list[str]:
    return [say.phrase.key for say in says]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_tells_how_to_give_names_all_of_it_or_stands_beside_one_that_does(language: str) -> None:
    told = {
        key: placeholders(text)
        for key, text in texts.load().sentences[language].items()
        if HOW_TO_GIVE[language].search(text) and not key.startswith(NOT_TO_GIVERS)
    }

    assert {key for key, named in told.items() if not named >= ASKING} == BESIDE
    assert {"gift.pay", "gift.to_copy", "campaigns.one", "campaigns.share", "campaigns.share_both"} <= told.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_with_an_account_names_who_asks_on_what_basis_when_whose_it_is_and_the_ledger(language: str) -> None:
    sentences = texts.load().sentences[language]
    asks = {
        key: placeholders(text)
        for key, text in sentences.items()
        if placeholders(text) & TELLS_AN_ACCOUNT and not key.startswith("console.")
    }

    assert {"gift.to_copy", "gift.from_abroad_swift"} <= asks.keys()
    assert {key: ASKING - named for key, named in asks.items() if ASKING - named} == {}
    for key in ("gift.pay", "gift.pay_by_code", "gift.pay_from_abroad"):
        assert placeholders(sentences[key]) >= ASKING


async def test_without_a_confirmed_account_nobody_is_to_send_anything(office: Front, lan: Citizen) -> None:
    await office.enters()

    assert keys((await told(lan))[1]) == PAYS_NOWHERE


async def test_the_picture_says_exactly_what_the_words_say(office: Front, lan: Citizen) -> None:
    await office.has()

    code, says = await told(lan)

    assert keys(says) == ["gift.pay_by_code", "gift.to_copy"]
    assert says[0].card is not None
    assert says[0].card.values["payload"] == payload(PayeeAccount("970436", "0011223344"), 1_500_000, code)
    assert says[0].card.values["number"] == says[1].phrase.values["account_number"] == "0011223344"


async def test_the_picture_asks_for_no_more_than_has_not_come(office: Front, lan: Citizen) -> None:
    await office.has()

    def work(desk: Desk) -> tuple[str, tuple[Say, ...]]:
        pledge = desk.pledges.offer(MONEY)
        desk.pledges.receive(pledge, 500_000)
        return pledge.code, how_to_pay(desk, pledge)

    code, says = await lan.at_desk(work)

    assert says[0].card is not None
    assert says[0].card.values["payload"] == payload(PayeeAccount("970436", "0011223344"), 1_000_000, code)


async def test_a_bank_without_known_digits_has_no_picture(office: Front, lan: Citizen) -> None:
    await office.has(replace(ENTRY, bank="Ngân hàng khác"))

    _, says = await told(lan)

    assert keys(says) == ["gift.pay", "gift.to_copy"]
    assert says[0].card is None


async def test_an_account_that_was_ended_is_shown_no_longer(town: Town, office: Front, lan: Citizen) -> None:
    account = await office.has()
    await town.as_official(office.admin, lambda desk: desk.gift_accounts.end(account))

    assert keys((await told(lan))[1]) == PAYS_NOWHERE


async def test_from_abroad_the_bank_s_words_are_told_where_they_were_entered(office: Front, lan: Citizen) -> None:
    await office.has(replace(ENTRY, swift="BIC MAUXVNVX"))

    _, says = await told(lan, replace(MONEY, abroad=True))

    assert keys(says) == ["gift.pay_from_abroad", "gift.from_abroad_swift", "gift.to_copy"]
    assert says[1].phrase.values["swift"] == "BIC MAUXVNVX"


@pytest.mark.parametrize("giver", ["group", "enterprise", "cooperative"])
async def test_an_organisation_from_abroad_is_told_by_a_person(office: Front, lan: Citizen, giver: str) -> None:
    await office.has()

    _, says = await told(lan, replace(MONEY, abroad=True, giver=giver))  # type: ignore[arg-type]  # one of the givers

    assert keys(says) == ["gift.foreign_organisation"]


async def test_every_message_of_money_fits_a_phone_s_screen(office: Front, lan: Citizen) -> None:
    await office.has(replace(ENTRY, owner="Ủy ban Mặt trận Tổ quốc Việt Nam thành phố Đà Nẵng (mẫu)"))
    _, says = await told(lan)

    def lengths(desk: Desk) -> list[int]:
        return [len(desk.voice(language).say(say.phrase)) for language in LANGUAGES for say in says]

    assert max(await lan.at_desk(lengths)) <= 750

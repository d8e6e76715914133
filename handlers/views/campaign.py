"""A campaign as its public page shows it: in words, and nothing in it that only officials may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.banking import vietqr
from handlers.desk import Desk
from handlers.desk.money import CampaignItem, SeenCampaign, ShownAccount
from handlers.flow.message import Dong, Phrase
from handlers.rules import campaign_rules
from handlers.texts import Voice
from handlers.vietnamese import units
from handlers.views import campaign_words


@dataclass(frozen=True, slots=True)
class Payable:
    """The account, where one may be shown. payload: of the code to scan; empty where there is nothing to scan."""

    account: ShownAccount
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPage:
    """What the page says. facts: (key below `page`, words) each. card: the values of the picture, if there is one.

    amounts: what the picture shows, in words; items: (name, how much, whether it was met) each.
    """

    code: str
    state: Literal["open", "ahead", "over"]
    title: str
    about: str
    facts: tuple[tuple[str, str], ...]
    money: str
    payable: Payable | None
    card: Mapping[str, str] | None
    amounts: tuple[str, ...]
    items: tuple[tuple[str, str, bool], ...]
    first_day: str
    last_day: str


def campaign_page(desk: Desk, typed_code: str, language: str) -> CampaignPage | None:
    """The page of a campaign that was opened, over or not; None if there is none of this code."""
    found = desk.campaigns.find(typed_code)
    if found is None:
        return None
    voice, progress = desk.voice(language), desk.campaigns.progress(found)
    picture = campaign_words.card(found, progress, demo=desk.demo)
    return CampaignPage(
        code=found.code,
        state="open" if found.open_now else "ahead" if _is_ahead(desk, found) else "over",
        title=found.title[voice.language],
        about=found.about[voice.language],
        facts=_facts(desk, found, voice),
        money=voice.say(campaign_words.account(found, desk)),
        payable=_payable(desk, found),
        card={name: _said(voice, value) for name, value in picture.values.items()} if picture else None,
        amounts=tuple(voice.say(line) for line in campaign_words.lines(progress)),
        items=tuple(_item(one, voice) for one in desk.campaign_items.of(found)),
        first_day=_said(voice, found.first_day),
        last_day=_said(voice, found.last_day),
    )


def _is_ahead(desk: Desk, found: SeenCampaign) -> bool:
    return found.state == "open" and desk.today() < found.first_day


def _facts(desk: Desk, found: SeenCampaign, voice: Voice) -> tuple[tuple[str, str], ...]:
    asking = desk.campaigns.asking(found)
    basis = campaign_rules.basis_on(found.basis, found.first_day)
    days = Phrase("campaign.dates", {"first_day": found.first_day, "last_day": found.last_day})
    told: list[tuple[str, object]] = [
        ("campaign_organiser", found.organiser),
        ("campaign_basis", asking["basis"]),
        *((("campaign_source", basis.row.source),) if basis and basis.row.source else ()),
        ("campaign_days", days),
        ("campaign_place", units.all_units()[found.unit_id].name if found.unit_id else Phrase("campaign.whole_city")),
    ]
    if found.open_now:
        told.append(("campaign_account_owner", asking["account_owner"]))
    return tuple((key, _said(voice, value)) for key, value in told)


def _payable(desk: Desk, found: SeenCampaign) -> Payable | None:
    account = desk.campaigns.account(found)
    if account is None:
        return None
    if account.demo or not account.bank_bin:
        return Payable(account, "")
    return Payable(account, vietqr.payload(vietqr.PayeeAccount(account.bank_bin, account.number), 0, found.code))


def _item(one: CampaignItem, voice: Voice) -> tuple[str, str, bool]:
    much = _said(voice, Dong(one.amount)) if one.kind == "money" else f"{one.amount} {one.measure}"
    return one.title[voice.language], much, one.state == "met"


def _said(voice: Voice, value: object) -> str:
    return voice.say(value if isinstance(value, Phrase) else Phrase("plain", {"words": value}))

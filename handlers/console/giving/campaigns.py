"""Campaigns: the list, writing one, and the page of one with what it needs, how far it is, opening and closing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from handlers.console.giving.campaign_form import CampaignForm, draft, form, old
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, typed
from handlers.desk import Desk
from handlers.desk.money import MOST_MONEY, CampaignOutcome, SeenCampaign, has_number, stamp
from handlers.flow.message import Dong, Phrase
from handlers.rules import campaign_rules
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese import units
from handlers.views import campaign_words

NEEDS = ("food", "house", "health", "school", "work", "water", "trade", "something")
KINDS = ("goods", "money", "time")
LOOKS = {"draft": "mine", "ahead": "waiting", "open": "new", "over": "stopped", "closed": "stopped"}
MOST_AMOUNT = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    """A campaign in the list. state: draft, ahead, open, over or closed; look: of it, a word of the style sheet."""

    code: str
    title: str
    organiser: str
    unit: str | Phrase
    first_day: date
    last_day: date
    state: str
    look: str


@dataclass(frozen=True, slots=True)
class CampaignList:
    """The list; form: to write one, for who may."""

    lines: tuple[CampaignLine, ...]
    form: CampaignForm | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as the page lists it."""

    id: str
    title: str
    amount: Phrase | str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFile:
    """One campaign. facts: (key below `console.campaigns`, words) each. words: (language, title, about) each, as people
    read them. progress: one amount a line.

    seen: of the draft, sent along when it is opened or written anew. old: what the form starts with. own: she wrote it.
    asks_for_money: its account may be shown on all its days. link: of its public page, once it was opened.
    """

    line: CampaignLine
    facts: tuple[tuple[str, object], ...]
    words: tuple[tuple[str, str, str], ...]
    progress: tuple[Phrase, ...]
    items: tuple[ItemLine, ...]
    link: str
    seen: str
    own: bool
    asks_for_money: bool
    may_open: bool
    may_close: bool
    form: CampaignForm | None
    old: Mapping[str, str]
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    may_add: bool


def view(desk: Desk, given: Click) -> CampaignList:
    """Campaigns within reach: drafts first."""
    return CampaignList(tuple(_line(desk, seen) for seen in desk.campaigns.all()), form(desk))


def view_one(desk: Desk, given: Click) -> CampaignFile | None:
    """One campaign: what it says, how far it has come, what it needs."""
    seen = desk.campaigns.read(given.path["code"])
    if seen is None:
        return None
    language, is_draft = desk.acting().language, seen.state == "draft"
    own, may_write = desk.are_same_hands(seen.written_by), desk.may("campaign.write", seen.unit_id)
    return CampaignFile(
        line=_line(desk, seen),
        facts=_facts(desk, seen),
        words=tuple((one, seen.title[one], seen.about[one]) for one in LANGUAGES),
        progress=campaign_words.lines(desk.campaigns.progress(seen)),
        items=tuple(
            ItemLine(one.id, one.title[language], _much(one.amount, one.measure, one.kind), one.state == "met")
            for one in desk.campaign_items.of(seen)
        ),
        link=f"{desk.public_url}/c/{seen.code}" if seen.opened_by else "",
        seen=stamp(seen),
        own=own,
        asks_for_money=desk.campaigns.asks_for_money(seen),
        may_open=is_draft and not own and desk.may("campaign.open", seen.unit_id),
        may_close=seen.state != "closed" and desk.may("campaign.close", seen.unit_id),
        form=form(desk) if is_draft and may_write else None,
        old=old(seen),
        needs=NEEDS,
        kinds=KINDS,
        may_add=seen.state != "closed" and may_write,
    )


def write(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Write a campaign; it is a draft until another opens it."""
    read = draft(desk, given)
    if isinstance(read, Invalid):
        return read
    code = desk.campaigns.write(read)
    return Redirect(f"/campaigns/{code}", "campaign_written") if code else Invalid({"unit": "campaign_unit"})


def rewrite(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Write a draft anew; another has to open it."""
    if desk.campaigns.read(given.path["code"]) is None:
        return None
    read = draft(desk, given)
    if isinstance(read, Invalid):
        return read
    return _told(given, desk.campaigns.rewrite(given.path["code"], read, given["seen"]), "campaign_rewritten")


def open_(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Open what another wrote: everybody sees it, on its days."""
    code = given.path["code"]
    outcome = desk.campaigns.open(code, given["seen"])
    seen = desk.campaigns.read(code) if outcome == "done" else None
    asks = seen is not None and desk.campaigns.asks_for_money(seen)
    return _told(given, outcome, "campaign_opened" if asks else "campaign_opened_no_money")


def close(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Close a campaign for ever, or throw a draft away."""
    return _told(given, desk.campaigns.close(given.path["code"]), "campaign_closed")


def add(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Say what a campaign needs; everybody reads it."""
    if desk.campaigns.read(given.path["code"]) is None:
        return None
    wrong: dict[str, str] = typed.words(given, "item_vi", "item_en", most=100)
    money = given["kind"] == "money"
    amount = (
        typed.money(given, "amount", wrong, most=MOST_MONEY) if money
        else typed.count(given, "amount", wrong, most=MOST_AMOUNT)
    )  # fmt: skip
    wrong |= {} if money else typed.words(given, "measure", most=30)
    wrong |= {name: "no_number" for name in ("item_vi", "item_en", "measure") if has_number(given[name])}
    wrong |= {name: "choose" for name, known in (("need", NEEDS), ("kind", KINDS)) if given[name] not in known}
    if wrong or amount is None:
        return Invalid(wrong)
    title = {"vi": given["item_vi"], "en": given["item_en"]}
    measure = "VND" if money else given["measure"]
    opened = desk.needs.open_for_campaign(given.path["code"], given["need"], given["kind"], amount, title, measure)
    return _told(given, opened.how, "campaign_item_added")


def take_out(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Take out an item that no gift has met or is on its way to."""
    seen = desk.campaigns.read(given.path["code"])
    if seen is None or given["item"] not in {one.id for one in desk.campaign_items.of(seen)}:
        return None if seen is None else Invalid({}, outdated=True)
    return _told(given, desk.needs.close(given["item"]), "campaign_item_taken_out")


# Inside


def _told(given: Click, outcome: CampaignOutcome | str, done: str) -> Redirect | Invalid | None:
    match outcome:
        case "done":
            return Redirect(f"/campaigns/{given.path['code']}", done)
        case "absent":
            return None
        case "outdated":
            return Invalid({}, outdated=True)
        case "own":
            return Invalid({"": "own_campaign"})
        case "taken":
            return Invalid({"": "campaign_item_taken"})
        case "invalid":
            return Invalid({"": "campaign_days"})
        case _:
            return Invalid({"": "campaign_not_now"})


def _line(desk: Desk, seen: SeenCampaign) -> CampaignLine:
    state: str = seen.state
    if seen.state == "open" and not seen.open_now:
        state = "ahead" if desk.today() < seen.first_day else "over"
    title = seen.title[desk.acting().language]
    return CampaignLine(
        code=seen.code,
        title=title,
        organiser=seen.organiser,
        unit=_place(seen),
        first_day=seen.first_day,
        last_day=seen.last_day,
        state=state,
        look=LOOKS[state],
    )


def _place(seen: SeenCampaign) -> str | Phrase:
    return units.all_units()[seen.unit_id].name if seen.unit_id else Phrase("campaign.whole_city")


def _facts(desk: Desk, seen: SeenCampaign) -> tuple[tuple[str, object], ...]:
    account = next((one for one in desk.gift_accounts.to_choose() if one.id == seen.account_id), None)
    ended = seen.account_id is not None and desk.gift_accounts.is_over(seen.account_id)
    nowhere = Phrase("console.campaigns.account_ended" if ended else "console.campaigns.no_account")
    named = f"{account.owner} · {account.bank} · {account.number}" if account else nowhere
    hand_on = campaign_rules.distribute_until(seen.basis, seen.last_day)
    name = desk.officials.name_of
    return (
        ("organiser", seen.organiser),
        ("basis", desk.campaigns.asking(seen)["basis"]),
        ("days", Phrase("campaign.dates", {"first_day": seen.first_day, "last_day": seen.last_day})),
        ("hand_on", hand_on or Phrase("to_be_confirmed")),
        ("unit", _place(seen)),
        ("account", named),
        ("written_by", name(seen.written_by)),
        *((("opened_by", name(seen.opened_by)),) if seen.opened_by else ()),
    )


def _much(amount: int, measure: str, kind: str) -> Phrase | str:
    return Phrase("plain", {"words": Dong(amount)}) if kind == "money" else f"{amount} {measure}"


LIST = Screen(path="/campaigns", template="giving/campaigns", right="campaign.see", view=view, menu="giving")
ONE = Screen(path="/campaigns/{code}", template="giving/campaign", right="campaign.see", view=view_one)
screens = (LIST, ONE)
_ACTS: Mapping[str, tuple[str, Callable[[Desk, Click], Redirect | Invalid | None], bool]] = {
    "rewrite": ("campaign.write", rewrite, False),
    "open": ("campaign.open", open_, True),
    "close": ("campaign.close", close, True),
    "items": ("campaign.write", add, True),
    "items/take-out": ("campaign.write", take_out, False),
}
acts = (
    Act(path="/campaigns", right="campaign.write", do=write, screen=LIST),
    *(
        Act(path=f"/campaigns/{{code}}/{name}", right=right, do=do, screen=ONE, checked=checked)
        for name, (right, do, checked) in _ACTS.items()
    ),
)

"""Campaigns: the list, writing one, and the page of one with what it needs, how far it is, opening and closing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from handlers.console.giving.campaign_form import Form, draft, form, old
from handlers.console.screen import Act, Given, Screen, Went, Wrong, typed
from handlers.desk import Desk
from handlers.desk.money import MOST_MONEY, CampaignOutcome, SeenCampaign, has_number, stamp
from handlers.flow.message import Dong, Phrase
from handlers.rules import drives
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese import units
from handlers.views import campaign_words

NEEDS = ("food", "house", "health", "school", "work", "water", "trade", "something")
KINDS = ("goods", "money", "time")
LOOKS = {"draft": "mine", "ahead": "waiting", "open": "new", "over": "stopped", "closed": "stopped"}
MOST_AMOUNT = 10**9


@dataclass(frozen=True, slots=True)
class Line:
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
class Campaigns:
    """The list; form: to write one, for who may."""

    lines: tuple[Line, ...]
    form: Form | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as the page lists it."""

    id: str
    title: str
    amount: Phrase | str
    met: bool


@dataclass(frozen=True, slots=True)
class One:
    """One campaign. facts: (key below `console.campaigns`, words) each. words: (language, title, about) each, as people
    read them. progress: one amount a line.

    seen: of the draft, sent along when it is opened or written anew. old: what the form starts with. own: she wrote it.
    asks_for_money: its account may be shown on all its days. link: of its public page, once it was opened.
    """

    line: Line
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
    form: Form | None
    old: Mapping[str, str]
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    may_add: bool


def view(desk: Desk, given: Given) -> Campaigns:
    """Campaigns within reach: drafts first."""
    return Campaigns(tuple(_line(desk, seen) for seen in desk.campaigns.all()), form(desk))


def view_one(desk: Desk, given: Given) -> One | None:
    """One campaign: what it says, how far it has come, what it needs."""
    seen = desk.campaigns.read(given.path["code"])
    if seen is None:
        return None
    language, is_draft = desk.acting().language, seen.state == "draft"
    own, may_write = seen.written_by == desk.acting().id, desk.may("campaign.write", seen.unit_id)
    return One(
        _line(desk, seen),
        _facts(desk, seen),
        tuple((one, seen.title[one], seen.about[one]) for one in LANGUAGES),
        campaign_words.lines(desk.campaigns.progress(seen)),
        tuple(
            ItemLine(one.id, one.title[language], _much(one.amount, one.measure, one.kind), one.state == "met")
            for one in desk.campaign_items.of(seen)
        ),
        f"{desk.public_url}/c/{seen.code}" if seen.opened_by else "",
        stamp(seen),
        own,
        desk.campaigns.asks_for_money(seen),
        is_draft and not own and desk.may("campaign.open", seen.unit_id),
        seen.state != "closed" and desk.may("campaign.close", seen.unit_id),
        form(desk) if is_draft and may_write else None,
        old(seen),
        NEEDS,
        KINDS,
        seen.state != "closed" and may_write,
    )


def write(desk: Desk, given: Given) -> Went | Wrong | None:
    """Write a campaign; it is a draft until another opens it."""
    read = draft(desk, given)
    if isinstance(read, Wrong):
        return read
    code = desk.campaigns.write(read)
    return Went(f"/campaigns/{code}", "campaign_written") if code else Wrong({"unit": "campaign_unit"})


def rewrite(desk: Desk, given: Given) -> Went | Wrong | None:
    """Write a draft anew; another has to open it."""
    if desk.campaigns.read(given.path["code"]) is None:
        return None
    read = draft(desk, given)
    if isinstance(read, Wrong):
        return read
    return _told(given, desk.campaigns.rewrite(given.path["code"], read, given["seen"]), "campaign_rewritten")


def open_(desk: Desk, given: Given) -> Went | Wrong | None:
    """Open what another wrote: everybody sees it, on its days."""
    code = given.path["code"]
    outcome = desk.campaigns.open(code, given["seen"])
    seen = desk.campaigns.read(code) if outcome == "done" else None
    asks = seen is not None and desk.campaigns.asks_for_money(seen)
    return _told(given, outcome, "campaign_opened" if asks else "campaign_opened_no_money")


def close(desk: Desk, given: Given) -> Went | Wrong | None:
    """Close a campaign for ever, or throw a draft away."""
    return _told(given, desk.campaigns.close(given.path["code"]), "campaign_closed")


def add(desk: Desk, given: Given) -> Went | Wrong | None:
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
        return Wrong(wrong)
    title = {"vi": given["item_vi"], "en": given["item_en"]}
    measure = "VND" if money else given["measure"]
    opened = desk.needs.open_for_campaign(given.path["code"], given["need"], given["kind"], amount, title, measure)
    return _told(given, opened.how, "campaign_item_added")


def take_out(desk: Desk, given: Given) -> Went | Wrong | None:
    """Take out an item that no gift has met or is on its way to."""
    seen = desk.campaigns.read(given.path["code"])
    if seen is None or given["item"] not in {one.id for one in desk.campaign_items.of(seen)}:
        return None if seen is None else Wrong({}, outdated=True)
    return _told(given, desk.needs.close(given["item"]), "campaign_item_taken_out")


# Inside


def _told(given: Given, outcome: CampaignOutcome | str, done: str) -> Went | Wrong | None:
    match outcome:
        case "done":
            return Went(f"/campaigns/{given.path['code']}", done)
        case "absent":
            return None
        case "outdated":
            return Wrong({}, outdated=True)
        case "own":
            return Wrong({"": "own_campaign"})
        case "taken":
            return Wrong({"": "campaign_item_taken"})
        case "invalid":
            return Wrong({"": "campaign_days"})
        case _:
            return Wrong({"": "campaign_not_now"})


def _line(desk: Desk, seen: SeenCampaign) -> Line:
    state: str = seen.state
    if seen.state == "open" and not seen.open_now:
        state = "ahead" if desk.today() < seen.first_day else "over"
    title = seen.title[desk.acting().language]
    return Line(seen.code, title, seen.organiser, _place(seen), seen.first_day, seen.last_day, state, LOOKS[state])


def _place(seen: SeenCampaign) -> str | Phrase:
    return units.all_units()[seen.unit_id].name if seen.unit_id else Phrase("campaign.whole_city")


def _facts(desk: Desk, seen: SeenCampaign) -> tuple[tuple[str, object], ...]:
    account = next((one for one in desk.gift_accounts.to_choose() if one.id == seen.account_id), None)
    ended = seen.account_id is not None and desk.gift_accounts.is_over(seen.account_id)
    nowhere = Phrase("console.campaigns.account_ended" if ended else "console.campaigns.no_account")
    named = f"{account.owner} · {account.bank} · {account.number}" if account else nowhere
    hand_on = drives.distribute_until(seen.basis, seen.last_day)
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


LIST = Screen("/campaigns", "campaigns", "campaign.see", view, menu="giving")
ONE = Screen("/campaigns/{code}", "campaign", "campaign.see", view_one)
screens = (LIST, ONE)
_ACTS: Mapping[str, tuple[str, Callable[[Desk, Given], Went | Wrong | None], bool]] = {
    "rewrite": ("campaign.write", rewrite, False),
    "open": ("campaign.open", open_, True),
    "close": ("campaign.close", close, True),
    "items": ("campaign.write", add, True),
    "items/take-out": ("campaign.write", take_out, False),
}
acts = (
    Act("/campaigns", "campaign.write", write, LIST),
    *(Act(f"/campaigns/{{code}}/{name}", right, do, ONE, checked) for name, (right, do, checked) in _ACTS.items()),
)

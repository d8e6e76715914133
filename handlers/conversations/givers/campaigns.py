"""Campaigns: which are open, what one asks for and how far it has come, giving to it, and telling others of it."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.money import SeenCampaign
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Open
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice
from handlers.views import campaign_words

AT_ONCE = 8
FURTHER = "from:"
GIVE_OTHERWISE = Opening("doors.giving", "pledge")
ALL = Opening("doors.campaigns", "campaigns")


@dataclass(frozen=True, slots=True)
class KnownCampaigns:
    """The campaigns that are open now, and the one that was named, if there is such a one."""

    open: tuple[SeenCampaign, ...]
    named: SeenCampaign | None


def look_up(desk: Desk, a: Answers) -> KnownCampaigns:
    """Look up the open campaigns, and the one whose code was typed or brought by a button."""
    code = named_code(a)
    return KnownCampaigns(tuple(desk.campaigns.open_ones()), desk.campaigns.find(code) if code else None)


def named_code(a: Answers) -> str:
    """The code that was typed behind the command, or brought by a link or a button."""
    return a.given("typed") or a.given("campaign") or ""


def has_to_choose(a: Answers) -> bool:
    return not named_code(a) and len(a.facts(KnownCampaigns).open) > 1


def to_choose_from(a: Answers) -> tuple[Candidate, ...]:
    """A button for each open campaign, some at a time."""
    begin, found = int(a.given("from") or 0), a.facts(KnownCampaigns).open
    shown = tuple(
        Candidate(c.code, Phrase("plain", {"words": campaign_words.title(c)})) for c in found[begin : begin + AT_ONCE]
    )
    end = begin + AT_ONCE
    return (*shown, Candidate(f"{FURTHER}{end}", Phrase("doors.see_more"))) if end < len(found) else shown


which = Choice("which", supplied=to_choose_from)


def show(a: Answers, desk: Desk) -> Done:
    """Show one campaign; or say that there is no such one, or that it is over, and go on to the list."""
    chosen, known = a.get(which), a.facts(KnownCampaigns)
    if chosen and chosen.startswith(FURTHER):
        return Done(then=Open("campaigns", {"from": chosen.removeprefix(FURTHER)}))
    if named_code(a):
        found = known.named
        return _page(found, known, desk) if found and found.open_now else _not_open(found, desk)
    found = next((c for c in known.open if c.code == chosen), None) if chosen else next(iter(known.open), None)
    if found is None and chosen:  # closed while she was choosing
        return _not_open(desk.campaigns.find(chosen), desk)
    return _page(found, known, desk) if found else Done(Say("none_open", openings=(GIVE_OTHERWISE, MENU)))


def _not_open(found: SeenCampaign | None, desk: Desk) -> Done:
    if found is None:
        return Done(Say("no_such"), then=Open("campaigns"))
    key = "not_begun" if found.state == "open" and desk.today() < found.first_day else "over"
    return Done(Say(Phrase(key, campaign_words.given(found, desk))), then=Open("campaigns"))


def _page(found: SeenCampaign, known: KnownCampaigns, desk: Desk) -> Done:
    progress = desk.campaigns.progress(found)
    this = {"campaign": found.code}
    doors = (
        Opening("doors.pledge_here", "pledge", this),
        Opening("doors.share_campaign", "share_campaign", this),
        *((ALL,) if len(known.open) > 1 else ()),
        MENU,
    )
    card = campaign_words.card(found, progress, demo=desk.demo)
    so_far = Say("so_far", progress=campaign_words.progress(progress), code=found.code, card=card, openings=doors)
    return Done(Say(Phrase("one", campaign_words.given(found, desk))), so_far)


def share(a: Answers, desk: Desk) -> Done:
    """Give her words and links to send on."""
    found = desk.campaigns.find(named_code(a))
    if found is None or not found.open_now:
        return _not_open(found, desk)
    values = {**campaign_words.given(found, desk), "link": f"{desk.public_url}/c/{found.code}"}
    telegram = desk.link_to("telegram")
    if telegram == desk.public_url:  # the channel has not told us its address, or there is none
        return Done(Say(Phrase("share", values), openings=(MENU,)))
    values["telegram"] = f"{telegram}?start={found.code.replace('-', '')}"
    return Done(Say(Phrase("share_both", values), openings=(MENU,)))


conversations = (
    Conversation(
        "campaigns", (Ask(which, only_if=has_to_choose),), show, opens_with=("/chiendich", "/campaigns"), facts=look_up
    ),
    Conversation("share_campaign", (), share, texts="campaigns"),
)

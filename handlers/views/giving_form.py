"""What every pledge of a gift asks and says alike: who gives, for where, how named in public, what becomes of it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, cast

from handlers.desk import Desk
from handlers.desk.money import SeenCampaign
from handlers.desk.pledges import Giver, Offer
from handlers.flow.conversation import Answers, Ask, Done
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.moving import shown
from handlers.flow.questions import Candidate, Choice, Name, OwnPhone, Question, UnitQuestion, Words
from handlers.texts import Bilingual
from storage.tables import Pledge as Pledge  # for conversations, who know no storage

OFFICER = Opening("doors.officer", "officer")
LONGEST_WAIT = timedelta(days=2 * 365)  # until a gift comes
CAMPAIGNS_SHOWN = 9


@dataclass(frozen=True, slots=True)
class GivingKnown:
    """Campaigns that are open today, and the one whose button led here, if it still is."""

    campaigns: tuple[SeenCampaign, ...] = ()
    brought: SeenCampaign | None = None


def look_up(desk: Desk, a: Answers) -> GivingKnown:
    """Look which campaigns are open."""
    code = a.given("campaign")
    brought = desk.campaigns.find(code) if code else None
    open_ones = tuple(desk.campaigns.open_ones()[:CAMPAIGNS_SHOWN])
    return GivingKnown(open_ones, brought if brought is not None and brought.open_now else None)


def open_campaigns(a: Answers) -> tuple[Candidate, ...]:
    """A button for each campaign, with its title."""
    return tuple(
        Candidate(c.code, Phrase("plain", {"words": Bilingual(c.title)})) for c in a.facts(GivingKnown).campaigns
    )


def places(a: Answers) -> tuple[Candidate, ...]:
    """Where a gift may go: one question, so that a campaign opened meanwhile does not have it asked anew."""
    open_now = bool(a.facts(GivingKnown).campaigns)
    names = ("needed", "unit", "drive") if open_now else ("needed", "unit")
    return tuple(Candidate(name, Phrase(f"options.where_to.{name}")) for name in names)


giver = Choice("giver", "person", "group", "enterprise", "cooperative")
from_where = Choice("from_where", "here", "abroad")
where_to = Choice("where_to", supplied=places)
unit = UnitQuestion("unit")
campaign_chosen = Choice("drive", supplied=open_campaigns)
name = Name("name")
organisation = Words("organisation", most=150)
contact_name = Name("contact_name")
phone = OwnPhone("phone", others=("no_phone",))
work_phone = OwnPhone("work_phone")
named = Choice("named", "yes", "no")


def no_campaign_was_brought(a: Answers) -> bool:
    return a.facts(GivingKnown).brought is None


def wants_a_unit(a: Answers) -> bool:
    return a.get(where_to) == "unit"


def wants_a_campaign(a: Answers) -> bool:
    return a.get(where_to) == "drive" and bool(a.facts(GivingKnown).campaigns)


def gives_as_a_person(a: Answers) -> bool:
    return a.get(giver) == "person"


def gives_as_an_organisation(a: Answers) -> bool:
    return a.get(giver) != "person"


def is_a_foreign_organisation(a: Answers) -> bool:
    return gives_as_an_organisation(a) and a.get(from_where) == "abroad"


def lies_ahead(a: Answers, question: Question[date]) -> bool:
    """Whether a day is today or later, and near enough to be meant."""
    day = a.get(question)
    return day is None or a.day <= day <= a.day + LONGEST_WAIT


WHO_AND_WHERE = (
    Ask(giver),
    Ask(from_where),
    Ask(where_to, only_if=no_campaign_was_brought),
    Ask(unit, only_if=wants_a_unit),
    Ask(campaign_chosen, only_if=wants_a_campaign),
)
NAMED = (
    Ask(name, only_if=gives_as_a_person),
    Ask(organisation, only_if=gives_as_an_organisation),
    Ask(contact_name, only_if=gives_as_an_organisation),
)
BY_NAME = (*NAMED, Ask(phone), Ask(named))
AT_WORK = (*NAMED, Ask(work_phone), Ask(named))


def campaign_of(a: Answers) -> SeenCampaign | None:
    """The campaign that the gift is for."""
    known = a.facts(GivingKnown)
    return known.brought or next((c for c in known.campaigns if c.code == a.get(campaign_chosen)), None)


def told(a: Answers, desk: Desk, *questions: Question[Any]) -> dict[str, str]:
    """Answers in the words of the office, by what they answer."""
    voice, written = desk.voice("vi"), a.written()
    return {
        q.key: voice.say(Phrase("plain", {"words": shown(q, written[q.key])}), "pledge")
        for q in questions
        if q in a and q.key in written
    }


def giver_of(a: Answers) -> Giver:
    return cast("Giver", a[giver])


def keep_pledge(a: Answers, desk: Desk, offer: Offer) -> Pledge:
    """Keep a pledge with who gives it and for where, and tell the officials it concerns."""
    campaign = campaign_of(a)
    pledge = desk.pledges.offer(
        replace(
            offer,
            name=a.get(name) or a.get(organisation) or "",
            phone=a.get(phone) or a.get(work_phone) or "",
            details={**offer.details, **told(a, desk, contact_name)},
            named=a.get(named) == "yes",
            abroad=a.get(from_where) == "abroad",
            unit_id=a.get(unit) or offer.unit_id or (campaign.unit_id if campaign else None),
            campaign_id=campaign.id if campaign else None,
        )
    )
    desk.pledge_news.offered(pledge)
    return pledge


def kept(a: Answers, key: str, pledge: Pledge, *more: Say) -> Done:
    """Say that a pledge is kept, and by `key` what follows; an organisation from abroad is led to a person."""
    doors = (Opening("doors.my_gift", "my_gifts", {"typed": pledge.code}), OFFICER, MENU)
    if is_a_foreign_organisation(a):
        return Done(Say("gift.foreign_organisation", code=pledge.code, openings=doors))
    said = (Say(key, code=pledge.code), *more)
    last = Say(said[-1].phrase, card=said[-1].card, openings=doors, under=said[-1].under)
    return Done(*said[:-1], last)

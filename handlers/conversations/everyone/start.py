"""The first words: which language, what this is, and the menu; or, by a link, straight to the campaign it names."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.money import CAMPAIGN_PREFIX
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Open
from handlers.flow.message import Say
from handlers.flow.questions import Choice


@dataclass(frozen=True, slots=True)
class Arrival:
    """How she comes. campaign: the code that her link names; speaks: she has chosen a language before."""

    campaign: str
    speaks: bool


def look_at_arrival(desk: Desk, a: Answers) -> Arrival:
    """Look what stands behind /start, where a channel puts what a link carries; what we don't know is nothing."""
    typed = a.given("typed") or ""
    return Arrival(typed if typed.upper().startswith(CAMPAIGN_PREFIX) else "", bool(desk.here().language))


def has_to_choose_a_language(a: Answers) -> bool:
    return not (a.facts(Arrival).campaign and a.facts(Arrival).speaks)


language = Choice("language", "vi", "en")


def welcome(a: Answers, desk: Desk) -> Done:
    """Remember the language, say what this is, and open the menu, or the campaign that her link names."""
    arrival = a.facts(Arrival)
    then = Open("campaigns", {"typed": arrival.campaign}) if arrival.campaign else Open("@menu")
    if arrival.campaign and arrival.speaks:
        return Done(then=then)
    desk.people.speak(a[language])
    demo = (Say("demo"),) if desk.demo else ()
    return Done(*demo, Say("welcome"), then=then)


conversation = Conversation(
    "start",
    (Ask(language, only_if=has_to_choose_a_language),),
    welcome,
    opens_with=("/start",),
    facts=look_at_arrival,
    quiet=True,
)

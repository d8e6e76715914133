"""News: what one gets now, and the choice: which topics, for where, how often. Her yes is asked for before that."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.consents import RHYTHMS, TOPICS, WHOLE_CITY, Wanted
from handlers.flow.conversation import Answers, Ask, Conversation, Done, EndIf, FinishIf, Open
from handlers.flow.message import MENU, Lines, Opening, Phrase, Say
from handlers.flow.questions import Choice, Choices, UnitQuestion
from handlers.vietnamese import units

CHOOSE = Opening("doors.choose_news", "choose_news")
STOP = Opening("doors.stop_news", "stop_news")


@dataclass(frozen=True, slots=True)
class KnownTopics:
    """What she gets now. agreed: her yes to news is in force. owned: somebody is responsible for the service."""

    wanted: tuple[Wanted, ...]
    agreed: bool
    owned: bool


def look_up(desk: Desk, a: Answers) -> KnownTopics:
    return KnownTopics(desk.subscriptions.mine(), desk.consents.in_force("news"), desk.owner() is not None)


agree_to_news = Choice("agree_to_news", "yes", "no")
topics = Choices("topics", *TOPICS)
news_unit = UnitQuestion("news_unit", others=("whole_city",))
rhythm = Choice("rhythm", *RHYTHMS)


def nobody_is_responsible(a: Answers) -> bool:
    return not a.facts(KnownTopics).owned


def has_not_agreed(a: Answers) -> bool:
    return not a.facts(KnownTopics).agreed


def wants_no_news(a: Answers) -> bool:
    return a.get(agree_to_news) == "no"


def show(a: Answers, desk: Desk) -> Done:
    """Show what she gets; where that is nothing, go on to the choice."""
    wanted = a.facts(KnownTopics).wanted
    if not wanted:
        return Done(then=Open("choose_news"))
    lines = Lines(tuple(Phrase("line", _told(one)) for one in wanted))
    return Done(Say("you_get", lines=lines, openings=(CHOOSE, STOP, MENU)))


def _told(one: Wanted) -> dict[str, object]:
    where = units.all_units()[one.unit_id].name if one.unit_id in units.all_units() else Phrase("whole_city")
    return {"topic": Phrase(f"news_topics.{one.topic}"), "where": where, "rhythm": Phrase(f"rhythm_of.{one.rhythm}")}


def keep(a: Answers, desk: Desk) -> Done:
    """Have her get what she chose and nothing else, or keep her no."""
    if wants_no_news(a):
        desk.subscriptions.refuse()
        return Done(Say("refused", openings=(MENU,)))
    chosen = a[topics]
    desk.subscriptions.choose(chosen, a.get(news_unit) or WHOLE_CITY, a[rhythm])
    lines = Lines(tuple(Phrase("line", _told(one)) for one in desk.subscriptions.mine()))
    return Done(Say("chosen", lines=lines, openings=(MENU,)))


conversations = (
    Conversation("news", (), show, opens_with=("/tintuc", "/news"), facts=look_up, texts="choose_news"),
    Conversation(
        "choose_news",
        (
            EndIf(nobody_is_responsible, say="no_owner", openings=(MENU,)),
            Ask(agree_to_news, only_if=has_not_agreed),
            FinishIf(wants_no_news),
            Ask(topics),
            Ask(news_unit),
            Ask(rhythm),
        ),
        keep,
        facts=look_up,
    ),
)

"""To pledge time and skill, or to tell of an idea that works: nobody comes to a home before an official says so."""

from handlers.desk import Desk
from handlers.desk.pledges import Offer
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Review
from handlers.flow.questions import Choice, Choices, Number, UnitQuestion, Words
from handlers.views.giving_form import (
    BY_NAME,
    WHO_AND_WHERE,
    campaign_of,
    giver_of,
    gives_as_an_organisation,
    keep_pledge,
    kept,
    look_up,
    told,
    wants_a_unit,
)

skills = Choices("skills", "teach", "repair", "health", "carry", "computer", "another")
other_skill = Words("other_skill", most=300)
helpers = Number("helpers", least=1, most=999)
free_when = Words("free_when", most=300)
near = UnitQuestion("near", others=("anywhere",))
of_age = Choice("of_age", "yes", "with_parents")

idea = Words("idea")
done_where = Words("done_where", others=("not_done",))
took = Words("took", others=("unknown",))
came_of_it = Words("came_of_it", others=("unknown",))


def can_do_something_else(a: Answers) -> bool:
    return "another" in (a.get(skills) or ())


def place_is_open(a: Answers) -> bool:
    return not wants_a_unit(a) and campaign_of(a) is None


def was_done(a: Answers) -> bool:
    return a.get(done_where) is not None


def keep(a: Answers, desk: Desk) -> Done:
    """Keep the pledge of time."""
    offer = Offer(
        kind="time",
        giver=giver_of(a),
        amount=a.get(helpers) or 1,
        name="",
        measure="người",
        what=", ".join(told(a, desk, skills, other_skill).values()),
        unit_id=a.get(near),
        details=told(a, desk, free_when, near, of_age),
    )
    young = a.get(of_age) == "with_parents"
    return kept(a, "time_kept_with_parents" if young else "time_kept", keep_pledge(a, desk, offer))


def keep_idea(a: Answers, desk: Desk) -> Done:
    """Keep an idea, to be read before it is shown to anybody."""
    details = told(a, desk, done_where, took, came_of_it)
    offer = Offer(kind="idea", giver=giver_of(a), amount=1, name="", measure="ý tưởng", what=a[idea], details=details)
    return kept(a, "idea_kept", keep_pledge(a, desk, offer))


conversations = (
    Conversation(
        "pledge_time",
        needs="give",
        keeps_paused=True,
        texts="pledge",
        facts=look_up,
        script=(
            *WHO_AND_WHERE,
            Ask(skills),
            Ask(other_skill, only_if=can_do_something_else),
            Ask(helpers, only_if=gives_as_an_organisation),
            Ask(free_when),
            Ask(near, only_if=place_is_open),
            Ask(of_age),
            *BY_NAME,
            Review(),
        ),
        finish=keep,
    ),
    Conversation(
        "pledge_idea",
        needs="give",
        keeps_paused=True,
        texts="pledge",
        facts=look_up,
        script=(
            *WHO_AND_WHERE,
            Ask(idea),
            Ask(done_where),
            Ask(took),
            Ask(came_of_it, only_if=was_done),
            *BY_NAME,
            Review(),
        ),
        finish=keep_idea,
    ),
)

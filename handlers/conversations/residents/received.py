"""The household's own word on what was handed over or done: all of it, less, not yet, or it is not hers.

Why one word counts: what was said is looked into, and must not change meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from handlers.desk import Desk
from handlers.desk.allocations import ASKS, Answer, Asked, Brought
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf, Reask
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice, Money, Number

OFFICER = Opening("doors.officer", "officer")
MOST = 10**12


@dataclass(frozen=True, slots=True)
class WaitingGifts:
    """What may be meant: the one that a button named, or all that wait for her word."""

    gifts: tuple[Brought, ...]


def look_at_gifts(desk: Desk, a: Answers) -> WaitingGifts:
    named = a.given("allocation")
    if named is None:
        return WaitingGifts(tuple(desk.household_gifts.brought()))
    found = desk.household_gifts.find_brought(named)
    return WaitingGifts((found,) if found is not None else ())


def rows(a: Answers) -> tuple[Candidate, ...]:
    """A button for each gift."""
    return tuple(
        Candidate(gift.id, Phrase("row", {"what": gift.what, "day": gift.day}))
        for gift in a.facts(WaitingGifts).gifts[:9]
    )


which = Choice("which", supplied=rows)
QUESTIONS: Mapping[Asked, Choice] = {asked: Choice(asked, *doors.values()) for asked, doors in ASKS.items()}
money_got = Money("money_got", most=MOST)
count_got = Number("count_got", least=1, most=MOST)


def meant(a: Answers) -> Brought | None:
    """The gift she speaks of."""
    gifts = a.facts(WaitingGifts).gifts
    chosen = next((gift for gift in gifts if gift.id == a.get(which)), None)
    return chosen or (gifts[0] if len(gifts) == 1 else None)


def said_of(a: Answers, gift: Brought) -> str | None:
    """Her word on it, of the question that it waits with."""
    return a.get(QUESTIONS[gift.asks])


def nothing_to_confirm(a: Answers) -> bool:
    return not any(gift.waits for gift in a.facts(WaitingGifts).gifts)


def has_several_gifts(a: Answers) -> bool:
    return len(a.facts(WaitingGifts).gifts) > 1


def is_asked(a: Answers, asked: Asked) -> bool:
    gift = meant(a)
    return gift is not None and gift.asks == asked


def she_was_given_something(a: Answers) -> bool:
    return is_asked(a, "did_you_get_it")


def others_were_given_something(a: Answers) -> bool:
    return is_asked(a, "did_they_get_it")


def two_sides_were_to_meet(a: Answers) -> bool:
    return is_asked(a, "did_it_come_about")


def somebody_was_to_come(a: Answers) -> bool:
    return is_asked(a, "did_they_come")


def got_less_money(a: Answers) -> bool:
    gift = meant(a)
    return gift is not None and gift.kind == "money" and said_of(a, gift) == "less"


def got_less_of_something(a: Answers) -> bool:
    gift = meant(a)
    return gift is not None and gift.kind != "money" and said_of(a, gift) == "less"


def confirm(a: Answers, desk: Desk) -> Done | Reask:
    """Keep her word, and say what follows."""
    gift = meant(a)
    if gift is None:
        return Done(Say("nothing_waits", openings=(OFFICER, MENU)))
    if not gift.waits:
        return _before(gift, gift.answer)
    said = cast("Answer", said_of(a, gift))
    done = desk.household_gifts.confirm(gift.id, said, a.get(money_got) or a.get(count_got))
    if done.how == "invalid":
        return Reask(money_got if gift.kind == "money" else count_got, because="not_less")
    if done.how == "done":
        heard = Phrase(f"options.{gift.asks}.{said}")
        return Done(Say("thanks_all" if said == "all" else "looked_into", answer=heard, openings=(OFFICER, MENU)))
    return _before(gift, done.answer)


def _before(gift: Brought, stands: str) -> Done:
    """Say what she answered before, or that nobody waits for it."""
    if not stands:
        return Done(Say("over", openings=(OFFICER, MENU)))
    return Done(Say("answered_before", answer=Phrase(f"options.{gift.asks}.{stands}"), openings=(OFFICER, MENU)))


conversation = Conversation(
    "received",
    opens_with=("/danhan", "/received"),
    facts=look_at_gifts,
    script=(
        FinishIf(nothing_to_confirm),
        Ask(which, only_if=has_several_gifts),
        Ask(QUESTIONS["did_you_get_it"], only_if=she_was_given_something),
        Ask(QUESTIONS["did_they_get_it"], only_if=others_were_given_something),
        Ask(QUESTIONS["did_it_come_about"], only_if=two_sides_were_to_meet),
        Ask(QUESTIONS["did_they_come"], only_if=somebody_was_to_come),
        Ask(money_got, only_if=got_less_money),
        Ask(count_got, only_if=got_less_of_something),
    ),
    finish=confirm,
)

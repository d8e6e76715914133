"""The household's own word on a gift that was handed over: all arrived, less, nothing yet, or it is not hers.

Why one word counts: what was said is looked into, and must not change meanwhile.
"""

from dataclasses import dataclass
from typing import cast

from handlers.desk import Desk
from handlers.desk.household_gifts import Answer, Brought
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf, Reask
from handlers.flow.message import Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice, Money, Number

OFFICER = Opening("doors.officer", "officer")
MENU = Opening("doors.menu", "@menu")
MOST = 10**12


@dataclass(frozen=True, slots=True)
class Waiting:
    """What may be meant: the one that a button named, or all that wait for her word."""

    gifts: tuple[Brought, ...]


def look_at_gifts(desk: Desk, a: Answers) -> Waiting:
    named = a.given("allocation")
    if named is None:
        return Waiting(tuple(desk.household_gifts.brought()))
    found = desk.household_gifts.find_brought(named)
    return Waiting((found,) if found is not None else ())


def rows(a: Answers) -> tuple[Candidate, ...]:
    """A button for each gift."""
    return tuple(
        Candidate(gift.id, Phrase("row", {"what": gift.what, "day": gift.at.date()}))
        for gift in a.facts(Waiting).gifts[:9]
    )


which = Choice("which", supplied=rows)
answer = Choice("answer", "all", "less", "not_yet", "not_mine")
money_got = Money("money_got", most=MOST)
count_got = Number("count_got", least=1, most=MOST)


def meant(a: Answers) -> Brought | None:
    """The gift she speaks of."""
    gifts = a.facts(Waiting).gifts
    chosen = next((gift for gift in gifts if gift.id == a.get(which)), None)
    return chosen or (gifts[0] if len(gifts) == 1 else None)


def nothing_to_confirm(a: Answers) -> bool:
    return not any(gift.waits for gift in a.facts(Waiting).gifts)


def has_several_gifts(a: Answers) -> bool:
    return len(a.facts(Waiting).gifts) > 1


def got_less_money(a: Answers) -> bool:
    gift = meant(a)
    return a.get(answer) == "less" and gift is not None and gift.kind == "money"


def got_less_of_something(a: Answers) -> bool:
    return a.get(answer) == "less" and not got_less_money(a)


def confirm(a: Answers, desk: Desk) -> Done | Reask:
    """Keep her word, and say what follows."""
    gift = meant(a)
    if gift is None:
        return Done(Say("nothing_waits", openings=(OFFICER, MENU)))
    if not gift.waits:
        return _before(gift.answer)
    said = cast("Answer", a[answer])
    done = desk.household_gifts.confirm(gift.id, said, a.get(money_got) or a.get(count_got))
    if done.how == "invalid":
        return Reask(money_got if gift.kind == "money" else count_got, because="not_less")
    if done.how == "done":
        return Done(Say("thanks_all" if said == "all" else "looked_into", openings=(OFFICER, MENU)))
    return _before(done.answer)


def _before(stands: str) -> Done:
    """Say what she answered before, or that nobody waits for it."""
    if not stands:
        return Done(Say("over", openings=(OFFICER, MENU)))
    return Done(Say("answered_before", answer=Phrase(f"options.answer.{stands}"), openings=(OFFICER, MENU)))


conversation = Conversation(
    "received",
    opens_with=("/danhan", "/received"),
    facts=look_at_gifts,
    script=(
        FinishIf(nothing_to_confirm),
        Ask(which, only_if=has_several_gifts),
        Ask(answer),
        Ask(money_got, only_if=got_less_money),
        Ask(count_got, only_if=got_less_of_something),
    ),
    finish=confirm,
)

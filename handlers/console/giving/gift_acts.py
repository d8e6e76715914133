"""What an official does to a gift on its page: accept it, verify who offers it, receive it, place it, let it lapse.

Why money and goods are received by two forms: money asks for another right, and for a second one-time code.
"""

from collections.abc import Callable, Mapping

from handlers.console.giving import gift
from handlers.console.screen import Act, Click, Invalid, Redirect
from handlers.console.screen.typed import Done, Faults, count, money, words
from handlers.desk import Desk
from handlers.desk.pledges import MOST, MOST_REFERENCE, PledgeOutcome, kind_of
from handlers.vietnamese import units


def accept(desk: Desk, given: Click) -> Done:
    """Accept an offer; of goods and time with an appointment, which the giver is told."""
    pledge = desk.pledges.by_code(given.path["code"])
    needed = pledge is not None and kind_of(pledge.kind).appointed
    faults = words(given, "appointment", needed=needed)
    return Invalid(faults) if faults else _told(given, "accept", desk.pledge_work.accept(*_of(given, "appointment")))


def verify(desk: Desk, given: Click) -> Done:
    """Write down how it was checked who the employer or buyer is."""
    faults = words(given, "checked_how")
    return Invalid(faults) if faults else _told(given, "verify", desk.pledge_work.verify(*_of(given, "checked_how")))


def receive(desk: Desk, given: Click) -> Done:
    """Write down that goods came to the office."""
    pledge = desk.pledges.by_code(given.path["code"])
    if pledge is not None and pledge.kind == "money":
        return Invalid({"": "money_elsewhere"})
    faults: Faults = {}
    amount = count(given, "came", faults, most=MOST)
    if faults or amount is None:
        return Invalid(faults)
    return _told(given, "receive", desk.pledge_work.receive(given.path["code"], amount, "", given["seen"]), "came")


def receive_money(desk: Desk, given: Click) -> Done:
    """Write down that money came by hand, under the number of its receipt or the bank's reference."""
    pledge = desk.pledges.by_code(given.path["code"])
    if pledge is not None and pledge.kind != "money":
        return Invalid({"": "gift_not_now"})
    faults = words(given, "reference", most=MOST_REFERENCE)
    amount = money(given, "came", faults, most=MOST)
    if faults or amount is None:
        return Invalid(faults)
    outcome = desk.pledge_work.receive(given.path["code"], amount, given["reference"], given["seen"])
    return _told(given, "receive", outcome, "reference" if outcome == "known" else "came")


def place(desk: Desk, given: Click) -> Done:
    """Say which unit gets what is for where it is most needed; whoever gives it away may no longer see it."""
    to = given["to_unit"]
    if to not in units.all_units():
        return Invalid({"to_unit": "unchosen"})
    outcome = desk.pledge_work.place(given.path["code"], to, given["seen"])
    if outcome == "done" and not desk.may("gift.see", to):
        return Redirect("/gifts", "gift_place_away")
    return _told(given, "place", outcome)


def lapse(desk: Desk, given: Click) -> Done:
    """Let a promise lapse of which nothing came."""
    faults = words(given, "why")
    return Invalid(faults) if faults else _told(given, "lapse", desk.pledge_work.lapse(*_of(given, "why")))


# Inside


def _of(given: Click, field: str) -> tuple[str, str, str]:
    """What most acts need: the gift, the words typed, and what was seen of it."""
    return given.path["code"], given[field], given["seen"]


def _told(given: Click, act: str, outcome: PledgeOutcome, field: str = "") -> Done:
    """What came of an act, said beside the field it is about."""
    match outcome:
        case "done":
            return Redirect(f"/gifts/{given.path['code']}", f"gift_{act}")
        case "absent":
            return None
        case "outdated":
            return Invalid({}, outdated=True)
        case "not_now":
            return Invalid({"": "gift_not_now"})
        case "more":
            return Invalid({field: "more_than_promised"})
        case "known":
            return Invalid({field: "reference_known"})
        case _:
            return Invalid({field: "invalid"})


_ACTS: Mapping[str, tuple[str, Callable[[Desk, Click], Done]]] = {
    "accept": ("gift.take", accept),
    "verify": ("gift.take", verify),
    "receive": ("gift.take", receive),
    "place": ("gift.take", place),
    "lapse": ("gift.take", lapse),
}
acts = (
    *(
        Act(path=f"/gifts/{{code}}/{name}", right=right, do=do, screen=gift.screen)
        for name, (right, do) in _ACTS.items()
    ),
    Act(path="/gifts/{code}/receive-money", right="gift.receive", do=receive_money, screen=gift.screen, checked=True),
)

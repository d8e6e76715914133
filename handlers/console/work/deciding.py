"""What an official does to a case on its page, from taking it to closing it; the same acts as in the chat.

Why every form names the last event it was drawn with: of two officials at one case, the second is shown what the
first did, and loses nothing of what was typed.
"""

from collections.abc import Callable, Mapping
from datetime import date

from handlers.console.screen import Act, Click, Invalid, Redirect
from handlers.console.work import case_page, cases
from handlers.desk import Desk
from handlers.desk.cases import CLASSES, MOST_MONEY, MOST_WORDS, CaseOutcome, Recognition, Support, refusals
from handlers.flow import readers
from handlers.vietnamese import units

Done = Redirect | Invalid | None
Faults = dict[str, str]


def take(desk: Desk, given: Click) -> Done:
    """Take it, or take it over from a colleague."""
    return _told(given, "take", desk.casework.take(given.path["code"], given["seen"]))


def hand_over(desk: Desk, given: Click) -> Done:
    """Give it to a colleague."""
    if not given["colleague"]:
        return Invalid({"colleague": "unchosen"})
    outcome = desk.casework.hand_over(given.path["code"], given["colleague"], given["seen"])
    return _told(given, "hand_over", outcome, "colleague")


def place(desk: Desk, given: Click) -> Done:
    """Say which unit it belongs to; whoever gives it away may no longer see it, and goes back to the list."""
    to = given["to_unit"]
    if to not in units.all_units():
        return Invalid({"to_unit": "unchosen"})
    outcome = desk.casework.place(given.path["code"], to, given["seen"])
    if outcome == "invalid":
        return Invalid({"to_unit": "same_unit"})
    if outcome == "done" and not desk.may("case.see", to):
        return Redirect(_with("/requests", given), "place_away")
    return _told(given, "place", outcome)


def ask(desk: Desk, given: Click) -> Done:
    """Ask the registrant for something; it reaches her as a question."""
    faults = _words(given, "asked")
    return Invalid(faults) if faults else _told(given, "ask", desk.casework.ask(*_of(given, "asked")))


def note(desk: Desk, given: Click) -> Done:
    """Write something down for colleagues."""
    faults = _words(given, "noted")
    return Invalid(faults) if faults else _told(given, "note", desk.casework.note(*_of(given, "noted")))


def propose(desk: Desk, given: Click) -> Done:
    """Propose support; it is told only when another approved it."""
    faults = _words(given, "what") | _words(given, "when", "where", "conditions", needed=False)
    amount, check_on = _amount(given["amount"], faults), _day(desk, given["check_on"], "check_on", faults)
    if check_on is not None and check_on <= desk.today():
        faults["check_on"] = "not_ahead"
    if given["conditions"] and check_on is None:
        faults.setdefault("check_on", "needs_day")
    if faults:
        return Invalid(faults)
    support = Support(
        what=given["what"],
        amount=amount,
        when=given["when"],
        where=given["where"],
        conditions=given["conditions"],
        check_on=check_on,
    )
    return _told(given, "propose", desk.casework.propose(given.path["code"], support, given["seen"]))


def approve(desk: Desk, given: Click) -> Done:
    """Approve what another proposed, as it was shown; the registrant is told."""
    if not given["seen"]:
        return Invalid({}, outdated=True)
    return _told(given, "approve", desk.casework.approve(given.path["code"], given["seen"]))


def send_back(desk: Desk, given: Click) -> Done:
    """Send a proposal back to be looked at again."""
    faults = _words(given, "sent_back")
    return Invalid(faults) if faults else _told(given, "send_back", desk.casework.send_back(*_of(given, "sent_back")))


def refuse(desk: Desk, given: Click) -> Done:
    """Say that it can't be helped this time, with a reason of the list and own words."""
    faults = _words(given, "own_words")
    if refusals.reason(given["reason"], desk.today()) is None:
        faults["reason"] = "unchosen"
    if faults:
        return Invalid(faults)
    outcome = desk.casework.refuse(given.path["code"], given["reason"], given["own_words"], given["seen"])
    return _told(given, "refuse", outcome)


def deliver(desk: Desk, given: Click) -> Done:
    """Say when and where it is handed over."""
    faults = _words(given, "handed_when", "handed_where")
    if faults:
        return Invalid(faults)
    outcome = desk.casework.deliver(given.path["code"], given["handed_when"], given["handed_where"], given["seen"])
    return _told(given, "deliver", outcome)


def close(desk: Desk, given: Click) -> Done:
    """Close it, with what was handed over or why nothing follows."""
    faults = _words(given, "closing")
    return Invalid(faults) if faults else _told(given, "close", desk.casework.close(*_of(given, "closing")))


def check(desk: Desk, given: Click) -> Done:
    """Write down how it stands with the conditions, and when they are looked at next."""
    faults = _words(given, "found")
    next_on = _day(desk, given["next_check"], "next_check", faults)
    if next_on is not None and next_on <= desk.today():
        faults["next_check"] = "not_ahead"
    if faults:
        return Invalid(faults)
    return _told(given, "check", desk.casework.check(given.path["code"], given["found"], next_on, given["seen"]))


def recognise(desk: Desk, given: Click) -> Done:
    """Enter a decision that was signed elsewhere; it changes no answer and is told to nobody."""
    faults = _words(given, "number")
    if given["grade"] not in CLASSES:
        faults["grade"] = "unchosen"
    signed = _day(desk, given["signed"], "signed", faults)
    if signed is None:
        faults.setdefault("signed", "needs_day")
    elif signed > desk.today():
        faults["signed"] = "not_signed_yet"
    if faults or signed is None:
        return Invalid(faults)
    recognition = Recognition(given["grade"], given["number"], signed)
    return _told(given, "recognise", desk.casework.recognise(given.path["code"], recognition, given["seen"]))


# Inside


def _of(given: Click, field: str) -> tuple[str, str, str]:
    """What most acts need: the case, the words typed, and what was seen of it."""
    return given.path["code"], given[field], given["seen"]


def _told(given: Click, act: str, outcome: CaseOutcome, field: str = "") -> Done:
    """What came of an act, said beside the field it is about."""
    match outcome:
        case "done":
            return Redirect(_with(f"/requests/{given.path['code']}", given), act)
        case "absent":
            return None
        case "outdated":
            return Invalid({}, outdated=True)
        case "own":
            return Invalid({"": f"own_{act}"})
        case "not_now":
            return Invalid({"": outcome})
        case _:
            return Invalid({field: outcome})


def _with(path: str, given: Click) -> str:
    """An address with the list narrowed as it was."""
    query = cases.written(cases.read(given["list"]))
    return f"{path}?{query}" if query else path


def _words(given: Click, *fields: str, needed: bool = True) -> Faults:
    """What is wrong with words that were typed."""
    faults: Faults = {}
    for field in fields:
        if needed and not given[field]:
            faults[field] = "needed"
        elif len(given[field]) > MOST_WORDS:
            faults[field] = "too_long"
    return faults


def _amount(typed: str, faults: Faults) -> int | None:
    """An amount as people type it, in VND; a text that may be two amounts is asked for again."""
    if not typed:
        return None
    read = readers.money(typed)
    if len(read) != 1 or read[0].per is not None or not 0 < read[0].dong <= MOST_MONEY:
        faults["amount"] = "amount"
        return None
    return read[0].dong


def _day(desk: Desk, typed: str, field: str, faults: Faults) -> date | None:
    if not typed:
        return None
    read = readers.day(typed, desk.today())
    if len(read) != 1:
        faults[field] = "day"
        return None
    return read[0]


_ACTS: Mapping[str, tuple[str, Callable[[Desk, Click], Done]]] = {
    "take": ("case.take", take),
    "hand_over": ("case.take", hand_over),
    "place": ("case.place", place),
    "ask": ("case.ask", ask),
    "note": ("case.note", note),
    "propose": ("case.propose", propose),
    "approve": ("case.approve", approve),
    "send_back": ("case.approve", send_back),
    "refuse": ("case.refuse", refuse),
    "deliver": ("case.deliver", deliver),
    "close": ("case.close", close),
    "check": ("case.check", check),
    "recognise": ("case.recognise", recognise),
}
# What counts for others asks for a one-time code, as it does in a chat.
_CHECKED = ("hand_over", "propose", "approve", "deliver")
acts = tuple(
    Act(path=f"/requests/{{code}}/{name}", right=right, do=do, screen=case_page.screen, checked=name in _CHECKED)
    for name, (right, do) in _ACTS.items()
)

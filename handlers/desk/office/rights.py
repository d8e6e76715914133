"""Who may do what: one table of roles and actions. It drives every check, what a menu offers, and the tests.

Why one table: an official could sign it, and a right that is not written here does not exist.

Each cell says on what: `all` of the city, `unit` for the units the official works or stands in for, `-` nothing.
Whoever has several roles may do what any of them may. hands: `first` does what comes to nothing until somebody else
confirms it, `second` confirms what somebody else did, `-` acts alone. counts: `later` is a day after the role or the
unit was given, so that whoever made himself an account meets those who were told of it first; `-` is at once.
An urgent request, a wish to talk or a gift that names no unit is everybody's, so are a campaign of the whole city and
good models; a case without one waits for who may place it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

Role = Literal["admin", "lead", "officer", "helper", "treasurer", "editor", "auditor"]
Reach = Literal["all", "unit"]
Hands = Literal["alone", "first", "second"]
OPEN_TO_EVERYBODY = ("urgent.", "talk.", "gift.", "campaign.see", "model.")
ROLES: tuple[str, ...] = get_args(Role)
LATER = timedelta(days=1)

# case.*: a request for support. approve: what another proposed. check: the conditions of support. place: say which unit
# it belongs to. recognise: enter a decision that was signed elsewhere. letter.*: a message that could not be handled.
# post.*: messages to people. gift.*: what is pledged; take: accept an offer, verify an employer; receive: money.
# account.import: statements of the bank. campaign.open: what another wrote. broadcast.call: read the numbers of those
# whom an announcement does not reach.
TABLE = """
                   admin  lead  officer  helper  treasurer  editor  auditor   hands   counts
today.see          all    unit  unit     unit    all        all     all   -       -
case.see           all    unit  unit     unit    -          -       -     -       -
case.place         all    unit  unit     -       -          -       -     -       -
case.take          -      unit  unit     -       -          -       -     -       -
case.ask           -      unit  unit     -       -          -       -     -       -
case.note          -      unit  unit     unit    -          -       -     -       -
case.propose       -      unit  unit     -       -          -       -     first   later
case.approve       -      unit  -        -       -          -       -     second  later
case.refuse        -      unit  unit     -       -          -       -     -       -
case.deliver       -      unit  unit     -       -          -       -     -       -
case.close         -      unit  unit     -       -          -       -     -       -
case.check         -      unit  unit     -       -          -       -     -       -
case.recognise     -      unit  unit     -       -          -       -     -       -
urgent.see         all    unit  unit     unit    -          -       -     -       -
urgent.take        all    unit  unit     unit    -          -       -     -       -
urgent.close       all    unit  unit     -       -          -       -     -       -
talk.see           all    unit  unit     -       -          -       -     -       -
talk.take          all    unit  unit     -       -          -       -     -       -
official.see       all    unit  -        -       -          -       all   -       -
official.change    all    -     -        -       -          -       -     first   -
official.confirm   all    -     -        -       -          -       -     second  later
owner.see          all    -     -        -       -          -       all   -       -
owner.enter        all    -     -        -       -          -       -     first   -
owner.confirm      all    -     -        -       -          -       -     second  -
audit.see          all    -     -        -       -          -       all   -       -
post.see           all    -     -        -       -          -       all   -       -
post.retry         all    -     -        -       -          -       -     -       -
letter.see         all    -     -        -       -          -       all   -       -
letter.replay      all    -     -        -       -          -       -     -       -
gift.see           all    unit  unit     unit    all        -       -     -       -
gift.take          -      unit  unit     -       all        -       -     -       -
gift.receive       -      -     -        -       all        -       -     -       later
gift.allocate      -      unit  unit     -       all        -       -     -       later
gift.hand_over     -      unit  unit     unit    -          -       -     -       -
need.open          -      unit  unit     -       -          -       -     -       -
grievance.see      all    unit  unit     -       all        -       -     -       -
grievance.close    -      unit  unit     -       all        -       -     second  -
account.see        all    -     -        -       all        -       all   -       -
account.enter      -      -     -        -       all        -       -     first   later
account.confirm    all    -     -        -       all        -       -     second  later
account.end        all    -     -        -       all        -       -     -       -
account.import     -      -     -        -       all        -       -     -       later
campaign.see       all    unit  unit     unit    all        all     all   -       -
campaign.write     -      unit  -        -       all        all     -     first   later
campaign.open      all    unit  -        -       all        -       -     second  later
campaign.close     all    unit  -        -       all        -       -     -       -
suspect.see        all    all   -        -       -          all     -     -       -
model.see          all    unit  unit     unit    -          all     all   -       -
model.write        -      unit  -        -       -          all     -     first   -
model.approve      all    unit  -        -       -          -       -     second  -
broadcast.see      all    unit  -        -       -          all     all   -       -
broadcast.write    -      unit  -        -       -          all     -     first   later
broadcast.approve  all    unit  -        -       -          -       -     second  later
broadcast.stop     all    unit  -        -       -          all     -     -       -
broadcast.call     all    unit  -        -       -          -       -     -       -
calendar.change    all    -     -        -       -          -       -     -       -
law.see            all    all   -        -       -          all     all   -       -
law.confirm        all    -     -        -       -          -       -     -       -
rule.enter         all    -     -        -       -          -       -     first   -
rule.confirm       all    -     -        -       -          -       -     second  -
"""


class NotAllowed(Exception):
    """The official's roles don't hold this right at all, or not for this object. Says which right."""


@dataclass(frozen=True, slots=True)
class Right:
    """One action. reach: how far it goes, by role; later: it counts a day after it was given."""

    reach: Mapping[str, Reach]
    hands: Hands
    later: bool


def read_table(table: str) -> Mapping[str, Right]:
    """Read a table of actions and roles. Raises ValueError, which names the line that can't be read."""
    head, *lines = (line.split() for line in table.strip().splitlines())
    if tuple(head) != (*ROLES, "hands", "counts"):
        raise ValueError("the table's columns are not the roles, the hands and when it counts")
    found: dict[str, Right] = {}
    for action, *cells in lines:
        reaches, (hands, counts) = dict(zip(ROLES, cells, strict=False)), cells[-2:]
        fits = len(cells) == len(head) and hands in ("-", "first", "second") and counts in ("-", "later")
        if not fits or not set(reaches.values()) <= {"all", "unit", "-"} or action in found:
            raise ValueError(f"the table's line of {action} can't be read")
        reach = {role: cell for role, cell in reaches.items() if cell != "-"}
        found[action] = Right(reach, "alone" if hands == "-" else hands, counts == "later")  # type: ignore[arg-type]  # each is one of its words
    return found


RIGHTS = read_table(TABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """Somebody who acts for the office. units: those she works for, and those of whom she stands in for today.

    new_roles, new_units: those of them that were given within the last day. let_in_by: the official who was shown the
    link by which she took her account up, who may thus be the one who sits there.
    """

    id: str
    name: str
    title: str
    roles: tuple[str, ...]
    units: frozenset[str]
    language: str = "vi"
    person_id: str | None = None
    new_roles: frozenset[str] = frozenset()
    new_units: frozenset[str] = frozenset()
    let_in_by: str | None = None

    def reach(self, action: str) -> Reach | None:
        """How far the right to an action goes. Raises KeyError for an action that is not in the table."""
        new = self.new_roles if RIGHTS[action].later else ()
        return widest((role for role in self.roles if role not in new), action)

    def units_for(self, action: str) -> frozenset[str]:
        """The units to which a right that reaches units goes. Raises KeyError as above."""
        return self.units - self.new_units if RIGHTS[action].later else self.units

    def may(self, action: str, unit_id: str | None) -> bool:
        """Whether she may do this to something of a unit. Raises KeyError for an action that is not in the table."""
        reach = self.reach(action)
        everybodys = unit_id is None and action.startswith(OPEN_TO_EVERYBODY)
        return reach == "all" or (reach == "unit" and (unit_id in self.units_for(action) or everybodys))


def is_within(roles: Iterable[str], others: Iterable[str]) -> bool:
    """Whether some roles may do nothing to what is a unit's that others may not."""
    mine, theirs = tuple(roles), tuple(others)
    return all(widest(theirs, action) for action in RIGHTS if widest(mine, action) == "unit")


def widest(roles: Iterable[str], action: str) -> Reach | None:
    """The widest reach that some roles give."""
    cells = {RIGHTS[action].reach.get(role) for role in roles}
    return "all" if "all" in cells else "unit" if "unit" in cells else None

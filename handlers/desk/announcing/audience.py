"""Whom an announcement is for: its kind, the consent each kind goes by, and the rule that narrows it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from handlers.desk.cases import CLASSES
from handlers.desk.consents import TOPICS

Kind = Literal["news", "service", "givers", "rules", "warning", "staff"]
# The consent each kind goes by. A warning and what officials are told at work go by none.
PURPOSE: Mapping[Kind, str] = {
    "news": "news",
    "service": "case_news",
    "givers": "give",
    "rules": "rule_changes",
    "warning": "",
    "staff": "",
}
KINDS = tuple(PURPOSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The rule: what is left empty narrows nothing.

    units: ids; empty: the whole city. states, needs, classes: of requests. roles: of officials. campaign, change: ids.
    """

    units: tuple[str, ...] = ()
    language: str = ""
    states: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    campaign: str = ""
    change: str = ""

    def stored(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def load_audience(stored: Mapping[str, Any]) -> Audience:
    """A rule as a row keeps it."""
    values: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in stored.items()}
    return Audience(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceCounts:
    """How many people a rule finds. by_channel: reachable there at once; digest: with their next digest.

    ways: how it goes to those on the channel whose platform makes a difference. moved: those who get it on another
    channel of theirs, because that one would not take it.
    """

    by_channel: Mapping[str, int]
    digest: int
    unreachable: int
    opted_out: int
    ways: Mapping[str, int] = field(default_factory=dict)
    moved: int = 0

    @property
    def people(self) -> int:
        """How many will get it."""
        return sum(self.by_channel.values()) + self.digest


def audience_faults(kind: str, topic: str, rule: Audience) -> Mapping[str, str]:
    """What is wrong with a rule, by field: choose, or class for one that is no class."""
    found = {} if kind in KINDS else {"kind": "choose"}
    if kind == "news" and topic not in TOPICS:
        found["topic"] = "choose"
    if kind == "rules" and not rule.change:
        found["change"] = "choose"
    if any(one not in CLASSES for one in rule.classes):
        found["classes"] = "choose"
    return found

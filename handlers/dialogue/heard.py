"""Where a message that answers nothing leads: each door that can be heard, as a conversation and what it knows then.

Why a door is opened only where it is sure: a wrong form is harder to leave than a question. What is likely is asked
about, with the two likeliest doors; the rest is honestly not understood.
"""

from collections.abc import Mapping
from types import MappingProxyType

from handlers.flow.message import Opening
from handlers.hearing import NONE, URGENT, Heard
from handlers.verdicts import faq

# Doors that open another conversation than that of their own name.
_OTHERS: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        "callback": ("officer", {}),
        "complain": ("officer", {}),
        "download": ("privacy", {}),
        "erase": ("privacy", {}),
        "entitlements": ("support", {}),
        "ledger": ("campaigns", {}),
        "language_en": ("start", {"language": "en"}),
        "stop_news": ("stop", {}),
    }
)
# What was said goes along where it is what is asked first, if it is long enough to be that.
MOST_LETTERS = 300
_CARRIED = {"verify": ("typed", 12), "urgent_help": ("what", 1)}


def opens(door: str, said: str) -> tuple[str, Mapping[str, str]]:
    """The conversation behind a door, and what it knows then."""
    if faq.find(door):
        return "faq", {"question": door}
    name, answers = _OTHERS.get(door, (door, {}))
    slot, least_words = _CARRIED.get(door, ("", 0))
    return name, {**answers, slot: said[:MOST_LETTERS]} if slot and len(said.split()) >= least_words else answers


def urgent_or_not(said: str) -> tuple[Opening, ...]:
    """Yes and no to whether she needs help now; what was said goes along, to be asked no more."""
    name, answers = opens(URGENT, said)
    return Opening("doors.urgent_now", name, answers), Opening("doors.not_urgent", "@continue")


def likely(heard: Heard, said: str) -> tuple[Opening, ...]:
    """Buttons of the two likeliest doors; fewer where one is none of our business."""
    doors = [door for door in (heard.door, heard.second) if door != NONE]
    return tuple(Opening(_label(door), *opens(door, said)) for door in doors)


def _label(door: str) -> str:
    question = faq.find(door)
    return question.title.key if question else f"heard.{door}"

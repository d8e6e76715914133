"""The kinds of gifts, and what is the same for every gift of one kind.

A new kind is a row here, its name in `storage.tables.giving` with a migration, its conversation and its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from storage.tables.giving import GiftKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfGift:
    """What a kind of gift means for those who work with it.

    comes: to the office, before it is handed on. appointed: giver and office agree where and when. meets: two sides
    meet, so an official looks into it first, and the household is asked. needed: it can meet a need. told_as: of what
    its giver is told when it is given on. done: what its household is asked then; empty: whether she got it.
    """

    comes: bool = False
    appointed: bool = False
    meets: bool = False
    needed: bool = True
    told_as: Literal["step", "meet", "help"] = "step"
    done: Literal["", "did_it_come_about", "did_they_come"] = ""


KINDS: Mapping[GiftKind, KindOfGift] = {
    "money": KindOfGift(comes=True),
    "goods": KindOfGift(comes=True, appointed=True),
    "time": KindOfGift(appointed=True, told_as="help", done="did_they_come"),
    "idea": KindOfGift(needed=False),
    "job": KindOfGift(meets=True, told_as="meet", done="did_it_come_about"),
    "link": KindOfGift(meets=True, told_as="meet", done="did_it_come_about"),
}
COMES = tuple(name for name, kind in KINDS.items() if kind.comes)
MEETING = tuple(name for name, kind in KINDS.items() if kind.meets)
NEEDED = tuple(name for name, kind in KINDS.items() if kind.needed)


def kind_of(name: str) -> KindOfGift:
    """A kind by its name in a row."""
    return next(kind for known, kind in KINDS.items() if known == name)

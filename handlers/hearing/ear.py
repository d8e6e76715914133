"""Hears which door a message asks for: never a text of its own, only one of our doors, and how sure that is."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from handlers.hearing.features import features
from handlers.hearing.weights import Weights

A_MISS = 4  # as bad as so many questions after a danger that is none
NONE = "none"
URGENT = "urgent_help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """door, second: the likeliest, "none" where a message is none of our business, or it is unsure what else it is.

    confidence: in the likeliest, 0 to 1. how: sure, so that the door may be opened; likely, so that it may be offered.

    urgent: whether somebody may be in danger; rather said too often than not at all.
    """

    door: str
    second: str
    confidence: float
    urgent: bool
    how: Literal["sure", "likely", "unsure"]


def hear(text: str) -> Heard:
    """Hear a message, in whatever language and spelling. Milliseconds, always the same, without any network."""
    weights = _weights()
    about = weights.about
    found = weights.of(features(text))
    best, second = sorted(range(len(found)), key=found.__getitem__, reverse=True)[:2]
    highest = found[best]
    likeness = [math.exp(about.steepness * (weight - highest)) for weight in found]
    confidence = 1 / sum(likeness)
    how: Literal["sure", "likely", "unsure"] = (
        "sure" if confidence >= about.sure else "likely" if confidence >= about.likely else "unsure"
    )
    door, next_best = about.doors[best], about.doors[second]
    if how == "unsure" and door != NONE:
        door, next_best = NONE, door
    return Heard(
        door=door,
        second=next_best,
        confidence=confidence,
        urgent=confidence * likeness[about.doors.index(URGENT)] >= 1 / (1 + A_MISS),
        how=how,
    )


@cache
def _weights() -> Weights:
    return Weights.load()

"""Which gifts and needs fit each other, how well, and why. Pure: nothing is read here.

Why a gift for one unit fits its neighbours of the same former district a little: the giver's wish comes first, but an
official who knows the two may ask.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from handlers.desk.pledges import MEETING
from handlers.texts import Phrase
from handlers.vietnamese.words import fold

# Points; what is not here rules a pair out or adds nothing.
SAME_CAMPAIGN, SAME_UNIT, SAME_DISTRICT, MOST_NEEDED = 50, 40, 20, 10
SAME_TOPIC, SAME_SEASON, ENOUGH, PART = 20, 15, 10, 5
OTHER = "other"  # the topic of what is none we know


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftTraits:
    """A pledge as far as it decides what it fits. left: how much of it is not given on yet."""

    kind: str
    left: int
    measure: str
    state: str = "accepted"
    unit_id: str | None = None
    campaign_id: str | None = None
    topic: str | None = None
    months: tuple[int, ...] = ()
    until: date | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTraits:
    """A need as far as it decides what it fits. left: how much is still lacking."""

    kind: str
    left: int
    measure: str
    need: str = ""
    unit_id: str | None = None
    campaign_id: str | None = None
    topic: str | None = None
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How well they fit, and why, the strongest reason first."""

    points: int
    reasons: tuple[Phrase, ...]


def match(gift: GiftTraits, need: NeedTraits, on: date, districts: Mapping[str, Collection[str]]) -> Match | None:
    """Judge a gift and a need. None where they don't fit. districts: the former ones of each unit."""
    if not _is_there(gift, on) or gift.kind != need.kind or need.left < 1:
        return None
    reasons = [_place(gift, need, districts), _topic(gift, need), _season(gift, need), _amount(gift, need)]
    if None in reasons:
        return None
    kept = [reason for reason in reasons if reason is not None and reason[0]]
    return Match(sum(points for points, _ in kept), tuple(Phrase(f"fits.{why}") for _, why in kept))


def _is_there(gift: GiftTraits, on: date) -> bool:
    known = gift.kind not in MEETING or gift.verified
    in_time = gift.until is None or gift.until >= on
    return gift.state in ("accepted", "allocated", "handed_over") and gift.left > 0 and known and in_time


def _place(gift: GiftTraits, need: NeedTraits, districts: Mapping[str, Collection[str]]) -> tuple[int, str] | None:
    if gift.campaign_id is not None:
        return (SAME_CAMPAIGN, "campaign") if gift.campaign_id == need.campaign_id else None
    if gift.unit_id is None:
        return MOST_NEEDED, "most_needed"
    if gift.unit_id == need.unit_id:
        return SAME_UNIT, "unit"
    shared = set(districts.get(gift.unit_id, ())) & set(districts.get(need.unit_id or "", ()))
    return (SAME_DISTRICT, "district") if shared else None


def _topic(gift: GiftTraits, need: NeedTraits) -> tuple[int, str] | None:
    if gift.topic in (None, "", OTHER):
        return 0, ""
    wanted = {fold(said) for said in (need.topic, need.need) if said}
    if fold(gift.topic or "") in wanted:
        return SAME_TOPIC, "topic"
    return None if need.topic not in (None, "", OTHER) else (0, "")


def _season(gift: GiftTraits, need: NeedTraits) -> tuple[int, str] | None:
    if not (gift.months and need.months):
        return 0, ""
    return (SAME_SEASON, "season") if set(gift.months) & set(need.months) else None


def _amount(gift: GiftTraits, need: NeedTraits) -> tuple[int, str]:
    if fold(gift.measure) != fold(need.measure):
        return 0, ""
    return (ENOUGH, "enough") if gift.left >= need.left else (PART, "part")

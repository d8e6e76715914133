"""How far a campaign has come: what was promised to it, came, was handed over and confirmed, in one query.

Why a promise counts once an official accepted it or something came: anybody may promise a billion and mean a joke, and
the figure stands on a public page.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import col, select

from storage.tables import Pledge
from storage.tables.giving import GIFT_KINDS
from storage.unit import Unit

OTHER_KINDS: tuple[str, ...] = tuple(kind for kind in GIFT_KINDS if kind != "money")
_UNCOUNTED = ("offered", "withdrawn", "lapsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignProgress:
    """How far a campaign has come: VND of its money, how many people gave, and how many gifts of each other kind.

    pledged: what was promised, accepted and not taken back, or has come all the same.
    """

    goal: int | None
    pledged: int
    received: int
    handed: int
    confirmed: int
    givers: int
    others: Mapping[str, int]


def progress_of(unit: Unit, campaign_id: str, goal: int | None) -> CampaignProgress:
    """Count what was given to a campaign. goal: VND, handed on as it is."""
    row = unit.execute(select(*_TOTALS).where(Pledge.campaign_id == campaign_id)).one()
    pledged, received, handed, confirmed, givers, *others = (int(value or 0) for value in row)
    counted = dict(zip(OTHER_KINDS, others, strict=True))
    return CampaignProgress(
        goal=goal, pledged=pledged, received=received, handed=handed, confirmed=confirmed, givers=givers, others=counted
    )


def _of_money(column: object) -> ColumnElement[int]:
    return func.sum(case((col(Pledge.kind) == "money", column), else_=0))


_nothing_yet = and_(col(Pledge.state).in_(_UNCOUNTED), col(Pledge.received) == 0)
_promised = case(
    (or_(col(Pledge.state).in_(_UNCOUNTED), col(Pledge.received) > col(Pledge.amount)), col(Pledge.received)),
    else_=col(Pledge.amount),
)
_TOTALS = (
    *(_of_money(each) for each in (_promised, col(Pledge.received), col(Pledge.handed), col(Pledge.confirmed))),
    func.count(func.distinct(case((~_nothing_yet, col(Pledge.person_id))))),
    *(func.sum(case((and_(col(Pledge.kind) == kind, ~_nothing_yet), 1), else_=0)) for kind in OTHER_KINDS),
)

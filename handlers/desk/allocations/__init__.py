"""Gifts given to needs: matched, allotted, handed over, confirmed, grieved over; good models."""

from handlers.desk.allocations.allocations import (
    AllocationOutcome,
    Allocations,
    HouseholdContact,
    ListedAllocation,
)
from handlers.desk.allocations.arrival_reminders import ArrivalReminders
from handlers.desk.allocations.board import Board
from handlers.desk.allocations.gift_file import GiftFile, GiftFiles, GiftHappened
from handlers.desk.allocations.grievances import Grievances, ListedGrievance, Settled
from handlers.desk.allocations.hand_overs import PARTS, HandOvers
from handlers.desk.allocations.household_gifts import Answer, Answered, Brought, HouseholdGifts, Offered
from handlers.desk.allocations.matching import GiftTraits, NeedTraits, match
from handlers.desk.allocations.models import LAND, LONGEST, MOST_COST, WORK, Means, Model, Models, Wording, Writing
from handlers.desk.allocations.needs import MOST_SHORT, Need, Needs, OpenedNeed
from handlers.desk.allocations.news import ASKS, MEETS, Asked
from handlers.desk.allocations.steps import same_measure
from handlers.desk.allocations.suggestions import SuggestedGift, SuggestedNeed, Suggestions, former_districts

__all__ = [
    "ASKS",
    "LAND",
    "LONGEST",
    "MEETS",
    "MOST_COST",
    "MOST_SHORT",
    "PARTS",
    "WORK",
    "AllocationOutcome",
    "Allocations",
    "Answer",
    "Answered",
    "ArrivalReminders",
    "Asked",
    "Board",
    "Brought",
    "GiftFile",
    "GiftFiles",
    "GiftHappened",
    "GiftTraits",
    "Grievances",
    "HandOvers",
    "HouseholdContact",
    "HouseholdGifts",
    "ListedAllocation",
    "ListedGrievance",
    "Means",
    "Model",
    "Models",
    "Need",
    "NeedTraits",
    "Needs",
    "Offered",
    "OpenedNeed",
    "Settled",
    "SuggestedGift",
    "SuggestedNeed",
    "Suggestions",
    "Wording",
    "Writing",
    "former_districts",
    "match",
    "same_measure",
]

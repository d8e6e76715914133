"""Pledges: offered, worked on, received from the bank, reminded of, told of."""

from handlers.desk.pledges.bank import Bank, ImportedStatement, WaitingTransfer
from handlers.desk.pledges.ended_accounts import EndedAccounts
from handlers.desk.pledges.forgetting import PledgeWords, bank_key
from handlers.desk.pledges.kinds import COMES, KINDS, MEETING, NEEDED, kind_of
from handlers.desk.pledges.list import ListedPledge, PledgeFilter, PledgeList, WaitingPledges
from handlers.desk.pledges.news import PledgeNews, how_much, state, told_as
from handlers.desk.pledges.pledges import MONEY, MOST, Body, Giver, Offer, Pledges
from handlers.desk.pledges.reminders import PledgeReminders
from handlers.desk.pledges.steps import GiftStep, GiftSteps
from handlers.desk.pledges.ways import WaysToPay, WayToPay
from handlers.desk.pledges.work import MOST_REFERENCE, PledgeOutcome, PledgeWork
from storage.queries.allocations import HELD
from storage.queries.pledges import FOLLOWS, OPEN

__all__ = [
    "COMES",
    "FOLLOWS",
    "HELD",
    "KINDS",
    "MEETING",
    "MONEY",
    "MOST",
    "MOST_REFERENCE",
    "NEEDED",
    "OPEN",
    "Bank",
    "Body",
    "EndedAccounts",
    "GiftStep",
    "GiftSteps",
    "Giver",
    "ImportedStatement",
    "ListedPledge",
    "Offer",
    "PledgeFilter",
    "PledgeList",
    "PledgeNews",
    "PledgeOutcome",
    "PledgeReminders",
    "PledgeWords",
    "PledgeWork",
    "Pledges",
    "WaitingPledges",
    "WaitingTransfer",
    "WayToPay",
    "WaysToPay",
    "bank_key",
    "how_much",
    "kind_of",
    "state",
    "told_as",
]

"""Accounts for gifts, campaigns, and the public ledger."""

from handlers.desk.money.campaign_items import CampaignItem, CampaignItems
from handlers.desk.money.campaign_progress import CampaignProgress
from handlers.desk.money.campaigns import (
    CAMPAIGN_PREFIX,
    MOST_MONEY,
    CampaignDraft,
    CampaignOutcome,
    Campaigns,
    SeenCampaign,
    campaign_faults,
    stamp,
)
from handlers.desk.money.gift_accounts import (
    ACCOUNT_KEY,
    AccountEntry,
    AccountOutcome,
    GiftAccounts,
    SeenAccount,
    ShownAccount,
    account_faults,
    account_key,
    has_number,
)
from handlers.desk.money.ledger import MOST_LINES, WRONG_SEARCHES, FoundEntries, Ledger, LedgerEntry, LineKind

__all__ = [
    "ACCOUNT_KEY",
    "CAMPAIGN_PREFIX",
    "MOST_LINES",
    "MOST_MONEY",
    "WRONG_SEARCHES",
    "AccountEntry",
    "AccountOutcome",
    "CampaignDraft",
    "CampaignItem",
    "CampaignItems",
    "CampaignOutcome",
    "CampaignProgress",
    "Campaigns",
    "FoundEntries",
    "GiftAccounts",
    "Ledger",
    "LedgerEntry",
    "LineKind",
    "SeenAccount",
    "SeenCampaign",
    "ShownAccount",
    "account_faults",
    "account_key",
    "campaign_faults",
    "has_number",
    "stamp",
]

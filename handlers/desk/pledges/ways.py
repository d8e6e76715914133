"""How money for a promise is sent: to which account, and what everybody who is asked for money has to be told.

Why the account comes from `GiftAccounts.shown` alone, each time anew: one that was ended this morning is shown nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.desk.money.gift_accounts import ShownAccount
from handlers.flow.message import Phrase
from handlers.rules import drives
from handlers.texts import Bilingual
from storage.tables import Pledge

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

FUND = "fund_for_the_poor"


@dataclass(frozen=True, slots=True)
class Way:
    """An account that may be shown today. asking: organiser, basis, first_day, last_day, account_owner, ledger_link."""

    account: ShownAccount
    asking: Mapping[str, object]


def way(desk: "Desk", pledge: Pledge) -> Way | None:
    """The way for the money of a promise, written down with it; None where nobody may be told to send any.

    The account of its campaign while that is open, or the general one where it is for no campaign.
    """
    if pledge.campaign_id is None:
        account = desk.gift_accounts.shown(None)
        asking = _general(desk, account) if account else {}
    else:
        campaign = desk.campaigns.by_id(pledge.campaign_id)
        account = desk.campaigns.account(campaign) if campaign else None
        asking = desk.campaigns.asking(campaign) if campaign else {}
    if account is None:
        return None
    pledge.account_id = account.id
    desk.unit.add(pledge)
    return Way(account, asking)


def _general(desk: "Desk", account: ShownAccount) -> Mapping[str, object]:
    basis = drives.basis_on(FUND, desk.today())
    act: object = basis.act if basis else Phrase("to_be_confirmed")
    return {
        "organiser": account.owner,
        "basis": Phrase("campaign.basis", {"name": Phrase(f"drive_bases.{FUND}"), "act": act}),
        "first_day": Phrase("gift.always"),
        "last_day": Phrase("gift.no_last_day"),
        "account_owner": Phrase("campaign.demo_owner", {"owner": account.owner}) if account.demo else account.owner,
        "ledger_link": ledger_link(desk),
    }


def ledger_link(desk: "Desk") -> Bilingual:
    """Where everybody can read the public ledger."""
    return Bilingual({"vi": f"{desk.public_url}/so-cong-khai", "en": f"{desk.public_url}/ledger"})

"""How money for a promise is sent: to which account, and what everybody who is asked for money has to be told.

Why the account comes from `GiftAccounts.shown` alone, each time anew: one that was ended this morning is shown nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk.money import Campaigns, GiftAccounts, ShownAccount
from handlers.desk.office import Context
from handlers.flow.message import Phrase
from handlers.rules import campaign_rules
from storage.tables import Pledge

FUND = "fund_for_the_poor"


@dataclass(frozen=True, slots=True)
class WayToPay:
    """An account that may be shown today. asking: organiser, basis, first_day, last_day, account_owner, ledger_link."""

    account: ShownAccount
    asking: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WaysToPay:
    """Where the money of promises goes."""

    context: Context

    def of(self, pledge: Pledge) -> WayToPay | None:
        """The way for the money of a promise, written down with it; None where nobody may be told to send any.

        The account of its campaign while that is open, or the general one where it is for no campaign.
        """
        if pledge.campaign_id is None:
            account = GiftAccounts(self.context).shown(None)
            asking = self._general(account) if account else {}
        else:
            campaign = Campaigns(self.context).by_id(pledge.campaign_id)
            account = Campaigns(self.context).account(campaign) if campaign else None
            asking = Campaigns(self.context).asking(campaign) if campaign else {}
        if account is None:
            return None
        pledge.account_id = account.id
        self.context.unit.add(pledge)
        return WayToPay(account, asking)

    def _general(self, account: ShownAccount) -> Mapping[str, object]:
        basis = campaign_rules.basis_on(FUND, self.context.today())
        act: object = basis.act if basis else Phrase("to_be_confirmed")
        return {
            "organiser": account.owner,
            "basis": Phrase("campaign.basis", {"name": Phrase(f"drive_bases.{FUND}"), "act": act}),
            "first_day": Phrase("gift.always"),
            "last_day": Phrase("gift.no_last_day"),
            "account_owner": Phrase("campaign.demo_owner", {"owner": account.owner}) if account.demo else account.owner,
            "ledger_link": self.context.ledger_link(),
        }

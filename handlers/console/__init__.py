"""The console: every screen and every act of it, in one table each. An official could read it as a list of rights."""

from handlers.console.announcing import broadcast, broadcasts, outgoing
from handlers.console.giving import (
    board,
    campaigns,
    exchange,
    gift,
    gift_acts,
    gifts,
    grievances,
    handovers,
    models,
    statements,
)
from handlers.console.giving import (
    needs as board_needs,
)
from handlers.console.office import account, gift_accounts, law_changes, officials, owner, rules
from handlers.console.screen import Act, Screen
from handlers.console.service import audit, letters, outbox, suspects
from handlers.console.work import case_page, cases, deciding, talk, today, urgent, waiting
from handlers.console.work import needs as case_needs

__all__ = ["ACTS", "SCREENS"]

SCREENS: tuple[Screen, ...] = (
    *today.screens, *cases.screens, *case_page.screens, *urgent.screens, *waiting.screens, *talk.screens,
    *broadcasts.screens, *broadcast.screens, *outgoing.screens,
    *gifts.screens, *gift.screens, *board.screens, *handovers.screens, *grievances.screens, *exchange.screens,
    *models.screens, *campaigns.screens, *statements.screens, *officials.screens, *owner.screens,
    *gift_accounts.screens, *law_changes.screens, *rules.screens,
    *outbox.screens, *letters.screens, *suspects.screens, *audit.screens, *account.screens,
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    *cases.acts, *case_page.acts, *deciding.acts, *urgent.acts, *talk.acts, *broadcasts.acts,
    *broadcast.acts, *outgoing.acts, *gift.acts, *gift_acts.acts,
    *board.acts, *case_needs.acts, *board_needs.acts, *handovers.acts, *grievances.acts, *exchange.acts,
    *models.acts, *campaigns.acts,
    *officials.acts, *owner.acts, *gift_accounts.acts, *law_changes.acts, *rules.acts, *outbox.acts, *letters.acts,
    *suspects.acts, *statements.acts, *account.acts,
)  # fmt: skip

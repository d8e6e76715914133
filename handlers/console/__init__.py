"""The console: every screen and every act of it, in one table each. An official could read it as a list of rights."""

from handlers.console import (
    account,
    audit,
    deciding,
    letters,
    officials,
    outbox,
    owner,
    request,
    requests,
    talk,
    today,
    urgent,
    waiting,
)
from handlers.console.screen import Act, Given, Picture, Screen, Shown, Went, Wrong

__all__ = ["ACTS", "SCREENS", "Act", "Given", "Picture", "Screen", "Shown", "Went", "Wrong"]

SCREENS: tuple[Screen, ...] = (
    *today.screens, *requests.screens, *request.screens, *urgent.screens, *waiting.screens, *talk.screens,
    *officials.screens, *owner.screens, *outbox.screens, *letters.screens, *audit.screens, *account.screens,
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    *requests.acts, *request.acts, *deciding.acts, *urgent.acts, *talk.acts, *officials.acts, *owner.acts,
    *outbox.acts, *letters.acts, *account.acts,
)  # fmt: skip

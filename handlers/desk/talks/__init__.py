"""People and officials speak: talks, urgent requests, and what calls for an official."""

from handlers.desk.talks.calls import STAYS_OPEN, Calls
from handlers.desk.talks.lines import Spoken, TalkLines
from handlers.desk.talks.talks import SeenTalk, TalkOutcome, Talks, Wish
from handlers.desk.talks.urgent import KINDS, Raised, SeenUrgent, UrgentOutcome, UrgentRequests

__all__ = [
    "KINDS",
    "STAYS_OPEN",
    "Calls",
    "Raised",
    "SeenTalk",
    "SeenUrgent",
    "Spoken",
    "TalkLines",
    "TalkOutcome",
    "Talks",
    "UrgentOutcome",
    "UrgentRequests",
    "Wish",
]

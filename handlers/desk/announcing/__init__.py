"""Broadcasts: written, approved, handed out, gathered; and what people were sent that is not ours."""

from handlers.desk.announcing.announcing import ChatBroadcasts, Preview
from handlers.desk.announcing.audience import KINDS, Audience, AudienceCounts, Kind
from handlers.desk.announcing.audiences import Audiences
from handlers.desk.announcing.broadcasts import BroadcastDraft, Broadcasts, broadcast_faults
from handlers.desk.announcing.call_sheet import CallSheet, Sheet
from handlers.desk.announcing.digests import MOST_LETTERS, MOST_NEWS, Digests
from handlers.desk.announcing.draft_words import DraftWords
from handlers.desk.announcing.drafts import Drafts, due
from handlers.desk.announcing.forwarded import Forwarded, codes, is_short
from handlers.desk.announcing.news import tally
from handlers.desk.announcing.rows import (
    BROADCAST_PREFIX,
    LIVE,
    OVER,
    TO_BE_APPROVED,
    UNSENT,
    BroadcastOutcome,
    SeenBroadcast,
)
from handlers.desk.announcing.run import BroadcastRun
from handlers.desk.announcing.suspects import Judged, ListedSuspect, Suspects
from handlers.desk.announcing.ways import BroadcastWays, cost
from handlers.desk.announcing.words import MOST_OBJECTION, MOST_TITLE, MOST_WORDS, words_faults

__all__ = [
    "BROADCAST_PREFIX",
    "KINDS",
    "LIVE",
    "MOST_LETTERS",
    "MOST_NEWS",
    "MOST_OBJECTION",
    "MOST_TITLE",
    "MOST_WORDS",
    "OVER",
    "TO_BE_APPROVED",
    "UNSENT",
    "Audience",
    "AudienceCounts",
    "Audiences",
    "BroadcastDraft",
    "BroadcastOutcome",
    "BroadcastRun",
    "BroadcastWays",
    "Broadcasts",
    "CallSheet",
    "ChatBroadcasts",
    "Digests",
    "DraftWords",
    "Drafts",
    "Forwarded",
    "Judged",
    "Kind",
    "ListedSuspect",
    "Preview",
    "SeenBroadcast",
    "Sheet",
    "Suspects",
    "broadcast_faults",
    "codes",
    "cost",
    "due",
    "is_short",
    "tally",
    "words_faults",
]

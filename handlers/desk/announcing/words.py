"""What an announcement says: the words an official wrote, what the law wants beside them, and the footer under all.

Why the footer is ours and never typed: it names the sender, the code by which anybody can ask whether it is real, and
how to stop, and nobody may leave it out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk.money import Campaigns, has_number
from handlers.desk.office import Context
from handlers.flow.message import Lines, Phrase
from handlers.rules.law_change_days import turn
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese import words
from storage.tables import Broadcast, LawChange

MOST_TITLE = 80  # letters: it is what stands on a locked screen
MOST_ACTS = 3
MOST_OBJECTION = 500
MOST_WORDS = 1500  # with footer and campaign it stays one message of 4,096 letters
# Whoever looks over her shoulder reads the first line.
TELLING = re.compile(r"\b(ngheo|khuyet tat|benh tat|om dau|poor|poverty|sick|disab\w*)\b")
AMOUNT = re.compile(r"\d[.,]\d{3}|\d ?(trieu|ty|dong|d|million|vnd)\b")
# The end of the footer by kind: how to stop this kind of message; a warning and what is said at work can't be.
STOPS: Mapping[str, str] = {
    "news": "stop_topic",
    "givers": "stop_topic",
    "rules": "stop_topic",
    "service": "stop_all",
}


@dataclass(frozen=True, slots=True)
class BroadcastWords:
    """What broadcasts say."""

    context: Context

    def rendered(self, row: "Broadcast") -> dict[str, str]:
        """All that people read, by language: in English only where it was written in English."""
        spoken = [language for language in LANGUAGES if row.words.get(language)]
        return {language: self.context.voice(language).say(self._whole(row, language)).rstrip() for language in spoken}

    def without_footer(self, row: "Broadcast", language: str) -> str:
        """What it says in a language, or in Vietnamese where it was not written in that one, without the footer."""
        written = language if row.words.get(language) else LANGUAGES[0]
        return self.context.voice(written).say(Phrase("plain", {"words": Lines(tuple(self._parts(row, written)))}))

    def _whole(self, row: "Broadcast", language: str) -> Phrase:
        day = (row.began_at or row.start or self.context.now).astimezone(self.context.zone).date()
        stop = Phrase(f"broadcast.{STOPS[row.kind]}", {}) if row.kind in STOPS else ""
        footer = Phrase("broadcast.footer", {"date": day, "code": row.code, "stop": stop})
        return Phrase("plain", {"words": Lines((*self._parts(row, language), "", footer))})

    def _parts(self, row: "Broadcast", language: str) -> list[object]:
        parts: list[object] = [row.title[language], "", row.words[language]]
        change = self.context.unit.get(LawChange, row.audience["change"]) if row.kind == "rules" else None
        if change is not None:
            known = (one.row.source for one in turn(change.day).turnings if one.is_known)
            acts = tuple(dict.fromkeys(known))[:MOST_ACTS]
            parts += ["", Phrase("broadcast.law", {"acts": "; ".join(acts), "day": change.day})]
        campaign = Campaigns(self.context).by_id(row.campaign_id) if row.campaign_id else None
        if campaign is not None:
            parts += [
                "",
                Phrase("broadcast.asks_for_gifts", {**Campaigns(self.context).asking(campaign), "code": campaign.code}),
            ]
        return parts


def words_faults(title: Mapping[str, str], said: Mapping[str, str]) -> Mapping[str, str]:
    """What is wrong with the words, by field: short, say_long, needed, tells_too_much or no_number."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        head, body = title.get(language, ""), said.get(language, "")
        if language != LANGUAGES[0] and not head and not body:
            continue  # English may be left out, but not half of it
        if not 0 < len(head) <= MOST_TITLE:
            found[f"title_{language}"] = "short" if head else "needed"
        elif TELLING.search(words.fold(head)) or AMOUNT.search(words.fold(head)) or "\n" in head:
            found[f"title_{language}"] = "tells_too_much"
        if not 0 < len(body) <= MOST_WORDS:
            found[f"words_{language}"] = "say_long" if body else "needed"
        elif has_number(body):
            found[f"words_{language}"] = "no_number"
    return found

"""Digests: news that people want once a day or once a week, gathered into one message each.

Why what is due is seen from the news and not from the day of the week: a Monday that was a holiday, or on which the
service was down, is made up for on the first day after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from handlers.desk.announcing.words import BroadcastWords
from handlers.desk.messages import Messages
from handlers.desk.office import Context
from handlers.flow.message import Lines, Phrase, Say
from storage.queries.announcing import digests
from storage.queries.announcing.digests import WaitingNews
from storage.queries.incoming import chats
from storage.tables import Broadcast

AT_ONCE = 50  # chats
MOST_NEWS = 20  # in one digest; what is more waits for the next
MOST_LETTERS = 3_500  # so that it stays one message on every channel


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of one day."""

    context: Context

    def run(self, after: str = "", most: int = AT_ONCE) -> str:
        """Gather for the people of some chats; returns where to go on, empty at the end. after: where it was."""
        context = self.context
        if context.calendar.is_holiday(context.today()):
            return ""
        found = digests.chats_with_news(context.unit, after, most)
        sent = sum(self._gather(person, news) for person, news in self._by_person(found).items())
        if sent:
            context.note("digest.sent", "all", count=sent)
        return found[-1] if len(found) == most else ""

    def _by_person(self, address_ids: Sequence[str]) -> Mapping[str, list[WaitingNews]]:
        """What waits for the people of some chats, in all their chats: each is written to once."""
        people = digests.people_of(self.context.unit, address_ids)
        found: dict[str, list[WaitingNews]] = {person: [] for person in people}
        for one in digests.waiting(self.context.unit, people):
            found[one.person_id].append(one)
        return found

    def _gather(self, person_id: str, news: Sequence[WaitingNews]) -> bool:
        """Send somebody what is due of what waits for her, and let go of what she has stopped meanwhile."""
        unit, monday = self.context.unit, self._monday()
        stopped = [one for one in news if not one.wanted]
        if stopped:
            digests.settle(unit, stopped, "opted_out")
        due = [one for one in news if one.wanted and (not one.weekly or one.began_at < monday)][:MOST_NEWS]
        if not due:
            return False
        chat = chats.last_used(unit, person_id) if due[0].active else None
        if chat is None:
            digests.settle(unit, due, "gone")
            return False
        place = f"digest/{person_id}/{due[0].broadcast_id}/{due[0].address_id}"
        Messages(self.context).say(chat, self._say(due, chat.language), kind="digest", place=place)
        digests.settle(unit, due, "digested", f"{self.context.cause}/{place}")
        return True

    def _monday(self) -> datetime:
        """When this week began: what began to go out before is due to those who want it weekly."""
        today = self.context.today()
        return datetime.combine(today - timedelta(days=today.weekday()), time(), self.context.zone)

    def _say(self, due: Sequence[WaitingNews], language: str) -> Say:
        rows = [self.context.unit.get_one(Broadcast, one.broadcast_id) for one in due]
        codes = tuple(row.code for row in rows)
        footer = Phrase("digest.footer", {"codes": codes})
        voice = self.context.voice(language)
        room = MOST_LETTERS - len(voice.say(Phrase("digest.whole", {"news": "", "footer": footer})))
        news = _shortened(
            [_item(BroadcastWords(self.context).without_footer(row, language)) for row in rows],
            [_item(_titled(row, language), voice.say(Phrase("digest.more", {"code": row.code}))) for row in rows],
            room,
        )
        return Say("digest.whole", news=Lines(news), footer=footer)


def _titled(row: Broadcast, language: str) -> str:
    return row.title.get(language) or row.title["vi"]


def _item(words: str, more: str = "") -> str:
    """One piece of news: its title, and what it says on the line below."""
    title, _, said = words.partition("\n\n")
    return f"\n• {title}\n{more or said}"


def _shortened(whole: list[str], short: list[str], room: int) -> tuple[str, ...]:
    """The news in its order, in so many letters: the longest is the first to be named only."""
    said = list(whole)
    longest_first = sorted(range(len(whole)), key=lambda place: -len(whole[place]))
    for place in longest_first:
        if sum(len(one) + 1 for one in said) <= room:
            break
        said[place] = short[place]
    return tuple(said)

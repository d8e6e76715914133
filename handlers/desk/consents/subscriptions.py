"""News: who wants which topics, for where and how often; always in step with her consent to it.

Why the rows and the consent: the rows say whom a piece of news goes to, the consent is the evidence that she said yes.
One is in force exactly while there is a row that is not stopped.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from handlers.desk.announcing.audience import TOPICS
from storage.queries.announcing import announced, subscriptions
from storage.queries.announcing.announced import Got
from storage.queries.announcing.subscriptions import Wanted
from storage.tables import Consent

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

__all__ = ["RHYTHMS", "TOPICS", "WHOLE_CITY", "Again", "Got", "Stopped", "Subscriptions", "Wanted"]

PURPOSE = "news"
TEXT = "news/1"
STOP_TEXT = "news.stop/1"
AGAIN_TEXT = "news.receive/1"
RHYTHMS = ("at_once", "daily", "weekly")
WHOLE_CITY = ""
CAMPAIGNS = "campaigns"  # the topic, and with it what givers are told of further campaigns
# Which kind of announcement needs which consent; the one of givers may be refused alone.
KINDS: Mapping[str, str] = {
    PURPOSE: "news", "case_news": "service", "rule_changes": "rules", "give": "givers", "campaign_posts": "givers",
}  # fmt: skip
BESIDES = ("case_news", "rule_changes", "campaign_posts")  # what DỪNG HẾT ends besides news
GOT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What DỪNG ended. kind: of the announcement she got last, empty if she got none. topics: of news."""

    kind: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """What NHẬN took up again: topics of news, and purposes of consents."""

    topics: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The news of the person who speaks."""

    desk: "Desk"

    def mine(self) -> tuple[Wanted, ...]:
        """What she gets now, in the order of the topics."""
        found = (one for one in self._all() if one.stopped_at is None)
        return tuple(sorted(found, key=lambda one: (TOPICS.index(one.topic), one.unit_id)))

    def subscribe(self, topics: Collection[str], unit_id: str = WHOLE_CITY, rhythm: str = "at_once") -> None:
        """Have her get these topics too, for a unit or the whole city. Raises ValueError for what there is not."""
        if not set(topics) <= set(TOPICS) or rhythm not in RHYTHMS:
            raise ValueError("no such topic, or no such rhythm")
        desk = self.desk
        for topic in topics:
            subscriptions.want(desk.unit, self._person, topic, unit_id, rhythm, desk.now)
        if topics and not desk.consents.in_force(PURPOSE):
            desk.consents.give(PURPOSE, TEXT)
        desk.note("news.wanted", f"person:{self._person}", count=len(topics))

    def choose(self, topics: Collection[str], unit_id: str = WHOLE_CITY, rhythm: str = "at_once") -> None:
        """Have her get these topics and no others. Raises ValueError for what there is not, or for no topic at all."""
        if not topics:
            raise ValueError("no topic")
        self.subscribe(topics, unit_id, rhythm)
        dropped = {one.topic for one in self.mine()} - set(topics)
        subscriptions.drop_others(self.desk.unit, self._person, topics, unit_id)
        if dropped:
            self._take_out("news", dropped)

    def refuse(self) -> None:
        """Record her no to news, which ends what she gets of it."""
        self.stop_all()
        self.desk.consents.refuse(PURPOSE, TEXT)

    def stop(self, *topics: str) -> None:
        """Stop topics, wherever they are for; what of them has not left to her yet never does."""
        count = subscriptions.stop(self.desk.unit, self._person, topics, self.desk.now)
        self._take_out("news", topics)
        if count:
            self.desk.note("news.stopped", f"person:{self._person}", count=count)
        if not self.mine():
            self.desk.consents.withdraw(PURPOSE)

    def stop_all(self) -> None:
        """Stop every topic."""
        self.stop(*TOPICS)

    def stop_last(self) -> Stopped:
        """Stop what the last announcement she got belongs to; all news if she got none lately.

        News of one's own request goes on, and nobody can do without warnings, or without what her work needs.
        """
        got = self._last_got()
        kind = got[0].kind if got else ""
        topics = tuple(topic for topic in TOPICS if topic in {one.topic for one in got})
        if kind == "news":
            self.stop(*topics)
        elif kind == "givers":
            self.stop(CAMPAIGNS)
            self._end_posts()
        elif kind == "rules":
            self.desk.consents.withdraw("rule_changes")
        elif not kind:
            self.stop_all()
        return Stopped(kind, topics)

    def stop_everything(self) -> None:
        """Stop all news, news of her request, of rules that change, and what givers are told of campaigns."""
        consents = self.desk.consents
        self.stop_all()
        for purpose in (PURPOSE, "case_news"):  # noted even if she never wanted any: then she is reminded of nothing
            consents.end(purpose, STOP_TEXT)
        consents.withdraw("rule_changes")
        consents.withdraw("campaign_posts")
        if consents.in_force("give"):
            self._end_posts()

    def take_up_again(self) -> Again:
        """Take up what was stopped last and was not taken up since; nothing where that is nothing."""
        desk, person_id = self.desk, self._person
        ended = {purpose: at for purpose in BESIDES if (at := self._ended_at(purpose))}
        stopped = [(one.stopped_at, one.topic) for one in self._all() if one.stopped_at]
        last = max((*ended.values(), *(at for at, _ in stopped)), default=None)
        before = self._taken_up_at()
        if last is None or (before is not None and last < before):
            return Again()
        topics = tuple(topic for topic in TOPICS if (last, topic) in stopped)
        purposes = tuple(purpose for purpose, at in ended.items() if at == last)
        if subscriptions.take_up(desk.unit, person_id, last, desk.now):
            desk.consents.give(PURPOSE, AGAIN_TEXT)
        for purpose in purposes:
            desk.consents.give(purpose, AGAIN_TEXT)
        return Again(topics, purposes)

    def follow(self, purpose: str, person_id: str) -> None:
        """Do what it takes when a consent was withdrawn: its announcements that have not left never do."""
        desk, kind = self.desk, KINDS.get(purpose)
        if kind == "news":
            subscriptions.stop(desk.unit, person_id, None, desk.now)
        if kind is not None:
            announced.take_out(desk.unit, person_id, kind, None, desk.now)

    def last_announced(self) -> Got | None:
        """The announcement she got last, if that was within thirty days."""
        return next(iter(self._last_got()), None)

    # Inside

    @property
    def _person(self) -> str:
        return self.desk.here().person_id

    def _all(self) -> Collection[Wanted]:
        return subscriptions.all_of(self.desk.unit, self._person)

    def _last_got(self) -> list[Got]:
        return announced.last_got(self.desk.unit, self._person, self.desk.now - GOT_WITHIN)

    def _take_out(self, kind: str, topics: Collection[str] | None) -> None:
        announced.take_out(self.desk.unit, self._person, kind, topics, self.desk.now)

    def _end_posts(self) -> None:
        """Tell her, as somebody who gives, of no further campaigns; what becomes of her own gift she still hears."""
        self.desk.consents.end("campaign_posts", STOP_TEXT)
        self._take_out("givers", None)

    def _ended_at(self, purpose: str) -> datetime | None:
        """When her last word on a purpose ended it; None where it did not."""
        found = self.desk.consents.latest(self._person, purpose)
        return found.ended_at if found is not None and found.state == "withdrawn" else None

    def _taken_up_at(self) -> datetime | None:
        """When she took something up again by NHẬN."""
        hers = (Consent.person_id == self._person, Consent.text_version == AGAIN_TEXT)
        return self.desk.unit.scalars(select(func.max(col(Consent.at))).where(*hers)).first()


def move(desk: "Desk", gone: str, kept: str) -> None:
    """Make the news of one person that of another, as two that are joined."""
    subscriptions.move(desk.unit, gone, kept)


def settle(desk: "Desk", person_id: str) -> None:
    """Bring rows and consent of somebody in step, after two persons' were put together: a no counts more than a yes."""
    if not desk.consents.in_force(PURPOSE, person_id):
        desk.subscriptions.follow(PURPOSE, person_id)
    elif all(one.stopped_at for one in subscriptions.all_of(desk.unit, person_id)):
        desk.consents.withdraw(PURPOSE, person_id)


def erase(desk: "Desk", person_id: str) -> None:
    """Forget what somebody wanted to hear of."""
    subscriptions.forget(desk.unit, person_id)

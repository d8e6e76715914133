"""News: who wants which topics, for where and how often; always in step with her consent to it.

Why the rows and the consent: the rows say whom a piece of news goes to, the consent is the evidence that she said yes.
One is in force exactly while there is a row that is not stopped.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from handlers.desk.consents.consents import Consents
from handlers.desk.office import Context
from storage.queries.announcing import announced, subscriptions
from storage.queries.announcing.announced import Got
from storage.queries.announcing.subscriptions import Wanted
from storage.tables import Consent

PURPOSE = "news"
TEXT = "news/1"
STOP_TEXT = "news.stop/1"
AGAIN_TEXT = "news.receive/1"
TOPICS = ("city", "policy", "jobs", "learning", "health", "weather", "campaigns", "models")
RHYTHMS = ("at_once", "daily", "weekly")
WHOLE_CITY = ""
CAMPAIGNS = "campaigns"  # the topic, and with it what givers are told of further campaigns
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

    context: Context

    def mine(self) -> tuple[Wanted, ...]:
        """What she gets now, in the order of the topics."""
        found = (one for one in self._all() if one.stopped_at is None)
        return tuple(sorted(found, key=lambda one: (TOPICS.index(one.topic), one.unit_id)))

    def subscribe(self, topics: Collection[str], unit_id: str = WHOLE_CITY, rhythm: str = "at_once") -> None:
        """Have her get these topics too, for a unit or the whole city. Raises ValueError for what there is not."""
        if not set(topics) <= set(TOPICS) or rhythm not in RHYTHMS:
            raise ValueError("no such topic, or no such rhythm")
        context = self.context
        for topic in topics:
            subscriptions.want(context.unit, self._person, topic, unit_id, rhythm, context.now)
        if topics and not Consents(context).in_force(PURPOSE):
            Consents(context).give(PURPOSE, TEXT)
        context.note("news.wanted", f"person:{self._person}", count=len(topics))

    def choose(self, topics: Collection[str], unit_id: str = WHOLE_CITY, rhythm: str = "at_once") -> None:
        """Have her get these topics and no others. Raises ValueError for what there is not, or for no topic at all."""
        if not topics:
            raise ValueError("no topic")
        self.subscribe(topics, unit_id, rhythm)
        dropped = {one.topic for one in self.mine()} - set(topics)
        subscriptions.drop_others(self.context.unit, self._person, topics, unit_id)
        if dropped:
            self._take_out("news", dropped)

    def refuse(self) -> None:
        """Record her no to news, which ends what she gets of it."""
        self.stop_all()
        Consents(self.context).refuse(PURPOSE, TEXT)

    def stop(self, *topics: str) -> None:
        """Stop topics, wherever they are for; what of them has not left to her yet never does."""
        count = subscriptions.stop(self.context.unit, self._person, topics, self.context.now)
        self._take_out("news", topics)
        if count:
            self.context.note("news.stopped", f"person:{self._person}", count=count)
        if not self.mine():
            Consents(self.context).withdraw(PURPOSE)

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
            Consents(self.context).withdraw("rule_changes")
        elif not kind:
            self.stop_all()
        return Stopped(kind, topics)

    def stop_everything(self) -> None:
        """Stop all news, news of her request, of rules that change, and what givers are told of campaigns."""
        consents = Consents(self.context)
        self.stop_all()
        for purpose in (PURPOSE, "case_news"):  # noted even if she never wanted any: then she is reminded of nothing
            consents.end(purpose, STOP_TEXT)
        consents.withdraw("rule_changes")
        consents.withdraw("campaign_posts")
        if consents.in_force("give"):
            self._end_posts()

    def take_up_again(self) -> Again:
        """Take up what was stopped last and was not taken up since; nothing where that is nothing."""
        context, person_id = self.context, self._person
        ended = {purpose: at for purpose in BESIDES if (at := self._ended_at(purpose))}
        stopped = [(one.stopped_at, one.topic) for one in self._all() if one.stopped_at]
        last = max((*ended.values(), *(at for at, _ in stopped)), default=None)
        before = self._taken_up_at()
        if last is None or (before is not None and last < before):
            return Again()
        topics = tuple(topic for topic in TOPICS if (last, topic) in stopped)
        purposes = tuple(purpose for purpose, at in ended.items() if at == last)
        if subscriptions.take_up(context.unit, person_id, last, context.now):
            Consents(context).give(PURPOSE, AGAIN_TEXT)
        for purpose in purposes:
            Consents(context).give(purpose, AGAIN_TEXT)
        return Again(topics, purposes)

    # Inside

    @property
    def _person(self) -> str:
        return self.context.here().person_id

    def _all(self) -> Collection[Wanted]:
        return subscriptions.all_of(self.context.unit, self._person)

    def _last_got(self) -> list[Got]:
        return announced.last_got(self.context.unit, self._person, self.context.now - GOT_WITHIN)

    def _take_out(self, kind: str, topics: Collection[str] | None) -> None:
        announced.take_out(self.context.unit, self._person, kind, topics, self.context.now)

    def _end_posts(self) -> None:
        """Tell her, as somebody who gives, of no further campaigns; what becomes of her own gift she still hears."""
        Consents(self.context).end("campaign_posts", STOP_TEXT)
        self._take_out("givers", None)

    def _ended_at(self, purpose: str) -> datetime | None:
        """When her last word on a purpose ended it; None where it did not."""
        found = Consents(self.context).latest(self._person, purpose)
        return found.ended_at if found is not None and found.state == "withdrawn" else None

    def _taken_up_at(self) -> datetime | None:
        """When she took something up again by NHẬN."""
        hers = (Consent.person_id == self._person, Consent.text_version == AGAIN_TEXT)
        return self.context.unit.scalars(select(func.max(col(Consent.at))).where(*hers)).first()

    def move(self, gone: str, kept: str) -> None:
        """Make the news of one person that of another, as two that are joined."""
        subscriptions.move(self.context.unit, gone, kept)

    def settle(self, person_id: str) -> None:
        """Bring rows and consent of somebody in step, after two persons were joined: a no counts more than a yes."""
        if not Consents(self.context).in_force(PURPOSE, person_id):
            Consents(self.context).stop_broadcasts(PURPOSE, person_id)
        elif all(one.stopped_at for one in subscriptions.all_of(self.context.unit, person_id)):
            Consents(self.context).withdraw(PURPOSE, person_id)

    def erase(self, person_id: str) -> None:
        """Forget what somebody wanted to hear of."""
        subscriptions.forget(self.context.unit, person_id)

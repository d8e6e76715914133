"""What was said in talks, line by line.

Why each line is kept apart from the message that carries it: the console shows what was said whatever the chats of
both have forgotten, and destroying the talk's key erases every word.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from handlers.desk.messages import Disclosures
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.flow.message import Say
from storage.ids import new_id
from storage.tables import OutboxRow, Talk, TalkLine

PASSED_ON_LATER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One line of a talk. who: title and name of the official; empty: the person.

    delivery: the state of the message that carries it; empty where none does and it waits to be read on the console.
    """

    id: str
    who: str
    words: str
    at: datetime
    delivery: str


@dataclass(frozen=True, slots=True)
class TalkLines:
    """The lines of talks, in one transaction."""

    context: Context

    def add(self, talk: Talk, officer_id: str | None, words: str) -> TalkLine:
        """Keep what was said; officer_id: by whom, None: by the person."""
        context = self.context
        context.vault.ensure(f"talk:{talk.id}", context.now)
        line = TalkLine(id=new_id(context.now), talk_id=talk.id, officer_id=officer_id, at=context.now)
        line.body = context.vault.seal(f"talk:{talk.id}", f"talk_line.body:{line.id}", words)
        talk.last_at = context.now
        context.unit.add_all((line, talk))
        return line

    def read(self, talk_id: str, after: str) -> list[Spoken]:
        """What was said since a line, the oldest first."""
        query = (
            select(TalkLine, OutboxRow.state)
            .outerjoin(OutboxRow, col(OutboxRow.key) == col(TalkLine.message))
            .where(TalkLine.talk_id == talk_id, col(TalkLine.id) > after, col(TalkLine.body).is_not(None))
            .order_by(col(TalkLine.id))
        )
        return [self._spoken(line, state) for line, state in self.context.unit.execute(query).all()]

    def pass_on(self, line: TalkLine, official: Official | None, key: str) -> None:
        """Tell an official in her chat, if she has one, what the person said. key: of the text that says so."""
        if official is None or official.person_id is None:
            return
        say, place = Say(key, words=self._words(line)), f"talk/{line.id}"
        under = f"talk:{line.talk_id}"
        line.message = Disclosures(self.context).tell(official.person_id, say, under=under, kind="talk", place=place)
        self.context.unit.add(line)

    def pass_on_waiting(self, talk_id: str, official: Official) -> None:
        """Tell an official in her chat the last things the person said that no message has carried yet."""
        waiting = select(TalkLine).where(TalkLine.talk_id == talk_id, col(TalkLine.body).is_not(None))
        waiting = waiting.where(col(TalkLine.officer_id).is_(None), col(TalkLine.message).is_(None))
        newest = self.context.unit.scalars(waiting.order_by(col(TalkLine.id).desc()).limit(PASSED_ON_LATER)).all()
        for line in reversed(newest):
            self.pass_on(line, official, "talk.from_person")

    def forget(self, talk_id: str) -> None:
        """Take every word out of a talk, and of the messages that passed them on."""
        Disclosures(self.context).take_out(f"talk:{talk_id}")
        self.context.unit.execute(update(TalkLine).where(col(TalkLine.talk_id) == talk_id).values(body=None))
        self.context.vault.forget(f"talk:{talk_id}")

    def _words(self, line: TalkLine) -> str:
        return str(self.context.vault.open(f"talk:{line.talk_id}", f"talk_line.body:{line.id}", line.body or b""))

    def _spoken(self, line: TalkLine, state: str | None) -> Spoken:
        unsent = "unreachable" if line.officer_id else ""
        return Spoken(
            id=line.id,
            who=Officials(self.context).name_of(line.officer_id),
            words=self._words(line),
            at=line.at,
            delivery=state or unsent,
        )

"""Consents: one purpose, one yes; which text, when, by which press. A no is remembered for the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlmodel import col, select

from handlers.desk.messages import Reminders
from handlers.desk.office import Context
from storage.ids import new_id
from storage.queries.announcing import announced, subscriptions
from storage.tables import Consent

_CONSENT = Consent.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_LAST_WORD = (
    sa.select(_CONSENT.c.state, _CONSENT.c.at)
    .where(_CONSENT.c.person_id == sa.bindparam("person_id"), _CONSENT.c.purpose == sa.bindparam("purpose"))
    .order_by(_CONSENT.c.id.desc())
    .limit(sa.literal_column("1"))
)
# The kind of broadcast that each consent allows; the one of givers may be refused alone.
BROADCASTS: Mapping[str, str] = {
    "news": "news", "case_news": "service", "rule_changes": "rules", "give": "givers", "campaign_posts": "givers",
}  # fmt: skip
PURPOSES = (
    "check", "register", "case_news", "rule_changes", "show_need", "meet", "health_papers", "give", "campaign_posts",
    "news",
)  # fmt: skip
REMINDED = {"case_news": ("question", "arrival", "form"), "give": ("reminder",)}  # kinds of reminders, by what allows


@dataclass(frozen=True, slots=True)
class Consents:
    """What the person who speaks has agreed to."""

    context: Context

    def latest(self, person_id: str, purpose: str) -> Consent | None:
        """The last word on a purpose."""
        query = select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose)
        return self.context.unit.scalars(query.order_by(col(Consent.id).desc()).limit(1)).first()

    def _last_word(self, person_id: str, purpose: str) -> tuple[str, datetime] | None:
        row = self.context.unit.run(_LAST_WORD, {"person_id": person_id, "purpose": purpose}).first()
        return (row[0], row[1]) if row else None

    def in_force(self, purpose: str, person_id: str | None = None) -> bool:
        found = self._last_word(person_id or self.context.here().person_id, purpose)
        return found is not None and found[0] == "given"

    def taken_back(self, purpose: str, person_id: str) -> bool:
        """Whether somebody's last word on a purpose is that she took her yes back."""
        found = self._last_word(person_id, purpose)
        return found is not None and found[0] == "withdrawn"

    def withdrawn_since(self, purpose: str, person_id: str, moment: datetime) -> bool:
        """Whether a yes was taken back after a moment, even if another was said since."""
        query = select(Consent.id).where(Consent.person_id == person_id, Consent.purpose == purpose)
        query = query.where(Consent.state == "withdrawn", col(Consent.ended_at) > moment)
        return self.context.unit.scalars(query.limit(1)).first() is not None

    def refused_today(self, purpose: str) -> bool:
        """Whether the person said no to this within the last day."""
        found = self._last_word(self.context.here().person_id, purpose)
        return found is not None and found[0] == "refused" and found[1] > self.context.now - timedelta(days=1)

    def give(self, purpose: str, text_version: str, told_by: Literal["self", "helper", "officer"] = "self") -> None:
        """Record a yes, with the version of the text that was read."""
        self._record(purpose, "given", text_version, told_by)

    def note_helper(self, purpose: str) -> None:
        """Record that a helper told of somebody's yes, unless that is the last word already."""
        found = self.latest(self.context.here().person_id, purpose)
        if found is not None and found.state == "given" and found.told_by != "helper":
            self._record(purpose, "given", found.text_version, "helper")

    def refuse(self, purpose: str, text_version: str) -> None:
        """Record a no."""
        self._record(purpose, "refused", text_version, "self")

    def withdraw(self, purpose: str, person_id: str | None = None) -> bool:
        """Take a yes back, and with it whatever of it was to be sent and has not left. False if there was none."""
        found = self.latest(person_id or self.context.here().person_id, purpose)
        if found is None or found.state != "given":
            return False
        self.end_word(found, self.context.now)
        self.context.note("consent.withdrawn", f"consent:{found.id}", purpose=purpose)
        self.stop_broadcasts(purpose, found.person_id)
        self._call_off(purpose, found.person_id)
        return True

    def end_word(self, word: Consent, at: datetime | None) -> None:
        """Let a yes count no more from a moment on."""
        word.state, word.ended_at = "withdrawn", at
        self.context.unit.add(word)

    def end(self, purpose: str, text_version: str) -> None:
        """Take a yes back, or say, where there never was one, that there is to be none."""
        if not self.withdraw(purpose) and not self.taken_back(purpose, self.context.here().person_id):
            self._record(purpose, "withdrawn", text_version, "self")
            self._call_off(purpose, self.context.here().person_id)

    def given(self) -> list[Consent]:
        """Every consent in force of the person who speaks, by purpose."""
        person_id = self.context.here().person_id
        found = (self.latest(person_id, purpose) for purpose in PURPOSES)
        return [c for c in found if c is not None and c.state == "given"]

    def stop_broadcasts(self, purpose: str, person_id: str) -> None:
        """Stop what a consent allowed: its broadcasts that have not left never do."""
        context, kind = self.context, BROADCASTS.get(purpose)
        if kind == "news":
            subscriptions.stop(context.unit, person_id, None, context.now)
        if kind is not None:
            announced.take_out(context.unit, person_id, kind, None, context.now)

    def settle(self, person_id: str) -> None:
        """Stop what waits for somebody against her last word, after two persons were joined."""
        for purpose in PURPOSES:
            if self.taken_back(purpose, person_id):
                self.stop_broadcasts(purpose, person_id)
                self._call_off(purpose, person_id)

    def _call_off(self, purpose: str, person_id: str) -> None:
        for kind in REMINDED.get(purpose, ()):
            Reminders(self.context).call_off(person_id, kind)

    def _record(
        self, purpose: str, state: str, text_version: str, told_by: Literal["self", "helper", "officer"]
    ) -> None:
        context, chat = self.context, self.context.here()
        row = Consent(
            id=new_id(context.now), person_id=chat.person_id, purpose=purpose, state=state, text_version=text_version,
            told_by=told_by, channel=chat.channel, cause=context.cause, at=context.now,
            ended_at=context.now if state == "withdrawn" else None,
        )  # fmt: skip
        context.unit.add(row)
        context.note(f"consent.{state}", f"consent:{row.id}", purpose=purpose, told_by=told_by)

"""Consents: one purpose, one yes; which text, when, by which press. A no is remembered for the day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from sqlmodel import col, select

from handlers.desk.messages import reminders
from storage.ids import new_id
from storage.tables import Consent

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

_CONSENT = Consent.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_LAST_WORD = (
    sa.select(_CONSENT.c.state, _CONSENT.c.at)
    .where(_CONSENT.c.person_id == sa.bindparam("person_id"), _CONSENT.c.purpose == sa.bindparam("purpose"))
    .order_by(_CONSENT.c.id.desc())
    .limit(sa.literal_column("1"))
)
PURPOSES = (
    "check", "register", "case_news", "rule_changes", "show_need", "meet", "health_papers", "give", "campaign_posts",
    "news",
)  # fmt: skip
REMINDED = {"case_news": ("question", "arrival", "form"), "give": ("reminder",)}  # kinds of reminders, by what allows


@dataclass(frozen=True, slots=True)
class Consents:
    """What the person who speaks has agreed to."""

    desk: "Desk"

    def latest(self, person_id: str, purpose: str) -> Consent | None:
        """The last word on a purpose."""
        query = select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose)
        return self.desk.unit.scalars(query.order_by(col(Consent.id).desc()).limit(1)).first()

    def _last_word(self, person_id: str, purpose: str) -> tuple[str, datetime] | None:
        row = self.desk.unit.run(_LAST_WORD, {"person_id": person_id, "purpose": purpose}).first()
        return (row[0], row[1]) if row else None

    def in_force(self, purpose: str, person_id: str | None = None) -> bool:
        found = self._last_word(person_id or self.desk.here().person_id, purpose)
        return found is not None and found[0] == "given"

    def taken_back(self, purpose: str, person_id: str) -> bool:
        """Whether somebody's last word on a purpose is that she took her yes back."""
        found = self._last_word(person_id, purpose)
        return found is not None and found[0] == "withdrawn"

    def withdrawn_since(self, purpose: str, person_id: str, moment: datetime) -> bool:
        """Whether a yes was taken back after a moment, even if another was said since."""
        query = select(Consent.id).where(Consent.person_id == person_id, Consent.purpose == purpose)
        query = query.where(Consent.state == "withdrawn", col(Consent.ended_at) > moment)
        return self.desk.unit.scalars(query.limit(1)).first() is not None

    def refused_today(self, purpose: str) -> bool:
        """Whether the person said no to this within the last day."""
        found = self._last_word(self.desk.here().person_id, purpose)
        return found is not None and found[0] == "refused" and found[1] > self.desk.now - timedelta(days=1)

    def give(self, purpose: str, text_version: str, told_by: Literal["self", "helper", "officer"] = "self") -> None:
        """Record a yes, with the version of the text that was read."""
        self._record(purpose, "given", text_version, told_by)

    def note_helper(self, purpose: str) -> None:
        """Record that a helper told of somebody's yes, unless that is the last word already."""
        found = self.latest(self.desk.here().person_id, purpose)
        if found is not None and found.state == "given" and found.told_by != "helper":
            self._record(purpose, "given", found.text_version, "helper")

    def refuse(self, purpose: str, text_version: str) -> None:
        """Record a no."""
        self._record(purpose, "refused", text_version, "self")

    def withdraw(self, purpose: str, person_id: str | None = None) -> bool:
        """Take a yes back, and with it whatever of it was to be sent and has not left. False if there was none."""
        found = self.latest(person_id or self.desk.here().person_id, purpose)
        if found is None or found.state != "given":
            return False
        found.state = "withdrawn"
        found.ended_at = self.desk.now
        self.desk.unit.add(found)
        self.desk.note("consent.withdrawn", f"consent:{found.id}", purpose=purpose)
        self.desk.subscriptions.follow(purpose, found.person_id)
        self._call_off(purpose, found.person_id)
        return True

    def end(self, purpose: str, text_version: str) -> None:
        """Take a yes back, or say, where there never was one, that there is to be none."""
        if not self.withdraw(purpose) and not self.taken_back(purpose, self.desk.here().person_id):
            self._record(purpose, "withdrawn", text_version, "self")
            self._call_off(purpose, self.desk.here().person_id)

    def given(self) -> list[Consent]:
        """Every consent in force of the person who speaks, by purpose."""
        person_id = self.desk.here().person_id
        found = (self.latest(person_id, purpose) for purpose in PURPOSES)
        return [c for c in found if c is not None and c.state == "given"]

    def _call_off(self, purpose: str, person_id: str) -> None:
        for kind in REMINDED.get(purpose, ()):
            reminders.call_off(self.desk, person_id, kind)

    def _record(
        self, purpose: str, state: str, text_version: str, told_by: Literal["self", "helper", "officer"]
    ) -> None:
        desk, chat = self.desk, self.desk.here()
        row = Consent(
            id=new_id(desk.now), person_id=chat.person_id, purpose=purpose, state=state, text_version=text_version,
            told_by=told_by, channel=chat.channel, cause=desk.cause, at=desk.now,
            ended_at=desk.now if state == "withdrawn" else None,
        )  # fmt: skip
        desk.unit.add(row)
        desk.note(f"consent.{state}", f"consent:{row.id}", purpose=purpose, told_by=told_by)

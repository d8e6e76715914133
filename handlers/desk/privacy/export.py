"""Everything that is stored about one person, in the open, for her alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from sqlmodel import col, select

from handlers.desk.cases import OFFICE_ALONE, Cases
from handlers.desk.office import Context
from handlers.desk.pledges import Pledges
from handlers.desk.talks import TalkLines
from storage.queries.announcing import subscriptions
from storage.queries.incoming import chats, inbox, sessions
from storage.queries.outgoing import outbox
from storage.tables import (
    Address,
    Case,
    CaseEvent,
    Consent,
    File,
    HouseholdRow,
    InboxRow,
    OneTimeToken,
    OutboxRow,
    Person,
    Pledge,
    PledgeEvent,
    Suspect,
    Talk,
    UrgentRequest,
)

MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Export:
    """What is stored about one person."""

    context: Context

    def language(self, token: str) -> str | None:
        """The language of the person a download link belongs to; None once the link has run out."""
        person = self._whose(token)
        return None if person is None else person.language or "vi"

    def everything(self, token: str) -> dict[str, object] | None:
        """What is stored about the person a download link belongs to; None once the link has run out."""
        person = self._whose(token)
        if person is None:
            return None
        self.context.note("person.exported", f"person:{person.id}")
        return {
            "language": person.language,
            "first_message": person.created_at,
            "channels": sorted(
                set(self.context.unit.scalars(select(Address.channel).where(Address.person_id == person.id)))
            ),
            "messages": self._messages(person.id),
            "requests": self._requests(person.id),
            "urgent_requests": self._urgent(person.id),
            "gifts": self._gifts(person.id),
            "consents": self._consents(person.id),
            "news": self._news(person.id),
            "asked_about": self._asked_about(person.id),
            "talks": self._talks(person.id),
            "check": self._check(person.id),
            "photos": self._photos(person.id),
            "unfinished": sessions.load(self.context.unit, self.context.vault, person.id),
        }

    def _whose(self, token: str) -> Person | None:
        found = self.context.unit.get(OneTimeToken, self.context.vault.look_up("one-time token", token))
        if found is None or found.kind != "download" or found.until < self.context.now:
            return None
        return self.context.unit.get_one(Person, found.person_id)

    def _messages(self, person_id: str) -> list[dict[str, object]]:
        """What was said, chat by chat: of our own chat its lines, of a platform's what we still have of both sides."""
        found: list[dict[str, object]] = []
        for address in self.context.unit.scalars(select(Address).where(Address.person_id == person_id)).all():
            chat = chats.at_address(self.context.unit, address.id)
            lines = chats.lines(self.context.unit, self.context.vault, chat, 0, MOST_LINES)
            found += [{"at": line.at, "from": line.origin, "text": line.body["text"]} for line in lines]
            if address.chat is not None:
                found += sorted((*self._heard(chat), *self._told(chat)), key=lambda said: str(said["at"]))
        return found

    def _told(self, chat: chats.Chat) -> Iterator[dict[str, object]]:
        sent = select(OutboxRow).where(OutboxRow.address_id == chat.address_id, col(OutboxRow.body).is_not(None))
        for row in self.context.unit.scalars(sent.limit(MOST_LINES)):
            yield {"at": row.created_at, "from": "us", "text": outbox.body_of(self.context.vault, row)["text"]}

    def _heard(self, chat: chats.Chat) -> Iterator[dict[str, object]]:
        written = select(InboxRow).where(InboxRow.address_id == chat.address_id, col(InboxRow.body).is_not(None))
        for row in self.context.unit.scalars(written.limit(MOST_LINES)):
            where = f"inbox.body:{row.channel}/{row.update_id}"
            body = cast("Mapping[str, object]", self.context.vault.open(inbox.day_key(row.day), where, row.body or b""))
            yield {"at": row.received_at, "from": "you", "text": body.get("text", row.kind)}

    def _requests(self, person_id: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for case in self.context.unit.scalars(select(Case).where(Case.person_id == person_id).order_by(Case.id)).all():
            shown = col(CaseEvent.kind).not_in(OFFICE_ALONE)
            query = select(CaseEvent).where(CaseEvent.case_id == case.id, shown)
            events = self.context.unit.scalars(query.order_by(CaseEvent.id)).all()
            history = [
                {
                    "at": event.at,
                    "what": event.kind,
                    "words": self.context.vault.open(f"case:{case.id}", f"case_event.note:{event.id}", event.note)
                    if event.note and event.kind != "proposed"  # nothing is told of it before it is approved
                    else "",
                }
                for event in events
            ]
            content = dict(Cases(self.context).read(case.id)) if case.body is not None else {}
            found.append(
                {"code": case.code, "state": case.state, "due": case.due, "content": content, "history": history}
            )
        return found

    def _urgent(self, person_id: str) -> list[dict[str, object]]:
        rows = self.context.unit.scalars(select(UrgentRequest).where(UrgentRequest.person_id == person_id)).all()
        return [
            {
                "code": row.code,
                "at": row.created_at,
                "content": self.context.vault.open(f"urgent:{row.id}", f"urgent_request.body:{row.id}", row.body)
                if row.body
                else None,
            }
            for row in rows
        ]

    def _gifts(self, person_id: str) -> list[dict[str, object]]:
        pledges, found = Pledges(self.context), list[dict[str, object]]()
        for pledge in self.context.unit.scalars(
            select(Pledge).where(Pledge.person_id == person_id).order_by(Pledge.id)
        ).all():
            body = pledges.body(pledge)
            history = [
                {
                    "at": event.at,
                    "what": event.kind,
                    "amount": event.amount,
                    "words": self.context.vault.open(f"pledge:{pledge.id}", f"pledge_event.note:{event.id}", event.note)
                    if event.note and _is_hers(event)
                    else "",
                }
                for event in pledges.events(pledge)
            ]
            content = {"name": body.name, "phone": body.phone, "what": body.what, **body.details}
            shown = ("code", "kind", "state", "amount", "measure", "named", "due")
            found.append({name: getattr(pledge, name) for name in shown} | {"content": content, "history": history})
        return found

    def _talks(self, person_id: str) -> list[dict[str, object]]:
        rows = self.context.unit.scalars(select(Talk).where(Talk.person_id == person_id).order_by(col(Talk.id))).all()
        return [
            {
                "at": talk.created_at,
                "said": [
                    {"at": line.at, "from": line.who or "you", "text": line.words}
                    for line in TalkLines(self.context).read(talk.id, "")
                ],
            }
            for talk in rows
        ]

    def _consents(self, person_id: str) -> list[dict[str, object]]:
        rows = self.context.unit.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
        return [
            {"purpose": c.purpose, "state": c.state, "text": c.text_version, "at": c.at, "ended_at": c.ended_at}
            for c in rows
        ]

    def _news(self, person_id: str) -> list[dict[str, object]]:
        found = subscriptions.all_of(self.context.unit, person_id)
        return [
            {"topic": w.topic, "unit_id": w.unit_id, "rhythm": w.rhythm, "since": w.since, "stopped_at": w.stopped_at}
            for w in found
        ]

    def _asked_about(self, person_id: str) -> list[dict[str, object]]:
        """Messages that she was sent by others, and that were not ours."""
        rows = self.context.unit.scalars(
            select(Suspect).where(Suspect.person_id == person_id).order_by(col(Suspect.id))
        )
        return [
            {"at": row.at, "text": self.context.vault.open(f"person:{person_id}", f"suspect.body:{row.id}", row.body)}
            for row in rows
            if row.body is not None
        ]

    def _check(self, person_id: str) -> object:
        row = self.context.unit.get(HouseholdRow, person_id)
        if row is None or row.declared is None:
            return None
        return self.context.vault.open(f"person:{person_id}", f"household.declared:{person_id}", row.declared)

    def _photos(self, person_id: str) -> list[dict[str, object]]:
        rows = self.context.unit.scalars(select(File).where(File.person_id == person_id).order_by(col(File.id)))
        return [{"at": row.created_at, "state": row.state, "bytes": row.size} for row in rows]


def _is_hers(event: PledgeEvent) -> bool:
    """Whether words written with a gift are its giver's, or were told to her; the rest may say who gets it."""
    return event.kind == "accepted" or event.actor.startswith("person:")

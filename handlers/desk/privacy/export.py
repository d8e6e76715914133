"""Everything that is stored about one person, in the open, for her alone."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from sqlmodel import col, select

from handlers.desk.cases.cases import OFFICE_ALONE
from handlers.desk.pledges.pledges import Pledges
from handlers.desk.talks.lines import TalkLines
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

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

MOST_LINES = 10_000


def everything(desk: "Desk", token: str) -> dict[str, object] | None:
    """What is stored about the person a download link belongs to; None once the link has run out."""
    found = desk.unit.get(OneTimeToken, desk.vault.look_up("one-time token", token))
    if found is None or found.kind != "download" or found.until < desk.now:
        return None
    person = desk.unit.get_one(Person, found.person_id)
    desk.note("person.exported", f"person:{person.id}")
    return {
        "language": person.language,
        "first_message": person.created_at,
        "channels": sorted(set(desk.unit.scalars(select(Address.channel).where(Address.person_id == person.id)))),
        "messages": _messages(desk, person.id),
        "requests": _requests(desk, person.id),
        "urgent_requests": _urgent(desk, person.id),
        "gifts": _gifts(desk, person.id),
        "consents": _consents(desk, person.id),
        "news": _news(desk, person.id),
        "asked_about": _asked_about(desk, person.id),
        "talks": _talks(desk, person.id),
        "check": _check(desk, person.id),
        "photos": _photos(desk, person.id),
        "unfinished": sessions.load(desk.unit, desk.vault, person.id),
    }


def _messages(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    """What was said, chat by chat: of our own chat its lines, of a platform's what we still have of both sides."""
    found: list[dict[str, object]] = []
    for address in desk.unit.scalars(select(Address).where(Address.person_id == person_id)).all():
        chat = chats.at_address(desk.unit, address.id)
        lines = chats.lines(desk.unit, desk.vault, chat, 0, MOST_LINES)
        found += [{"at": line.at, "from": line.origin, "text": line.body["text"]} for line in lines]
        if address.chat is not None:
            found += sorted((*_heard(desk, chat), *_told(desk, chat)), key=lambda said: str(said["at"]))
    return found


def _told(desk: "Desk", chat: chats.Chat) -> Iterator[dict[str, object]]:
    sent = select(OutboxRow).where(OutboxRow.address_id == chat.address_id, col(OutboxRow.body).is_not(None))
    for row in desk.unit.scalars(sent.limit(MOST_LINES)):
        yield {"at": row.created_at, "from": "us", "text": outbox.body_of(desk.vault, row)["text"]}


def _heard(desk: "Desk", chat: chats.Chat) -> Iterator[dict[str, object]]:
    written = select(InboxRow).where(InboxRow.address_id == chat.address_id, col(InboxRow.body).is_not(None))
    for row in desk.unit.scalars(written.limit(MOST_LINES)):
        where = f"inbox.body:{row.channel}/{row.update_id}"
        body = cast("Mapping[str, object]", desk.vault.open(inbox.day_key(row.day), where, row.body or b""))
        yield {"at": row.received_at, "from": "you", "text": body.get("text", row.kind)}


def _requests(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for case in desk.unit.scalars(select(Case).where(Case.person_id == person_id).order_by(Case.id)).all():
        shown = col(CaseEvent.kind).not_in(OFFICE_ALONE)
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, shown)
        events = desk.unit.scalars(query.order_by(CaseEvent.id)).all()
        history = [
            {
                "at": event.at,
                "what": event.kind,
                "words": desk.vault.open(f"case:{case.id}", f"case_event.note:{event.id}", event.note)
                if event.note and event.kind != "proposed"  # nothing is told of it before it is approved
                else "",
            }
            for event in events
        ]
        content = dict(desk.cases.read(case.id)) if case.body is not None else {}
        found.append({"code": case.code, "state": case.state, "due": case.due, "content": content, "history": history})
    return found


def _urgent(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    rows = desk.unit.scalars(select(UrgentRequest).where(UrgentRequest.person_id == person_id)).all()
    return [
        {
            "code": row.code,
            "at": row.created_at,
            "content": desk.vault.open(f"urgent:{row.id}", f"urgent_request.body:{row.id}", row.body)
            if row.body
            else None,
        }
        for row in rows
    ]


def _gifts(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    pledges, found = Pledges(desk), list[dict[str, object]]()
    for pledge in desk.unit.scalars(select(Pledge).where(Pledge.person_id == person_id).order_by(Pledge.id)).all():
        body = pledges.body(pledge)
        history = [
            {
                "at": event.at,
                "what": event.kind,
                "amount": event.amount,
                "words": desk.vault.open(f"pledge:{pledge.id}", f"pledge_event.note:{event.id}", event.note)
                if event.note and _is_hers(event)
                else "",
            }
            for event in pledges.events(pledge)
        ]
        content = {"name": body.name, "phone": body.phone, "what": body.what, **body.details}
        shown = ("code", "kind", "state", "amount", "measure", "named", "due")
        found.append({name: getattr(pledge, name) for name in shown} | {"content": content, "history": history})
    return found


def _is_hers(event: PledgeEvent) -> bool:
    """Whether words written with a gift are its giver's, or were told to her; the rest may say who gets it."""
    return event.kind == "accepted" or event.actor.startswith("person:")


def _talks(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    rows = desk.unit.scalars(select(Talk).where(Talk.person_id == person_id).order_by(col(Talk.id))).all()
    return [
        {
            "at": talk.created_at,
            "said": [
                {"at": line.at, "from": line.who or "you", "text": line.words}
                for line in TalkLines(desk).read(talk.id, "")
            ],
        }
        for talk in rows
    ]


def _consents(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    rows = desk.unit.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
    return [
        {"purpose": c.purpose, "state": c.state, "text": c.text_version, "at": c.at, "ended_at": c.ended_at}
        for c in rows
    ]


def _news(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    found = subscriptions.all_of(desk.unit, person_id)
    return [
        {"topic": w.topic, "unit_id": w.unit_id, "rhythm": w.rhythm, "since": w.since, "stopped_at": w.stopped_at}
        for w in found
    ]


def _asked_about(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    """Messages that she was sent by others, and that were not ours."""
    rows = desk.unit.scalars(select(Suspect).where(Suspect.person_id == person_id).order_by(col(Suspect.id)))
    return [
        {"at": row.at, "text": desk.vault.open(f"person:{person_id}", f"suspect.body:{row.id}", row.body)}
        for row in rows
        if row.body is not None
    ]


def _check(desk: "Desk", person_id: str) -> object:
    row = desk.unit.get(HouseholdRow, person_id)
    if row is None or row.declared is None:
        return None
    return desk.vault.open(f"person:{person_id}", f"household.declared:{person_id}", row.declared)


def _photos(desk: "Desk", person_id: str) -> list[dict[str, object]]:
    rows = desk.unit.scalars(select(File).where(File.person_id == person_id).order_by(col(File.id)))
    return [{"at": row.created_at, "state": row.state, "bytes": row.size} for row in rows]

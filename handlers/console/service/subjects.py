"""What a row of the audit, or a message, is about, as officials know it, and where it is opened."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from handlers.desk import Desk
from handlers.texts import Phrase
from storage.tables import Broadcast, Campaign, Case, Pledge, UrgentRequest

# A message's key names what it is about after its cause, such as inbox:7/talk/4f…/1.
_IN_KEY = re.compile(r"/(case|talk|urgent)/([0-9a-f]+)(?:/|$)")
# The messages of a broadcast are named after it and the chat, or formerly a number.
_ANNOUNCED = re.compile(r"broadcast:\d+(?=/[0-9a-f]+(?:/|$))")
_ADDRESSES = {
    "case": "/requests", "urgent": "/urgent", "talk": "/talks", "official": "/officials", "campaign": "/campaigns",
    "gift_account": "/gift-accounts", "pledge": "/gifts", "allocation": "/handovers", "need": "/board/needs",
    "grievance": "/grievances", "model": "/models", "broadcast": "/broadcasts",
}  # fmt: skip
_BY_CODE = ("case", "urgent", "campaign", "pledge", "broadcast")
_BY_ID = ("talk", "gift_account", "allocation", "need", "grievance", "model")
# Where the right to look at something is not called like it.
_SEEN_BY = {"gift_account": "account.see", "pledge": "gift.see", "allocation": "gift.see", "need": "gift.see"}
SHORT = 6  # letters of an id that has no code
NAMED = (
    "case", "talk", "urgent", "official", "person", "outbox", "dead_letter", "owner", "bank", "bank_line", "campaign",
    "gift_account", "pledge", "allocation", "need", "grievance", "model", "broadcast", "suspect", "law", "rule",
    "sign_in",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """What something is about. to: the address below /console where she may open it; empty: nowhere."""

    words: Phrase | str
    to: str = ""


def of_key(key: str) -> str:
    """What a message is about, as the audit writes it; empty if its key does not say."""
    found = _IN_KEY.search(key)
    announced = _ANNOUNCED.match(key)
    return f"{found[1]}:{found[2]}" if found else announced[0] if announced else ""


def open_cases(desk: Desk, people: Collection[str]) -> dict[str, str]:
    """The latest open case of each person who has one, as the audit writes it."""
    if not people:
        return {}
    query = select(col(Case.person_id), col(Case.id)).where(col(Case.person_id).in_(people))
    query = query.where(col(Case.closed_at).is_(None), col(Case.body).is_not(None)).order_by(col(Case.created_at))
    return {row[0]: f"case:{row[1]}" for row in desk.unit.execute(query)}


def named(desk: Desk, subjects: Collection[str]) -> Mapping[str, Subject]:
    """Each subject, such as `case:4f…`, in words."""
    ids: dict[str, set[str]] = {}
    for noun, _, its_id in (subject.partition(":") for subject in subjects):
        ids.setdefault(noun, set()).add(its_id)
    cases, urgent = _codes(desk, Case, ids.get("case", ())), _codes(desk, UrgentRequest, ids.get("urgent", ()))
    names = {one: desk.officials.name_of(one) for one in ids.get("official", ())}
    campaigns = _codes(desk, Campaign, ids.get("campaign", ()))
    pledges = _codes(desk, Pledge, ids.get("pledge", ()))
    known = {
        "case": cases,
        "urgent": urgent,
        "official": names,
        "campaign": campaigns,
        "pledge": pledges,
        "broadcast": _codes_of_broadcasts(desk, ids.get("broadcast", ())),
        "law": {one: one for one in ids.get("law", ())},  # the day itself
    }
    return {subject: _named(desk, subject, known) for subject in subjects}


def _named(desk: Desk, subject: str, known: Mapping[str, Mapping[str, str]]) -> Subject:
    noun, _, its_id = subject.partition(":")
    if noun not in NAMED:
        return Subject(subject)
    name = known.get(noun, {}).get(its_id, "")
    opens = noun in _ADDRESSES and bool(name or noun in _BY_ID)
    opens = opens and desk.acting().reach(_SEEN_BY.get(noun, f"{noun}.see")) == "all"
    its_place = name if noun in _BY_CODE else its_id
    to = f"{_ADDRESSES[noun]}/{its_place}" if opens else ""
    return Subject(Phrase(f"console.subject.{noun}", {"name": name or its_id[-SHORT:]}), to)


def _codes(
    desk: Desk, table: type[Case] | type[UrgentRequest] | type[Campaign] | type[Pledge], ids: Iterable[str]
) -> dict[str, str]:
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(col(table.id), col(table.code)).where(col(table.id).in_(wanted))
    return {row[0]: row[1] for row in desk.unit.execute(query)}


def _codes_of_broadcasts(desk: Desk, ids: Iterable[str]) -> dict[str, str]:
    wanted = [int(one) for one in ids if one.isdecimal() and len(one) < 19]
    query = select(col(Broadcast.id), col(Broadcast.code)).where(col(Broadcast.id).in_(wanted))
    return {str(row[0]): row[1] for row in desk.unit.execute(query)} if wanted else {}

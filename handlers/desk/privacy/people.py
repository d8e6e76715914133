"""People: their language, what is stored about them, and its erasure.

Why an erased chat gets a fresh person: she may go on writing, and nothing must lead from that chat to what was erased.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, update
from sqlmodel import col, select

from handlers.desk.cases.cases import WITHDRAWABLE
from handlers.desk.consents import subscriptions
from handlers.desk.messages import disclosures as passed_on
from handlers.desk.pledges import forgetting as gift_words
from handlers.desk.talks.lines import TalkLines
from storage.ids import new_nonce
from storage.queries import law_changes
from storage.queries.announcing import announced
from storage.queries.incoming import chats
from storage.tables import (
    Address,
    AskingRow,
    Case,
    CaseEvent,
    CaseLookUp,
    ChatLine,
    Consent,
    File,
    HouseholdRow,
    InboxRow,
    LawChangePerson,
    OfficialRow,
    OneTimeToken,
    OutboxRow,
    Person,
    SessionRow,
    Suspect,
    Talk,
    Task,
    UrgentRequest,
)

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class People:
    """The person who speaks."""

    desk: "Desk"

    def speak(self, language: str) -> None:
        """Remember the person's language."""
        statement = update(Person).where(col(Person.id) == self.desk.here().person_id)
        self.desk.unit.execute(statement.values(language=language))

    def erase(self) -> int:
        """Erase everything about the person who speaks; returns how many open cases were withdrawn by it.

        Kept: codes, units, kinds of need, dates, the ledger and the audit. A case sent for somebody else is kept,
        without her; so is a gift that has come.
        """
        desk, chat = self.desk, self.desk.here()
        old = chat.person_id
        withdrawn = self._close_cases(old)
        gifts = gift_words.erase_giver(desk, old)
        fresh = chats.make_person(desk.unit, desk.vault, desk.now, chat.language)
        self._cut_ties(old, fresh)
        for request_id in desk.unit.scalars(select(UrgentRequest.id).where(UrgentRequest.person_id == old)).all():
            passed_on.take_out(desk, f"urgent:{request_id}")
            desk.vault.forget(f"urgent:{request_id}")
        desk.unit.execute(update(UrgentRequest).where(col(UrgentRequest.person_id) == old).values(body=None))
        desk.vault.forget(f"person:{old}")
        statement = update(Person).where(col(Person.id) == old)
        desk.unit.execute(statement.values(state="erased", language=""))
        desk.note("person.erased", f"person:{old}", withdrawn=withdrawn, gifts=gifts)
        return withdrawn

    def _close_cases(self, person_id: str) -> int:
        desk, withdrawn = self.desk, 0
        for case in desk.unit.scalars(select(Case).where(Case.person_id == person_id)).all():
            if case.for_other:
                desk.cases.forget_helper(case)
                continue
            if case.state in WITHDRAWABLE:
                desk.cases.withdraw(case.code)
                withdrawn += 1
            desk.unit.execute(delete(CaseLookUp).where(col(CaseLookUp.case_id) == case.id))
            desk.unit.execute(update(CaseEvent).where(col(CaseEvent.case_id) == case.id).values(note=None))
            desk.unit.execute(update(Task).where(col(Task.case_id) == case.id).values(done_at=desk.now))
            case.body = case.answer = case.recognised = None
            desk.unit.add(case)
            desk.needs.end_with(case)
            gift_words.forget_case(desk, case.id)
            passed_on.take_out(desk, f"case:{case.id}")
            desk.vault.forget(f"case:{case.id}")
        desk.unit.flush()
        return withdrawn

    def _cut_ties(self, old: str, fresh: str) -> None:
        """Hand the chats to a fresh person, and drop everything that was told."""
        unit, now = self.desk.unit, self.desk.now
        addresses = unit.scalars(select(Address.id).where(Address.person_id == old)).all()
        hand_over_empty(self.desk, addresses, old, fresh, "erased")
        for table in (AskingRow, HouseholdRow, LawChangePerson, SessionRow, OneTimeToken):
            unit.execute(delete(table).where(col(table.person_id) == old))
        unit.execute(delete(File).where(col(File.person_id) == old))
        self._close_talks(old)
        unit.execute(update(OfficialRow).where(col(OfficialRow.person_id) == old).values(person_id=None))
        subscriptions.erase(self.desk, old)
        law_changes.erase(self.desk.unit, old)
        unit.execute(update(Suspect).where(col(Suspect.person_id) == old).values(body=None))
        given = update(Consent).where(col(Consent.person_id) == old, col(Consent.state) == "given")
        unit.execute(given.values(state="withdrawn", ended_at=now))

    def _close_talks(self, person_id: str) -> None:
        """End the talks of a person, and take every word out of them; the console shows that they are closed."""
        unit, hers = self.desk.unit, col(Talk.person_id) == person_id
        for talk_id in unit.scalars(select(Talk.id).where(hers)).all():
            TalkLines(self.desk).forget(talk_id)
        still_open = update(Talk).where(hers, col(Talk.state) == "open")
        unit.execute(still_open.values(state="closed", closed_at=self.desk.now))

    def download_link(self) -> str:
        """Make a link that shows what is stored, for fifteen minutes; a new one ends the old."""
        desk, person_id = self.desk, self.desk.here().person_id
        lives = desk.office.retention("one_time_link")
        token = new_nonce()
        desk.unit.execute(
            delete(OneTimeToken).where(col(OneTimeToken.person_id) == person_id, col(OneTimeToken.kind) == "download")
        )
        sealed = desk.vault.look_up("one-time token", token)
        until = lives.after(desk.now)
        desk.unit.add(OneTimeToken(token=sealed, kind="download", person_id=person_id, until=until))
        desk.note("person.download_link", f"person:{person_id}")
        return f"{desk.public_url}/p/{token}"


def hand_over_empty(desk: "Desk", addresses: Collection[str], old: str, fresh: str, reason: str) -> None:
    """Drop every word exchanged in some chats of a person, and hand the chats to a fresh one.

    What waits to be said there is cancelled for that reason; what was written there and waits is still answered.
    """
    unit = desk.unit
    announced.leave(unit, addresses)
    unit.execute(delete(ChatLine).where(col(ChatLine.address_id).in_(addresses)))
    said = update(OutboxRow).where(col(OutboxRow.person_id) == old, col(OutboxRow.address_id).in_(addresses))
    waiting = said.where(col(OutboxRow.state).in_(("queued", "held")))
    unit.execute(waiting.values(state="cancelled", reason=reason))
    unit.execute(said.values(body=None, person_id=fresh))
    heard = update(InboxRow).where(col(InboxRow.person_id) == old, col(InboxRow.address_id).in_(addresses))
    unit.execute(heard.where(col(InboxRow.state) != "new").values(body=None))
    unit.execute(heard.values(person_id=fresh))
    for address_id in addresses:
        chats.hand_over(unit, desk.vault, address_id, fresh)

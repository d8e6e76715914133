"""People: their language, what is stored about them, and its erasure.

Why an erased chat gets a fresh person: she may go on writing, and nothing must lead from that chat to what was erased.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import col, select

from handlers.desk.allocations import Allocations, Needs
from handlers.desk.cases import WITHDRAWABLE, Cases
from handlers.desk.consents import Subscriptions
from handlers.desk.messages import Disclosures
from handlers.desk.office import Context
from handlers.desk.pledges import PledgeWords
from handlers.desk.talks import TalkLines
from storage.ids import new_nonce
from storage.queries import law_changes
from storage.queries.announcing import announced
from storage.queries.incoming import chats
from storage.queries.outgoing import states
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
    Pledge,
    SessionRow,
    Suspect,
    Talk,
    Task,
    UrgentRequest,
)


@dataclass(frozen=True, slots=True)
class People:
    """The person who speaks."""

    context: Context

    def speak(self, language: str) -> None:
        """Remember the person's language."""
        statement = update(Person).where(col(Person.id) == self.context.here().person_id)
        self.context.unit.execute(statement.values(language=language))

    def erase(self) -> int:
        """Erase everything about the person who speaks; returns how many open cases were withdrawn by it.

        Kept: codes, units, kinds of need, dates, the ledger and the audit. A case sent for somebody else is kept,
        without her; so is a gift that has come.
        """
        context, chat = self.context, self.context.here()
        old = chat.person_id
        withdrawn = self._close_cases(old)
        gifts = self._withdraw_pledges(old)
        fresh = chats.make_person(context.unit, context.vault, context.now, chat.language)
        self._cut_ties(old, fresh)
        for request_id in context.unit.scalars(select(UrgentRequest.id).where(UrgentRequest.person_id == old)).all():
            Disclosures(context).take_out(f"urgent:{request_id}")
            context.vault.forget(f"urgent:{request_id}")
        context.unit.execute(update(UrgentRequest).where(col(UrgentRequest.person_id) == old).values(body=None))
        context.vault.forget(f"person:{old}")
        statement = update(Person).where(col(Person.id) == old)
        context.unit.execute(statement.values(state="erased", language=""))
        context.note("person.erased", f"person:{old}", withdrawn=withdrawn, gifts=gifts)
        return withdrawn

    def _close_cases(self, person_id: str) -> int:
        context, withdrawn = self.context, 0
        for case in context.unit.scalars(select(Case).where(Case.person_id == person_id)).all():
            if case.for_other:
                Cases(context).forget_helper(case)
                continue
            if case.state in WITHDRAWABLE:
                Cases(context).withdraw(case.code)
                withdrawn += 1
            context.unit.execute(delete(CaseLookUp).where(col(CaseLookUp.case_id) == case.id))
            context.unit.execute(update(CaseEvent).where(col(CaseEvent.case_id) == case.id).values(note=None))
            context.unit.execute(update(Task).where(col(Task.case_id) == case.id).values(done_at=context.now))
            case.body = case.answer = case.recognised = None
            context.unit.add(case)
            Needs(context).end_with(case)
            Needs(context).forget(case.id)
            Disclosures(context).take_out(f"case:{case.id}")
            context.vault.forget(f"case:{case.id}")
        context.unit.flush()
        return withdrawn

    def _withdraw_pledges(self, person_id: str) -> int:
        """Forget all that somebody promised; returns how many open promises were withdrawn by it.

        What has come or was given on goes its way, and the ledger stays: nobody is in it.
        """
        allocations, words, withdrawn = Allocations(self.context), PledgeWords(self.context), 0
        for pledge in self.context.unit.scalars(select(Pledge).where(Pledge.person_id == person_id)).all():
            withdrawn += allocations.withdraw(pledge)
            words.forget(pledge)
        self.context.unit.flush()
        return withdrawn

    def _cut_ties(self, old: str, fresh: str) -> None:
        """Hand the chats to a fresh person, and drop everything that was told."""
        unit, now = self.context.unit, self.context.now
        addresses = unit.scalars(select(Address.id).where(Address.person_id == old)).all()
        self.hand_over_empty(addresses, old, fresh, "erased")
        for table in (AskingRow, HouseholdRow, LawChangePerson, SessionRow, OneTimeToken):
            unit.execute(delete(table).where(col(table.person_id) == old))
        unit.execute(delete(File).where(col(File.person_id) == old))
        self._close_talks(old)
        unit.execute(update(OfficialRow).where(col(OfficialRow.person_id) == old).values(person_id=None))
        Subscriptions(self.context).erase(old)
        law_changes.erase(self.context.unit, old)
        unit.execute(update(Suspect).where(col(Suspect.person_id) == old).values(body=None))
        given = update(Consent).where(col(Consent.person_id) == old, col(Consent.state) == "given")
        unit.execute(given.values(state="withdrawn", ended_at=now))

    def _close_talks(self, person_id: str) -> None:
        """End the talks of a person, and take every word out of them; the console shows that they are closed."""
        unit, hers = self.context.unit, col(Talk.person_id) == person_id
        for talk_id in unit.scalars(select(Talk.id).where(hers)).all():
            TalkLines(self.context).forget(talk_id)
        still_open = update(Talk).where(hers, col(Talk.state) == "open")
        unit.execute(still_open.values(state="closed", closed_at=self.context.now))

    def download_link(self) -> str:
        """Make a link that shows what is stored, for fifteen minutes; a new one ends the old."""
        context, person_id = self.context, self.context.here().person_id
        lives = context.office.retention("one_time_link")
        token = new_nonce()
        context.unit.execute(
            delete(OneTimeToken).where(col(OneTimeToken.person_id) == person_id, col(OneTimeToken.kind) == "download")
        )
        sealed = context.vault.look_up("one-time token", token)
        until = lives.after(context.now)
        context.unit.add(OneTimeToken(token=sealed, kind="download", person_id=person_id, until=until))
        context.note("person.download_link", f"person:{person_id}")
        return f"{context.public_url}/p/{token}"

    def hand_over_empty(self, addresses: Collection[str], old: str, fresh: str, reason: str) -> None:
        """Drop every word exchanged in some chats of a person, and hand the chats to a fresh one.

        What waits to be said there is cancelled for that reason; what was written there and waits is still answered.
        """
        unit = self.context.unit
        announced.leave(unit, addresses)
        unit.execute(delete(ChatLine).where(col(ChatLine.address_id).in_(addresses)))
        said = (col(OutboxRow.person_id) == old, col(OutboxRow.address_id).in_(addresses))
        states.cancel(unit, reason, self.context.now, *said)
        unit.execute(update(OutboxRow).where(*said).values(body=None, person_id=fresh))
        heard = update(InboxRow).where(col(InboxRow.person_id) == old, col(InboxRow.address_id).in_(addresses))
        unit.execute(heard.where(col(InboxRow.state) != "new").values(body=None))
        unit.execute(heard.values(person_id=fresh))
        for address_id in addresses:
            chats.hand_over(unit, self.context.vault, address_id, fresh)

"""Forgets what has been kept long enough, each class of data after its own time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, func, select

from handlers.desk.allocations import Needs
from handlers.desk.messages import Disclosures
from handlers.desk.office import Context
from handlers.desk.officials import AccountChanges
from handlers.desk.pledges import PledgeWords
from handlers.desk.talks import TalkLines
from handlers.rules.office import Kept
from storage.queries import law_changes
from storage.queries.incoming import inbox
from storage.tables import (
    AskingRow,
    Case,
    CaseEvent,
    CaseLookUp,
    ChatLine,
    DataKey,
    DeadLetter,
    File,
    HouseholdRow,
    InboxRow,
    LawChange,
    LimitRow,
    OneTimeToken,
    OutboxRow,
    Reminder,
    SessionRow,
    Suspect,
    Talk,
    TalkLine,
    UrgentRequest,
)
from storage.vault import ask_to_scrub

FINAL = ("sent", "delivered", "failed", "unknown", "expired", "cancelled")
UPDATE_IDS = timedelta(days=30)
REMINDED = timedelta(days=400)  # after which nothing is worth reminding of that was reminded of then


@dataclass(frozen=True, slots=True)
class Retention:
    """One night's forgetting."""

    context: Context

    def run(self) -> int:
        """Forget everything that is due; returns how many rows it touched."""
        touched = self._messages() + self._old_ids() + self._cases() + self._checks() + self._forms()
        touched += self._talks() + self._urgent_requests() + self._law_changes()
        touched += PledgeWords(self.context).forget_old(self._before("case"))
        touched += self.context.unit.change(delete(OneTimeToken).where(col(OneTimeToken.until) < self.context.now))
        touched += self.context.unit.change(delete(Reminder).where(col(Reminder.at) < self.context.now - REMINDED))
        touched += self.context.unit.change(
            delete(LimitRow).where(col(LimitRow.window) < self.context.now - timedelta(days=1))
        )
        touched += AccountChanges(self.context).lapse()
        ask_to_scrub(self.context.unit)
        self.context.note("retention.run", "all", count=touched)
        return touched

    def _before(self, kept: Kept) -> datetime:
        """The moment before which this class of data is forgotten."""
        return self.context.office.retention(kept).before(self.context.now)

    def _messages(self) -> int:
        unit, touched = self.context.unit, 0
        touched += inbox.empty_bodies(unit, self._before("inbox_body"))
        before = self._before("chat")
        old = update(OutboxRow).where(col(OutboxRow.state).in_(FINAL), col(OutboxRow.changed_at) < before)
        touched += unit.change(old.where(col(OutboxRow.body).is_not(None)).values(body=None))
        touched += unit.change(delete(ChatLine).where(col(ChatLine.at) < before))
        touched += unit.change(delete(Suspect).where(col(Suspect.at) < before))
        old_buttons = delete(AskingRow).where(col(AskingRow.created_at) < before)
        touched += unit.change(old_buttons)
        loose = delete(File).where(col(File.case_id).is_(None), col(File.created_at) < before)
        touched += unit.change(loose)
        touched += unit.change(delete(DeadLetter).where(col(DeadLetter.created_at) < self._before("dead_letter")))
        still_open = select(DeadLetter.inbox_id).where(
            DeadLetter.state == "open", col(DeadLetter.inbox_id).is_not(None)
        )
        dead = update(InboxRow).where(col(InboxRow.state) == "dead", col(InboxRow.id).not_in(still_open))
        touched += unit.change(dead.where(col(InboxRow.body).is_not(None)).values(body=None))
        return touched

    def _old_ids(self) -> int:
        """Forget ids of messages after thirty days, and destroy the keys of days whose bodies are all gone."""
        unit, before = self.context.unit, self.context.now - UPDATE_IDS
        # The newest row stays: SQLite would give its number again, and messages are named by numbers for ever.
        newest = select(func.max(InboxRow.id)).scalar_subquery()
        gone = delete(InboxRow).where(col(InboxRow.done_at) < before, col(InboxRow.body).is_(None))
        touched = unit.change(gone.where(col(InboxRow.id) < newest))
        used = unit.scalars(select(col(InboxRow.day)).where(col(InboxRow.body).is_not(None)).distinct())
        unread = unit.scalars(select(col(DeadLetter.created_at)).where(col(DeadLetter.body).is_not(None)))
        needed = [inbox.day_key(day) for day in (*used, *(at.date() for at in unread), self.context.now.date())]
        keys = delete(DataKey).where(col(DataKey.name).like("day:%"), col(DataKey.name).not_in(needed))
        return touched + unit.change(keys)

    def _cases(self) -> int:
        before, unit = self._before("case"), self.context.unit
        due = unit.scalars(select(Case).where(col(Case.closed_at) < before, col(Case.body).is_not(None))).all()
        for case in due:
            unit.execute(delete(CaseLookUp).where(col(CaseLookUp.case_id) == case.id))
            unit.execute(update(CaseEvent).where(col(CaseEvent.case_id) == case.id).values(note=None))
            unit.execute(delete(File).where(col(File.case_id) == case.id))
            case.body = case.answer = case.recognised = None
            unit.add(case)
            Needs(self.context).forget(case.id)
            Disclosures(self.context).take_out(f"case:{case.id}")
            self.context.vault.forget(f"case:{case.id}")
            self.context.note("case.forgotten", f"case:{case.id}", "kept long enough")
        return len(due)

    def _talks(self) -> int:
        """Forget what was said in talks, as long after their end as messages are kept."""
        said = select(TalkLine.talk_id).where(col(TalkLine.body).is_not(None))
        over = select(Talk.id).where(col(Talk.closed_at) < self._before("chat"), col(Talk.id).in_(said))
        talks = self.context.unit.scalars(over).all()
        for talk_id in talks:
            TalkLines(self.context).forget(talk_id)
        return len(talks)

    def _urgent_requests(self) -> int:
        """Forget urgent requests as long after they were closed as other requests."""
        context, before = self.context, self._before("case")
        over = select(UrgentRequest).where(col(UrgentRequest.closed_at) < before, col(UrgentRequest.body).is_not(None))
        requests = context.unit.scalars(over).all()
        for request in requests:
            Disclosures(context).take_out(f"urgent:{request.id}")
            request.body = None
            context.unit.add(request)
            context.vault.forget(f"urgent:{request.id}")
        return len(requests)

    def _checks(self) -> int:
        """Forget what families said of themselves, as long after as the consent to it says."""
        old = update(HouseholdRow).where(col(HouseholdRow.changed_at) < self._before("check"))
        return self.context.unit.change(old.where(col(HouseholdRow.declared).is_not(None)).values(declared=None))

    def _law_changes(self) -> int:
        """Forget whom a change of the law concerned, as long after as what they told us would be kept."""
        old = self.context.unit.scalars(select(LawChange.id).where(col(LawChange.at) < self._before("check"))).all()
        return sum(law_changes.forget(self.context.unit, change_id) for change_id in old)

    def _forms(self) -> int:
        """Drop sessions nobody has touched for as long as an unfinished form is kept."""
        before = self._before("unfinished_form")
        return self.context.unit.change(delete(SessionRow).where(col(SessionRow.changed_at) < before))

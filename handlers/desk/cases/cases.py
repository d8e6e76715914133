"""Requests for support: opened, found again, added to, stopped. Never the recognition of a poor household.

Why a case has a key of its own: erasing a person's data leaves the case she sent for somebody else readable, and a
case can be erased without her.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from handlers.desk.cases.blind_index import BlindIndex
from handlers.desk.cases.decision_words import DecisionWords
from handlers.desk.cases.events import CaseClosed
from handlers.desk.cases.registration import Registration
from handlers.desk.messages import Files, Reminders
from handlers.desk.office import Context
from handlers.flow.message import Phrase
from storage.ids import new_code, new_id, read_code
from storage.queries import cases, machine
from storage.queries.cases import CLOSED, FOLLOWS
from storage.tables import Case, CaseEvent, Task
from storage.vault import KeyGone

WITHDRAWABLE = ("submitted", "in_review", "need_info", "proposed", "approved")
# What happens among officials: no part of the history that the registrant reads.
OFFICE_ALONE = ("noted", "taken", "handed_on", "placed", "recognised", "sent_back", "gift_given_back")
WRONG_LOOK_UPS = 5
WRONG_LOOK_UPS_OF_A_NETWORK = 20  # a village may share one
LOOK_UP_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case just opened: its code, and the day by which somebody should have been in touch."""

    code: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCase:
    """A case as its registrant sees it. question: what she is asked; answer: what was decided, as she was told it."""

    id: str
    code: str
    state: str
    unit_id: str | None
    due: date
    needs: tuple[str, ...]
    question: str = ""
    answer: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases of one transaction."""

    context: Context

    def open(self, request: Registration, photos: tuple[str, ...] = ()) -> OpenedCase:
        """Open a case, with its tasks, its look-ups and its due day. A likely duplicate is flagged for officials."""
        context, person = self.context, self.context.here()
        due = self.first_contact_due()
        twin = BlindIndex(context).twin(request)
        case = Case(
            id=new_id(context.now), code=new_code("HS"), person_id=person.person_id, unit_id=request.unit_id,
            needs=list(request.needs), for_other=request.for_other, duplicate_of=twin.id if twin else None, due=due,
            created_at=context.now, changed_at=context.now,
        )  # fmt: skip
        context.vault.make(f"case:{case.id}", context.now)
        case.body = self._seal(case.id, asdict(request))
        context.unit.add(case)
        context.unit.flush()
        BlindIndex(context).remember(case, request)
        self._event(case, "opened", None, case.state)
        self._add_tasks(case, request, twin is not None)
        Files(context).attach(photos, case.id)
        Reminders(context).call_off(person.person_id, "form")
        context.note("case.opened", f"case:{case.id}", unit=case.unit_id or "", needs=list(case.needs))
        return OpenedCase(case.code, due)

    def mine(self) -> list[OwnCase]:
        """The cases of the person who speaks, newest first."""
        query = select(Case).where(Case.person_id == self.context.here().person_id).order_by(col(Case.id).desc())
        return [self._seen(case) for case in self.context.unit.scalars(query)]

    def my_twin(self, request: Registration) -> str | None:
        """The code of an open case of the same person that is likely the same request."""
        twin = BlindIndex(self.context).twin(request)
        return twin.code if twin is not None and twin.person_id == self.context.here().person_id else None

    def look_up(self, typed_code: str, second: str) -> OwnCase | None:
        """Find a case from elsewhere, by its code and the last four digits of the phone, or the year of birth.

        Wrong, absent and too many tries look alike: None. Tries count for the chat, for the code, be it one that does
        not exist, and for the network: who guesses takes another browser each time.
        """
        context, code = self.context, read_code(typed_code, "HS")
        limits = {context.vault.look_up("code look-up", context.here().address_id): WRONG_LOOK_UPS}
        if code is not None:
            limits[context.vault.look_up("code looked up", code)] = WRONG_LOOK_UPS
        if context.network:
            limits[context.vault.look_up("look-ups of a network", context.network)] = WRONG_LOOK_UPS_OF_A_NETWORK
        if any(machine.counted(context.unit, name, context.now, LOOK_UP_WINDOW) >= n for name, n in limits.items()):
            return None
        case = context.unit.scalars(select(Case).where(Case.code == (code or ""))).first()
        if case is not None and case.body is not None:
            request = self._request(case)
            known = str(request["phone"])[-4:] or str(request["birth_year"] or "")
            if known and second.strip() == known:
                return self._seen(case)
        for name in limits:
            machine.count(context.unit, name, context.now, LOOK_UP_WINDOW)
        return None

    def add_words(self, code: str, more: str) -> bool:
        """Add something to one's own case, as long as it is open."""
        case = self.own(code)
        if case is None or case.state in CLOSED:
            return False
        self.add_event(case, "words_added", note=more)
        return True

    def withdraw(self, code: str) -> bool:
        """Stop one's own case, as long as nothing is being handed over. False if it can't be stopped."""
        case = self.own(code)
        if case is None or case.state not in WITHDRAWABLE:
            return False
        self.move_to(case, "withdrawn", "withdrawn", reason="asked for by the registrant")
        return True

    def reopen(self, code: str) -> bool:
        """Take up again a case that one stopped oneself."""
        case = self.own(code)
        if case is None or case.state != "withdrawn" or case.body is None:
            return False
        self.move_to(case, "submitted", "reopened", reason="asked for by the registrant")
        return True

    def history(self, code: str) -> list[tuple[datetime, str, str | None]]:
        """(when, what happened, new state) of one's own case, oldest first."""
        case = self.own(code)
        if case is None:
            return []
        shown = col(CaseEvent.kind).not_in(OFFICE_ALONE)
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, shown).order_by(CaseEvent.id)
        return [(event.at, event.kind, event.new) for event in self.context.unit.scalars(query)]

    def read(self, case_id: str) -> Mapping[str, object]:
        """What a case says, opened. Raises KeyGone once it is erased."""
        case = self.context.unit.get(Case, case_id)
        return {} if case is None or case.body is None else self._request(case)

    def move(self, code: str, new: str, reason: str) -> bool:
        """Bring a case from its state to one that may follow it. False if that one may not."""
        case = self._by_code(code)
        erased = case is None or case.body is None
        if case is None or erased or new not in FOLLOWS[case.state] or self.context.actor.kind == "person":
            return False
        self.move_to(case, new, new, reason=reason)
        return True

    def forget_helper(self, case: Case) -> None:
        """Take out of a case sent for somebody else who sent it."""
        if case.body is not None:
            content = self._request(case) | {"helper_name": "", "helper_phone": "", "helper_erased": True}
            case.body = self._seal(case.id, content)
            self.context.unit.add(case)
            self._event(case, "helper_erased", None, None)

    def own_number(self, person_id: str) -> str:
        """Her number in international form, empty where she gave none; in a request for another it is the sender's."""
        query = select(Case).where(
            Case.person_id == person_id, col(Case.closed_at).is_(None), col(Case.body).is_not(None)
        )
        case = self.context.unit.scalars(query.order_by(col(Case.created_at).desc()).limit(1)).first()
        if case is None:
            return ""
        try:
            said = self.read(case.id)
        except KeyGone:
            return ""
        return str(said.get("helper_phone" if case.for_other else "phone") or "")

    def own(self, code: str) -> Case | None:
        """A case of the person who speaks; that of somebody else is none."""
        case = self._by_code(code)
        return case if case is not None and case.person_id == self.context.here().person_id else None

    def question(self, case: Case) -> str:
        """What an officer asked last, in her words; empty where nothing was, or it was forgotten."""
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == "asked")
        event = self.context.unit.scalars(query.order_by(col(CaseEvent.id).desc()).limit(1)).first()
        if event is None or event.note is None:
            return ""
        return str(self.context.vault.open(f"case:{case.id}", f"case_event.note:{event.id}", event.note))

    def add_event(self, case: Case, kind: str, *, note: str = "", **detail: object) -> None:
        """Note something that happened to a case and left its state. note: words, sealed with the case."""
        self._event(case, kind, None, None, note=note)
        self.context.note(f"case.{kind}", f"case:{case.id}", "", **detail)
        case.changed_at = self.context.now
        self.context.unit.add(case)

    def add_task(self, case: Case, kind: str) -> None:
        """Give an officer something to do by the day on which the case is due."""
        row = Task(
            id=new_id(self.context.now), kind=kind, case_id=case.id, unit_id=case.unit_id, due=case.due,
            created_at=self.context.now,
        )  # fmt: skip
        self.context.unit.add(row)

    def first_contact_due(self) -> date:
        """The day by which somebody should have been in touch about what comes in now."""
        return self.context.due(self.context.office.first_contact_working_days)

    # Inside

    def _by_code(self, code: str) -> Case | None:
        return self.context.unit.scalars(select(Case).where(Case.code == code)).first()

    def _seen(self, case: Case) -> OwnCase:
        question = self.question(case) if case.state == "need_info" else ""
        answer = DecisionWords(self.context).answer(case)
        return OwnCase(
            id=case.id,
            code=case.code,
            state=case.state,
            unit_id=case.unit_id,
            due=case.due,
            needs=tuple(case.needs),
            question=question,
            answer=answer,
        )

    def _seal(self, case_id: str, content: Mapping[str, object]) -> bytes:
        return self.context.vault.seal(f"case:{case_id}", f"cases.body:{case_id}", content)

    def _request(self, case: Case) -> dict[str, object]:
        opened = self.context.vault.open(f"case:{case.id}", f"cases.body:{case.id}", case.body or b"")
        assert isinstance(opened, dict)  # noqa: S101  # we wrote it so
        return opened

    def move_to(self, case: Case, new: str, kind: str, *, note: str = "", reason: str = "") -> None:
        """Bring a case to a state that may follow its own, with what led there. note: words, sealed with the case.

        Raises ValueError.
        """
        old = cases.move(case, new, self.context.now)
        self.context.unit.add(case)
        self._event(case, kind, old, new, note=note, reason=reason)
        self.context.note(f"case.{kind}", f"case:{case.id}", reason, old=old, new=new)
        if old == "need_info":
            Reminders(self.context).call_off(case.person_id, f"question/case:{case.id}")
        if new in CLOSED:
            self.context.tell(CaseClosed(case))

    def _event(
        self, case: Case, kind: str, old: str | None, new: str | None, *, note: str = "", reason: str = ""
    ) -> None:
        context = self.context
        event = CaseEvent(
            id=new_id(context.now), case_id=case.id, at=context.now, kind=kind, old=old, new=new,
            actor=str(context.actor), reason=reason,
        )  # fmt: skip
        if note:
            event.note = context.vault.seal(f"case:{case.id}", f"case_event.note:{event.id}", note)
        context.unit.add(event)

    def _add_tasks(self, case: Case, request: Registration, twin: bool) -> None:
        kinds = ["first_contact"]
        kinds += ["review_form"] if "review" in request.needs else []
        kinds += ["ask_person"] if request.for_other else []
        kinds += ["duplicate"] if twin else []
        for kind in kinds:
            self.add_task(case, kind)

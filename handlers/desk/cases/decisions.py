"""What is decided on a request, and the signed decision on its household: two things that are never mixed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete
from sqlmodel import col

from handlers.desk.office import Context
from storage.tables import Case, CaseLookUp

CLASSES = ("poor", "poor_again", "near_poor", "left_poor", "left_near_poor", "middle", "none")
MOST_WORDS = 2_000  # letters of anything an official writes
MOST_MONEY = 100_000_000_000  # VND


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What is proposed. amount: VND, or None for support that is not money. when, where: as one would say them.

    conditions: what the household does for it, looked at again on check_on.
    """

    what: str
    amount: int | None = None
    when: str = ""
    where: str = ""
    conditions: str = ""
    check_on: date | None = None

    @property
    def complete(self) -> bool:
        """Whether it can be proposed: it says what, and conditions have a day on which they are looked at."""
        return (
            bool(self.what.strip())
            and max(map(len, (self.what, self.when, self.where, self.conditions))) <= MOST_WORDS
            and (self.amount is None or 0 < self.amount <= MOST_MONEY)
            and (not self.conditions.strip() or self.check_on is not None)
        )


@dataclass(frozen=True, slots=True)
class Recognition:
    """A decision on the household that was signed elsewhere. grade: one of CLASSES; number: of the decision."""

    grade: str
    number: str
    day: date


def meant_by(grade: str) -> tuple[str, ...]:
    """The classes that one speaks of by naming one of CLASSES: who is poor again is poor."""
    return ("poor", "poor_again") if grade == "poor" else (grade,)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is written on cases, opened and sealed with their own keys."""

    context: Context

    def keep(self, case: Case, content: Mapping[str, object]) -> None:
        """Keep what is proposed or was decided; see `answer`."""
        case.answer = self.context.vault.seal(f"case:{case.id}", f"cases.answer:{case.id}", content)

    def keep_recognition(self, case: Case, recognition: Recognition) -> None:
        """Keep a signed decision on the household."""
        content = asdict(recognition)
        case.recognised = self.context.vault.seal(f"case:{case.id}", f"cases.recognised:{case.id}", content)
        before = delete(CaseLookUp).where(col(CaseLookUp.case_id) == case.id)
        self.context.unit.execute(before.where(col(CaseLookUp.kind) == "recognised"))
        mark = self.context.vault.look_up("recognised", recognition.grade)
        self.context.unit.add(CaseLookUp(case_id=case.id, kind="recognised", value=mark))

    def support(self, case: Case) -> Support:
        """What is proposed or was approved. Raises LookupError where nothing is."""
        kept = self.answer(case).get("support")
        if not isinstance(kept, dict):
            raise LookupError(case.code)
        check_on = date.fromisoformat(kept["check_on"]) if kept["check_on"] else None
        return Support(**{**kept, "check_on": check_on})

    def planned(self, case: Case) -> Support | None:
        """The same; None where nothing is."""
        return self.support(case) if "support" in self.answer(case) else None

    def answer(self, case: Case) -> Mapping[str, object]:
        """What was proposed or decided: {"support": …} or {"refused", "words", "source"}; empty before."""
        if case.answer is None:
            return {}
        opened = self.context.vault.open(f"case:{case.id}", f"cases.answer:{case.id}", case.answer)
        assert isinstance(opened, dict)  # noqa: S101  # we wrote it so
        return opened

    def recognition(self, case: Case) -> Recognition | None:
        """The signed decision on the household."""
        if case.recognised is None:
            return None
        kept = self.context.vault.open(f"case:{case.id}", f"cases.recognised:{case.id}", case.recognised)
        assert isinstance(kept, dict)  # noqa: S101  # we wrote it so
        return Recognition(kept["grade"], kept["number"], date.fromisoformat(kept["day"]))

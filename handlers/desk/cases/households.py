"""Households: the answers of the check with the verdict as it was computed, kept as long as the consent says.

What a signed decision says of a family is entered with its case: what it says of itself is never that decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.desk.consents import Consents
from handlers.desk.office import Context
from storage.queries import law_changes
from storage.tables import HouseholdRow


@dataclass(frozen=True, slots=True)
class Kept:
    """A check as it is kept. answers: written, by slot. outcome, rows: the verdict and the rows it stood on."""

    answers: Mapping[str, str]
    day: date
    outcome: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Households:
    """The household of the person who speaks."""

    context: Context

    def keep(self, answers: Mapping[str, str], day: date, outcome: str, rows: tuple[str, ...]) -> None:
        """Keep a check; a new one takes the place of the last."""
        context, person_id = self.context, self.context.here().person_id
        content = {"answers": dict(answers), "day": day, "outcome": outcome, "rows": list(rows)}
        sealed = context.vault.seal(f"person:{person_id}", f"household.declared:{person_id}", content)
        row = context.unit.get(HouseholdRow, person_id)
        if row is None:
            row = HouseholdRow(person_id=person_id, changed_at=context.now)
        row.declared, row.changed_at = sealed, context.now
        context.unit.add(row)
        context.note("household.checked", f"person:{person_id}")

    def mine(self) -> Kept | None:
        """The last check, as long as the consent to it is in force."""
        return self.of(self.context.here().person_id)

    def of(self, person_id: str) -> Kept | None:
        """The last check of a person. Officials read it only where she also sent a request: so it was promised."""
        row = self.context.unit.get(HouseholdRow, person_id)
        if row is None or row.declared is None or not Consents(self.context).in_force("check", person_id):
            return None
        return self.read(person_id, row.declared)

    def read(self, person_id: str, declared: bytes) -> Kept:
        """A check as it is sealed, of a person whose consent to it is in force."""
        content = self.context.vault.open(f"person:{person_id}", f"household.declared:{person_id}", declared)
        assert isinstance(content, dict)  # noqa: S101  # we wrote it so
        return Kept(content["answers"], date.fromisoformat(content["day"]), content["outcome"], tuple(content["rows"]))

    def forget(self) -> None:
        """Forget the check, as when its consent is taken back, and what was found by it."""
        law_changes.erase(self.context.unit, self.context.here().person_id)
        row = self.context.unit.get(HouseholdRow, self.context.here().person_id)
        if row is not None:
            row.declared = None
            self.context.unit.add(row)

"""How a case is found again without reading it, and which open case says the same as another."""

from dataclasses import dataclass

from sqlmodel import col, select

from handlers.desk.cases.registration import Registration
from handlers.desk.office import Context
from handlers.vietnamese import words
from storage.tables import Case, CaseLookUp


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """What cases are found by, without reading them."""

    context: Context

    def remember(self, case: Case, request: "Registration") -> None:
        """Note by what a case is found: words of the name by their beginnings, phone, and name with year and unit."""
        found = {("name", prefix) for prefix in words.prefixes(request.name)}
        found |= set(_marks(request))
        for kind, value in sorted(found):
            self.context.unit.add(CaseLookUp(case_id=case.id, kind=kind, value=self.context.vault.look_up(kind, value)))

    def twin(self, request: "Registration") -> Case | None:
        """An open case with the same phone, or the same name, year of birth and unit; the registrant's own first."""
        found = _marks(request)
        marks = [self.context.vault.look_up(kind, value) for kind, value in found]
        if not marks:
            return None
        query = (
            select(Case)
            .join(CaseLookUp, col(CaseLookUp.case_id) == Case.id)
            .where(col(CaseLookUp.kind).in_([kind for kind, _ in found]), col(CaseLookUp.value).in_(marks))
            .where(col(Case.closed_at).is_(None))
            .order_by((col(Case.person_id) == self.context.here().person_id).desc(), col(Case.id).desc())
        )
        return self.context.unit.scalars(query.limit(1)).first()


def _marks(request: "Registration") -> list[tuple[str, str]]:
    marks = [("phone", request.phone)] if request.phone else []
    if request.name and request.birth_year and request.unit_id:
        marks.append(("household", f"{words.fold(request.name)}|{request.birth_year}|{request.unit_id}"))
    return marks

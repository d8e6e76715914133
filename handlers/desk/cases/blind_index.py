"""How a case is found again without reading it, and which open case says the same as another."""

from typing import TYPE_CHECKING

from sqlmodel import col, select

from handlers.vietnamese import words
from storage.tables import Case, CaseLookUp

if TYPE_CHECKING:
    from handlers.desk.cases.cases import Request
    from handlers.desk.desk import Desk


def remember(desk: "Desk", case: Case, request: "Request") -> None:
    """Note by what a case is found: words of the name by their beginnings, phone, and name with year and unit."""
    found = {("name", prefix) for prefix in words.prefixes(request.name)}
    found |= set(_marks(request))
    for kind, value in sorted(found):
        desk.unit.add(CaseLookUp(case_id=case.id, kind=kind, value=desk.vault.look_up(kind, value)))


def twin(desk: "Desk", request: "Request") -> Case | None:
    """An open case with the same phone, or the same name, year of birth and unit; the registrant's own first."""
    found = _marks(request)
    marks = [desk.vault.look_up(kind, value) for kind, value in found]
    if not marks:
        return None
    query = (
        select(Case)
        .join(CaseLookUp, col(CaseLookUp.case_id) == Case.id)
        .where(col(CaseLookUp.kind).in_([kind for kind, _ in found]), col(CaseLookUp.value).in_(marks))
        .where(col(Case.closed_at).is_(None))
        .order_by((col(Case.person_id) == desk.here().person_id).desc(), col(Case.id).desc())
    )
    return desk.unit.scalars(query.limit(1)).first()


def _marks(request: "Request") -> list[tuple[str, str]]:
    marks = [("phone", request.phone)] if request.phone else []
    if request.name and request.birth_year and request.unit_id:
        marks.append(("household", f"{words.fold(request.name)}|{request.birth_year}|{request.unit_id}"))
    return marks

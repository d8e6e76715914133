"""The phone number of somebody who writes to us, as she gave it in her latest open request."""

from typing import TYPE_CHECKING

from sqlmodel import col, select

from storage.tables import Case
from storage.vault import KeyGone

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


def own_number(desk: "Desk", person_id: str) -> str:
    """Her number in international form, empty where she gave none; in a request for another it is the sender's."""
    query = select(Case).where(Case.person_id == person_id, col(Case.closed_at).is_(None), col(Case.body).is_not(None))
    case = desk.unit.scalars(query.order_by(col(Case.created_at).desc()).limit(1)).first()
    if case is None:
        return ""
    try:
        said = desk.cases.read(case.id)
    except KeyGone:
        return ""
    return str(said.get("helper_phone" if case.for_other else "phone") or "")

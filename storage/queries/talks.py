"""The talks a chat is in."""

from sqlalchemy import Select, bindparam, select, text

from storage.database import Unit
from storage.tables import OfficialRow, Talk

# Written out, as the indexes of what is open have it.
OPEN = text("talk.state = 'open'")
# Asked at every message, so built once.
_TALK = Talk.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_OFFICIAL = OfficialRow.__table__  # type: ignore[attr-defined]  # as above
_FIRST: Select[tuple[str]] = select(_TALK.c.id).where(OPEN).order_by(_TALK.c.id).limit(1)
_WITH = _FIRST.where(_TALK.c.person_id == bindparam("person"), _TALK.c.officer_id.is_not(None))
_IN_HAND = _FIRST.join(_OFFICIAL, _OFFICIAL.c.id == _TALK.c.officer_id).where(
    _OFFICIAL.c.person_id == bindparam("person"), _OFFICIAL.c.state == "active", _TALK.c.in_chat.is_(True)
)
_OF_CHAT = select(_WITH.scalar_subquery(), _IN_HAND.scalar_subquery())


def of_chat(unit: Unit, person_id: str) -> tuple[str | None, str | None]:
    """The talks a person's chat is in: hers, once an official has taken it, and the one she has as an official."""
    hers, in_hand = unit.run(_OF_CHAT, {"person": person_id}).one()
    return hers, in_hand

"""The picture of an announcement, beside the messages that name it by a code."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select

from storage.database import Unit
from storage.queries.outgoing.outbox import PICTURE_CARD
from storage.tables import Broadcast

_BROADCAST = Broadcast.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_PICTURE = select(_BROADCAST.c.picture).where(_BROADCAST.c.code == bindparam("code"))
_LAST_PICTURE = "picture"


def picture(unit: Unit, code: str) -> bytes | None:
    """The JPEG that goes with an announcement; None where there is none."""
    found: bytes | None = unit.run(_PICTURE, {"code": code}).scalar()
    return found


def with_picture(unit: Unit, body: Mapping[str, object]) -> Mapping[str, object]:
    """The body of a message on its way through a platform, with the JPEG that its card only names by a code.

    The last one is remembered: it never changes once there are messages, and many of them are opened together.
    """
    card = body.get("card")
    if not isinstance(card, Mapping) or card["kind"] != PICTURE_CARD:
        return body
    code = card["values"]["code"]
    known, jpeg = unit.remembered.get(_LAST_PICTURE, (None, None))
    if known != code:
        jpeg = picture(unit, code) or b""
        unit.remembered[_LAST_PICTURE] = code, jpeg
    return {**body, "card": {**card, "jpeg": jpeg}}

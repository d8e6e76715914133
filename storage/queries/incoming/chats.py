"""Who writes from where: persons, their addresses, and the lines of a web chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, insert, not_, or_, select, update

from storage.database import Unit
from storage.ids import new_id
from storage.tables import Address, ChatLine, Person
from storage.vault import Vault

_PERSON = Person.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_LINE = ChatLine.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat of one person, as a turn or a send needs it."""

    person_id: str
    address_id: str
    channel: str
    language: str
    screen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a web chat, opened."""

    number: int
    origin: str
    client: str | None
    outbox_id: int | None
    body: Mapping[str, object]
    at: datetime


_CHAT = select(
    _ADDRESS.c.person_id, _ADDRESS.c.id, _ADDRESS.c.channel, _PERSON.c.language, _ADDRESS.c.screen
).join_from(_ADDRESS, _PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
_FIND = _CHAT.where(_ADDRESS.c.channel == bindparam("channel"), _ADDRESS.c.external == bindparam("external"))
_AT = _CHAT.where(_ADDRESS.c.id == bindparam("address_id"))
LANGUAGE = select(_PERSON.c.language).where(_PERSON.c.id == _ADDRESS.c.person_id).scalar_subquery()
_WRITES = (
    update(_ADDRESS)
    .where(_ADDRESS.c.channel == bindparam("through"), _ADDRESS.c.external == bindparam("known_as"))
    .values(reachable=True, last_in_at=bindparam("last_in_at"))
    .returning(_ADDRESS.c.person_id, _ADDRESS.c.id, _ADDRESS.c.channel, LANGUAGE, _ADDRESS.c.screen)
)
_MAKE_PERSON, _MAKE_ADDRESS = insert(_PERSON), insert(_ADDRESS)
_CHANGE = update(_ADDRESS).where(_ADDRESS.c.id == bindparam("which"))
_COUNT_LINE = _CHANGE.values(last_line=_ADDRESS.c.last_line + 1).returning(_ADDRESS.c.last_line)
_ADD_LINE = insert(_LINE)


def find(unit: Unit, channel: str, external: bytes) -> Chat | None:
    """The chat known by a look-up value on a channel."""
    unit.send_rest()
    row = unit.run(_FIND, {"channel": channel, "external": external}).first()
    return Chat(*row) if row else None


def at_address(unit: Unit, address_id: str) -> Chat:
    """The chat of an address. Raises NoResultFound if there is none."""
    unit.send_rest()
    return Chat(*unit.run(_AT, {"address_id": address_id}).one())


def last_used(unit: Unit, person_id: str, closed: ColumnElement[bool] | None = None) -> Chat | None:
    """The reachable chat where a person wants her messages: the chosen one, or else the one she wrote from last.

    closed: of chats, whether one takes a message for money only or not at all; any other comes before it.
    """
    query = _CHAT.where(_ADDRESS.c.person_id == person_id, _ADDRESS.c.reachable.is_(True))
    if closed is not None:
        query = query.order_by(case((closed, 1), else_=0))
    row = unit.execute(query.order_by(_ADDRESS.c.chosen.desc(), _ADDRESS.c.last_in_at.desc()).limit(1)).first()
    return Chat(*row) if row else None


def all_of(unit: Unit, person_id: str, closed: ColumnElement[bool] | None = None) -> list[Chat]:
    """Every reachable chat of a person, the one she wrote from last first. closed: as above; such are left out."""
    query = _CHAT.where(_ADDRESS.c.person_id == person_id, _ADDRESS.c.reachable.is_(True))
    if closed is not None:
        query = query.where(not_(closed))
    return [Chat(*row) for row in unit.execute(query.order_by(_ADDRESS.c.last_in_at.desc()))]


def make_person(unit: Unit, vault: Vault, now: datetime, language: str = "") -> str:
    """Make a person with a data key of her own; returns the id."""
    person_id = new_id(now)
    vault.make(f"person:{person_id}", now)
    values = {"id": person_id, "state": "active", "language": language, "created_at": now, "last_in_at": now}
    unit.send(_MAKE_PERSON, values)
    return person_id


def arrive(unit: Unit, vault: Vault, channel: str, external: bytes, now: datetime, *, platform: str = "") -> Chat:
    """Find the chat, or make it and its person at their first message; note that she wrote now.

    platform: the platform's id of the chat, kept so that we can answer; empty where the chat is ours.
    """
    # The chat's row is changed first, so that nobody hands it to another person before this is kept.
    row = unit.run(_WRITES, {"through": channel, "known_as": external, "last_in_at": now}).first()
    return Chat(*row) if row is not None else make(unit, vault, channel, external, now, platform=platform)


def make(unit: Unit, vault: Vault, channel: str, external: bytes, now: datetime, *, platform: str = "") -> Chat:
    """Make a chat and its person at their first message. platform: as above."""
    person_id, address_id = make_person(unit, vault, now), new_id(now)
    sealed = vault.seal(f"person:{person_id}", f"address.chat:{address_id}", platform) if platform else None
    values = {
        "id": address_id, "channel": channel, "external": external, "person_id": person_id, "chat": sealed,
        "reachable": True, "last_in_at": now, "last_line": 0,
    }  # fmt: skip
    unit.send(_MAKE_ADDRESS, values)
    return Chat(person_id, address_id, channel, "", None)


def move_platform_chat(unit: Unit, vault: Vault, address_id: str, external: bytes, platform: str) -> bool:
    """The platform knows the chat by another id now. False if that id already has a chat with us."""
    row = unit.execute(select(_ADDRESS.c.person_id, _ADDRESS.c.channel).where(_ADDRESS.c.id == address_id)).one()
    if find(unit, row.channel, external) is not None:
        return False
    sealed = vault.seal(f"person:{row.person_id}", f"address.chat:{address_id}", platform)
    unit.run(_CHANGE, {"which": address_id, "external": external, "chat": sealed})
    return True


def hand_over(unit: Unit, vault: Vault, address_id: str, person_id: str, *, with_screen: bool = False) -> None:
    """Give a chat to another person, whose key seals from now on where it is. with_screen: its buttons are hers too."""
    unit.send_rest()
    row = unit.execute(select(_ADDRESS.c.person_id, _ADDRESS.c.chat).where(_ADDRESS.c.id == address_id)).one()
    values: dict[str, object] = {"person_id": person_id, "chosen": False}
    if row.chat is not None:
        where = f"address.chat:{address_id}"
        values["chat"] = vault.reseal(f"person:{row.person_id}", where, row.chat, f"person:{person_id}")
    if not with_screen:
        values["screen"] = None
    unit.run(_CHANGE, {"which": address_id, **values})


def set_reachable(unit: Unit, address_id: str, *, reachable: bool) -> None:
    """Note whether the person takes our messages there."""
    unit.run(_CHANGE, {"which": address_id, "reachable": reachable})


def interacts(unit: Unit, address_id: str, at: datetime) -> None:
    """Note that she did something there at a moment of the platform's own time; what came late changes nothing."""
    older = or_(_ADDRESS.c.interacted_at.is_(None), _ADDRESS.c.interacted_at < at)
    unit.send(_CHANGE.where(older), {"which": address_id, "interacted_at": at})


def close_window(unit: Unit, address_id: str, at: datetime) -> None:
    """The platform took nothing for her at a moment, nor does it before she does something there, whatever we counted.

    Told late, after she did, it changes nothing.
    """
    unit.run(_CHANGE.where(_ADDRESS.c.interacted_at <= at), {"which": address_id, "interacted_at": None})


def leaves(unit: Unit, address_id: str, at: datetime) -> None:
    """She left there at a moment: what waits for her is held until she comes back, and no call is made for it.

    Told late, after she did something there again, it changes nothing.
    """
    since = or_(_ADDRESS.c.interacted_at.is_(None), _ADDRESS.c.interacted_at <= at)
    unit.run(_CHANGE.where(since), {"which": address_id, "reachable": False, "interacted_at": None})


def is_answered_by_hand(unit: Unit, address_id: str, now: datetime) -> bool:
    """Whether somebody answers her in the platform's own tool now."""
    until = unit.execute(select(_ADDRESS.c.by_hand_until).where(_ADDRESS.c.id == address_id)).scalar_one()
    return until is not None and until > now


def set_by_hand(unit: Unit, address_id: str, until: datetime | None) -> None:
    """Note until when somebody answers her in the platform's own tool."""
    unit.run(_CHANGE, {"which": address_id, "by_hand_until": until})


def set_screen(unit: Unit, address_id: str, nonce: str | None) -> None:
    """Note which asking is the last one shown in a chat. Her next message comes in without waiting for this turn."""
    unit.send_last(_CHANGE, {"which": address_id, "screen": nonce})


def add_line(
    unit: Unit, vault: Vault, chat: Chat, origin: str, body: Mapping[str, object], now: datetime,
    *, client: str | None = None, outbox_id: int | None = None,
) -> int:  # fmt: skip
    """Append a line to a web chat; its number comes from the chat's row, so numbers appear in order of commit."""
    number: int = unit.run(_COUNT_LINE, {"which": chat.address_id}).scalar_one()
    sealed = vault.seal(f"person:{chat.person_id}", f"chat_line.body:{chat.address_id}/{number}", body)
    values = {
        "address_id": chat.address_id, "number": number, "origin": origin, "client": client,
        "outbox_id": outbox_id, "body": sealed, "at": now,
    }  # fmt: skip
    unit.run(_ADD_LINE, values)
    return number


def last_line(unit: Unit, chat: Chat) -> int:
    """The number of the last line of a web chat."""
    return int(unit.execute(select(_ADDRESS.c.last_line).where(_ADDRESS.c.id == chat.address_id)).scalar_one())


def last_lines(unit: Unit, address_ids: Sequence[str]) -> dict[str, int]:
    """The number of the last line of each of some web chats."""
    query = select(_ADDRESS.c.id, _ADDRESS.c.last_line).where(_ADDRESS.c.id.in_(address_ids))
    return {str(address_id): int(number) for address_id, number in unit.execute(query)}


def found_visitors(unit: Unit, externals: Sequence[bytes]) -> list[bytes]:
    """Those of some look-up values that have a chat by now."""
    return list(unit.scalars(select(_ADDRESS.c.external).where(_ADDRESS.c.external.in_(externals))))


def number_of(unit: Unit, chat: Chat, client: str) -> int:
    """The number of the line that a client's id stands for; 0 if it was erased since."""
    query = select(_LINE.c.number).where(_LINE.c.address_id == chat.address_id, _LINE.c.client == client)
    return int(unit.execute(query).scalar() or 0)


def lines(unit: Unit, vault: Vault, chat: Chat, after: int, most: int) -> list[Line]:
    """The lines of a web chat after a number, oldest first."""
    rows = unit.execute(
        select(_LINE.c.number, _LINE.c.origin, _LINE.c.client, _LINE.c.outbox_id, _LINE.c.body, _LINE.c.at)
        .where(_LINE.c.address_id == chat.address_id, _LINE.c.number > after)
        .order_by(_LINE.c.number)
        .limit(most)
    )
    return [_open(vault, chat, *row) for row in rows]


def line(unit: Unit, vault: Vault, chat: Chat, number: int) -> Line | None:
    """One line of a web chat."""
    found = lines(unit, vault, chat, number - 1, 1)
    return found[0] if found and found[0].number == number else None


def _open(
    vault: Vault, chat: Chat, number: int, origin: str, client: str | None, outbox_id: int | None,
    sealed: bytes, at: datetime,
) -> Line:  # fmt: skip
    body = vault.open(f"person:{chat.person_id}", f"chat_line.body:{chat.address_id}/{number}", sealed)
    assert isinstance(body, dict)  # noqa: S101  # we wrote it so
    return Line(number=number, origin=origin, client=client, outbox_id=outbox_id, body=body, at=at)

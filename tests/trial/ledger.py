"""What was kept and what Telegram took, laid beside each other when all is over: nothing lost, nothing twice unseen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping
from sqlmodel import col, func, select

from fakes.bot_api import SENDS, MethodCall
from fakes.telegram.server import FakeTelegram
from handlers.desk import Desk
from storage.tables import Address, DeadLetter, InboxRow, OutboxRow
from tests.kit.process import Process
from tests.kit.resident import Resident

OVER = {"sent", "unknown", "cancelled"}
SAME = "message is not modified"


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the outbox, opened. chat: Telegram's number of its chat."""

    id: int
    chat: int
    state: str
    copy_of: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What came of it. unknown: messages of which nobody knows; copies: what left again; extra: receipts in excess.

    updates: what people did; sent: messages that Telegram confirmed.
    """

    updates: int
    sent: int
    unknown: int
    copies: int
    extra: int


def is_quiet(desk: Desk) -> bool:
    """Whether nothing waits any more: neither in the inbox nor on its way out."""
    new = select(func.count()).select_from(InboxRow).where(col(InboxRow.state) == "new")
    open_ = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.state).in_(("queued", "sending")))
    return not desk.unit.scalar(new) and not desk.unit.scalar(open_)


def balance(process: Process, telegram: FakeTelegram, people: Sequence[Resident]) -> Balance:
    """Assert that every update was kept once, and of every message that she saw it as often as its row says."""
    inbox = process.at_desk(_inbox)
    assert inbox == {"done": telegram.world.updates.made}, (inbox, telegram.world.updates.made)
    rows = process.at_desk(lambda desk: _outbox(desk, telegram))
    states = {row.id: row.state for row in rows}
    copies = [row for row in rows if row.copy_of is not None]
    assert set(states.values()) <= OVER, set(states.values()) - OVER
    needless = [row for row in copies if states[row.copy_of or 0] != "unknown"]
    assert not needless, needless
    for chat in telegram.world.chats:
        here = [row.state for row in rows if row.chat == chat]
        seen = sum(_took_effect(call) for call in telegram.calls if call.chat_id == chat)
        assert here.count("sent") <= seen <= here.count("sent") + here.count("unknown"), (chat, seen, here)
    return Balance(
        telegram.world.updates.made,
        sum(state == "sent" for state in states.values()),
        sum(state == "unknown" for state in states.values()),
        sum(row.state != "cancelled" for row in copies),
        sum(_extra(telegram, rows, person.code) for person in people),
    )


def _extra(telegram: FakeTelegram, rows: Sequence[Kept], code: str) -> int:
    """How many messages with a person's code she saw beyond one of each; each is a copy that its row explains."""
    rows = [row for row in rows if code in row.text]
    originals = [row for row in rows if row.copy_of is None]
    seen = [
        call for call in telegram.accepted() if code in call.arguments.get("text", call.arguments.get("caption", ""))
    ]
    extra = len(seen) - len(originals)
    assert originals, f"of {code} there is no message, but {[row.text for row in rows]}"
    assert 0 <= extra <= len(rows) - len(originals), (code, len(seen), rows)
    return extra


def _took_effect(call: MethodCall) -> bool:
    """Whether a person has what this call brought: it was shown now, or stood there already."""
    return (call.accepted and call.method in (*SENDS, "editMessageText")) or SAME in call.outcome


def _inbox(desk: Desk) -> dict[str, int]:
    query = select(col(InboxRow.state), func.count()).group_by(col(InboxRow.state))
    letters = desk.unit.execute(select(col(DeadLetter.reason))).all()
    assert not letters, letters
    return {str(state): int(count) for state, count in desk.unit.execute(query)}


def _outbox(desk: Desk, telegram: FakeTelegram) -> list[Kept]:
    names = {desk.vault.look_up("telegram chat", str(chat)): chat for chat in telegram.world.chats}
    found = desk.unit.execute(select(col(Address.id), col(Address.external)))
    chats = {address: names[external] for address, external in found}
    rows = desk.unit.execute(select(OutboxRow.__table__).order_by(col(OutboxRow.id))).mappings()  # type: ignore[attr-defined]  # SQLModel adds it
    return [_kept(desk, row, chats[row["address_id"]]) for row in rows]


def _kept(desk: Desk, row: RowMapping, chat: int) -> Kept:
    body = desk.vault.open(f"person:{row['person_id']}", f"outbox.body:{row['key']}", row["body"])
    assert isinstance(body, dict)
    return Kept(row["id"], chat, row["state"], row["copy_of"], str(body["text"]))

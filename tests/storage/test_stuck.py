"""Messages that are stuck, and letters that could not be handled, as they are listed for officials."""

import pytest

from storage.crypto import MasterKey
from storage.database import Database, Unit
from storage.queries.incoming import inbox
from storage.queries.outgoing import outbox
from storage.tables import InboxRow, OutboxRow
from storage.vault import Vault
from tests.kit.clock import HandClock


@pytest.fixture
def kept(shaped: Database) -> Database:
    """A database with the product's tables."""
    return shaped


def message(clock: HandClock, key: str, state: str, body: bytes | None = b"x", channel: str = "telegram") -> OutboxRow:
    now = clock.now()
    return OutboxRow(
        key=key, person_id="p", address_id="a", channel=channel, kind="notice", state=state, body=body, not_before=now,
        cause="test", created_at=now, changed_at=now,
    )  # fmt: skip


async def test_stuck_messages_are_listed_and_counted_and_others_are_not(kept: Database) -> None:
    clock = HandClock()
    rows = [
        message(clock, "one", "unknown"), message(clock, "one/copy", "sent"), message(clock, "two", "failed", None),
        message(clock, "three", "queued"), message(clock, "four", "held", channel="webchat"),
    ]  # fmt: skip
    await kept.write(lambda unit: unit.add_all(rows))

    def look(unit: Unit) -> list[object]:
        found = outbox.stuck(unit, outbox.STUCK_STATES, None, 10)
        older = outbox.stuck(unit, outbox.STUCK_STATES, found[1].id, 10)
        return [
            [(one.key, one.copied, one.readable) for one in found], [one.key for one in older],
            outbox.count_stuck(unit, ("unknown", "failed")), outbox.open_counts(unit), outbox.recent_counts(unit, 2),
        ]  # fmt: skip

    listed, older, count, still, recent = await kept.read(look)

    assert listed == [("four", False, True), ("two", False, False), ("one", True, True)]
    assert (older, count) == (["one"], 2)
    assert still == {
        ("telegram", "unknown"): 1, ("telegram", "failed"): 1, ("telegram", "queued"): 1, ("webchat", "held"): 1,
    }  # fmt: skip
    assert recent == {("telegram", "queued"): 1, ("webchat", "held"): 1}


async def test_letters_are_listed_with_whether_they_can_be_tried_again(kept: Database) -> None:
    clock = HandClock()

    def fill(unit: Unit) -> None:
        now = clock.now()
        for number, body in enumerate((b"x", None)):
            row = InboxRow(
                channel="webchat", update_id=str(number), address_id="a", person_id="p", kind="text", day=now.date(),
                body=body, state="dead", not_before=now, received_at=now,
            )  # fmt: skip
            unit.add(row)
            unit.flush()
            inbox.bury(unit, row.id or 0, "webchat", "turn failed", now)
        inbox.bury_unread(unit, Vault(unit, MasterKey(bytes(32))), "telegram", "no JSON", b"{", now)

    await kept.write(fill)
    found = await kept.read(lambda unit: inbox.letters(unit, "open", None, 10))
    older = await kept.read(lambda unit: inbox.letters(unit, "open", found[0].id, 10))

    assert [(one.kind, one.kept) for one in found] == [(None, True), ("text", False), ("text", True)]
    assert older == found[1:]
    assert await kept.read(inbox.letter_counts) == {"open": 3}


async def test_what_cannot_be_read_any_more_is_not_tried_again(kept: Database) -> None:
    clock = HandClock()
    rows = [message(clock, "erased", "failed", None), message(clock, "readable", "failed")]
    await kept.write(lambda unit: unit.add_all(rows))

    tried = [await kept.write(lambda unit, row=row: outbox.retry(unit, row, clock.now())) for row in (1, 2)]  # type: ignore[misc]  # bound at once

    assert tried == [False, True]
    assert await kept.read(outbox.open_counts) == {("telegram", "failed"): 1, ("telegram", "queued"): 1}

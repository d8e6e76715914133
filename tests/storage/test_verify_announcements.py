"""Damage done by hand to announcements is named, each kind in its own sentence."""

import pytest
from sqlalchemy import text

from storage.database import Unit
from storage.queries.chains import chain
from storage.verify import broken
from tests.kit.announcing import subscribes
from tests.kit.news import Press, press
from tests.kit.town import Town

FIRST_CHAT = "(SELECT min(address_id) FROM recipient WHERE state = 'released')"
AUTHORS = "(SELECT CAST(authors AS TEXT) FROM broadcast)"


@pytest.fixture
async def office(town: Town) -> Press:
    """Two officials, in a town where an announcement has gone to two people and waits for the digest of a third."""
    for name in ("Ba", "Tư"):
        await subscribes(town, name)
    await subscribes(town, "Năm", rhythm="weekly")
    found = await press(town)
    await found.announces("Lịch trạm y tế")
    await town.database.write(chain.seal)
    return found


async def found(town: Town) -> list[str]:
    return await town.database.read(lambda unit: list(broken(unit, town.clock.now())))


async def damages(town: Town, statement: str) -> None:
    def run(unit: Unit) -> None:
        unit.execute(text(statement))

    await town.database.write(run)


async def test_what_went_out_in_order_has_nothing_to_name(town: Town, office: Press) -> None:
    assert await found(town) == []


async def test_what_waits_was_sent_back_or_stopped_has_nothing_to_name_either(town: Town, office: Press) -> None:
    code = await office.approves("Lịch trạm y tế", "Mở cửa.")
    await office.acts(office.editor, code, lambda desk, _: desk.broadcasts.stop(code))
    await town.announces()
    await town.database.write(chain.seal)

    assert await found(town) == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        pytest.param(
            "DELETE FROM recipient WHERE address_id = (SELECT min(address_id) FROM recipient)",
            "broadcast 1 goes to other people than were frozen for it",
            id="a recipient too few",
        ),
        pytest.param(
            "UPDATE broadcast SET people = 2",
            "broadcast 1 goes to other people than were frozen for it",
            id="a recipient too many",
        ),
        pytest.param(
            "UPDATE broadcast SET approved_by = NULL",
            "broadcast 1 goes out and nobody but its authors approved it",
            id="approved by nobody",
        ),
        pytest.param(
            # Of the list of one author what stands between the quotation marks.
            f"UPDATE broadcast SET approved_by = substr({AUTHORS}, 3, length({AUTHORS}) - 4)",  # noqa: S608  # no words of others
            "broadcast 1 goes out and nobody but its authors approved it",
            id="approved by its author",
        ),
        pytest.param(
            "UPDATE broadcast SET approved_by = NULL, state = 'cancelled'",
            "broadcast 1 goes out and nobody but its authors approved it",
            id="begun without approval, then stopped",
        ),
        pytest.param(
            f"UPDATE recipient SET outbox_id = NULL WHERE address_id = {FIRST_CHAT}",  # noqa: S608  # no words of others
            "chat {chat} was handed an announcement and no message carries it",
            id="released without a message",
        ),
    ],
)
async def test_damage_is_named(town: Town, office: Press, statement: str, sentence: str) -> None:
    chat = await town.database.read(lambda unit: unit.scalar(text(f"SELECT {FIRST_CHAT}")))

    await damages(town, statement)

    assert await found(town) == [sentence.format(chat=chat)]

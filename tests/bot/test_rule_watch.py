"""Each process goes by what is in force of the rows of law, and each turn by what was when it began."""

from dataclasses import replace

import pytest

from bot.jobs.rule_watch import RuleWatch
from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import Say
from handlers.rules.book import book_of, in_hand, use
from tests.kit.rules import FIGURE, SOCIAL_BASE, TwoAdmins, two_admins
from tests.kit.town import Town
from tests.kit.trap import Trap, arrives, said, until_done


@pytest.fixture
async def office(town: Town) -> TwoAdmins:
    return await two_admins(town)


def figure() -> object:
    return in_hand().series(SOCIAL_BASE)[-1].value


async def test_a_process_that_starts_goes_by_what_is_in_force(town: Town, office: TwoAdmins) -> None:
    await office.has()

    Town(town.database, like=town)

    assert figure() == 560_000


async def test_what_another_process_confirmed_is_seen_at_the_next_look(town: Town, office: TwoAdmins) -> None:
    entry = await office.has()
    before = figure()

    await town.service.rule_watch.look()
    seen = figure()
    await office.acts(office.an, "withdraw", entry)
    await office.acts(office.bo, "confirm", entry)
    await town.service.rule_watch.look()

    assert (before, seen, figure()) == (540_000, 560_000, 540_000)


async def test_while_nothing_changes_the_same_book_stays_in_use(town: Town, office: TwoAdmins) -> None:
    await office.has()
    await town.service.rule_watch.look()
    book = in_hand()

    await office.proposes(replace(FIGURE, value=570_000))
    await RuleWatch(town.database).look()

    assert in_hand() is book


async def test_a_turn_ends_by_the_rows_it_began_with(town: Town) -> None:
    def finish(a: Answers, desk: Desk) -> Done:
        began = figure()
        use(book_of([FIGURE], "another"))
        return Done(Say("plain", words=f"{began} {figure()}"))

    asks = Conversation("asks", (), finish, opens_with=("/asks",))
    person = await arrives(town, "Lan", "/asks", "/asks")

    await until_done(Trap(town).inbox(asks), person)

    assert await said(town, "Lan") == ["540000 540000", "560000 560000"]

"""A figure of law counts once a second official confirmed it, and until a second one confirms that it is taken back."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from handlers.desk.law import book_in_force
from handlers.rules.book import Book, as_shipped
from storage.database import Unit
from storage.queries import rule_overrides
from storage.queries.chains import chain
from storage.tables import AuditRow, RuleOverride
from storage.verify import broken
from tests.kit.rules import COMPARED, FIGURE, NEW_YEAR, SOCIAL_BASE, TwoAdmins, two_admins
from tests.kit.town import Town


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Both databases, every day: what is kept here is read by every process."""
    name: str = request.param
    return name


@pytest.fixture
async def office(town: Town) -> TwoAdmins:
    return await two_admins(town)


async def book(town: Town) -> Book:
    return await town.database.read(book_in_force)


async def figure(town: Town) -> object:
    return (await book(town)).series(SOCIAL_BASE)[-1].value


async def noted(town: Town) -> list[str]:
    query = select(AuditRow.action).where(col(AuditRow.action).like("rule.%")).order_by(col(AuditRow.id))
    return await town.database.read(lambda unit: list(unit.scalars(query)))


async def test_what_one_proposed_changes_nothing(town: Town, office: TwoAdmins) -> None:
    await office.proposes()

    assert await figure(town) == 540_000
    assert await town.database.read(rule_overrides.version) == ""


async def test_once_another_confirmed_it_it_holds(town: Town, office: TwoAdmins) -> None:
    await office.has()

    assert await figure(town) == 560_000
    assert await noted(town) == ["rule.proposed", "rule.confirmed"]
    assert (await book(town)).version


async def test_who_proposed_it_can_not_confirm_it(town: Town, office: TwoAdmins) -> None:
    entry = await office.proposes()

    assert await office.acts(office.an, "confirm", entry) == "own"
    assert await figure(town) == 540_000
    assert await noted(town) == ["rule.proposed", "rule.own_confirm_refused"]


@pytest.mark.parametrize("what", ["propose", "confirm", "refuse", "withdraw"])
async def test_nobody_but_an_admin_may(town: Town, office: TwoAdmins, what: str) -> None:
    entry = await office.proposes()
    lead = await town.official("cu", "lead", "treasurer", "editor", places=("phuong_hoa_khanh",))

    if what == "propose":
        outcome = await town.as_official(lead, lambda desk: desk.rule_overrides.propose(COMPARED))
    else:
        outcome = await office.acts(lead, what, entry)  # type: ignore[assignment]  # an outcome is a word

    assert outcome == "absent"
    assert "rights.refused" in await town.database.read(lambda unit: set(unit.scalars(select(AuditRow.action))))


async def test_what_is_only_proposed_is_refused_by_another_or_withdrawn_by_any(town: Town, office: TwoAdmins) -> None:
    refused = await office.proposes()
    assert await office.acts(office.bo, "refuse", refused) == "done"
    withdrawn = await office.proposes()
    assert await office.acts(office.an, "withdraw", withdrawn) == "done"

    assert await town.as_official(office.an, lambda desk: desk.rule_overrides.open_ones()) == []
    assert [await office.acts(office.bo, "confirm", one) for one in (refused, withdrawn)] == ["outdated", "outdated"]
    assert await figure(town) == 540_000


async def test_what_is_in_force_is_taken_back_by_two(town: Town, office: TwoAdmins) -> None:
    entry = await office.has()

    assert await office.acts(office.an, "withdraw", entry) == "done"
    assert await office.acts(office.an, "confirm", entry) == "own"
    assert await figure(town) == 560_000
    before = (await book(town)).version
    assert await office.acts(office.bo, "confirm", entry) == "done"

    assert (await book(town)).rows == as_shipped().rows
    assert (await book(town)).version != before
    assert (await noted(town))[-2:] == ["rule.own_confirm_refused", "rule.withdrawn"]


async def test_what_another_keeps_stays_in_force_and_may_be_asked_back_again(town: Town, office: TwoAdmins) -> None:
    entry = await office.has()

    await office.acts(office.an, "withdraw", entry)
    assert await office.acts(office.bo, "refuse", entry) == "done"

    assert await office.acts(office.bo, "confirm", entry) == "outdated"
    assert await figure(town) == 560_000
    assert await office.acts(office.bo, "withdraw", entry) == "done"
    assert await office.acts(office.bo, "withdraw", entry) == "outdated"
    assert await office.acts(office.an, "confirm", entry) == "done"


async def test_what_can_not_be_used_is_not_kept(town: Town, office: TwoAdmins) -> None:
    wrong = {
        "size": replace(FIGURE, value=0),
        "absent": replace(FIGURE, row_id="parameter.of_nothing"),
        "gap": replace(FIGURE, valid_from=date(1990, 1, 1)),
        "future": replace(FIGURE, compared_on=date(2099, 1, 1)),
        "long": replace(FIGURE, document="x" * 301),
    }

    for why, one in wrong.items():
        outcome = await town.as_official(office.an, lambda desk, one=one: desk.rule_overrides.propose(one))  # type: ignore[misc]
        assert outcome == why
    assert await noted(town) == []


async def test_one_proposal_of_a_row_and_day_waits_at_a_time(town: Town, office: TwoAdmins) -> None:
    await office.proposes()

    again = await town.as_official(office.bo, lambda desk: desk.rule_overrides.propose(replace(FIGURE, value=570_000)))

    assert again == "proposed"


async def test_a_proposal_that_fits_no_more_is_not_confirmed(town: Town, office: TwoAdmins) -> None:
    entry = await office.proposes(replace(FIGURE, valid_from=date(2027, 2, 1)))
    await office.has()

    assert await office.acts(office.bo, "confirm", entry) == "same"


async def test_a_mark_lets_a_figure_be_shown_without_a_caution(town: Town, office: TwoAdmins) -> None:
    await office.has(COMPARED)

    row = (await book(town)).row(COMPARED.row_id, COMPARED.valid_from)

    assert row is not None
    assert (row.value, row.checked_on, row.evidence) == (2_530_000, COMPARED.compared_on, "text")


async def test_officials_see_what_waits_first_and_whose_it_is(town: Town, office: TwoAdmins) -> None:
    await office.has(COMPARED)
    await office.proposes()

    seen = await town.as_official(office.an, lambda desk: desk.rule_overrides.open_ones())
    hidden = await town.as_official(await town.official("du", "officer"), lambda desk: desk.rule_overrides.open_ones())

    assert [(one.state, one.override.row_id, one.proposed_by, one.hers) for one in seen] == [
        ("proposed", SOCIAL_BASE, "an", True),
        ("in_force", COMPARED.row_id, "an", True),
    ]
    assert seen[0].override.valid_from == NEW_YEAR
    assert hidden == []


async def test_what_nobody_confirmed_in_the_audit_is_named_as_damage(town: Town, office: TwoAdmins) -> None:
    entry = await office.has()
    await town.database.write(chain.seal)

    def damage(unit: Unit) -> None:
        row = unit.get_one(RuleOverride, entry)
        row.confirmed_by = "stranger"

    whole = await town.database.read(lambda unit: list(broken(unit, town.clock.now())))
    await town.database.write(damage)
    named = await town.database.read(lambda unit: list(broken(unit, town.clock.now())))

    assert whole == []
    assert named == [f"rule override {entry} is in force and no audit row says that a second official confirmed it"]

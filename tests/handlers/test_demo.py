"""The demonstration fills an empty database once with plainly invented people, and can be cleared away."""

import re

from sqlalchemy import text
from sqlmodel import SQLModel, col, func, select

from handlers.demo import town as demo
from handlers.desk import Actor, Desk
from handlers.desk.cases import FOLLOWS, Support
from handlers.desk.money import CampaignProgress, ShownAccount
from storage.database import Unit
from storage.queries import machine
from storage.queries.chains import chain
from storage.tables import Allocation, Case, Consent, Grievance, NeedSlot, Person, Pledge
from storage.vault import Vault
from storage.verify import broken
from tests.kit.town import Town

OPERATOR = Actor("operator")


async def fills(town: Town) -> None:
    await town.at_desk(OPERATOR, demo.fill)


async def sizes(town: Town) -> dict[str, int]:
    """How many rows each table has."""

    def count(unit: Unit) -> dict[str, int]:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: unit.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}

    return await town.database.read(count)


async def cases(town: Town) -> list[Case]:
    return await town.database.read(lambda unit: list(unit.scalars(select(Case).order_by(Case.id)).all()))


async def test_twelve_residents_in_four_wards_have_a_case_each(town: Town) -> None:
    await fills(town)

    found = await cases(town)
    assert len({case.person_id for case in found}) == len(found) == 12
    assert len({case.unit_id for case in found}) == 4


async def test_every_state_of_a_case_is_there(town: Town) -> None:
    await fills(town)

    assert {case.state for case in await cases(town)} == set(FOLLOWS)


async def test_filling_again_adds_nothing(town: Town) -> None:
    await fills(town)
    before = await sizes(town)

    await fills(town)

    assert await sizes(town) == before


async def test_a_database_in_use_is_left_alone(town: Town) -> None:
    await town.citizen("Lan").says("/menu")
    before = await sizes(town)

    await fills(town)

    assert await sizes(town) == before
    assert await town.database.read(lambda unit: machine.fact(unit, "demo")) is None


async def test_nobody_in_it_is_real(town: Town) -> None:
    await fills(town)

    def contents(unit: Unit, vault: Vault) -> list[dict[str, object]]:
        bodies = unit.execute(select(Case.id, Case.body).where(col(Case.body).is_not(None)))
        opened = [vault.open(f"case:{i}", f"cases.body:{i}", body or b"") for i, body in bodies]
        return [content for content in opened if isinstance(content, dict)]

    for content in await town.read(contents):
        assert re.fullmatch(r"Người Mẫu Số \d+", str(content["name"]))
        assert "mẫu" in str(content["place"])
        assert "dữ liệu mẫu" in str(content["story"])
        assert content["phone"] == content["helper_phone"] == ""
    owner = await town.database.read(machine.owner)
    assert owner is not None
    assert "mẫu" in owner[0]
    assert owner[2].endswith("@example.test")


async def test_its_officials_have_a_role_each_and_nobody_can_sign_in_to_them_yet(town: Town) -> None:
    await fills(town)

    def look(desk: Desk) -> dict[str, tuple[tuple[str, ...], bool]]:
        return {
            account.email: (account.roles, desk.signing_in.login(account.email) is not None)
            for account in desk.officials.accounts()
        }

    found = await town.at_desk(OPERATOR, look)
    assert found == {email: ((role,), False) for role, (email, _, _) in demo.ACCOUNTS.items()}
    assert all(email.endswith("@example.test") for email in found)


async def test_an_official_who_was_disabled_is_not_made_anew(town: Town) -> None:
    await fills(town)
    before = await town.at_desk(OPERATOR, demo.accounts)

    await town.at_desk(OPERATOR, lambda desk: desk.accounts.disable(before["officer"], "a try"))

    assert await town.at_desk(OPERATOR, demo.accounts) == {
        role: before[role] for role in ("admin", "lead", "treasurer")
    }


async def test_where_there_is_no_demonstration_no_account_is_made(town: Town) -> None:
    assert await town.at_desk(OPERATOR, demo.accounts) == {}
    assert await town.at_desk(OPERATOR, lambda desk: desk.officials.accounts()) == []


async def test_every_proposal_names_what_is_proposed(town: Town) -> None:
    await fills(town)

    def look(desk: Desk) -> dict[str, Support]:
        proposed = desk.unit.scalars(select(Case).where(col(Case.state).in_(("proposed", "approved", "closed"))))
        return {case.state: desk.decisions.support(case) for case in proposed}

    found = await town.at_desk(OPERATOR, look)
    assert found["proposed"] == found["approved"] == demo.SUPPORT
    assert found["closed"].where.endswith("(mẫu)")


async def test_everybody_agreed_to_what_is_kept_of_them_and_half_to_get_news(town: Town) -> None:
    await fills(town)

    given = await town.database.read(lambda unit: unit.scalars(select(Consent.purpose)).all())
    assert sorted(given) == ["give"] * 13 + ["news"] * 6 + ["register"] * 12


async def test_its_campaign_is_open_and_its_account_can_not_be_paid(town: Town) -> None:
    await fills(town)

    def look(desk: Desk) -> tuple[list[str], ShownAccount | None, CampaignProgress]:
        [campaign] = desk.campaigns.open_ones()
        words = [
            campaign.organiser,
            *campaign.title.values(),
            *(one.title["vi"] for one in desk.campaign_items.of(campaign)),
        ]
        return words, desk.campaigns.account(campaign), desk.campaigns.progress(campaign)

    words, account, progress = await town.at_desk(Actor("clock"), look)
    assert all("(mẫu)" in said or "(sample)" in said for said in words)
    assert account is not None
    assert (account.demo, account.bank_bin, account.number) == (True, "", "MAU0000000000")
    assert (progress.pledged, progress.received, progress.givers) == (46_000_000, 36_000_000, 5)


async def test_a_gift_stands_on_every_step_of_its_way(town: Town) -> None:
    await fills(town)

    def look(unit: Unit) -> tuple[set[tuple[str, str]], list[str], set[str]]:
        on_their_way = unit.execute(select(Pledge.kind, Allocation.state).join(Allocation))
        causes = unit.scalars(select(Grievance.cause).where(Grievance.state == "open"))
        waiting = unit.scalars(select(Pledge.kind).where(Pledge.state == "offered"))
        return {(kind, state) for kind, state in on_their_way}, list(causes), set(waiting)

    on_their_way, causes, waiting = await town.database.read(look)
    assert on_their_way == {
        ("goods", "confirmed"), ("goods", "handed_over"), ("goods", "differs"), ("job", "asked"),
        ("goods", "allocated"), ("money", "handed_over"),
    }  # fmt: skip
    assert causes == ["less"]
    assert waiting == {"money", "time"}


async def test_a_buyer_of_it_can_be_brought_together_with_a_resident(town: Town) -> None:
    await fills(town)

    def look(desk: Desk) -> list[tuple[tuple[int, ...], int]]:
        buyers = desk.unit.scalars(select(Pledge).where(Pledge.kind == "link", col(Pledge.verified_by).is_not(None)))
        needs = list(desk.unit.scalars(select(NeedSlot).where(NeedSlot.kind == "link", NeedSlot.state == "open")))
        return [(tuple(one.months), len(needs)) for one in buyers]

    assert await town.at_desk(OPERATOR, look) == [((1, 2, 11, 12), 1)]


async def test_what_it_fills_in_is_whole(town: Town) -> None:
    await fills(town)
    await town.database.write(chain.seal)

    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []


async def test_an_announcement_waits_for_whoever_did_not_write_it(town: Town) -> None:
    await fills(town)

    admin = (await town.at_desk(OPERATOR, demo.accounts))["admin"]
    [waits] = await town.as_official(admin, lambda desk: desk.broadcasts.all("awaiting_approval"))

    assert (waits.people, len(waits.authors), waits.approved_by) == (6, 1, None)
    assert "mẫu" in waits.title["vi"]


async def test_clearing_empties_everything_but_what_recognises_the_key(town: Town) -> None:
    await town.database.write(lambda unit: machine.set_fact(unit, "key_check", "value"))
    await fills(town)
    await town.citizen("Lan").says("/dangky", "1", "1", "1 4")

    cleared = await town.at_desk(OPERATOR, demo.clear)

    left = {name: count for name, count in (await sizes(town)).items() if count}
    assert (cleared, left) == (True, {"meta": 1})
    assert await town.database.read(lambda unit: machine.fact(unit, "key_check")) == "value"


async def test_after_clearing_all_begins_anew(town: Town) -> None:
    await fills(town)
    await town.at_desk(OPERATOR, demo.clear)

    lan = town.citizen("Lan")
    await lan.says("/menu")

    lan.hears("menu")
    assert await town.database.read(lambda unit: unit.query(Person).count()) == 1


async def test_a_cleared_database_can_be_filled_again(town: Town) -> None:
    await fills(town)
    before = await sizes(town)
    await town.at_desk(OPERATOR, demo.clear)

    await fills(town)

    assert await sizes(town) == before | {"owner": 1}  # the town of a test has one of its own


async def test_a_database_that_is_no_demonstration_is_never_cleared(town: Town) -> None:
    await town.citizen("Lan").says("/menu")

    cleared = await town.at_desk(OPERATOR, demo.clear)

    people = await town.database.read(lambda unit: unit.execute(text("SELECT count(*) FROM person")).scalar_one())
    assert (cleared, people) == (False, 1)

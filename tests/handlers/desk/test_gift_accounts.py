"""Accounts for gifts: no giver ever sees one that two officials have not confirmed, or one that is over."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from handlers.banking import vietqr
from handlers.desk.money import ShownAccount, account_faults
from storage.database import Unit
from storage.queries import machine
from storage.tables import AuditRow, GiftAccount
from tests.kit.giving import DAY, DRAFT, ENTRY, Front, front
from tests.kit.town import Citizen, Town


@pytest.fixture
async def office(town: Town) -> Front:
    return await front(town)


async def seen_by(lan: Citizen, account: str | None = None) -> ShownAccount | None:
    return await lan.at_desk(lambda desk: desk.gift_accounts.shown(account))


async def test_what_one_official_entered_nobody_sees(office: Front, lan: Citizen) -> None:
    account = await office.enters()

    assert (await seen_by(lan, account), await seen_by(lan)) == (None, None)


async def test_once_a_second_confirmed_it_givers_see_it(office: Front, lan: Citizen) -> None:
    account = await office.has()

    found = await seen_by(lan, account)
    assert found == ShownAccount(
        id=account,
        owner=ENTRY.owner,
        bank="Ngân hàng TMCP Ngoại thương Việt Nam",
        bank_bin="970436",
        number="0011223344",
        swift="",
        demo=False,
    )
    assert await seen_by(lan) == found


async def test_who_entered_it_can_not_confirm_it(town: Town, office: Front, lan: Citizen) -> None:
    account = await office.enters()

    assert await town.as_official(office.treasurer, lambda desk: desk.gift_accounts.confirm(account)) == "own"
    assert await seen_by(lan, account) is None
    refused = select(AuditRow.id).where(AuditRow.action == "gift_account.own_confirm_refused")
    assert await town.database.read(lambda unit: len(unit.scalars(refused).all())) == 1


async def test_it_is_shown_on_its_days_only(town: Town, office: Front, lan: Citizen) -> None:
    account = await office.has(replace(ENTRY, first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=2)))

    days = []
    for _ in range(4):
        days.append(await seen_by(lan, account) is not None)
        town.clock.move(days=1)

    assert days == [False, True, True, False]


@pytest.mark.parametrize("who", ["treasurer", "admin"])
async def test_either_ends_it_at_once(town: Town, office: Front, lan: Citizen, who: str) -> None:
    account = await office.has()

    assert await town.as_official(getattr(office, who), lambda desk: desk.gift_accounts.end(account)) == "done"
    assert await seen_by(lan, account) is None
    assert await town.as_official(office.admin, lambda desk: desk.gift_accounts.end(account)) == "outdated"
    assert await town.as_official(office.admin, lambda desk: desk.gift_accounts.confirm(account)) == "outdated"


async def test_what_was_ended_is_entered_anew(town: Town, office: Front) -> None:
    account = await office.enters()
    again = await town.as_official(office.treasurer, lambda desk: desk.gift_accounts.enter(ENTRY))
    await town.as_official(office.treasurer, lambda desk: desk.gift_accounts.end(account))

    assert again is None
    assert await office.enters() != account


@pytest.mark.parametrize("role", ["lead", "officer", "helper", "editor", "auditor"])
async def test_who_has_no_right_enters_and_confirms_nothing(town: Town, office: Front, role: str) -> None:
    account, other = await office.enters(), await town.official("khac", role, places=("phuong_hoa_khanh",))

    entry = replace(ENTRY, number="99887766")
    assert await town.as_official(other, lambda desk: desk.gift_accounts.enter(entry)) is None
    assert await town.as_official(other, lambda desk: desk.gift_accounts.confirm(account)) == "absent"
    assert await town.as_official(other, lambda desk: desk.gift_accounts.end(account)) == "absent"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"owner": ""}, "owner"),
        ({"bank": ""}, "bank"),
        ({"number": "12 34"}, "number"),
        ({"number": "1" * 20}, "number"),
        ({"number": "12345/6"}, "number"),
        ({"number": "１２３４５６"}, "number"),
        ({"last_day": DAY - timedelta(days=1)}, "last_day"),
        ({"swift": "x" * 201}, "swift"),
    ],
)
async def test_what_can_not_be_an_account_is_refused(change: dict[str, object], field: str) -> None:
    assert list(account_faults(replace(ENTRY, **change), DAY)) == [field]  # type: ignore[arg-type]  # fields of an entry


async def test_a_bank_that_is_not_listed_has_nothing_to_scan(office: Front, lan: Citizen) -> None:
    account = await office.has(replace(ENTRY, bank="Ngân hàng ở quê"))

    found = await seen_by(lan, account)
    assert found is not None
    assert (found.bank, found.bank_bin) == ("Ngân hàng ở quê", "")


async def test_a_demonstration_s_account_can_be_neither_scanned_nor_paid(
    town: Town, office: Front, lan: Citizen
) -> None:
    await town.database.write(lambda unit: machine.set_fact(unit, "demo", "filled"))

    found = await seen_by(lan, await office.has())

    assert found is not None
    assert (found.demo, found.bank_bin, found.number) == (True, "", "MAU0011223344")
    with pytest.raises(ValueError, match="bank_bin"):
        vietqr.PayeeAccount(found.bank_bin, found.number)


async def test_a_demonstration_s_account_gives_no_digits_of_a_bank_whatever_its_row_says(
    town: Town, office: Front, lan: Citizen
) -> None:
    account = await office.has()

    def make_demo(unit: Unit) -> None:
        unit.get_one(GiftAccount, account).demo = True

    await town.database.write(make_demo)

    found = await seen_by(lan, account)
    assert found is not None
    assert (found.demo, found.bank_bin) == (True, "")


async def test_the_general_account_is_the_one_confirmed_first(town: Town, office: Front, lan: Citizen) -> None:
    first = await office.has()
    town.clock.move(minutes=1)
    second = await office.has(replace(ENTRY, number="99887766"))

    before = await seen_by(lan)
    await town.as_official(office.admin, lambda desk: desk.gift_accounts.end(first))
    after = await seen_by(lan)

    assert before is not None
    assert after is not None
    assert (before.id, after.id) == (first, second)


@pytest.mark.parametrize(
    ("basis", "is_general"), [pytest.param("disaster", False), pytest.param("fund_for_the_poor", True)]
)
async def test_an_account_whose_campaign_has_to_hand_on_its_gifts_in_time_is_not_the_general_one(
    office: Front, lan: Citizen, basis: str, is_general: bool
) -> None:
    account = await office.has()
    await office.writes(replace(DRAFT, basis=basis, account_id=account))

    assert (await seen_by(lan) is not None) == is_general


async def test_a_draft_that_was_thrown_away_takes_the_general_account_from_nobody(
    town: Town, office: Front, lan: Citizen
) -> None:
    account = await office.has()
    code = await office.writes(replace(DRAFT, basis="disaster", account_id=account))

    await town.as_official(office.admin, lambda desk: desk.campaigns.close(code))

    assert await seen_by(lan) is not None


async def test_two_who_confirm_at_once_are_one(town: Town, office: Front) -> None:
    account = await office.enters()
    others = [await town.official(f"quantri{n}", "admin") for n in range(4)]

    done = await asyncio.gather(
        *(town.as_official(one, lambda desk: desk.gift_accounts.confirm(account)) for one in others)
    )

    assert sorted(done) == ["done", "outdated", "outdated", "outdated"]

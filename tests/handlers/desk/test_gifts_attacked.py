"""What somebody greedy, careless or curious tries with gifts, and how little comes of it."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from handlers.banking.statements import Statement, StatementLine
from handlers.desk import Actor, Desk
from handlers.desk.allocations import HouseholdContact, OpenedNeed
from handlers.desk.pledges import ImportedStatement
from storage.tables import BankLine, OfficialRow, OutboxRow
from storage.unit import Unit
from tests.kit.gifts import JOB, MONEY, books, brings, drive, gives, needs, promises
from tests.kit.giving import DAY, Front, front
from tests.kit.on_duty import Clerk, clerk
from tests.kit.requests import HERE, asks
from tests.kit.town import Citizen, Town

TITLE = {"vi": "Gạo", "en": "Rice"}
ALL = 1_000_000
MEET = "cho nơi tuyển người, nơi thu mua biết tên"
CONTACT = "liên hệ về việc ủng hộ"


@pytest.fixture
async def tam(town: Town) -> Clerk:
    """A lead who gives on and hands over."""
    return await clerk(town, "Tâm", "lead", places=(HERE,))


@pytest.fixture
async def office(town: Town) -> Front:
    return await front(town)


async def takes_back(town: Town, who: str, consent: str) -> None:
    """Somebody who has written before takes a yes back in her chat."""
    citizen = Citizen(town, who, "vi", said=100)
    await citizen.says("/riengtu")
    await citizen.presses("Rút lại đồng ý", consent)
    citizen.hears("withdraw_consent.withdrawn")


# Statements


async def reads_in(office: Front, code: str, reference: str, *, day: date = DAY) -> ImportedStatement:
    """One transfer of half of what was promised names a code."""
    account = await office.has()
    statement = Statement((StatementLine(reference=reference, day=day, amount=ALL // 2, text=code),), 0, ())
    found = await office.town.as_official(office.treasurer, lambda desk: desk.bank.read_in(account, statement))
    assert found is not None
    return found


async def test_a_transfer_of_a_day_to_come_waits_and_the_ledger_never_has_that_day(town: Town, office: Front) -> None:
    gift = await promises(town, "Cho", MONEY)

    found = await reads_in(office, gift, "FT1234567", day=DAY + timedelta(days=2))
    [line] = await town.database.read(lambda unit: unit.scalars(select(BankLine.id)).all())
    matched = await town.as_official(office.treasurer, lambda desk: desk.bank.match(line, gift))

    assert (found.matched, matched) == (0, "done")
    assert [line.day for line in (await books(town)).lines] == [DAY]


async def test_nobody_receives_for_her_own_promise_by_the_statement_she_reads_in(town: Town, office: Front) -> None:
    gift = await promises(town, "Cho", MONEY)

    def is_the_treasurer(desk: Desk) -> None:
        desk.unit.get_one(OfficialRow, office.treasurer).person_id = desk.here().person_id

    await town.citizen("Cho").at_desk(is_the_treasurer)

    assert (await reads_in(office, gift, "FT1234567")).matched == 0


async def test_a_transfer_written_down_for_another_promise_is_not_received_twice(town: Town, office: Front) -> None:
    gift, other = await promises(town, "Cho", MONEY), await promises(town, "Mai", MONEY)
    work = town.as_official(office.treasurer, lambda desk: desk.pledge_work.receive(other, ALL // 2, "FT 1234567"))
    assert await work == "done"

    found = await reads_in(office, gift, "FT1234567")

    assert (found.matched, found.unmatched) == (0, 1)
    assert (await books(town)).kinds() == [("received", ALL // 2)]


# Who gives


async def test_what_an_erased_giver_gave_to_a_campaign_still_goes_its_way(
    town: Town, tam: Clerk, office: Front
) -> None:
    code = await drive(town, HERE)
    opened = await town.as_official(
        tam.id, lambda desk: desk.needs.open_for_campaign(code, "food", "money", ALL, TITLE)
    )
    gift = await promises(town, "Cho", MONEY)
    await town.as_official(office.treasurer, lambda desk: desk.pledge_work.receive(gift, ALL, "PT 1"))
    await town.citizen("Cho").at_desk(lambda desk: desk.people.erase())

    assert await gives(town, tam.id, gift, opened.slot_id, ALL) == "done"
    assert await brings(town, tam.id, (await books(town)).allocation.id, ALL, "trao tại nhà văn hóa") == "done"

    assert (await books(town)).wrong() == []


async def test_whoever_takes_her_yes_back_is_named_no_further_and_not_rung_up(town: Town, tam: Clerk) -> None:
    gift = await promises(town, "Cho", named=True)
    cho = town.citizen("Cho")

    def comes(desk: Desk) -> None:
        desk.consents.give("give", "give/1")
        desk.pledges.receive(desk.pledges.mine()[0], 1)

    await cho.at_desk(comes)
    before = await _told_of(town, tam, gift)
    await takes_back(town, "Cho", CONTACT)

    assert before == ({gift: "Trần Văn Cho"}, "+84905111222")
    assert await _told_of(town, tam, gift) == ({}, "")


async def _told_of(town: Town, official: Clerk, code: str) -> tuple[dict[str, str], str]:
    """Whom the ledger names, and the phone that an official sees."""

    def work(desk: Desk) -> tuple[dict[str, str], str]:
        found, pledge = desk.ledger.find(code), desk.pledges.by_code(code)
        assert found
        assert pledge
        return dict(found.names), desk.gift_files.read(pledge).body.phone

    return await town.as_official(official.id, work)


async def test_what_a_giver_did_before_two_persons_were_joined_is_still_hers(town: Town, tam: Clerk) -> None:
    gift = await promises(town, "Cho", accepted=False)
    mai = town.citizen("Mai")
    await mai.says("/menu")
    kept = await mai.at_desk(lambda desk: desk.here().person_id)
    await town.citizen("Cho").at_desk(lambda desk: desk.joining.join(desk.here().person_id, kept))

    def by(desk: Desk) -> list[str]:
        pledge = desk.pledges.by_code(gift)
        assert pledge
        return [happened.by for happened in desk.gift_files.read(pledge).events]

    assert await town.as_official(tam.id, by) == ["giver"]


async def test_what_officials_write_for_each_other_is_not_in_what_a_giver_downloads(town: Town, tam: Clerk) -> None:
    code = await drive(town, HERE)
    gift = await promises(town, "Cho", accepted=False)

    def goes_its_way(desk: Desk) -> None:
        opened = desk.needs.open_for_campaign(code, "food", "goods", 10, TITLE, "kg")
        assert desk.pledge_work.accept(gift, "thứ hai, 9 giờ") == "done"
        assert desk.allocations.allocate(gift, opened.slot_id, 10) == "done"

    await town.as_official(tam.id, goes_its_way)
    await brings(town, tam.id, (await books(town)).allocation.id, words="đưa bà Mẫu ở tổ 3")

    link = await town.citizen("Cho").at_desk(lambda desk: desk.people.download_link())
    stored = str(await town.at_desk(Actor("clock"), lambda desk: desk.export.everything(link.rpartition("/")[2])))

    assert "thứ hai, 9 giờ" in stored
    assert "bà Mẫu" not in stored


# Whose name an employer hears


async def offered(town: Town, tam: Clerk, case: str, employer: str) -> str:
    """A job of an employer is offered to a household; the allocation's id."""
    slot = await needs(town, tam.id, case, "job", 1, need="work")
    assert await gives(town, tam.id, await promises(town, employer, JOB), slot, 1) == "done"
    return (await books(town)).allocation.id


async def says_yes(town: Town, allocation_id: str) -> None:
    lan = town.citizen("Lan")
    await lan.at_desk(lambda desk: desk.household_gifts.answer_offer(allocation_id, wants=True))
    town.clock.move(minutes=5)


async def contact(town: Town, official: Clerk, allocation_id: str) -> HouseholdContact | None:
    return await town.as_official(official.id, lambda desk: desk.allocations.contact(allocation_id))


async def test_a_yes_to_a_second_employer_gives_her_name_to_no_earlier_one(town: Town, tam: Clerk) -> None:
    case = await asks(town, "Lan")
    first, second = await offered(town, tam, case, "Cho"), await offered(town, tam, case, "Chi")
    await says_yes(town, first)
    assert await contact(town, tam, first)
    await takes_back(town, "Lan", MEET)
    assert await contact(town, tam, first) is None
    town.clock.move(minutes=5)

    await says_yes(town, second)

    assert await contact(town, tam, second)
    assert await contact(town, tam, first) is None


async def test_her_name_is_taken_out_of_the_employer_s_chat_with_her_yes(town: Town, tam: Clerk) -> None:
    job = await offered(town, tam, await asks(town, "Lan"), "Cho")
    await town.citizen("Cho").at_desk(lambda desk: desk.consents.give("give", "give/1"))
    await says_yes(town, job)
    before = await _names_passed_on(town)

    await takes_back(town, "Lan", MEET)

    assert (before, await _names_passed_on(town)) == (1, 0)


async def _names_passed_on(town: Town) -> int:
    def count(unit: Unit) -> int:
        rows = unit.scalars(select(OutboxRow)).all()
        return sum("/may_meet/" in row.key and row.body is not None for row in rows)

    return await town.database.read(count)


# Accounts by the back door


@pytest.mark.parametrize(
    ("said", "how"),
    [("Gạo, gửi 0123 456 789 VCB", "invalid"), ("CK 12.34.56.78", "invalid"), ("Gạo 2026, 10.000 kg", "done")],
)
async def test_an_item_that_one_official_adds_shows_no_account(town: Town, tam: Clerk, said: str, how: str) -> None:
    code = await drive(town, HERE)

    def add(desk: Desk) -> OpenedNeed:
        return desk.needs.open_for_campaign(code, "food", "goods", 10, {"vi": said, "en": "Rice"}, "kg")

    assert (await town.as_official(tam.id, add)).how == how

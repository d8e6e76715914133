"""Who gives and what was said about gifts is forgotten with a person, a request, or in time; figures stay for ever."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.cases import Registration
from handlers.desk.pledges import Offer, bank_key
from handlers.desk.privacy import read_out
from handlers.rules.office import Span
from storage.database import Unit
from storage.queries.chains import chain
from storage.tables import Allocation, BankLine, Case, GiftAccount, Grievance, LedgerLine, NeedSlot, Pledge, PledgeEvent
from storage.vault import KeyGone, Vault
from storage.verify import broken
from tests.kit.town import Citizen, Town

CLOCK = Actor("clock")
NAME = "Mẫu Thị Lan"
ACCOUNT = "account-1"
MONTHS = (date(2024, 9, 30), date(2024, 10, 1))


def _promise(desk: Desk) -> str:
    offer = Offer(
        kind="money", giver="person", amount=1_000, name=NAME, phone="+84905123456", what="cho trẻ em", named=True
    )
    pledge = desk.pledges.offer(offer)
    desk.pledges.event(pledge, "changed", note="gọi sau 17 giờ")
    return pledge.id


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody who promised twice; of the second something has come, with her name in the transfer."""
    lan = town.citizen("Lan")
    await lan.says("/menu")
    await lan.at_desk(_promise)
    second = await lan.at_desk(_promise)

    def receive(desk: Desk) -> None:
        desk.pledges.receive(desk.unit.get_one(Pledge, second), 400, reference="FT1")
        _bank_line(desk, second, desk.today())

    await town.at_desk(CLOCK, receive)
    return lan


def _bank_line(desk: Desk, pledge_id: str | None, day: date) -> None:
    if desk.unit.get(GiftAccount, ACCOUNT) is None:
        desk.unit.add(
            GiftAccount(id=ACCOUNT, owner="Quỹ mẫu", bank="Ngân hàng mẫu", number="0001", first_day=day,
                        entered_by="a", entered_at=desk.now)
        )  # fmt: skip
        desk.unit.flush()
    key, line = bank_key(ACCOUNT, day), f"line {day}"
    desk.vault.ensure(key, desk.now)
    desk.unit.add(
        BankLine(id=line, account_id=ACCOUNT, reference=line, day=day, amount=400,
                 text=desk.vault.seal(key, f"bank_line.text:{line}", f"{NAME} ung ho"), pledge_id=pledge_id,
                 state="matched" if pledge_id else "unmatched", imported_by="a", imported_at=desk.now)
    )  # fmt: skip


async def pledges(town: Town) -> list[Pledge]:
    return await town.database.read(lambda unit: list(unit.scalars(select(Pledge).order_by(col(Pledge.id)))))


async def left(town: Town) -> dict[str, int]:
    """How much of what was said about gifts is still there."""
    counted = {
        "bodies": "SELECT count(*) FROM pledge WHERE body IS NOT NULL",
        "keys": "SELECT count(*) FROM data_key WHERE name LIKE 'pledge:%'",
        "notes": "SELECT count(*) FROM pledge_event WHERE note IS NOT NULL",
        "transfers": "SELECT count(*) FROM bank_line WHERE text IS NOT NULL",
        "named": "SELECT count(*) FROM pledge WHERE named",
    }

    def count(unit: Unit) -> dict[str, int]:
        return {what: int(unit.execute(text(query)).scalar_one()) for what, query in counted.items()}

    return await town.database.read(count)


async def whole(town: Town) -> list[str]:
    await town.database.write(chain.seal)
    return await town.database.read(lambda unit: list(broken(unit, town.clock.now())))


# Erasing


async def test_erasing_withdraws_what_has_not_come_and_forgets_who_gave(town: Town, lan: Citizen) -> None:
    before = await left(town)
    first_body = (await pledges(town))[0].body or b""

    await lan.at_desk(lambda desk: desk.people.erase())

    first, second = await pledges(town)
    assert before == {"bodies": 2, "keys": 2, "notes": 2, "transfers": 1, "named": 2}
    assert (first.state, second.state) == ("withdrawn", "accepted")
    assert await left(town) == dict.fromkeys(before, 0)
    with pytest.raises(KeyGone):
        await town.read(lambda _, vault: vault.open(f"pledge:{first.id}", f"pledge.body:{first.id}", first_body))


async def test_the_ledger_stays_when_its_giver_is_erased(town: Town, lan: Citizen) -> None:
    await lan.at_desk(lambda desk: desk.people.erase())

    [line] = await town.database.read(lambda unit: unit.scalars(select(LedgerLine)).all())
    assert (line.kind, line.amount) == ("received", 400)
    assert await whole(town) == []


async def test_erasing_one_leaves_what_another_promised(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    await mai.at_desk(_promise)

    await lan.at_desk(lambda desk: desk.people.erase())

    [pledge] = await mai.at_desk(lambda desk: desk.pledges.mine())
    assert (pledge.state, pledge.named) == ("offered", True)
    assert (await mai.at_desk(lambda desk: desk.pledges.body(pledge))).name == NAME


# Requests


def _need(desk: Desk) -> None:
    """A need of the speaker's request, met by somebody's pledge, and found out about in words."""
    desk.cases.open(Registration(needs=("food",), unit_id="phuong_hoa_khanh", place="tổ 3", name="Bà Tư"))
    case = desk.unit.scalars(select(Case)).one()
    key, now = f"case:{case.id}", desk.now
    for slot in ("met", "open"):
        desk.unit.add(
            NeedSlot(id=slot, case_id=case.id, need="food", kind="money", amount=5, state=slot, opened_by="a",
                     words=desk.vault.seal(key, f"need_slot.words:{slot}", "gạo cho bé"), created_at=now)
        )  # fmt: skip
    giver = desk.unit.scalars(select(Pledge).limit(1)).one()
    desk.unit.flush()
    desk.unit.add(
        Allocation(id="given", pledge_id=giver.id, slot_id="met", amount=5, state="returned", allocated_by="a",
                   allocated_at=now)
    )  # fmt: skip
    desk.unit.flush()
    desk.unit.add(
        Grievance(id="g", allocation_id="given", cause="less", handed_by="a", state="closed", opened_at=now,
                  words=desk.vault.seal(key, "grievance.words:g", "đã hỏi"))
    )  # fmt: skip


async def words_of_needs(town: Town) -> list[object]:
    def read(unit: Unit) -> list[object]:
        slots = unit.scalars(select(NeedSlot).order_by(col(NeedSlot.id))).all()
        return [*((s.state, s.words is None) for s in slots), unit.scalars(select(Grievance)).one().words is None]

    return await town.database.read(read)


async def test_what_a_household_needs_is_forgotten_with_its_request(town: Town, lan: Citizen) -> None:
    tu = town.citizen("Tu")
    await tu.says("/menu")
    await tu.at_desk(_need)
    before = await words_of_needs(town)

    await tu.at_desk(lambda desk: desk.people.erase())

    assert before == [("met", False), ("open", False), False]
    assert await words_of_needs(town) == [("met", True), ("closed", True), True]


async def test_what_a_household_needed_is_forgotten_as_long_after_as_its_request(town: Town, lan: Citizen) -> None:
    tu = town.citizen("Tu")
    await tu.says("/menu")
    await tu.at_desk(_need)
    await tu.at_desk(lambda desk: desk.cases.withdraw(desk.cases.mine()[0].code))
    town.clock.at = two_years_after(town.clock.now()) + timedelta(seconds=1)

    await town.at_desk(CLOCK, lambda desk: desk.retention.run())

    assert await words_of_needs(town) == [("met", True), ("closed", True), True]


# Time


def two_years_after(moment: datetime) -> datetime:
    return Span(24, "months").after(moment)


async def test_a_pledge_is_forgotten_two_years_after_it_was_over(town: Town, lan: Citizen) -> None:
    await lan.at_desk(lambda desk: desk.allocations.withdraw(desk.pledges.mine()[1]))
    town.clock.at = two_years_after(town.clock.now())

    await town.at_desk(CLOCK, lambda desk: desk.retention.run())
    in_time = (await left(town))["bodies"]
    town.clock.at += timedelta(seconds=1)
    await town.at_desk(CLOCK, lambda desk: desk.retention.run())

    assert in_time == 2
    after = await left(town)
    assert (after["bodies"], after["keys"], after["notes"], after["named"]) == (1, 1, 1, 1)
    assert [pledge.state for pledge in await pledges(town)] == ["withdrawn", "accepted"]


async def test_the_words_of_transfers_are_forgotten_by_months(town: Town) -> None:
    def keep(desk: Desk) -> None:
        for day in MONTHS:
            _bank_line(desk, None, day)

    await town.at_desk(CLOCK, keep)
    texts = await town.database.read(lambda unit: unit.scalars(select(BankLine.text).order_by(col(BankLine.id))).all())
    town.clock.at = town.clock.at.replace(year=2026, month=10, day=31)

    await town.at_desk(CLOCK, lambda desk: desk.retention.run())

    rows = await town.database.read(lambda unit: unit.scalars(select(BankLine).order_by(col(BankLine.id))).all())
    assert [row.text is None for row in rows] == [True, False]
    assert await town.read(lambda _, vault: opens(vault, MONTHS[1], texts[1])) == f"{NAME} ung ho"
    with pytest.raises(KeyGone):
        await town.read(lambda _, vault: opens(vault, MONTHS[0], texts[0]))


def opens(vault: Vault, day: date, sealed: bytes | None) -> object:
    return vault.open(bank_key(ACCOUNT, day), f"bank_line.text:line {day}", sealed or b"")


# Joining, and what is stored


async def test_joined_persons_have_the_promises_of_both(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    await mai.at_desk(_promise)
    kept = (await lan.chat()).person_id

    await mai.at_desk(lambda desk: desk.joining.join(desk.here().person_id, kept))

    assert {pledge.person_id for pledge in await pledges(town)} == {kept}
    assert len(await mai.at_desk(lambda desk: [desk.pledges.body(p).name for p in desk.pledges.mine()])) == 3


async def test_what_is_stored_lists_her_promises_with_their_states_and_words(town: Town, lan: Citizen) -> None:
    link = await lan.at_desk(lambda desk: desk.people.download_link())
    token = link.rpartition("/")[2]

    def look(desk: Desk) -> tuple[object, list[str]]:
        stored = desk.export.everything(token)
        assert stored is not None
        sections = {s.title: list(s.lines) for s in read_out(stored, desk.voice("vi"))}
        return stored["gifts"], sections["Đã đăng ký ủng hộ"]

    gifts, lines = await town.at_desk(CLOCK, look)

    assert isinstance(gifts, list)
    assert [(g["state"], g["amount"], g["content"]["name"]) for g in gifts] == [
        ("offered", 1_000, NAME), ("accepted", 1_000, NAME),
    ]  # fmt: skip
    assert lines[0].endswith("· Tiền · 1.000 đ · đã đăng ký")
    assert any(NAME in line for line in lines)
    assert any("gọi sau 17 giờ" in line for line in lines)


async def test_after_it_was_forgotten_what_is_stored_has_the_figures_alone(town: Town, lan: Citizen) -> None:
    await town.database.write(lambda unit: unit.execute(text("UPDATE pledge SET body = NULL")))
    await town.database.write(lambda unit: unit.execute(text("UPDATE pledge_event SET note = NULL")))
    token = (await lan.at_desk(lambda desk: desk.people.download_link())).rpartition("/")[2]

    stored = await town.at_desk(CLOCK, lambda desk: desk.export.everything(token))

    assert stored is not None
    assert NAME not in str(stored["gifts"])
    assert await town.database.read(lambda unit: len(unit.scalars(select(PledgeEvent)).all())) >= 4

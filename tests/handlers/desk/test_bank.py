"""A bank's statement: each transfer once, received where its words name one open pledge, else shown to an official."""

import asyncio
from datetime import date

import pytest
from sqlmodel import col, select

from handlers.banking.statements import Statement, StatementLine
from handlers.desk import Desk
from handlers.desk.pledges import ImportedStatement, Offer
from storage.queries.chains import chain
from storage.tables import AuditRow, BankLine, GiftAccount, LedgerLine, Pledge
from storage.verify import broken
from tests.kit.town import Citizen, Town

DAY = date(2026, 11, 23)
ACCOUNT = "account-1"
WORDS = "MAU VAN A ung ho"


def statement(*lines: tuple[str, int, str]) -> Statement:
    """A statement of (reference, amount, words)."""
    return Statement(
        tuple(
            StatementLine(reference=reference, day=DAY, amount=amount, text=words) for reference, amount, words in lines
        ),
        0,
        (),
    )


async def promises(citizen: Citizen, amount: int = 1_000_000) -> str:
    """Somebody promises money; returns the code."""
    await citizen.says("/menu")
    offer = Offer(kind="money", giver="person", amount=amount, name="Mẫu Văn A", unit_id="phuong_hoa_khanh")
    return await citizen.at_desk(lambda desk: desk.pledges.offer(offer).code)


def _account(desk: Desk) -> None:
    for account_id, number in ((ACCOUNT, "0001"), ("draft", "0002")):
        row = GiftAccount(
            id=account_id, owner="Quỹ mẫu", bank="Ngân hàng mẫu", number=number, first_day=DAY,
            entered_by="official:1", entered_at=desk.now,
        )  # fmt: skip
        if account_id == ACCOUNT:
            row.confirmed_by, row.confirmed_at = "official:2", desk.now
        desk.unit.add(row)


@pytest.fixture
async def kim(town: Town) -> str:
    """The treasurer of a town with one account that counts and one that waits."""
    kim = await town.official("kim", "treasurer")
    await town.as_official(kim, _account)
    return kim


async def reads_in(
    town: Town, official: str, *lines: tuple[str, int, str], account: str = ACCOUNT
) -> ImportedStatement | None:
    return await town.as_official(official, lambda desk: desk.bank.read_in(account, statement(*lines)))


async def received(town: Town) -> list[tuple[str, int]]:
    query = select(LedgerLine.code, LedgerLine.amount).where(LedgerLine.kind == "received").order_by(col(LedgerLine.id))
    return await town.database.read(lambda unit: [(code, amount) for code, amount in unit.execute(query)])


async def states(town: Town) -> list[str]:
    query = select(BankLine.state).order_by(col(BankLine.id))
    return await town.database.read(lambda unit: list(unit.scalars(query)))


async def whole(town: Town) -> list[str]:
    """What is wrong with the data, once everything is sealed."""
    await town.database.write(chain.seal)
    return await town.database.read(lambda unit: list(broken(unit, town.clock.now())))


async def test_a_transfer_that_names_one_open_pledge_is_received(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))

    found = await reads_in(town, kim, ("FT1", 400_000, f"{WORDS} {code.replace('-', '')}"), ("FT2", 50_000, WORDS))

    pledge = await town.database.read(lambda unit: unit.scalars(select(Pledge)).one())
    assert found == ImportedStatement(new=2, matched=1, unmatched=1, known=0)
    assert (pledge.state, pledge.received) == ("accepted", 400_000)
    assert await received(town) == [(code, 400_000)]
    assert await states(town) == ["matched", "unmatched"]
    assert await whole(town) == []


async def test_a_line_of_the_ledger_has_the_day_of_the_transfer(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))

    await reads_in(town, kim, ("FT1", 400_000, code))

    line = await town.database.read(lambda unit: unit.scalars(select(LedgerLine)).one())
    assert line.day == DAY
    assert line.reference is not None


async def test_reading_the_same_statement_again_adds_nothing(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))
    lines = (("FT1", 400_000, code), ("FT2", 50_000, WORDS))
    await reads_in(town, kim, *lines)

    again = await reads_in(town, kim, *lines, ("FT3", 1, WORDS))

    assert again == ImportedStatement(new=1, matched=0, unmatched=1, known=2)
    assert await received(town) == [(code, 400_000)]


async def test_reading_it_twice_at_once_receives_once(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))
    lines = [(f"FT{number}", 1_000 + number, code) for number in range(20)]

    both = await asyncio.gather(reads_in(town, kim, *lines), reads_in(town, kim, *lines))

    assert sorted((one.new, one.known) for one in both if one) == [(0, 20), (20, 0)]
    assert len(await received(town)) == 20
    assert await whole(town) == []


async def test_a_long_statement_is_read_in_parts(town: Town, kim: str) -> None:
    found = await reads_in(town, kim, *((f"FT{number}", 10, WORDS) for number in range(1_001)))

    assert found == ImportedStatement(new=1_001, matched=0, unmatched=1_001, known=0)


async def test_what_names_two_open_pledges_or_none_is_left_to_an_official(town: Town, kim: str) -> None:
    first, second = await promises(town.citizen("Lan")), await promises(town.citizen("Mai"))

    await reads_in(town, kim, ("FT1", 10, f"{first} {second}"), ("FT2", 10, "UH-0000-0000"))

    assert await states(town) == ["unmatched", "unmatched"]
    assert await received(town) == []


async def test_a_pledge_that_was_withdrawn_or_is_of_goods_takes_no_money(town: Town, kim: str) -> None:
    lan, mai = town.citizen("Lan"), town.citizen("Mai")
    code = await promises(lan)
    await lan.at_desk(lambda desk: desk.allocations.withdraw(desk.pledges.mine()[0]))
    await mai.says("/menu")
    goods = await mai.at_desk(
        lambda desk: desk.pledges.offer(Offer(kind="goods", giver="person", amount=5, name="Mai", measure="bao")).code
    )

    await reads_in(town, kim, ("FT1", 10, code), ("FT2", 10, goods))
    [line] = await town.database.read(lambda unit: unit.scalars(select(BankLine.id).limit(1)).all())
    outcome = await town.as_official(kim, lambda desk: desk.bank.match(line, goods))

    assert await states(town) == ["unmatched", "unmatched"]
    assert outcome == "no_pledge"


async def test_an_official_matches_what_waits_and_only_once(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))
    await reads_in(town, kim, ("FT1", 10, WORDS))
    [waiting], count = await town.as_official(kim, lambda desk: desk.bank.unmatched())

    outcomes = [await town.as_official(kim, lambda desk: desk.bank.match(waiting.id, code)) for _ in range(2)]

    assert (waiting.words, waiting.amount, waiting.day, count) == (WORDS, 10, DAY, 1)
    assert outcomes == ["done", "outdated"]
    assert await received(town) == [(code, 10)]
    assert await town.as_official(kim, lambda desk: desk.bank.unmatched()) == ((), 0)


async def test_of_thirty_who_match_one_transfer_at_once_one_does(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))
    await reads_in(town, kim, ("FT1", 10, WORDS))
    line = await town.database.read(lambda unit: unit.scalars(select(BankLine.id)).one())

    async def match() -> str:
        return await town.as_official(kim, lambda desk: desk.bank.match(line, code))

    outcomes = await asyncio.gather(*(match() for _ in range(30)))

    assert sorted(outcomes) == ["done", *["outdated"] * 29]
    assert await received(town) == [(code, 10)]
    assert await whole(town) == []


async def test_what_was_set_aside_by_mistake_can_still_be_matched(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))
    await reads_in(town, kim, ("FT1", 10, WORDS))
    line = await town.database.read(lambda unit: unit.scalars(select(BankLine.id)).one())

    aside = [await town.as_official(kim, lambda desk: desk.bank.set_aside(line)) for _ in range(2)]
    matched = await town.as_official(kim, lambda desk: desk.bank.match(line, code))
    late = await town.as_official(kim, lambda desk: desk.bank.set_aside(line))

    assert (aside, matched, late) == (["done", "outdated"], "done", "outdated")


async def test_what_was_written_down_by_hand_before_is_not_received_twice(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))

    def by_hand(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        desk.pledges.receive(pledge, 10, reference="ft 1")

    await town.as_official(kim, by_hand)
    found = await reads_in(town, kim, ("FT1", 10, code))

    assert found == ImportedStatement(new=1, matched=1, unmatched=0, known=0)
    assert await received(town) == [(code, 10)]
    assert await whole(town) == []


async def test_what_was_written_down_by_hand_with_another_amount_is_left_to_an_official(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))

    def by_hand(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        desk.pledges.receive(pledge, 10, reference="ft 1")

    await town.as_official(kim, by_hand)
    found = await reads_in(town, kim, ("FT1", 100, code))

    assert found == ImportedStatement(new=1, matched=0, unmatched=1, known=0)
    assert await received(town) == [(code, 10)]


@pytest.mark.parametrize("account", ["draft", "none at all"])
async def test_a_statement_of_an_account_that_does_not_count_is_refused(town: Town, kim: str, account: str) -> None:
    assert await reads_in(town, kim, ("FT1", 10, WORDS), account=account) is None
    assert await states(town) == []


async def test_who_may_not_read_statements_in_sees_none_there(town: Town, kim: str) -> None:
    binh = await town.official("binh", "lead", "officer", places=("phuong_hoa_khanh",))
    await reads_in(town, kim, ("FT1", 10, WORDS))
    line = await town.database.read(lambda unit: unit.scalars(select(BankLine.id)).one())
    code = await promises(town.citizen("Lan"))

    assert await reads_in(town, binh, ("FT2", 10, WORDS)) is None
    assert await town.as_official(binh, lambda desk: desk.bank.match(line, code)) == "absent"
    assert await town.as_official(binh, lambda desk: desk.bank.set_aside(line)) == "absent"
    assert await states(town) == ["unmatched"]


async def test_a_line_that_there_is_none_of_is_absent(town: Town, kim: str) -> None:
    assert await town.as_official(kim, lambda desk: desk.bank.match("none", "UH-0000-0000")) == "absent"
    assert await town.as_official(kim, lambda desk: desk.bank.set_aside("none")) == "absent"


async def test_the_audit_has_counts_and_ids_and_no_word_of_a_transfer(town: Town, kim: str) -> None:
    code = await promises(town.citizen("Lan"))
    await reads_in(town, kim, ("FT1", 123_456, f"{WORDS} {code}"), ("FT2", 10, WORDS))
    line = await town.database.read(lambda unit: unit.scalars(select(BankLine.id).where(BankLine.amount == 10)).one())
    await town.as_official(kim, lambda desk: desk.bank.match(line, code))

    query = select(AuditRow).where(col(AuditRow.action).startswith("bank."))
    rows = await town.database.read(lambda unit: unit.scalars(query).all())

    assert [row.action for row in rows] == ["bank.read_in", "bank.matched"]
    assert rows[0].detail == {"new": 2, "matched": 1, "unmatched": 1, "known": 0}
    assert not [row for row in rows if "MAU" in str(row.detail) or "123456" in str(row.detail)]

"""Backups between both databases: what comes back, what stays erased, what is held back, what is refused."""

import gzip
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlmodel import SQLModel, col

from handlers.desk import Actor, Desk
from handlers.desk.cases import Registration
from handlers.desk.pledges import Offer, bank_key
from handlers.desk.privacy import SettledRestore
from storage import migrations
from storage.backup import backup, restored, rowfile
from storage.backup.backup import KEYS, BadBackup
from storage.backup.rowfile import RowReader
from storage.crypto import MasterKey, WrongKey
from storage.database import Database, Unit
from storage.queries import machine
from storage.queries.chains import chain
from storage.queries.incoming import chats, inbox
from storage.tables import (
    Address,
    AuditRow,
    BankLine,
    Case,
    CaseLookUp,
    ChatLine,
    Consent,
    GiftAccount,
    InboxRow,
    JobRun,
    LeaseRow,
    LedgerLine,
    NeedSlot,
    OutboxRow,
    Owner,
    Person,
    Pledge,
    PledgeEvent,
    UrgentRequest,
)
from storage.vault import KeyGone, Vault
from storage.verify import broken
from tests.kit.giving import ENTRY, front
from tests.kit.on_duty import clerk
from tests.kit.postgres import PostgresServer
from tests.kit.restoring import back_up, restore, silent
from tests.kit.shape import lay_file
from tests.kit.town import Citizen, Town

OWN = Registration(
    needs=("food", "house"), unit_id="phuong_hoa_khanh", place="tổ 3", name="Nguyễn Thị Lan", phone="+84905123456"
)
FOR_OTHER = replace(OWN, for_other=True, name="Bà Tư", phone="", helper_name="Lan", helper_phone="+84905123456")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes: a folder with nothing in it."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder / "monday.backup"


@contextmanager
def unused(
    kind: str, request: pytest.FixtureRequest, folder: Path, *, has_tables: bool = False
) -> Iterator[Database]:  # fmt: skip
    """A database of a kind with nothing in it. has_tables: but our tables, which take longer to make than to copy."""
    if kind == "sqlite":
        file = folder / "new" / "chungtay.db"
        if has_tables:
            lay_file(file)
        opened = Database.open(f"sqlite:///{file}")
        yield opened
        opened.close_now()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.lent(request.getfixturevalue("shaped_database")) if has_tables else server.lent() as url:
        opened = Database.open(url)
        yield opened
        opened.close_now()


@pytest.fixture
def target(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An unused database of the other kind, of this release."""
    kind = "postgresql" if engine_name == "sqlite" else "sqlite"
    with unused(kind, request, tmp_path, has_tables=True) as opened:
        yield opened


@pytest.fixture
def bare_target(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the other kind without a table."""
    with unused("postgresql" if engine_name == "sqlite" else "sqlite", request, tmp_path) as opened:
        yield opened


@pytest.fixture(params=["the same kind", "the other kind"])
def any_target(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    kinds = {"sqlite", "postgresql"}
    kind = engine_name if request.param == "the same kind" else (kinds - {engine_name}).pop()
    with unused(kind, request, tmp_path) as opened:
        yield opened


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody with a case of her own, one for a neighbour, an urgent request, and a chat."""
    citizen = town.citizen("Lan")
    await citizen.says("/menu", "/dangky")
    await citizen.at_desk(lambda desk: desk.consents.give("register", "register/1"))
    await citizen.at_desk(lambda desk: desk.cases.open(OWN))
    await citizen.at_desk(lambda desk: desk.cases.open(FOR_OTHER))
    await citizen.at_desk(lambda desk: desk.urgent.raise_one("tổ 3", "hết gạo", None))
    await citizen.at_desk(lambda desk: desk.talks.wish())
    await citizen.at_desk(lambda desk: desk.files.keep(b"a photo"))
    await citizen.at_desk(lambda desk: desk.people.download_link())
    return citizen


def read(town: Town, path: Path) -> RowReader:
    return RowReader(path, town.office.master)


def everything(unit: Unit) -> dict[str, list[Any]]:
    """Every row of every table, in the order of the primary key."""
    tables = SQLModel.metadata.sorted_tables
    return {t.name: [tuple(row) for row in unit.execute(select(t).order_by(*t.primary_key))] for t in tables}


async def add_rows_of_every_kind(town: Town) -> None:
    """Rows that a short talk does not bring."""

    def add(unit: Unit) -> None:
        now = town.clock.now()
        machine.set_owner(unit, "UBND", "quầy", "a@b.test", "test", now)
        machine.lease(unit, "jobs", "this process", now, timedelta(seconds=20))
        machine.begin_run(unit, "forget", now, now)

    await town.database.write(add)


async def test_everything_comes_back_as_it_was_but_leases_and_links(
    town: Town, lan: Citizen, file: Path, any_target: Database
) -> None:
    await add_rows_of_every_kind(town)
    await town.database.write(chain.seal)
    written = back_up(town, file)
    before = await town.database.read(everything)

    settled = restore(town, file, any_target)

    after = any_target.read_now(everything)
    note = after["audit"].pop()
    assert settled == SettledRestore(0, 0, 0)
    assert after["lease"] == after["one_time_token"] == []
    kept = before.keys() - {"lease", "one_time_token"}
    assert written.rows == sum(len(before[name]) for name in kept - {"data_key"})
    for one in (before, after):  # the note was sealed, and so the chain's end moved on
        one["meta"] = [fact for fact in one["meta"] if fact[0] != chain.AUDIT.end_fact]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert note[2:4] == ("operator", "backup.restored")
    assert list(any_target.read_now(lambda unit: list(broken(unit, town.clock.now())))) == []


async def test_restored_words_open_with_the_key(town: Town, lan: Citizen, file: Path, target: Database) -> None:
    back_up(town, file)

    restore(town, file, target)

    said = target.read_now(lambda unit: [open_case(town, unit, case) for case in cases(unit)])
    assert [request["name"] for request in said] == ["Nguyễn Thị Lan", "Bà Tư"]


def cases(unit: Unit) -> list[Case]:
    return list(unit.scalars(select(Case).order_by(col(Case.id))))


def open_case(town: Town, unit: Unit, case: Case) -> dict[str, object]:
    opened = Vault(unit, town.office.master).open(f"case:{case.id}", f"cases.body:{case.id}", case.body or b"")
    assert isinstance(opened, dict)
    return opened


async def test_a_restored_database_goes_on_counting(town: Town, lan: Citizen, file: Path, target: Database) -> None:
    await add_rows_of_every_kind(town)
    back_up(town, file)
    restore(town, file, target)
    numbered = (InboxRow, OutboxRow, AuditRow, Owner)
    last = target.read_now(lambda unit: [highest(unit, table) for table in numbered])

    def go_on(unit: Unit) -> list[int]:
        vault, now = Vault(unit, town.office.master), town.clock.now()
        desk = town.office.desk(unit, Actor("operator"), "inbox:1", town.clock)
        chat = chats.arrive(unit, vault, "webchat", b"Mai", now)
        inbox.accept(unit, vault, chat, "Mai:1", "text", {"text": "xin chào"}, now)
        unit.add(OutboxRow(key="new", person_id="p", address_id="a", channel="webchat", kind="receipt", cause="test",
                           not_before=now, created_at=now, changed_at=now))  # fmt: skip
        desk.note("test.noted", "test")
        machine.set_owner(unit, "UBND", "quầy", "a@b.test", "test", now)
        unit.flush()
        return [highest(unit, table) for table in numbered]

    assert target.write_now(go_on) == [number + 1 for number in last]


def highest(unit: Unit, table: type[SQLModel]) -> int:
    return int(unit.execute(text(f"SELECT max(id) FROM {table.__tablename__}")).scalar_one())  # noqa: S608  # our name


# Erased since


async def test_who_was_erased_since_is_erased_in_what_is_restored(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    old = (await lan.chat()).person_id
    back_up(town, file)
    keys = await town.database.read(lambda unit: everything(unit)["data_key"])
    await lan.at_desk(lambda desk: desk.people.erase())
    back_up(town, file.with_name("tuesday.backup"))

    settled = restore(town, file, target)

    after = target.read_now(everything)
    assert settled == SettledRestore(erased=1, withdrawn=1, kept_back=0)
    assert target.read_now(lambda unit: sealed_of(unit, old)) == []
    assert target.read_now(lambda unit: readable_of_lan(town, unit)) == []
    assert not {bytes(key[1]) for key in keys if key[0] == f"person:{old}"} & {bytes(k[1]) for k in after["data_key"]}
    assert target.read_now(lambda unit: list(broken(unit, town.clock.now()))) == []
    assert target.read_now(lambda unit: chats.find(unit, "webchat", mai.external)) is not None


def sealed_of(unit: Unit, person_id: str) -> list[str]:
    """Columns that hold sealed words of a person, and whatever of hers must not exist at all."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        if "person_id" not in table.columns or table.name == "cases":
            continue
        for column in (c for c in table.columns if isinstance(c.type, LargeBinary)):
            query = select(column).where(table.c.person_id == person_id, column.is_not(None))
            found += [f"{table.name}.{column.name}" for _ in unit.execute(query)]
    return found


def readable_of_lan(town: Town, unit: Unit) -> list[object]:
    """Every word of hers that opens with any key that is there."""
    vault, found = Vault(unit, town.office.master), list[object]()
    for case in cases(unit):
        if case.body is not None:
            request = open_case(town, unit, case)
            found += [request[name] for name in ("helper_name", "helper_phone") if request[name]]
            found += [case.id] if request["name"] == OWN.name else []
    for row in unit.scalars(select(InboxRow).where(col(InboxRow.body).is_not(None))):
        try:
            body = vault.open(inbox.day_key(row.day), f"inbox.body:{row.channel}/{row.update_id}", row.body or b"")
        except (KeyGone, WrongKey):
            continue
        found += [body] if row.update_id.startswith("Lan:") else []
    found += [row.id for row in unit.scalars(select(UrgentRequest)) if row.body is not None]
    return found


async def test_words_that_officials_were_told_are_erased_with_whom_they_are_of(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    hoa = await clerk(town, "Hoa", places=("phuong_hoa_khanh",))
    raised = await lan.at_desk(lambda desk: desk.urgent.raise_one("phường Hòa Khánh", "hết gạo", None))
    alarm = select(OutboxRow).where(col(OutboxRow.kind) == "urgent")
    number = (await town.database.read(lambda unit: unit.scalars(alarm).one())).id
    back_up(town, file)
    await lan.at_desk(lambda desk: desk.people.erase())
    back_up(town, file.with_name("tuesday.backup"))

    restore(town, file, target)

    def left(unit: Unit) -> tuple[object, ...]:
        lines = select(ChatLine).where(col(ChatLine.outbox_id) == number)
        return unit.scalars(alarm).one().body, unit.scalars(lines).all()

    assert raised.told == 1
    assert target.read_now(left) == (None, [])
    assert target.read_now(lambda unit: chats.find(unit, "webchat", hoa.external)) is not None


async def test_what_an_erased_person_leaves_is_what_erasing_leaves(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    old = (await lan.chat()).person_id
    back_up(town, file)
    await lan.at_desk(lambda desk: desk.people.erase())
    back_up(town, file.with_name("tuesday.backup"))

    restore(town, file, target)

    def left(unit: Unit) -> list[object]:
        own, other = cases(unit)
        person = unit.get_one(Person, old)
        return [
            (person.state, person.language),
            (own.state, own.body, own.closed_at is not None),
            (other.state, open_case(town, unit, other)["helper_erased"], open_case(town, unit, other)["name"]),
            sorted({row.case_id == other.id for row in unit.scalars(select(CaseLookUp))}),
            [row.state for row in unit.scalars(select(Consent))],
            unit.scalars(select(ChatLine)).all(),
        ]

    expected = [("erased", ""), ("withdrawn", None, True), ("submitted", True, "Bà Tư"), [True], ["withdrawn"], []]
    assert target.read_now(left) == expected
    assert await town.database.read(left) == expected
    assert target.read_now(lambda unit: unit.scalars(select(Address)).all()) == []


async def test_who_is_erased_while_the_backup_is_written_is_not_in_its_keys(
    town: Town, lan: Citizen, file: Path
) -> None:
    old = (await lan.chat()).person_id

    def erase_at_the_end(done: int, total: int) -> None:
        if done == total:
            town.database.write_now(lambda unit: Vault(unit, town.office.master).forget(f"person:{old}"))

    backup.write(town.database, town.office.master, file, town.clock.now, erase_at_the_end)

    persons = [row["id"] for table, rows in read(town, file).portions() if table.name == "person" for row in rows]
    names = [row["name"] for _, rows in read(town, file.with_name(KEYS)).portions() for row in rows]
    assert old in persons
    assert f"person:{old}" not in names


async def test_a_message_that_waits_is_handled_later_unless_its_key_is_gone(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    await town.database.write(lambda unit: unit.execute(text("UPDATE inbox SET state = 'new', done_at = NULL")))
    count = len(await town.database.read(lambda unit: unit.scalars(select(InboxRow)).all()))
    back_up(town, file)

    restore(town, file, target)

    assert target.read_now(lambda unit: inbox.counts(unit)) == {"new": count}


async def test_a_message_of_a_day_whose_key_is_gone_is_done(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    await town.database.write(lambda unit: unit.execute(text("UPDATE inbox SET state = 'new', done_at = NULL")))
    back_up(town, file)
    await town.database.write(lambda unit: unit.execute(text("DELETE FROM data_key WHERE name LIKE 'day:%'")))
    back_up(town, file.with_name("tuesday.backup"))

    restore(town, file, target)

    assert set(target.read_now(lambda unit: inbox.counts(unit))) == {"done"}
    assert target.read_now(lambda unit: [r.body for r in unit.scalars(select(InboxRow)) if r.body is not None]) == []


def test_erasing_knows_every_table_that_belongs_to_a_person() -> None:
    statements = " ".join(step for step in restored._ERASED.values() if isinstance(step, str))
    belongs = {t.name for t in SQLModel.metadata.sorted_tables if "person_id" in t.columns} - backup.LEFT_OUT

    assert {name for name in belongs if f" {name} " not in statements} == set()


def _gives(desk: Desk) -> None:
    """Two promises, of one of which something came with words, and an account's words of that month."""
    offer = Offer(kind="money", giver="person", amount=1_000, name=OWN.name, named=True)
    offered, received = desk.pledges.offer(offer), desk.pledges.offer(offer)
    for pledge in (offered, received):
        desk.pledges.event(pledge, "changed", note="gọi sau 17 giờ")
    desk.pledges.receive(received, 400)
    today, now = desk.today(), desk.now
    desk.unit.add(
        GiftAccount(id="one", owner="Quỹ mẫu", bank="Ngân hàng mẫu", number="0001", first_day=today, entered_by="a",
                    entered_at=now)
    )  # fmt: skip
    desk.unit.flush()
    desk.vault.make(bank_key("one", today), now)
    for line, pledge_id in (("hers", received.id), ("another's", None)):
        words = desk.vault.seal(bank_key("one", today), f"bank_line.text:{line}", OWN.name)
        desk.unit.add(
            BankLine(id=line, account_id="one", reference=line, day=today, amount=400, text=words,
                     pledge_id=pledge_id, state="matched" if pledge_id else "unmatched", imported_by="a",
                     imported_at=now)
        )  # fmt: skip


def _left_of_gifts(unit: Unit) -> dict[str, list[object]]:
    """What stands of gifts, and which words are still there."""
    pledges = unit.scalars(select(Pledge).order_by(col(Pledge.id)))
    return {
        "pledges": [(p.state, p.received, p.named, p.body is None) for p in pledges],
        "notes": [e.note is None for e in unit.scalars(select(PledgeEvent)) if e.kind == "changed"],
        "transfers": [(b.id, b.text is None) for b in unit.scalars(select(BankLine).order_by(col(BankLine.id)))],
        "ledger": [(line.kind, line.amount) for line in unit.scalars(select(LedgerLine))],
    }


async def test_of_who_was_erased_since_her_gifts_are_left_as_erasing_leaves_them(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    await lan.at_desk(_gives)
    back_up(town, file)
    await lan.at_desk(lambda desk: desk.people.erase())
    back_up(town, file.with_name("tuesday.backup"))

    restore(town, file, target)

    expected = {
        "pledges": [("withdrawn", 0, False, True), ("accepted", 400, False, True)],
        "notes": [True, True],
        "transfers": [("another's", False), ("hers", True)],
        "ledger": [("received", 400)],
    }
    assert await town.database.read(_left_of_gifts) == expected
    assert target.read_now(_left_of_gifts) == expected
    assert target.read_now(lambda unit: list(broken(unit, town.clock.now()))) == []


async def test_an_account_that_was_ended_since_is_ended_in_what_is_restored(
    town: Town, file: Path, target: Database
) -> None:
    office = await front(town)
    kept, ended = await office.has(), await office.has(replace(ENTRY, number="999888777"))
    back_up(town, file)
    await town.as_official(office.admin, lambda desk: desk.gift_accounts.end(ended))
    back_up(town, file.with_name("tuesday.backup"))

    restore(town, file, target)

    rows = target.read_now(lambda unit: {row.id: row.ended_at is None for row in unit.scalars(select(GiftAccount))})
    assert rows == {kept: True, ended: False}


async def test_words_of_transfers_whose_month_was_forgotten_since_are_gone(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    await lan.at_desk(_gives)
    back_up(town, file)
    await lan.at_desk(lambda desk: desk.vault.forget(bank_key("one", desk.today())))
    back_up(town, file.with_name("tuesday.backup"))

    restore(town, file, target)

    left = target.read_now(_left_of_gifts)
    assert left["transfers"] == [("another's", True), ("hers", True)]
    assert left["pledges"] == [("offered", 0, True, False), ("accepted", 400, True, False)]


async def test_what_a_lost_case_needs_is_asked_for_no_more(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    def need(desk: Desk) -> None:
        for case in desk.unit.scalars(select(Case)).all():
            slot = f"slot {case.for_other}"
            words = desk.vault.seal(f"case:{case.id}", f"need_slot.words:{slot}", "gạo cho bé")
            desk.unit.add(
                NeedSlot(id=slot, case_id=case.id, need="food", kind="goods", amount=5, opened_by="a", words=words,
                         created_at=desk.now)
            )  # fmt: skip

    await lan.at_desk(need)
    back_up(town, file)
    await lan.at_desk(lambda desk: desk.people.erase())
    back_up(town, file.with_name("tuesday.backup"))

    restore(town, file, target)

    def left(unit: Unit) -> list[object]:
        rows = unit.scalars(select(NeedSlot).order_by(col(NeedSlot.id)))
        return [(row.id, row.state, row.words is None) for row in rows]

    expected = [("slot False", "closed", True), ("slot True", "open", False)]
    assert await town.database.read(left) == expected
    assert target.read_now(left) == expected


# Nothing leaves by itself


async def test_what_waited_is_held_and_what_was_being_sent_is_unknown(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    await lan.says("/menu")
    until = town.clock.now() + timedelta(days=1)

    def pretend(unit: Unit) -> None:
        for number, state in ((0, "queued"), (1, "sending")):
            row = unit.scalars(select(OutboxRow).order_by(col(OutboxRow.id))).all()[number]
            row.state, row.lease_owner, row.lease_until = state, "a process", until

    await town.database.write(pretend)
    back_up(town, file)

    settled = restore(town, file, target)

    rows = target.read_now(lambda unit: unit.scalars(select(OutboxRow).order_by(col(OutboxRow.id))).all())
    assert settled.kept_back == 2
    assert [(row.state, row.reason, row.lease_owner, row.lease_until) for row in rows[:2]] == [
        ("held", "restored", None, None),
        ("unknown", "restored", None, None),
    ]
    assert [row.state for row in rows[2:]] == ["sent"]


# The file


async def test_the_files_are_their_owners_alone_and_hold_no_key_and_no_word(
    town: Town, lan: Citizen, file: Path
) -> None:
    keys = await town.database.read(lambda unit: [bytes(key[1]) for key in everything(unit)["data_key"]])

    back_up(town, file)

    content = packed(file)
    assert {p.name: stat.S_IMODE(p.stat().st_mode) for p in file.parent.iterdir()} == {
        "monday.backup": 0o600, KEYS: 0o600, f"{KEYS}.lock": 0o600,
    }  # fmt: skip
    assert len(keys) > 3
    assert [key for key in keys if rowfile._base64(key).encode() in content] == []
    assert [word for word in ("Nguyễn", "905123456", "hết gạo") if word.encode() in content] == []


async def test_a_backup_is_never_overwritten(town: Town, lan: Citizen, file: Path) -> None:
    back_up(town, file)
    keys = read(town, file.with_name(KEYS)).header()
    town.clock.move(seconds=1)

    with pytest.raises(BadBackup, match="there already"):
        back_up(town, file)

    assert read(town, file.with_name(KEYS)).header() == keys
    assert backup.find(file, town.office.master, silent).header.taken < town.clock.now()


async def test_a_second_backup_into_the_folder_at_once_is_refused(town: Town, file: Path) -> None:
    with rowfile.alone(file.with_name(f"{KEYS}.lock")), pytest.raises(BadBackup, match="another backup"):
        back_up(town, file)

    assert back_up(town, file).rows > 0


async def test_a_folder_that_is_not_there_is_said_in_one_line(town: Town, file: Path) -> None:
    with pytest.raises(BadBackup, match="can't be written: No such file"):
        back_up(town, file.parent / "nowhere" / "monday.backup")


async def test_keys_of_another_database_are_never_replaced(town: Town, file: Path, target: Database) -> None:
    back_up(town, file)
    keys = file.with_name(KEYS).read_bytes()
    migrations.upgrade(target.engine)

    with pytest.raises(BadBackup, match="of another database"):
        backup.write(target, town.office.master, file.with_name("other.backup"), town.clock.now, silent)

    assert file.with_name(KEYS).read_bytes() == keys
    assert not file.with_name("other.backup").exists()


async def test_a_restored_database_may_go_on_in_the_same_folder(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    back_up(town, file)
    restore(town, file, target)

    written = backup.write(target, town.office.master, file.with_name("later.backup"), town.clock.now, silent)

    assert backup.find(file, town.office.master, silent).header.rows < written.rows


async def test_a_clock_set_back_does_not_make_todays_keys_older_than_the_backups(town: Town, file: Path) -> None:
    back_up(town, file)
    town.clock.move(days=-3)
    back_up(town, file.with_name("tuesday.backup"))

    for path in (file, file.with_name("tuesday.backup")):
        assert backup.find(path, town.office.master, silent).data.path == path


def packed(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes().partition(b"\n")[2])


def signed(packed: bytes, master: MasterKey) -> bytes:
    """What a backup's file would hold, from whoever has the key."""
    mac = master.mac("backup")
    mac.update(packed)
    return rowfile.SIGNED + master.name.encode() + b" " + mac.hexdigest().encode() + b"\n" + packed


Spoil = Callable[[Path, MasterKey], object]


def rewritten(path: Path, master: MasterKey, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change lines of a file, pack it again and sign it, as a fault of ours might."""
    path.write_bytes(signed(gzip.compress(b"".join(change(packed(path).splitlines(keepends=True)))), master))


def without_a_row(lines: list[bytes]) -> list[bytes]:
    lines.remove(next(line for line in lines if line.startswith(b"[")))
    return lines


def sealed_again(path: Path, master: MasterKey, **said: object) -> None:
    """Change what a file says of itself, with a closing line and a MAC that fit."""
    header = replace(RowReader(path, master).header(), **said)  # type: ignore[arg-type]  # whatever the test asks for
    portions = list(RowReader(path, master).portions())
    with path.open("r+b") as file:
        writer = rowfile.RowWriter(file, header, master)
        for table, rows in portions:
            writer.table(table.name, {c.name: rowfile.kind_of(c.type) for c in table.columns})
            for row in rows:
                writer.row(row.values())
        writer.end()


# What is read is a file: which database it is of makes no difference.
@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.trial)])
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda path, _: path.unlink(), "there is no monday.backup", id="no file"),
        pytest.param(lambda path, _: path.write_bytes(b""), "can't be read", id="an empty file"),
        pytest.param(lambda path, _: path.write_text("Kính gửi"), "can't be read", id="another file"),
        pytest.param(lambda path, _: path.write_bytes(path.read_bytes()[:-40]), "can't be read", id="cut"),
        pytest.param(
            lambda path, key: rewritten(path, key, lambda lines: lines[:-1]), "it was cut", id="cut at a line"
        ),
        pytest.param(lambda path, key: rewritten(path, key, without_a_row), "was changed", id="a row less"),
        pytest.param(
            lambda path, key: rewritten(path, key, lambda lines: [*lines, lines[3]]),
            "follows its end",
            id="a row too many",
        ),
        pytest.param(
            lambda path, _: path.write_bytes(path.read_bytes()[:900] + b"?" + path.read_bytes()[901:]),
            "can't be read",
            id="one byte changed",
        ),
        pytest.param(lambda path, _: path.with_name(KEYS).unlink(), "person-keys is missing", id="no keys"),
        pytest.param(
            lambda path, _: path.with_name(KEYS).write_bytes(b"?"), "person-keys can't be read", id="spoiled keys"
        ),
        pytest.param(
            lambda path, _: path.write_bytes(path.with_name(KEYS).read_bytes()), "something else", id="keys for data"
        ),
        pytest.param(
            lambda path, key: sealed_again(path.with_name(KEYS), key, origin="x"),
            "another database",
            id="keys of another",
        ),
        pytest.param(
            lambda path, key: sealed_again(path, key, taken=RowReader(path, key).header().taken + timedelta(days=1)),
            "older than monday.backup",
            id="keys from before",
        ),
        pytest.param(lambda path, key: sealed_again(path, key, revision="9999"), "newer release", id="a newer release"),
    ],
)
async def test_a_backup_that_is_not_whole_is_refused_before_anything_is_written(
    town: Town, lan: Citizen, file: Path, spoil: Spoil, said: str
) -> None:
    back_up(town, file)
    spoil(file, town.office.master)

    with pytest.raises(BadBackup, match=said):
        backup.find(file, town.office.master, silent)


async def test_another_master_key_is_refused(town: Town, lan: Citizen, file: Path) -> None:
    back_up(town, file)

    with pytest.raises(BadBackup, match="ENCRYPTION_KEY is not its key"):
        backup.find(file, MasterKey(b"x" * 32), silent)


# Where it may go


async def test_a_database_in_use_is_never_restored_into(town: Town, lan: Citizen, file: Path) -> None:
    back_up(town, file)
    before = await town.database.read(everything)

    with pytest.raises(BadBackup, match="is not empty"):
        restore(town, file, town.database)

    assert await town.database.read(everything) == before


async def test_a_service_at_work_is_not_restored_under(town: Town, lan: Citizen, file: Path, target: Database) -> None:
    back_up(town, file)
    migrations.upgrade(target.engine)
    now = town.clock.now()
    target.write_now(lambda unit: machine.lease(unit, "jobs", "a process", now, timedelta(seconds=20)))

    with pytest.raises(BadBackup, match="a service is at work"):
        restore(town, file, target)
    town.clock.move(seconds=21)

    assert restore(town, file, target).erased == 0


async def test_what_an_unused_service_wrote_is_no_obstacle(
    town: Town, lan: Citizen, file: Path, target: Database
) -> None:
    back_up(town, file)
    migrations.upgrade(target.engine)

    def started_once(unit: Unit) -> None:
        now = town.clock.now() - timedelta(days=1)
        machine.set_fact(unit, "key_check", town.office.master.check_value())
        machine.lease(unit, "jobs", "a process", now, timedelta(seconds=20))
        machine.begin_run(unit, "look_for_damage", now, now)

    target.write_now(started_once)

    restore(town, file, target)

    assert target.read_now(lambda unit: unit.scalars(select(JobRun)).all()) == []
    assert target.read_now(lambda unit: unit.scalars(select(LeaseRow)).all()) == []


async def test_a_failure_half_way_leaves_the_database_empty(
    town: Town, lan: Citizen, file: Path, bare_target: Database
) -> None:
    back_up(town, file)
    found = backup.find(file, town.office.master, silent)
    rewritten(file, town.office.master, lambda lines: lines[:-1])

    with pytest.raises(rowfile.Damaged):
        bare_target.write_now(lambda unit: backup.load(unit, found, "empty", town.clock.now(), silent))

    assert migrations.state(bare_target.engine) == "empty"


# An older release

FIRST = "0001"
AT = datetime.fromisoformat("2026-01-02T03:04:05+00:00")


def write_as_the_first_release(town: Town, path: Path) -> None:
    """A backup with one person and her photo, in the shape of the first migration."""
    at = AT.isoformat()
    tables: dict[str, tuple[dict[str, str], list[list[object]]]] = {
        "person": (
            {"id": "text", "state": "text", "language": "text", "created_at": "moment", "last_in_at": "moment"},
            [["p", "active", "vi", at, at]],
        ),
        "file": (
            {"id": "text", "person_id": "text", "address_id": "text", "state": "text", "size": "number",
             "body": "bytes", "created_at": "moment"},
            [["f", "p", "a", "clean", 3, b"jpg", at]],
        ),
    }  # fmt: skip
    keys = {"name": "text", "wrapped": "bytes", "created_at": "moment"}
    check = town.office.master.check_value()
    for where, what, held in (
        (path, "data", tables),
        (path.with_name(KEYS), "keys", {"data_key": (keys, [["person:p", b"wrapped", at]])}),
    ):
        counts = {name: len(rows) for name, (_, rows) in held.items()}
        with where.open("xb+") as file:
            writer = rowfile.RowWriter(
                file,
                rowfile.Header(what=what, revision=FIRST, taken=AT, key_check=check, origin="first", counts=counts),
                town.office.master,
            )
            for name, (columns, rows) in held.items():
                writer.table(name, columns)
                for row in rows:
                    writer.row(row)
            writer.end()


async def test_a_backup_of_an_older_release_is_brought_to_this_ones_shape(
    town: Town, file: Path, bare_target: Database
) -> None:
    write_as_the_first_release(town, file)

    restore(town, file, bare_target)

    assert migrations.state(bare_target.engine) == "current"
    photo = bare_target.read_now(
        lambda unit: unit.execute(text("SELECT id, body, attempt, created_at FROM file")).one()
    )
    assert (photo.id, bytes(photo.body), photo.attempt) == ("f", b"jpg", 0)


async def test_a_backup_of_an_older_release_needs_a_database_without_tables(
    town: Town, file: Path, target: Database
) -> None:
    write_as_the_first_release(town, file)
    migrations.upgrade(target.engine)

    with pytest.raises(BadBackup, match="without tables"):
        restore(town, file, target)


def test_every_column_of_every_table_can_be_written() -> None:
    columns = [column for table in SQLModel.metadata.sorted_tables for column in table.columns]

    kinds = {str(column): rowfile.kind_of(column.type) for column in columns}

    assert kinds["person.id"] == "text"
    assert kinds["inbox.id"] == kinds["file.size"] == "number"
    assert kinds["inbox.day"] == "day"
    assert kinds["audit.detail"] == kinds["cases.needs"] == "json"

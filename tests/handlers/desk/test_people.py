"""Erasing takes away everything that tells who somebody was, and leaves what the office must keep."""

import pytest
from sqlalchemy import text, update
from sqlmodel import SQLModel, col, select

from handlers.desk import Actor
from handlers.desk.cases import Registration
from storage.database import Unit
from storage.queries.chains import chain
from storage.queries.incoming import inbox
from storage.tables import (
    Address,
    AuditRow,
    Case,
    CaseLookUp,
    Consent,
    DataKey,
    File,
    OutboxRow,
    Person,
    Talk,
    Task,
)
from storage.vault import KeyGone, Vault
from storage.verify import broken
from tests.kit.dead_letters import set_aside
from tests.kit.town import Citizen, Town

OFFICIAL = Actor("official", "tam")
REQUEST = Registration(
    needs=("food",),
    unit_id="phuong_hoa_khanh",
    place="tổ 3",
    name="Nguyễn Thị Lan",
    birth_year=1954,
    phone="+84905123456",
)


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody with everything the service may hold of a person."""
    citizen = town.citizen("Lan")
    await citizen.says("/menu", "/dangky", "1", "1", "1 4")
    photo = await citizen.at_desk(lambda desk: desk.files.keep(b"a photo"))
    await citizen.at_desk(lambda desk: desk.cases.open(REQUEST, (photo,)))
    await citizen.at_desk(lambda desk: desk.urgent.raise_one("ngõ sau chợ", "food", None))
    await citizen.at_desk(lambda desk: desk.talks.wish())
    await citizen.at_desk(lambda desk: desk.people.download_link())
    return citizen


async def all_of(town: Town, table: type[SQLModel]) -> list[SQLModel]:
    return await town.database.read(lambda unit: list(unit.scalars(select(table)).all()))


async def count(town: Town, statement: str) -> int:
    return int(await town.database.read(lambda unit: unit.execute(text(statement)).scalar_one()))


async def erases(citizen: Citizen) -> int:
    return await citizen.at_desk(lambda desk: desk.people.erase())


async def test_her_open_case_is_withdrawn_and_can_not_be_read_any_more(town: Town, lan: Citizen) -> None:
    before = await town.database.read(lambda unit: unit.scalars(select(Case)).one())

    withdrawn = await erases(lan)

    after = await town.database.read(lambda unit: unit.scalars(select(Case)).one())
    assert (withdrawn, after.state, after.body) == (1, "withdrawn", None)
    with pytest.raises(KeyGone):
        await town.read(lambda _, vault: vault.open(f"case:{before.id}", f"cases.body:{before.id}", before.body or b""))


async def test_codes_wards_needs_days_and_the_audit_stay(town: Town, lan: Citizen) -> None:
    before = await town.database.read(lambda unit: unit.scalars(select(Case)).one())
    audited = await town.database.read(lambda unit: unit.query(AuditRow).count())

    await erases(lan)

    after = await town.database.read(lambda unit: unit.scalars(select(Case)).one())
    kept = ("code", "unit_id", "needs", "due", "created_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    query = select(AuditRow.action).order_by(col(AuditRow.id))
    actions = await town.database.read(lambda unit: unit.scalars(query).all())
    assert actions[audited:] == ["case.withdrawn", "person.erased"]


@pytest.mark.parametrize("table", [File, CaseLookUp])
async def test_nothing_of_this_is_left(town: Town, lan: Citizen, table: type[SQLModel]) -> None:
    assert await all_of(town, table)

    await erases(lan)

    assert await all_of(town, table) == []


async def test_no_word_that_was_exchanged_is_left(town: Town, lan: Citizen) -> None:
    await erases(lan)

    left = {
        name: await count(town, f"SELECT count(*) FROM {name} WHERE {where}")  # noqa: S608  # our own words
        for name, where in {
            "chat_line": "true",
            "asking": "true",
            "one_time_token": "true",
            "session": "true",
            "outbox": "body IS NOT NULL",
            "inbox": "body IS NOT NULL",
            "case_event": "note IS NOT NULL",
            "urgent_request": "body IS NOT NULL",
        }.items()
    }
    assert set(left.values()) == {0}, left


async def test_what_waited_for_her_says_when_it_was_cancelled(town: Town, lan: Citizen) -> None:
    await town.database.write(lambda unit: unit.execute(update(OutboxRow).values(state="queued")))
    town.clock.move(minutes=5)

    await erases(lan)

    cancelled = select(col(OutboxRow.changed_at)).where(OutboxRow.reason == "erased").distinct()
    assert await town.database.read(lambda unit: unit.scalars(cancelled).all()) == [town.clock.now()]


async def test_every_key_that_was_hers_is_destroyed(town: Town, lan: Citizen) -> None:
    await erases(lan)

    keys = await town.database.read(lambda unit: list(unit.scalars(select(DataKey.name))))
    fresh = (await lan.chat()).person_id
    assert [name for name in keys if not name.startswith("day:")] == [f"person:{fresh}"]


async def test_consents_talks_and_tasks_end(town: Town, lan: Citizen) -> None:
    await erases(lan)

    def read(unit: Unit) -> tuple[set[str], set[str], bool]:
        tasks = unit.scalars(select(Task)).all()
        return (
            set(unit.scalars(select(Consent.state)).all()),
            set(unit.scalars(select(Talk.state)).all()),
            all(task.done_at == town.clock.now() for task in tasks),
        )

    assert await town.database.read(read) == ({"withdrawn"}, {"closed"}, True)


async def test_her_chat_belongs_to_somebody_new_who_knows_nothing(town: Town, lan: Citizen) -> None:
    old = await lan.chat()

    await erases(lan)

    new = await lan.chat()
    states = {p.id: p.state for p in await town.database.read(lambda unit: unit.scalars(select(Person)).all())}
    assert new.person_id != old.person_id
    assert (new.address_id, new.language, new.screen) == (old.address_id, "vi", None)
    assert states == {old.person_id: "erased", new.person_id: "active"}
    assert await lan.at_desk(lambda desk: (desk.cases.mine(), desk.consents.given())) == ([], [])


async def test_she_may_go_on_writing(town: Town, lan: Citizen) -> None:
    await erases(lan)

    await lan.says("/menu")
    lan.hears("menu")
    await lan.says("/dangky", "1")
    lan.hears_last("consent_register.agree_own")


async def test_all_her_chats_are_handed_over(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    owner = (await lan.chat()).person_id
    await town.database.write(lambda unit: setattr(unit.get_one(Address, _address(unit, b"Mai")), "person_id", owner))

    await erases(lan)

    assert (await mai.chat()).person_id == (await lan.chat()).person_id != owner


def _address(unit: Unit, external: bytes) -> str:
    return unit.scalars(select(Address.id).where(Address.external == external)).one()


async def test_a_case_for_somebody_else_stays_without_who_sent_it(town: Town, lan: Citizen) -> None:
    other = Registration(
        needs=("house",),
        unit_id="xa_tay_giang",
        place="thôn 2",
        name="Bà Tư",
        for_other=True,
        relation="neighbour",
        told="yes",
        helper_name="Nguyễn Thị Lan",
        helper_phone="+84905123456",
    )
    code = (await lan.at_desk(lambda desk: desk.cases.open(other))).code

    withdrawn = await erases(lan)

    case = await town.database.read(lambda unit: unit.scalars(select(Case).where(Case.code == code)).one())
    content = await town.at_desk(OFFICIAL, lambda desk: desk.cases.read(case.id))
    look_ups = await town.database.read(lambda unit: set(unit.scalars(select(CaseLookUp.case_id)).all()))
    assert (withdrawn, case.state) == (1, "submitted")
    assert (content["name"], content["place"]) == ("Bà Tư", "thôn 2")
    assert (content["helper_name"], content["helper_phone"], content["helper_erased"]) == ("", "", True)
    assert look_ups == {case.id}


async def test_a_case_being_handed_over_is_not_withdrawn_but_its_words_go(town: Town, lan: Citizen) -> None:
    code = (await lan.at_desk(lambda desk: desk.cases.mine()))[0].code
    for state in ("in_review", "proposed", "approved", "delivering"):
        await town.at_desk(OFFICIAL, lambda desk, state=state: desk.cases.move(code, state, "decided"))  # type: ignore[misc]  # bound early

    withdrawn = await erases(lan)

    case = await town.database.read(lambda unit: unit.scalars(select(Case)).one())
    assert (withdrawn, case.state, case.body) == (0, "delivering", None)


async def test_what_others_told_is_untouched(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    await mai.at_desk(
        lambda desk: desk.cases.open(Registration(needs=("food",), unit_id=None, place="tổ 9", name="Mai"))
    )

    await erases(lan)

    [mine] = await mai.at_desk(lambda desk: desk.cases.mine())
    content = await mai.at_desk(lambda desk: desk.cases.read(mine.id))
    await mai.says("/menu")
    assert (mine.state, content["place"]) == ("submitted", "tổ 9")
    mai.hears("menu")


async def test_a_message_she_sent_before_and_that_waits_is_still_answered(town: Town, lan: Citizen) -> None:
    chat = await lan.chat()

    def accept(unit: Unit) -> None:
        vault = Vault(unit, town.office.master)
        inbox.accept(unit, vault, chat, "late", "text", {"text": "/menu"}, town.clock.now())

    await town.database.write(accept)
    before = await count(town, "SELECT max(id) FROM outbox")

    await erases(lan)
    await town.service.inbox.handle((await lan.chat()).person_id)
    await town.service.outbox.drain()

    await lan.listens(before)
    lan.hears("menu")


async def test_her_dead_letters_can_not_be_read_or_replayed(town: Town, lan: Citizen) -> None:
    now = town.clock.now()
    letter = await town.database.write(lambda unit: set_aside(unit, now, newest=False))

    await erases(lan)

    assert await count(town, "SELECT count(*) FROM inbox WHERE body IS NOT NULL") == 0
    assert not await town.database.write(lambda unit: inbox.replay(unit, letter, now))


async def test_erasing_damages_nothing(town: Town, lan: Citizen) -> None:
    await erases(lan)
    await lan.says("/menu")
    await erases(lan)
    await town.database.write(chain.seal)

    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []


async def test_a_language_is_remembered(town: Town) -> None:
    lan = town.citizen("Lan", language="en")
    await lan.says("/menu")

    await lan.at_desk(lambda desk: desk.people.speak("vi"))

    assert (await lan.chat()).language == "vi"

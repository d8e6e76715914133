"""A case is found by those who may find it, and nothing told of it stands in the open."""

from dataclasses import replace

from sqlalchemy import text
from sqlmodel import SQLModel, select

from handlers.desk import Actor
from handlers.desk.cases import Registration
from storage.database import Unit
from storage.tables import Case, CaseLookUp
from storage.vault import Vault
from tests.kit.town import Citizen, Town

OFFICIAL = Actor("official", "tam")
REQUEST = Registration(
    needs=("food",),
    unit_id="phuong_hoa_khanh",
    place="ngõ sau chợ Khánh",
    name="Nguyễn Thị Lan",
    birth_year=1954,
    phone="+84905123456",
    story="mái nhà dột",
)


async def opens(citizen: Citizen, request: Registration = REQUEST) -> str:
    return (await citizen.at_desk(lambda desk: desk.cases.open(request))).code


async def case_of(town: Town, code: str) -> Case:
    return await town.database.read(lambda unit: unit.scalars(select(Case).where(Case.code == code)).one())


async def test_a_case_is_found_by_the_beginnings_of_its_names(town: Town, lan: Citizen) -> None:
    case = await case_of(town, await opens(lan))

    def finds(unit: Unit, vault: Vault, beginning: str) -> list[str]:
        value = vault.look_up("name", beginning)
        return list(
            unit.scalars(select(CaseLookUp.case_id).where(CaseLookUp.kind == "name", CaseLookUp.value == value))
        )

    for beginning, known in {"lan": True, "ngu": True, "nguyen": True, "thi": True, "ng": False, "mai": False}.items():
        found = await town.read(lambda unit, vault, b=beginning: finds(unit, vault, b))  # type: ignore[misc]  # bound early
        assert found == ([case.id] if known else []), beginning


async def test_a_case_is_looked_up_by_code_and_a_second_fact(town: Town, lan: Citizen, mai: Citizen) -> None:
    code = await opens(lan)
    tries = {
        "the last four digits": (code, "3456", True),
        "as people type it": (code.lower().replace("-", " "), " 3456 ", True),
        "the year though a phone is known": (code, "1954", False),
        "nothing": (code, "", False),
        "wrong digits": (code, "0000", False),
        "a wrong code": ("HS-0000-0000", "3456", False),
        "no code at all": ("?", "3456", False),
    }

    found = {}
    for name, (typed, second, _) in tries.items():
        town.clock.move(minutes=15)
        seen = await mai.at_desk(lambda desk, typed=typed, second=second: desk.cases.look_up(typed, second))  # type: ignore[misc]  # bound early
        found[name] = seen is not None and seen.code == code

    assert found == {name: right for name, (_, _, right) in tries.items()}


async def test_without_a_phone_the_year_of_birth_opens_it(lan: Citizen, mai: Citizen) -> None:
    code = await opens(lan, replace(REQUEST, phone=""))

    assert await mai.at_desk(lambda desk: desk.cases.look_up(code, "1954")) is not None


async def test_after_five_wrong_tries_the_right_one_looks_wrong_too_for_an_hour(
    town: Town, lan: Citizen, mai: Citizen
) -> None:
    code = await opens(lan)
    for _ in range(5):
        await mai.at_desk(lambda desk: desk.cases.look_up(code, "0000"))

    throttled = await mai.at_desk(lambda desk: desk.cases.look_up(code, "3456"))
    town.clock.move(hours=1)
    later = await mai.at_desk(lambda desk: desk.cases.look_up(code, "3456"))

    assert (throttled is None, later is None) == (True, False)


async def test_right_tries_are_not_counted(lan: Citizen, mai: Citizen) -> None:
    code = await opens(lan)

    seen = [await mai.at_desk(lambda desk: desk.cases.look_up(code, "3456")) for _ in range(8)]

    assert None not in seen


async def test_nothing_of_what_was_told_stands_in_the_open_anywhere(town: Town, lan: Citizen) -> None:
    code = await opens(lan, replace(REQUEST, for_other=True, helper_name="Trần Mai", helper_phone="+84912000111"))
    await lan.at_desk(lambda desk: desk.cases.add_words(code, "thêm: cần gạo"))
    await town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "read"))
    await town.asks_for(code, "giấy ra viện")

    def everything(unit: Unit) -> bytes:
        tables = [table.name for table in SQLModel.metadata.sorted_tables]
        rows = [row for name in tables for row in unit.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608  # our own names
        return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)

    stored = await town.database.read(everything)
    for told in (
        "nguyen",
        "Nguyễn",
        "905123456",
        "3456",
        "chợ Khánh",
        "dột",
        "Trần",
        "912000111",
        "gạo",
        "ra viện",
        "1954",
    ):
        assert told.encode() not in stored, told

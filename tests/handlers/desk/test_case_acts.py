"""What is offered to an official is what the desk would do, in every state and for every role."""

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from handlers.desk import Desk
from handlers.desk.cases import FOLLOWS, CaseOutcome, Casework, Registration, Support
from handlers.desk.cases import acts as case_acts
from storage.tables import Case
from tests.kit.town import Citizen, Town

HERE = "phuong_hoa_khanh"
REQUEST = Registration(needs=("food",), unit_id=HERE, place="tổ 3", name="Nguyễn Thị Lan", birth_year=1954)
DOING: Mapping[str, Callable[[Casework, str], CaseOutcome]] = {
    "take": lambda at, code: at.take(code),
    "approve": lambda at, code: at.approve(code),
    "send_back": lambda at, code: at.send_back(code, "why"),
    "propose": lambda at, code: at.propose(code, Support(what="gạo")),
    "ask": lambda at, code: at.ask(code, "?"),
    "refuse": lambda at, code: at.refuse(code, "no_means_now", "xin lỗi"),
    "deliver": lambda at, code: at.deliver(code, "9h", "nhà"),
    "close": lambda at, code: at.close(code, "xong"),
    "check": lambda at, code: at.check(code, "đã làm"),
    "note": lambda at, code: at.note(code, "ghi"),
}
UNDECIDED = ("take", "propose", "ask", "refuse", "note", "hand_over")
# What a lead is offered on a case that a colleague has.
OFFERED: Mapping[str, tuple[str, ...]] = {
    "submitted": UNDECIDED,
    "in_review": UNDECIDED,
    "need_info": ("take", "propose", "refuse", "note", "hand_over"),
    "proposed": ("take", "approve", "send_back", "note", "hand_over"),
    "approved": ("take", "deliver", "note", "hand_over"),
    "refused": ("close", "note"),
    "delivering": ("take", "close", "note", "hand_over"),
    "closed": ("note",),
    "withdrawn": ("note",),
}


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One database: nothing here differs between them."""
    return str(request.param)


@pytest.fixture
async def code(lan: Citizen) -> str:
    """A request sent to the unit."""
    return (await lan.at_desk(lambda desk: desk.cases.open(REQUEST))).code


def the_case(desk: Desk, code: str) -> Case:
    return desk.unit.scalars(select(Case).where(Case.code == code)).one()


async def put_in(town: Town, code: str, state: str) -> None:
    """Set a state by hand."""
    await town.database.write(lambda unit: unit.execute(update(Case).where(col(Case.code) == code).values(state=state)))


async def offered(town: Town, official: str, code: str) -> tuple[str, ...]:
    return await town.as_official(official, lambda desk: desk.case_acts.possible(the_case(desk, code)))


def test_every_state_is_thought_of() -> None:
    assert OFFERED.keys() == FOLLOWS.keys()
    assert DOING.keys() | {"hand_over"} == case_acts.ACTS.keys()


@pytest.mark.parametrize("state", OFFERED)
async def test_a_lead_is_offered_what_is_possible(town: Town, code: str, state: str) -> None:
    lead = await town.official("Hoa", "lead", places=(HERE,))
    await put_in(town, code, state)

    assert await offered(town, lead, code) == OFFERED[state]


@pytest.mark.parametrize("state", OFFERED)
async def test_what_is_not_offered_would_not_be_done(town: Town, code: str, state: str) -> None:
    lead = await town.official("Hoa", "lead", places=(HERE,))
    await put_in(town, code, state)

    for act in DOING.keys() - set(OFFERED[state]):
        outcome = await town.as_official(lead, lambda desk, act=act: DOING[act](desk.casework, code))  # type: ignore[misc]  # bound early
        assert (act, outcome) == (act, "not_now")


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        ("officer", UNDECIDED),
        ("helper", ("note",)),
        *((role, ()) for role in ("admin", "treasurer", "editor", "auditor")),
    ],
)
async def test_a_role_is_offered_its_rights(town: Town, code: str, role: str, acts: tuple[str, ...]) -> None:
    official = await town.official("Tam", role, places=(HERE,))

    assert await offered(town, official, code) == acts


async def test_her_own_case_is_not_offered_to_be_taken_nor_her_own_proposal_to_be_approved(
    town: Town, code: str
) -> None:
    lead = await town.official("Hoa", "lead", places=(HERE,))
    await town.as_official(lead, lambda desk: desk.casework.propose(code, Support(what="gạo")))

    assert await offered(town, lead, code) == ("send_back", "note", "hand_over")


async def test_what_she_refused_is_not_offered_again_while_a_complaint_is_open(
    town: Town, lan: Citizen, code: str
) -> None:
    tam, hoa = [await town.official(name, "lead", places=(HERE,)) for name in ("Tam", "Hoa")]
    await town.as_official(tam, lambda desk: desk.casework.refuse(code, "no_means_now", "xin lỗi"))
    await lan.at_desk(lambda desk: desk.case_answers.complain(code, "chưa ai đến xem"))

    first, second = await offered(town, tam, code), await offered(town, hoa, code)

    assert ("refuse" in first, "refuse" in second) == (False, True)


async def test_a_refusal_without_a_complaint_may_be_made_again(town: Town, lan: Citizen, code: str) -> None:
    tam = await town.official("Tam", "lead", places=(HERE,))
    await town.as_official(tam, lambda desk: desk.casework.refuse(code, "no_means_now", "xin lỗi"))
    await lan.at_desk(lambda desk: desk.case_answers.add_papers(code, ()))

    assert "refuse" in await offered(town, tam, code)

"""What officials do with a request: what follows in each state, who may, who is told, and what two at once get."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

import pytest
from sqlmodel import col, select

from handlers.desk import Desk
from handlers.desk.cases import FOLLOWS, MOST_WORDS, CaseOutcome, Decisions, Recognition, Registration, Support, reasons
from storage.queries.chains import chain
from storage.tables import Case, CaseEvent, Task
from storage.verify import broken
from tests.kit.audit import actions
from tests.kit.town import Citizen, Town

T = TypeVar("T")
HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"
TODAY = date(2026, 11, 25)
RICE = Support(what="gạo 10 kg")
MONEY = Support(
    what="tiền học",
    amount=500_000,
    when="trong tháng 12",
    where="",
    conditions="con đi học đều",
    check_on=TODAY + timedelta(days=90),
)
NOT_POOR_BUT = Recognition("near_poor", "12/QĐ-UBND", TODAY)
REQUEST = Registration(needs=("food",), unit_id=HERE, place="tổ 3", name="Nguyễn Thị Lan", birth_year=1954)
WHY = "lives_elsewhere"
NOWHERE = "HS-0000-0000"
ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One database, but where two things happen at once."""
    return str(request.param)


@dataclass
class House:
    """A unit's office: an officer, its lead, and a request somebody sent there."""

    town: Town
    resident: Citizen
    officer: str
    lead: str
    code: str

    async def does(self, who: str, work: Callable[[Desk], T]) -> T:
        return await self.town.as_official(who, work)

    async def comes_to(self, state: str) -> None:
        """Bring the request from its beginning to a state, as it comes there in life."""
        if state == "withdrawn":
            await self.resident.at_desk(lambda desk: desk.cases.withdraw(self.code))
        for who, step in WAYS.get(state, ()):
            official = self.lead if who == "lead" else self.officer
            assert await self.does(official, lambda desk, step=step: step(desk, self.code)) == "done"  # type: ignore[misc]  # bound early
        assert (await self.case()).state == state

    async def case(self) -> Case:
        return await self.town.database.read(
            lambda unit: unit.scalars(select(Case).where(Case.code == self.code)).one()
        )

    async def last_event(self) -> str:
        case = await self.case()
        return await self.does(self.lead, lambda desk: desk.case_acts.last_event(case))

    async def opened(self, work: Callable[[Decisions, Case], T]) -> T:
        case = await self.case()
        return await self.does(self.lead, lambda desk: work(desk.decisions, case))

    async def events(self) -> list[str]:
        query = select(CaseEvent.kind).order_by(col(CaseEvent.id))
        return list(await self.town.database.read(lambda unit: unit.scalars(query).all()))

    async def heard(self) -> list[str]:
        """Everything the resident was ever told about cases, by its text's key."""
        await self.resident.listens(0)
        return [message.key for message in self.resident.heard if message.key.startswith("case.")]


Step = tuple[str, Callable[[Desk, str], CaseOutcome]]
TAKEN: tuple[Step, ...] = (("officer", lambda desk, code: desk.casework.take(code)),)
PROPOSED: tuple[Step, ...] = (*TAKEN, ("officer", lambda desk, code: desk.casework.propose(code, MONEY)))
APPROVED: tuple[Step, ...] = (*PROPOSED, ("lead", lambda desk, code: desk.casework.approve(code)))
DELIVERING: tuple[Step, ...] = (*APPROVED, ("officer", lambda desk, code: desk.casework.deliver(code, "9h", "nhà")))
WAYS: Mapping[str, tuple[Step, ...]] = {
    "in_review": TAKEN,
    "need_info": (*TAKEN, ("officer", lambda desk, code: desk.casework.ask(code, "sổ hộ khẩu?"))),
    "proposed": PROPOSED,
    "approved": APPROVED,
    "refused": (*TAKEN, ("officer", lambda desk, code: desk.casework.refuse(code, WHY, "xin lỗi"))),
    "delivering": DELIVERING,
    "closed": (*DELIVERING, ("officer", lambda desk, code: desk.casework.close(code, "đã trao"))),
}
EVERY = {state: state for state in FOLLOWS}
OPEN = {state: state for state in FOLLOWS if state not in ("refused", "closed", "withdrawn")}
UNDECIDED = ("submitted", "in_review", "need_info")
# What the lead does, and from which state it leads to which; in all others it is not possible.
ACTS: Mapping[str, tuple[Callable[[Desk, str], CaseOutcome], Mapping[str, str]]] = {
    "take": (lambda desk, code: desk.casework.take(code), OPEN | {"submitted": "in_review"}),
    "place": (lambda desk, code: desk.casework.place(code, THERE), EVERY),
    "ask": (lambda desk, code: desk.casework.ask(code, "?"), dict.fromkeys(("submitted", "in_review"), "need_info")),
    "note": (lambda desk, code: desk.casework.note(code, "đã gọi"), EVERY),
    "propose": (lambda desk, code: desk.casework.propose(code, RICE), dict.fromkeys(UNDECIDED, "proposed")),
    "approve": (lambda desk, code: desk.casework.approve(code), {"proposed": "approved"}),
    "send_back": (lambda desk, code: desk.casework.send_back(code, "ít quá"), {"proposed": "in_review"}),
    "refuse": (lambda desk, code: desk.casework.refuse(code, WHY, "xin lỗi"), dict.fromkeys(UNDECIDED, "refused")),
    "deliver": (lambda desk, code: desk.casework.deliver(code, "8h", "nhà"), {"approved": "delivering"}),
    "close": (lambda desk, code: desk.casework.close(code, "xong"), dict.fromkeys(("delivering", "refused"), "closed")),
    "check": (
        lambda desk, code: desk.casework.check(code, "đã làm"),
        {s: s for s in ("approved", "delivering", "closed")},
    ),
    "recognise": (lambda desk, code: desk.casework.recognise(code, NOT_POOR_BUT), EVERY),
}


@pytest.fixture
async def house(town: Town, lan: Citizen) -> House:
    await lan.at_desk(lambda desk: desk.consents.give("case_news", "case_news/1"))
    opened = await lan.at_desk(lambda desk: desk.cases.open(REQUEST))
    officer = await town.official("tam", "officer", places=(HERE,))
    return House(town, lan, officer, await town.official("an", "lead", places=(HERE,)), opened.code)


class Undo(Exception):
    """Raised at the end of a try, so that nothing of it is kept."""


async def tried(house: House, act: Callable[[Desk, str], CaseOutcome]) -> tuple[CaseOutcome, str]:
    """How the lead's act goes, and the state it leads to; undone again."""
    went: list[tuple[CaseOutcome, str]] = []

    def run(desk: Desk) -> None:
        outcome = act(desk, house.code)
        desk.unit.flush()
        went.append((outcome, desk.unit.scalars(select(Case.state).where(Case.code == house.code)).one()))
        raise Undo

    with pytest.raises(Undo):
        await house.does(house.lead, run)
    return went[-1]


@pytest.mark.parametrize("state", FOLLOWS)
async def test_what_an_act_leads_to_in_each_state(house: House, state: str) -> None:
    await house.comes_to(state)

    went = {name: await tried(house, act) for name, (act, _) in ACTS.items()}

    assert went == {
        name: ("done", leads_to[state]) if state in leads_to else ("not_now", state)
        for name, (_, leads_to) in ACTS.items()
    }


@pytest.mark.parametrize("state", FOLLOWS)
async def test_a_request_is_handed_to_a_colleague_while_it_is_open(house: House, state: str) -> None:
    await house.comes_to(state)

    went = await tried(house, lambda desk, code: desk.casework.hand_over(code, house.officer))

    assert went == ("done" if state in OPEN else "not_now", state)


@pytest.mark.parametrize("state", FOLLOWS)
async def test_the_data_are_whole_however_far_a_request_came(house: House, state: str) -> None:
    await house.comes_to(state)
    await house.town.database.write(chain.seal)

    assert await house.town.database.read(lambda unit: list(broken(unit, house.town.clock.now()))) == []


# Foreign and absent


async def test_a_foreign_request_looks_like_an_absent_one_and_is_noted(house: House) -> None:
    stranger = await house.town.official("xa", "lead", "officer", "helper", places=(THERE,))
    noted = len(await actions(house.town))

    went = {
        (await house.does(stranger, lambda desk, act=act, code=code: act(desk, code)))  # type: ignore[misc]  # bound early
        for act, _ in ACTS.values()
        for code in (house.code, NOWHERE)
    }

    assert (went, await house.events()) == ({"absent"}, ["opened"])
    assert (await actions(house.town))[noted:] == ["rights.refused"] * len(ACTS)


@pytest.mark.parametrize("role", ["admin", "auditor", "editor", "treasurer"])
async def test_who_runs_the_service_decides_nothing(house: House, role: str) -> None:
    other = await house.town.official("kim", role, places=(HERE,))

    went = {
        name: await house.does(other, lambda desk, act=act: act(desk, house.code))  # type: ignore[misc]  # bound early
        for name, (act, _) in ACTS.items()
    }

    assert went == dict.fromkeys(ACTS, "absent") | ({"place": "done"} if role == "admin" else {})


async def test_without_an_official_at_the_desk_nothing_is_done(house: House) -> None:
    went = [await house.resident.at_desk(lambda desk, act=act: act(desk, house.code)) for act, _ in ACTS.values()]  # type: ignore[misc]  # bound early

    assert went == ["absent"] * len(ACTS)


async def test_an_erased_request_is_absent(house: House) -> None:
    await house.resident.at_desk(lambda desk: desk.people.erase())

    assert (await tried(house, ACTS["take"][0]))[0] == "absent"


# Taken, handed over, placed


async def test_taking_a_request_makes_it_hers_and_ends_the_task_of_first_contact(house: House) -> None:
    await house.comes_to("in_review")

    done = await house.town.database.read(
        lambda unit: unit.scalars(select(Task.done_at).where(Task.kind == "first_contact")).one()
    )
    assert ((await house.case()).officer_id, done) == (house.officer, house.town.clock.now())
    assert await house.heard() == ["case.in_review"]


async def test_a_request_is_handed_only_to_who_may_work_on_it(house: House) -> None:
    helper = await house.town.official("phu", "helper", places=(HERE,))
    stranger = await house.town.official("xa", "officer", places=(THERE,))

    went = [
        await house.does(house.lead, lambda desk, to=to: desk.casework.hand_over(house.code, to))  # type: ignore[misc]  # bound early
        for to in (helper, stranger, "nobody", house.officer)
    ]

    assert went == ["invalid", "invalid", "invalid", "done"]
    assert (await house.case()).officer_id == house.officer


async def test_placing_a_request_passes_it_with_its_tasks_to_the_other_unit(house: House) -> None:
    await house.comes_to("in_review")
    stranger = await house.town.official("xa", "officer", places=(THERE,))
    wrong = [(await tried(house, lambda desk, code, u=u: desk.casework.place(code, u)))[0] for u in (HERE, "nowhere")]  # type: ignore[misc]  # bound early

    assert await house.does(house.officer, lambda desk: desk.casework.place(house.code, THERE)) == "done"

    case = await house.case()
    open_tasks = await house.town.database.read(
        lambda unit: set(unit.scalars(select(Task.unit_id).where(col(Task.done_at).is_(None))))
    )
    assert (wrong, case.unit_id, case.officer_id, open_tasks <= {THERE}) == (["invalid"] * 2, THERE, None, True)
    assert await house.does(house.officer, lambda desk: desk.casework.note(house.code, "còn thấy?")) == "absent"
    assert await house.does(stranger, lambda desk: desk.casework.ask(house.code, "sổ?")) == "done"
    assert (await house.case()).officer_id == stranger  # who begins to work on it takes it


async def test_a_request_without_a_unit_waits_for_an_admin(house: House) -> None:
    opened = await house.resident.at_desk(lambda desk: desk.cases.open(replace(REQUEST, unit_id=None, name="")))
    admin = await house.town.official("kim", "admin")

    went = [
        await house.does(who, lambda desk: desk.casework.place(opened.code, HERE))
        for who in (house.lead, admin, house.lead)
    ]

    assert went == ["absent", "done", "invalid"]  # now it is the lead's, and placed already


# Proposed and approved


async def test_an_own_proposal_is_approved_by_another(house: House) -> None:
    other = await house.town.official("binh", "lead", places=(HERE,))
    await house.does(house.lead, lambda desk: desk.casework.propose(house.code, MONEY))

    own = await house.does(house.lead, lambda desk: desk.casework.approve(house.code))

    assert (own, (await house.case()).state, (await actions(house.town))[-1]) == (
        "own", "proposed", "case.own_approval_refused",
    )  # fmt: skip
    assert await house.does(other, lambda desk: desk.casework.approve(house.code)) == "done"


async def test_a_proposal_made_anew_by_another_may_be_approved_by_the_first(house: House) -> None:
    await house.does(house.lead, lambda desk: desk.casework.propose(house.code, MONEY))
    await house.does(house.lead, lambda desk: desk.casework.send_back(house.code, "xem lại"))
    await house.does(house.officer, lambda desk: desk.casework.propose(house.code, RICE))

    assert await house.does(house.lead, lambda desk: desk.casework.approve(house.code)) == "done"
    assert await house.opened(lambda decisions, case: decisions.support(case)) == RICE


async def test_an_amount_is_told_only_once_it_is_approved(house: House) -> None:
    await house.comes_to("proposed")
    before = await house.heard()

    await house.does(house.lead, lambda desk: desk.casework.approve(house.code))

    assert (before, await house.heard()) == (["case.in_review"], ["case.in_review", "case.approved"])
    assert "500.000" in house.resident.heard[-1].text
    assert (await house.case()).check_on == MONEY.check_on


@pytest.mark.parametrize(
    "support",
    [
        pytest.param(Support(what="  "), id="nothing"),
        pytest.param(Support(what="tiền", amount=0), id="no amount"),
        pytest.param(Support(what="tiền", amount=-5), id="less than nothing"),
        pytest.param(Support(what="tiền", amount=10**18), id="more than there is"),
        pytest.param(Support(what="x" * (MOST_WORDS + 1)), id="too long"),
        pytest.param(Support(what="gạo", where="x" * (MOST_WORDS + 1)), id="too long a place"),
        pytest.param(Support(what="gạo", conditions="đi học"), id="conditions without a day"),
        pytest.param(Support(what="gạo", conditions="đi học", check_on=TODAY), id="a day that is not ahead"),
    ],
)
async def test_support_that_can_not_be_proposed(house: House, support: Support) -> None:
    went = await tried(house, lambda desk, code: desk.casework.propose(code, support))

    assert went == ("invalid", "submitted")


# Refused


async def test_a_refusal_names_a_reason_of_the_list_and_is_said_in_own_words(house: House) -> None:
    def refuse(reason: str, words: str) -> Callable[[Desk, str], CaseOutcome]:
        return lambda desk, code: desk.casework.refuse(code, reason, words)

    wrong = [await tried(house, refuse(*said)) for said in (("because", "vì"), ("", "vì"), (WHY, " "))]
    listed = [(await tried(house, refuse(one.key, "vì")))[0] for one in reasons(TODAY)]

    assert wrong == [("invalid", "submitted")] * 3
    assert listed == ["done"] * len(listed)
    assert len(listed) > 5


async def test_a_refusal_after_the_law_names_its_article_and_opens_doors(house: House) -> None:
    law = next(one for one in reasons(TODAY) if one.source)

    await house.does(house.officer, lambda desk: desk.casework.refuse(house.code, law.key, "xin ông/bà thông cảm"))

    assert await house.heard() == ["case.refused"]
    message = house.resident.heard[-1]
    assert law.source in message.text
    assert "thông cảm" in message.text
    assert len(message.options) == 3
    answer = await house.opened(lambda decisions, case: decisions.answer(case))
    assert answer["refused"] == law.key


# Recognised


async def test_a_recognition_changes_no_answer_and_is_told_to_nobody(house: House) -> None:
    await house.comes_to("approved")
    before = await house.opened(lambda decisions, case: (case.state, decisions.answer(case)))
    told = await house.heard()

    assert await house.does(house.officer, lambda desk: desk.casework.recognise(house.code, NOT_POOR_BUT)) == "done"

    assert await house.opened(lambda decisions, case: (case.state, decisions.answer(case))) == before
    assert await house.opened(lambda decisions, case: decisions.recognition(case)) == NOT_POOR_BUT
    assert await house.heard() == told


@pytest.mark.parametrize(
    "recognition",
    [
        pytest.param(replace(NOT_POOR_BUT, day=TODAY + timedelta(days=1)), id="signed tomorrow"),
        pytest.param(replace(NOT_POOR_BUT, grade="rich"), id="no such class"),
        pytest.param(replace(NOT_POOR_BUT, number=" "), id="no number"),
    ],
)
async def test_a_recognition_that_can_not_be_is_refused(house: House, recognition: Recognition) -> None:
    assert (await tried(house, lambda desk, code: desk.casework.recognise(code, recognition)))[0] == "invalid"
    assert (await house.case()).recognised is None


# Who is told


@pytest.mark.parametrize("state", ["need_info", "approved", "refused", "delivering", "closed"])
async def test_whoever_did_not_agree_to_news_is_told_nothing(house: House, state: str) -> None:
    await house.resident.at_desk(lambda desk: desk.consents.withdraw("case_news"))

    await house.comes_to(state)

    assert await house.heard() == []


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("need_info", ["case.in_review", "case.need_info"]),
        ("refused", ["case.in_review", "case.refused"]),
        ("closed", ["case.in_review", "case.approved", "case.delivering", "case.closed"]),
    ],
)
async def test_whoever_agreed_is_told_each_step(house: House, state: str, told: list[str]) -> None:
    await house.comes_to(state)

    assert await house.heard() == told


async def test_a_note_is_for_colleagues_alone(house: House) -> None:
    await house.does(house.officer, lambda desk: desk.casework.note(house.code, "nhà khoá cửa"))

    history = await house.resident.at_desk(lambda desk: desk.cases.history(house.code))
    assert (await house.heard(), [kind for _, kind, _ in history]) == ([], ["opened"])


async def test_the_lead_is_told_in_her_chat_what_waits_for_her_and_never_of_whom(house: House, mai: Citizen) -> None:
    chat = await mai.chat()
    await house.does(house.lead, lambda desk: desk.acting_chats.bind(house.lead, chat))

    await house.comes_to("proposed")

    await mai.listens(0)
    message = mai.hears_last("case_news.to_approve")
    assert house.code in message.text
    assert "Lan" not in message.text
    assert "500.000" not in message.text


# Two at once


async def test_whoever_looked_before_something_happened_is_told(house: House) -> None:
    seen = await house.last_event()
    await house.does(house.officer, lambda desk: desk.casework.take(house.code, seen))

    late = await house.does(house.lead, lambda desk: desk.casework.refuse(house.code, WHY, "xin lỗi", seen))
    anew = await house.last_event()

    assert (late, (await house.case()).state) == ("outdated", "in_review")
    assert await house.does(house.lead, lambda desk: desk.casework.refuse(house.code, WHY, "xin lỗi", anew)) == "done"


@ON_POSTGRESQL
async def test_of_two_who_take_a_request_at_once_one_has_it(house: House) -> None:
    seen = await house.last_event()

    went = await asyncio.gather(
        *(house.does(who, lambda desk: desk.casework.take(house.code, seen)) for who in (house.officer, house.lead))
    )

    assert sorted(went) == ["done", "outdated"]
    assert (await house.case()).officer_id == (house.officer, house.lead)[went.index("done")]
    assert await house.heard() == ["case.in_review"]

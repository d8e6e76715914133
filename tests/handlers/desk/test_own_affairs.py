"""What an official must not do because it is her own affair: requests, talks and urgent requests from her own chats."""

from collections.abc import Callable

import pytest

from handlers.desk import Desk
from handlers.desk.cases import CaseOutcome, Recognition, Support, reasons
from tests.kit.requests import HERE, asks
from tests.kit.town import Citizen, Town

RICE = Support(what="gạo 10 kg")
Act = Callable[[Desk, str], CaseOutcome]
ACTS: dict[str, tuple[str, Act]] = {
    "take": ("submitted", lambda d, code: d.casework.take(code)),
    "ask": ("submitted", lambda d, code: d.casework.ask(code, "sổ hộ khẩu")),
    "propose": ("submitted", lambda d, code: d.casework.propose(code, RICE)),
    "refuse": ("submitted", lambda d, code: d.casework.refuse(code, reasons(d.today())[0].key, "xin chờ")),
    "place": ("submitted", lambda d, code: d.casework.place(code, "phuong_hai_chau")),
    "recognise": ("submitted", lambda d, code: d.casework.recognise(code, Recognition("poor", "1/QĐ", d.today()))),
    "approve": ("proposed", lambda d, code: d.casework.approve(code)),
    "send_back": ("proposed", lambda d, code: d.casework.send_back(code, "chưa đủ")),
    "deliver": ("approved", lambda d, code: d.casework.deliver(code, "mai", "tại xã")),
}


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One database: nothing here happens twice at once."""
    return str(request.param)


async def binds(town: Town, official_id: str, citizen: Citizen) -> None:
    chat = await citizen.chat()
    await town.as_official(official_id, lambda desk: desk.acting_chats.bind(official_id, chat))


async def person_of(citizen: Citizen) -> str:
    return await citizen.at_desk(lambda desk: desk.here().person_id)


async def comes_to(town: Town, state: str, code: str) -> None:
    """Others bring a request to a state."""
    officer, lead = (
        await town.official("tam", "officer", places=(HERE,)),
        await town.official("ba", "lead", places=(HERE,)),
    )
    if state != "submitted":
        assert await town.as_official(officer, lambda desk: desk.casework.propose(code, RICE)) == "done"
    if state == "approved":
        assert await town.as_official(lead, lambda desk: desk.casework.approve(code)) == "done"


@pytest.mark.parametrize("act", ACTS)
async def test_her_own_request_is_for_others_to_work_on(town: Town, act: str) -> None:
    state, does = ACTS[act]
    code = await asks(town, "mai")
    mai = await town.official("mai", "officer", "lead", places=(HERE,))
    await comes_to(town, state, code)
    await binds(town, mai, town.citizen("mai"))

    assert await town.as_official(mai, lambda desk: does(desk, code)) == "absent"
    glance = await town.as_official(mai, lambda desk: desk.case_views.glance(code))
    assert glance is not None
    assert (glance.state, glance.acts) == (state, ())


async def test_a_request_is_not_handed_over_to_whom_it_is_of(town: Town) -> None:
    code = await asks(town, "mai")
    mai, tam = [await town.official(name, "officer", places=(HERE,)) for name in ("mai", "tam")]
    await binds(town, mai, town.citizen("mai"))

    assert await town.as_official(tam, lambda desk: desk.case_views.colleagues(code)) == []
    assert await town.as_official(tam, lambda desk: desk.casework.hand_over(code, mai)) == "invalid"


async def test_a_talk_is_not_handed_over_to_who_wished_for_it(town: Town, lan: Citizen) -> None:
    await lan.at_desk(lambda desk: desk.talks.wish(HERE))
    hers, tam = [await town.official(name, "officer", places=(HERE,)) for name in ("lan", "tam")]
    await binds(town, hers, lan)

    def tries(desk: Desk) -> list[str]:
        [seen] = desk.calls.talks()
        return [desk.talks.take(seen.id, in_chat=False).how, desk.talks.hand_over(seen.id, hers).how]

    assert await town.as_official(tam, tries) == ["done", "invalid"]


async def test_her_own_urgent_request_is_not_closed_by_herself(town: Town, lan: Citizen) -> None:
    code = (await lan.at_desk(lambda desk: desk.urgent.raise_one("đâu đó", "hunger", None))).code
    hers, tam = [await town.official(name, "officer", places=(HERE,)) for name in ("lan", "tam")]
    assert (await town.as_official(tam, lambda desk: desk.urgent.take(code))).how == "done"
    await binds(town, hers, lan)

    assert (await town.as_official(hers, lambda desk: desk.urgent.close(code, "xong"))).how == "gone"
    assert (await town.as_official(tam, lambda desk: desk.urgent.close(code, "đã tới"))).how == "done"

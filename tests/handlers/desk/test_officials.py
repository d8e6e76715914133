"""Who works for the office: invited, changed, disabled; who stands in for whom; and whose chat acts for an account."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import pytest

from handlers.desk import Actor, Desk
from handlers.desk.office import Official
from handlers.desk.officials import OfficialAccount
from storage.queries.incoming.chats import Chat
from storage.tables import OfficialRow
from tests.kit.audit import noted
from tests.kit.town import Citizen, Town

T = TypeVar("T")
OPERATOR = Actor("operator")
HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"
TODAY = date(2026, 11, 25)
ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One database, but where two things happen at once."""
    return str(request.param)


async def does(town: Town, work: Callable[[Desk], T]) -> T:
    return await town.at_desk(OPERATOR, work)


async def acting(town: Town, official_id: str) -> Official:
    found = await does(town, lambda desk: desk.officials.acting(official_id))
    assert found is not None
    return found


async def account(town: Town, official_id: str) -> OfficialAccount:
    found = await does(town, lambda desk: desk.officials.account(official_id))
    assert found is not None
    return found


async def last_noted(town: Town) -> tuple[str, object]:
    row = (await noted(town))[-1]
    return row.action, row.detail


# Accounts


async def test_an_invited_account_is_kept_sealed_and_acts_for_nobody_yet(town: Town) -> None:
    made = await does(
        town, lambda desk: desk.accounts.invite(" Tam@example.test ", "Lê Tâm", "Cán bộ", ("officer", "lead"), (HERE,))
    )
    assert made is not None

    found = await account(town, made[0])
    row = await town.database.read(lambda unit: unit.get_one(OfficialRow, made[0]))
    assert (found.email, found.name, found.state) == ("Tam@example.test", "Lê Tâm", "invited")
    assert (found.roles, found.units) == (("lead", "officer"), (HERE,))
    assert all("tam" not in str(value).lower() and "Lê" not in str(value) for value in row.model_dump().values())
    assert await does(town, lambda desk: desk.officials.acting(made[0])) is None


async def test_an_e_mail_has_one_account(town: Town) -> None:
    await does(town, lambda desk: desk.accounts.invite("tam@example.test", "Tâm", "", ("officer",), ()))

    again = await does(town, lambda desk: desk.accounts.invite(" TAM@example.test", "Tâm", "", ("admin",), ()))

    assert again is None
    assert [found.roles for found in await does(town, lambda desk: desk.officials.accounts())] == [("officer",)]


async def test_an_account_is_found_by_its_e_mail(town: Town) -> None:
    tam = await town.official("tam", "officer")

    found = await does(
        town, lambda desk: [desk.officials.by_email(e) for e in ("TAM@example.test ", "huy@example.test")]
    )

    assert [one.id if one else None for one in found] == [tam, None]


@pytest.mark.parametrize(
    ("roles", "places"),
    [pytest.param(("mayor",), (), id="a role"), pytest.param(("lead",), ("phuong_nowhere",), id="a unit")],
)
async def test_what_does_not_exist_can_not_be_given(
    town: Town, roles: tuple[str, ...], places: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="no such"):
        await does(town, lambda desk: desk.accounts.invite("tam@example.test", "Tâm", "", roles, places))

    assert await does(town, lambda desk: desk.officials.accounts()) == []


async def test_a_new_link_ends_the_old_one(town: Town) -> None:
    made = await does(town, lambda desk: desk.accounts.invite("tam@example.test", "Tâm", "", ("officer",), ()))
    assert made is not None

    new = await does(town, lambda desk: desk.accounts.invite_again(made[0]))

    good = await does(town, lambda desk: [desk.signing_in.invited(token or "") for token in (made[1], new)])
    assert [one is not None for one in good] == [False, True]


async def test_roles_and_units_are_changed_and_what_was_before_is_noted(town: Town) -> None:
    tam = await town.official("tam", "officer", places=(HERE,))

    assert await does(town, lambda desk: desk.accounts.change(tam, ("lead",), (THERE,)))

    official = await acting(town, tam)
    assert (official.roles, official.units) == (("lead",), frozenset({THERE}))
    assert await last_noted(town) == (
        "official.changed",
        {"before": {"roles": ["officer"], "units": [HERE]}, "after": {"roles": ["lead"], "units": [THERE]}},
    )


async def test_a_disabled_account_acts_no_more_and_is_not_invited_again(town: Town) -> None:
    tam = await town.official("tam", "officer", places=(HERE,))
    link = await does(town, lambda desk: desk.accounts.invite_again(tam))

    ended = [await does(town, lambda desk: desk.accounts.disable(tam, "moved away")) for _ in range(2)]

    assert ended == [True, False]
    assert await does(town, lambda desk: desk.officials.acting(tam)) is None
    assert await does(town, lambda desk: desk.signing_in.invited(link or "")) is None
    assert await does(town, lambda desk: desk.accounts.invite_again(tam)) is None
    assert await does(town, lambda desk: desk.officials.of_unit(HERE, "case.take")) == []
    assert (await account(town, tam)).state == "disabled"


async def test_the_name_of_an_official_stays_with_what_she_did(town: Town) -> None:
    made = await does(town, lambda desk: desk.accounts.invite("tam@example.test", "Lê Tâm", "Phó chủ tịch", (), ()))
    assert made is not None
    await does(town, lambda desk: desk.accounts.disable(made[0], "left"))

    names = await does(town, lambda desk: [desk.officials.name_of(who) for who in (made[0], None, "nobody")])

    assert names == ["Phó chủ tịch Lê Tâm", "", ""]


# The last admin


async def test_the_last_admin_stays(town: Town) -> None:
    last = await town.official("an", "admin", "lead")
    invited = await does(town, lambda desk: desk.accounts.invite("binh@example.test", "Bình", "", ("admin",), ()))

    went = await does(
        town, lambda desk: (desk.accounts.disable(last, "left"), desk.accounts.change(last, ("lead",), ()))
    )

    assert invited is not None
    assert went == (False, False)
    assert (await acting(town, last)).roles == ("admin", "lead")


async def test_an_admin_may_go_once_there_is_another(town: Town) -> None:
    first, second = await town.official("an", "admin"), await town.official("binh", "admin")

    went = await does(town, lambda desk: (desk.accounts.disable(first, "left"), desk.accounts.disable(second, "left")))

    assert went == (True, False)


@pytest.mark.parametrize("roles", [(), ("lead",), ("admin",)])
async def test_there_is_an_admin_once_an_account_of_one_is_active(town: Town, roles: tuple[str, ...]) -> None:
    await does(town, lambda desk: desk.accounts.invite("an@example.test", "An", "", ("admin",), ()))
    await town.official("tam", *roles)

    assert await does(town, lambda desk: bool(desk.officials.admins())) == ("admin" in roles)


@ON_POSTGRESQL
async def test_two_admins_who_disable_each_other_at_once_leave_one(town: Town) -> None:
    both = [await town.official("an", "admin"), await town.official("binh", "admin")]

    went = await asyncio.gather(
        *(does(town, lambda desk, one=one: desk.accounts.disable(one, "left")) for one in both)  # type: ignore[misc]  # bound early
    )

    assert sorted(went) == [False, True]
    assert await does(town, lambda desk: bool(desk.officials.admins()))


# Leave, and duty


async def units_of(town: Town, official_id: str) -> frozenset[str]:
    return (await acting(town, official_id)).units


async def test_a_deputy_has_the_units_on_the_days_of_leave_alone(town: Town) -> None:
    tam = await town.official("tam", "lead", places=(HERE,))
    huy = await town.official("huy", "officer", places=(THERE,))
    away = (TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    assert await does(town, lambda desk: desk.accounts.set_leave(tam, huy, away))

    seen = []
    for _ in range(4):
        seen.append(HERE in await units_of(town, huy))
        town.clock.move(days=1)

    assert seen == [False, True, True, False]
    assert await units_of(town, tam) == {HERE}


async def test_a_deputy_keeps_to_her_own_roles(town: Town) -> None:
    tam = await town.official("tam", "lead", places=(HERE,))
    huy = await town.official("huy", "officer", places=(THERE,))

    await does(town, lambda desk: desk.accounts.set_leave(tam, huy, (TODAY, TODAY)))

    official = await acting(town, huy)
    assert (official.may("case.take", HERE), official.may("case.approve", HERE)) == (True, False)
    for action, ids in {"case.take": {tam, huy}, "case.approve": {tam}}.items():
        found = await does(town, lambda desk, a=action: desk.officials.of_unit(HERE, a))  # type: ignore[misc]  # bound early
        assert {one.id for one in found} == ids


async def test_a_deputy_gets_no_right_that_whoever_is_away_has_not(town: Town) -> None:
    chi = await town.official("chi", "helper", places=(HERE,))
    tam = await town.official("tam", "officer", places=(HERE,))
    huy = await town.official("huy", "lead", places=(THERE,))
    an = await town.official("an", "lead", places=(HERE, THERE))

    tried = [
        await does(town, lambda desk, a=(away, deputy, (TODAY, TODAY)): desk.accounts.set_leave(*a))  # type: ignore[misc]  # bound early
        for away, deputy in ((chi, huy), (tam, huy), (chi, tam), (tam, an))
    ]
    assert tried == [False, False, True, True]

    # Nor does she where her roles have grown since.
    low = await town.official("low", "officer", places=(THERE,))
    assert await does(town, lambda desk: desk.accounts.set_leave(tam, low, (TODAY, TODAY)))
    assert (await acting(town, low)).may("case.take", HERE)
    await does(town, lambda desk: desk.accounts.change(low, ("lead",), (THERE,)))
    assert await units_of(town, low) == {THERE}


async def test_a_leave_is_ended_early(town: Town) -> None:
    tam, huy = await town.official("tam", "lead", places=(HERE,)), await town.official("huy", "lead")
    await does(town, lambda desk: desk.accounts.set_leave(tam, huy, (TODAY, TODAY)))

    assert await does(town, lambda desk: desk.accounts.set_leave(tam, None, None))

    found = await account(town, tam)
    assert (found.deputy_id, found.away, await units_of(town, huy)) == (None, None, frozenset())


async def test_a_leave_that_can_not_be_is_refused(town: Town) -> None:
    tam, huy = await town.official("tam", "lead", places=(HERE,)), await town.official("huy", "lead")
    await does(town, lambda desk: desk.accounts.disable(huy, "left"))
    today, yesterday = (TODAY, TODAY), (TODAY, TODAY - timedelta(days=1))

    tried = [
        await does(town, lambda desk, a=arguments: desk.accounts.set_leave(*a))  # type: ignore[misc]  # bound early
        for arguments in ((tam, tam, today), (tam, huy, today), (tam, "nobody", today), (tam, None, yesterday))
    ]

    assert tried == [False] * 4
    assert (await account(town, tam)).away is None


async def test_the_units_of_a_disabled_official_pass_to_nobody(town: Town) -> None:
    tam, huy = await town.official("tam", "lead", places=(HERE,)), await town.official("huy", "lead")
    await does(town, lambda desk: desk.accounts.set_leave(tam, huy, (TODAY, TODAY)))

    await does(town, lambda desk: desk.accounts.disable(tam, "left"))

    assert await units_of(town, huy) == frozenset()


async def on_duty(town: Town, unit_id: str | None) -> set[str]:
    found = await does(town, lambda desk: desk.officials.on_duty(unit_id, "urgent.take"))
    return {official.id for official in found}


async def test_those_on_duty_are_of_the_unit_there_and_not_on_leave(town: Town) -> None:
    tam = await town.official("tam", "officer", places=(HERE,))
    huy = await town.official("huy", "helper", places=(HERE,))
    far = await town.official("mai", "officer", places=(THERE,))
    an = await town.official("an", "admin")
    await town.official("sach", "auditor", places=(HERE,))
    before = await on_duty(town, HERE)

    await does(town, lambda desk: desk.accounts.set_duty(tam, on=False))
    await does(town, lambda desk: desk.accounts.set_leave(huy, None, (TODAY, TODAY)))

    assert (before, await on_duty(town, HERE)) == ({tam, huy, an}, {an})
    assert await on_duty(town, None) == {far, an}


# The chat that acts for an account


async def code_of(town: Town, official_id: str) -> str:
    return (await does(town, lambda desk: desk.invitations.chat_code(official_id)))[0]


async def leads_to(town: Town, typed: str) -> str | None:
    return await does(town, lambda desk: desk.invitations.code_leads_to(typed))


async def bind(town: Town, official_id: str, citizen: Citizen) -> None:
    chat = await citizen.chat()
    await does(town, lambda desk: desk.acting_chats.bind(official_id, chat))


async def speaks_for(citizen: Citizen) -> str | None:
    found = await citizen.at_desk(lambda desk: desk.acting_chats.speaking("case.see"))
    return found.id if found else None


async def test_a_chat_code_leads_to_its_account_until_it_is_used(town: Town, lan: Citizen) -> None:
    tam = await town.official("tam", "officer")
    code = await code_of(town, tam)
    typed = [await leads_to(town, code), await leads_to(town, f" lk {code.lower()}"), await leads_to(town, "AAAA-AAAA")]

    await bind(town, tam, lan)

    assert (typed, await leads_to(town, code)) == ([tam, tam, None], None)
    assert await speaks_for(lan) == tam


async def test_a_chat_code_is_good_for_a_quarter_of_an_hour(town: Town) -> None:
    tam = await town.official("tam", "officer")
    code = await code_of(town, tam)

    town.clock.move(minutes=15)
    in_time = await leads_to(town, code)
    town.clock.move(seconds=1)

    assert (in_time, await leads_to(town, code)) == (tam, None)


async def test_a_new_chat_code_ends_the_old_one_and_no_invitation(town: Town) -> None:
    tam = await town.official("tam", "officer")
    link, old = await does(town, lambda desk: desk.accounts.invite_again(tam)), await code_of(town, tam)

    new = await code_of(town, tam)

    assert [await leads_to(town, old), await leads_to(town, new)] == [None, tam]
    assert await does(town, lambda desk: desk.signing_in.invited(link or "")) is not None


async def test_a_code_and_a_link_do_not_stand_for_each_other(town: Town) -> None:
    tam = await town.official("tam", "officer")
    link, code = await does(town, lambda desk: desk.accounts.invite_again(tam)), await code_of(town, tam)

    assert await leads_to(town, link or "") is None
    assert await does(town, lambda desk: desk.signing_in.invited(f"LK-{code}")) is None


@ON_POSTGRESQL
async def test_of_two_chats_that_use_a_code_at_once_one_is_bound(town: Town, lan: Citizen, mai: Citizen) -> None:
    tam = await town.official("tam", "officer")
    code = await code_of(town, tam)

    async def uses(chat: Chat) -> bool:
        def run(desk: Desk) -> bool:
            official_id = desk.invitations.code_leads_to(code)
            if official_id is not None:
                desk.acting_chats.bind(official_id, chat)
            return official_id is not None

        return await does(town, run)

    went = await asyncio.gather(*[uses(await one.chat()) for one in (lan, mai)])

    assert sorted(went) == [False, True]


async def test_one_account_has_one_person_and_one_person_one_account(town: Town, lan: Citizen, mai: Citizen) -> None:
    tam, huy = await town.official("tam", "officer"), await town.official("huy", "officer")

    await bind(town, tam, lan)
    await bind(town, tam, mai)
    first = [await speaks_for(one) for one in (lan, mai)]
    await bind(town, huy, mai)

    assert (first, await speaks_for(mai)) == ([None, tam], huy)
    assert not (await account(town, tam)).in_chat


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(lambda desk, tam: desk.accounts.disable(tam, "left"), id="disabled"),
        pytest.param(lambda desk, tam: desk.acting_chats.end(tam), id="unbound"),
    ],
)
async def test_a_chat_acts_no_more_once_its_account_is(
    town: Town, lan: Citizen, ends: Callable[[Desk, str], object]
) -> None:
    tam = await town.official("tam", "officer")
    await bind(town, tam, lan)

    await does(town, lambda desk: ends(desk, tam))

    assert await speaks_for(lan) is None
    assert await last_noted(town) == ("rights.refused", {"action": "case.see"})


async def test_whoever_is_no_official_speaks_for_nobody_and_it_is_noted(town: Town, lan: Citizen) -> None:
    assert await speaks_for(lan) is None
    assert await last_noted(town) == ("rights.refused", {"action": "case.see"})

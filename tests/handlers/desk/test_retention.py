"""Each class of data is forgotten just after its time and not a moment before; nothing younger is touched."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import select

from handlers.desk import Actor
from handlers.desk.cases import Registration
from handlers.rules.office import Span
from storage.database import Unit
from storage.queries.chains import chain
from storage.queries.incoming import inbox
from storage.tables import Case, CaseEvent, InboxRow, OutboxRow
from storage.vault import KeyGone, Vault
from storage.verify import broken
from tests.kit.dead_letters import set_aside
from tests.kit.on_duty import clerk
from tests.kit.town import Citizen, Town

MOMENT = timedelta(seconds=1)
OFFICIAL = Actor("official", "tam")


async def forgets(town: Town) -> int:
    return await town.at_desk(Actor("clock"), lambda desk: desk.retention.run())


async def count(town: Town, statement: str) -> int:
    return int(await town.database.read(lambda unit: unit.execute(text(statement)).scalar_one()))


# What each class of data is made by; each makes one thing of it, or as many as one message brings.


async def writes(lan: Citizen) -> None:
    await lan.says("/menu")


async def begins_a_form(lan: Citizen) -> None:
    await lan.says("/dangky", "1")


async def gets_a_link(lan: Citizen) -> None:
    await lan.says("/menu")
    await lan.at_desk(lambda desk: desk.people.download_link())


async def sends_a_loose_photo(lan: Citizen) -> None:
    await lan.says("/menu")
    await lan.at_desk(lambda desk: desk.files.keep(b"a photo"))


async def is_given_up(lan: Citizen) -> None:
    await lan.says("/menu")
    await lan.town.database.write(lambda unit: set_aside(unit, lan.town.clock.now()))


async def tries_a_code(lan: Citizen) -> None:
    await lan.says("/menu")
    await lan.at_desk(lambda desk: desk.cases.look_up("HS-0000-0000", "1234"))


async def is_checked(lan: Citizen) -> None:
    await lan.says("/menu")
    await lan.at_desk(lambda desk: desk.households.keep({"unit": "xa_tay_giang"}, desk.today(), "open", ()))


async def is_reminded(lan: Citizen) -> None:
    await lan.says("/menu")
    assert await lan.at_desk(lambda desk: desk.reminders.once("form", f"form:{lan.name}", 1))


async def an_official(town: Town) -> str:
    """An official of the unit, the same for all."""
    accounts = await town.at_desk(Actor("clock"), lambda desk: desk.officials.accounts())
    return accounts[0].id if accounts else (await clerk(town, "Hoa")).id


async def talks_and_ends_it(lan: Citizen) -> None:
    await lan.says("/menu", "/canbo", "phường Hòa Khánh")
    town, hoa = lan.town, await an_official(lan.town)
    [talk] = await town.as_official(hoa, lambda desk: desk.calls.talks())
    await town.as_official(hoa, lambda desk: desk.talks.take(talk.id, in_chat=False))
    await lan.says("Tôi hỏi về giấy tờ")
    await town.as_official(hoa, lambda desk: desk.talks.close(talk.id))


async def needs_help_and_gets_it(lan: Citizen) -> None:
    await lan.says("/menu")
    town, hoa = lan.town, await an_official(lan.town)
    raised = await lan.at_desk(lambda desk: desk.urgent.raise_one("phường Hòa Khánh", "hunger", None))
    await town.as_official(hoa, lambda desk: desk.urgent.take(raised.code))
    await town.as_official(hoa, lambda desk: desk.urgent.close(raised.code, "đã đến"))


# Each row: what somebody does, for how long what comes of it is kept, and how much of it there is.
@pytest.mark.parametrize(
    ("does", "kept", "left"),
    [
        pytest.param(
            writes, timedelta(hours=72), "SELECT count(*) FROM inbox WHERE body IS NOT NULL", id="bodies of messages"
        ),
        pytest.param(writes, timedelta(days=30), "SELECT count(*) FROM inbox", id="ids of messages"),
        pytest.param(writes, timedelta(days=180), "SELECT count(*) FROM chat_line", id="lines of the chat"),
        pytest.param(
            writes, timedelta(days=180), "SELECT count(*) FROM outbox WHERE body IS NOT NULL", id="texts we sent"
        ),
        pytest.param(begins_a_form, timedelta(days=90), "SELECT count(*) FROM session", id="unfinished forms"),
        pytest.param(writes, timedelta(days=180), "SELECT count(*) FROM asking", id="buttons"),
        pytest.param(is_given_up, timedelta(days=30), "SELECT count(*) FROM dead_letter", id="dead letters"),
        pytest.param(
            is_given_up,
            timedelta(days=30),
            "SELECT count(*) FROM inbox WHERE state = 'dead' AND body IS NOT NULL",
            id="bodies of dead letters",
        ),
        pytest.param(gets_a_link, timedelta(minutes=15), "SELECT count(*) FROM one_time_token", id="links"),
        pytest.param(sends_a_loose_photo, timedelta(days=180), "SELECT count(*) FROM file", id="loose photos"),
        pytest.param(
            is_checked,
            timedelta(days=365),
            "SELECT count(*) FROM household WHERE declared IS NOT NULL",
            id="answers of the check",
        ),
        pytest.param(
            talks_and_ends_it,
            timedelta(days=180),
            "SELECT count(*) FROM talk_line l JOIN data_key k ON k.name = 'talk:' || l.talk_id "
            "WHERE l.body IS NOT NULL",
            id="what was said in talks",
        ),
        pytest.param(
            needs_help_and_gets_it,
            timedelta(days=731),  # 24 months, one of them in a leap year
            "SELECT count(*) FROM urgent_request u JOIN data_key k ON k.name = 'urgent:' || u.id "
            "JOIN passed_on p ON p.under = k.name WHERE u.body IS NOT NULL",
            id="urgent requests",
        ),
        pytest.param(tries_a_code, timedelta(days=1), "SELECT count(*) FROM limiter", id="limits"),
        pytest.param(is_reminded, timedelta(days=400), "SELECT count(*) FROM reminder", id="what was reminded of"),
    ],
)
async def test_it_is_kept_for_its_time_and_then_forgotten_alone(
    town: Town, does: Callable[[Citizen], Awaitable[None]], kept: timedelta, left: str
) -> None:
    lan, mai = town.citizen("Lan"), town.citizen("Mai")
    await does(lan)
    of_lan = await count(town, left)
    town.clock.move(minutes=5)
    await does(mai)
    of_both = await count(town, left)
    town.clock.move(minutes=-5)

    town.clock.at += kept
    await forgets(town)
    in_time = await count(town, left)
    town.clock.at += MOMENT
    await forgets(town)
    just_after = await count(town, left)

    assert of_both > of_lan > 0
    assert in_time == of_both
    assert just_after == of_both - of_lan


# Cases


@pytest.fixture
async def closed(town: Town) -> tuple[Citizen, str]:
    """Somebody with a photo in a case that was closed, and its code."""
    lan = town.citizen("Lan")
    await lan.says("/menu")
    photo = await lan.at_desk(lambda desk: desk.files.keep(b"a photo"))
    request = Registration(
        needs=("food",), unit_id="phuong_hoa_khanh", place="tổ 3", name="Nguyễn Thị Lan", phone="+84905123456"
    )
    code = (await lan.at_desk(lambda desk: desk.cases.open(request, (photo,)))).code
    await lan.at_desk(lambda desk: desk.cases.add_words(code, "cần gạo"))
    for state in ("in_review", "proposed", "approved", "delivering", "closed"):
        await town.at_desk(OFFICIAL, lambda desk, state=state: desk.cases.move(code, state, "decided"))  # type: ignore[misc]  # bound early
    return lan, code


def two_years_after(moment: datetime) -> datetime:
    return Span(24, "months").after(moment)


async def readable(town: Town) -> dict[str, int]:
    """How much of the cases can still be read or found."""
    return {
        "bodies": await count(town, "SELECT count(*) FROM cases WHERE body IS NOT NULL"),
        "keys": await count(town, "SELECT count(*) FROM data_key WHERE name LIKE 'case:%'"),
        "look-ups": min(1, await count(town, "SELECT count(*) FROM case_look_up")),
        "notes": await count(town, "SELECT count(*) FROM case_event WHERE note IS NOT NULL"),
        "photos": await count(town, "SELECT count(*) FROM file"),
    }


async def test_a_case_is_forgotten_two_years_after_its_closing(town: Town, closed: tuple[Citizen, str]) -> None:
    town.clock.at = two_years_after(town.clock.now())

    await forgets(town)
    in_time = await readable(town)
    town.clock.at += MOMENT
    await forgets(town)

    assert in_time == dict.fromkeys(in_time, 1)
    assert await readable(town) == dict.fromkeys(in_time, 0)


async def test_of_a_forgotten_case_its_code_and_its_history_stay(town: Town, closed: tuple[Citizen, str]) -> None:
    lan, code = closed
    town.clock.at = two_years_after(town.clock.now()) + MOMENT

    await forgets(town)

    case = await town.database.read(lambda unit: unit.scalars(select(Case)).one())
    events = await town.database.read(lambda unit: unit.scalars(select(CaseEvent.kind).order_by(CaseEvent.id)).all())
    assert (case.code, case.state, case.unit_id) == (code, "closed", "phuong_hoa_khanh")
    assert events == ["opened", "words_added", "in_review", "proposed", "approved", "delivering", "closed"]
    assert [seen.code for seen in await lan.at_desk(lambda desk: desk.cases.mine())] == [code]


async def test_a_case_that_is_open_is_never_forgotten(town: Town, closed: tuple[Citizen, str]) -> None:
    await town.database.write(lambda unit: unit.execute(update(Case).values(state="refused")))
    _, code = closed
    await town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "new papers"))
    town.clock.move(days=2000)

    await forgets(town)

    assert (await readable(town))["bodies"] == 1


async def test_a_body_kept_from_a_backup_does_not_open_after_its_case_is_forgotten(
    town: Town, closed: tuple[Citizen, str]
) -> None:
    case = await town.database.read(lambda unit: unit.scalars(select(Case)).one())
    town.clock.at = two_years_after(town.clock.now()) + MOMENT
    await forgets(town)

    with pytest.raises(KeyGone):
        await town.read(lambda _, vault: vault.open(f"case:{case.id}", f"cases.body:{case.id}", case.body or b""))


# What is not old enough in another way


async def test_a_message_that_waits_is_never_emptied(town: Town) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu")
    chat, now = await lan.chat(), town.clock.now()

    def accept(unit: Unit) -> None:
        inbox.accept(unit, Vault(unit, town.office.master), chat, "waits", "text", {"text": "/menu"}, now)

    await town.database.write(accept)
    town.clock.move(days=400)
    await forgets(town)

    assert await town.service.inbox.handle(chat.person_id)


async def test_a_message_not_yet_sent_keeps_its_words(town: Town) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu")
    await town.database.write(lambda unit: unit.execute(update(OutboxRow).values(state="queued")))
    town.clock.move(days=400)

    await forgets(town)

    assert await count(town, "SELECT count(*) FROM outbox WHERE body IS NOT NULL") == 1


async def test_a_dead_letter_replayed_and_dead_again_keeps_its_body_for_its_own_time(town: Town) -> None:
    lan = town.citizen("Lan")
    await is_given_up(lan)
    [letter] = [found[0] for found in await town.database.read(inbox.dead_letters)]
    town.clock.move(days=20)
    row = await town.database.read(lambda unit: unit.scalars(select(InboxRow)).one())
    now = town.clock.now()
    await town.database.write(lambda unit: inbox.replay(unit, letter, now))
    await town.database.write(lambda unit: inbox.bury(unit, row.id or 0, "webchat", "turn failed", now))

    town.clock.move(days=11)
    await forgets(town)

    [(left, _, _, state, _)] = await town.database.read(inbox.dead_letters)
    assert (left != letter, state) == (True, "open")
    assert await count(town, "SELECT count(*) FROM inbox WHERE body IS NOT NULL") == 1


async def test_what_nobody_could_read_can_be_tried_again_as_long_as_it_is_kept(town: Town) -> None:
    now, raw = town.clock.now(), b"an update of a kind to come"
    await town.database.write(
        lambda unit: inbox.bury_unread(unit, Vault(unit, town.office.master), "telegram", "unreadable", raw, now)
    )
    [letter] = [found[0] for found in await town.database.read(inbox.dead_letters)]

    town.clock.move(days=20)
    await forgets(town)

    assert await town.read(lambda unit, vault: inbox.unread(unit, vault, letter)) == ("telegram", raw)


async def test_a_person_is_answered_after_all_of_hers_was_forgotten(town: Town) -> None:
    lan = town.citizen("Lan")
    await begins_a_form(lan)
    await lan.at_desk(
        lambda desk: desk.cases.open(Registration(needs=("food",), unit_id=None, place="tổ 3", name="Lan"))
    )
    town.clock.move(days=1000)
    await forgets(town)

    await lan.says("/menu")

    lan.hears("menu")
    assert len(await lan.at_desk(lambda desk: desk.cases.mine())) == 1


async def test_every_night_is_noted_so_that_a_jump_of_the_clock_is_seen(town: Town) -> None:
    await town.citizen("Lan").says("/menu")
    before = await count(town, "SELECT count(*) FROM audit")

    forgotten = await forgets(town)

    assert (forgotten, await count(town, "SELECT count(*) FROM audit")) == (0, before + 1)


async def test_forgetting_damages_nothing(town: Town, closed: tuple[Citizen, str]) -> None:
    for days in (4, 31, 91, 181, 800):
        town.clock.move(days=days)
        await forgets(town)
    await town.database.write(chain.seal)

    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []

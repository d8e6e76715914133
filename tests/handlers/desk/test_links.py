"""Two persons become one with nothing lost and nothing left behind; a chat that is parted again knows nothing."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from handlers.desk import Actor, Desk
from handlers.desk.cases import Registration
from handlers.desk.pledges import Offer
from handlers.flow.message import Say
from storage.database import Unit
from storage.queries.chains import chain
from storage.queries.incoming import chats
from storage.tables import (
    Address,
    AskingRow,
    AuditRow,
    ChatLine,
    DataKey,
    File,
    HouseholdRow,
    LawChange,
    LawChangePerson,
    OneTimeToken,
    OutboxRow,
    Person,
    SessionRow,
    Suspect,
)
from storage.vault import Vault
from storage.verify import broken
from tests.kit.addresses import platform_chat
from tests.kit.requests import HERE
from tests.kit.town import Citizen, Town

OFFICIAL = Actor("official", "tam")
NAMING_A_PERSON = [table for table in SQLModel.metadata.sorted_tables if "person_id" in table.c]
# One of each person is kept, or none; of all else everything.
ONE_IS_KEPT = {"session", "household", "one_time_token", "official"}
SEALED: Mapping[type[Any], str] = {AskingRow: "nonce", File: "id", OutboxRow: "key", Suspect: "id"}


async def fills(citizen: Citizen, name: str) -> None:
    """Have everything the service may hold of a person."""
    await citizen.says("/menu", "/dangky", "1", "1", "1 4")
    photo = await citizen.at_desk(lambda desk: desk.files.keep(name.encode()))
    await citizen.at_desk(
        lambda desk: desk.cases.open(Registration(needs=("food",), unit_id=None, place="tổ 3", name=name), (photo,))
    )
    await citizen.at_desk(lambda desk: desk.urgent.raise_one("ngõ sau chợ", "food", None))
    await citizen.at_desk(lambda desk: desk.talks.wish())
    await citizen.at_desk(lambda desk: desk.pledges.offer(Offer(kind="money", giver="person", amount=1_000, name=name)))
    await citizen.at_desk(lambda desk: desk.people.download_link())
    await citizen.at_desk(lambda desk: desk.consents.give("check", "check/1"))
    account = await citizen.town.official(name, "officer")
    await citizen.at_desk(lambda desk: desk.acting_chats.bind(account, desk.here()))
    await citizen.at_desk(lambda desk: desk.suspects.judge("Bà con chuyển tiền gấp vào số này"))
    await citizen.at_desk(lambda desk: desk.subscriptions.subscribe(("jobs",), HERE if name == "bà Lan" else ""))
    await citizen.at_desk(lambda desk: concerns(desk, name))
    await keeps(citizen, name)


def concerns(desk: Desk, name: str) -> None:
    """Have a change of the rules concern her."""
    change = LawChange(id=name, day=date(2027, 1, len(name)), confirmed_by="tam", at=desk.now)
    desk.unit.add(change)
    desk.unit.flush()
    desk.unit.add(LawChangePerson(change_id=change.id, person_id=desk.here().person_id))


async def keeps(citizen: Citizen, name: str) -> None:
    await citizen.at_desk(lambda desk: desk.households.keep({"name": name}, date(2026, 3, 2), "open", ()))


@pytest.fixture
async def web(town: Town) -> Citizen:
    """She who makes the code: her person is kept."""
    citizen = town.citizen("Lan")
    await fills(citizen, "Nguyễn Thị Lan")
    return citizen


@pytest.fixture
async def other(town: Town) -> Citizen:
    """She at another phone, who types the code: that person goes."""
    citizen = town.citizen("Lan at another phone")
    town.clock.move(minutes=1)
    await fills(citizen, "bà Lan")
    return citizen


@pytest.fixture
def telegram(town: Town) -> Citizen:
    """She on a channel whose other end is not ours."""
    return town.citizen("Lan on Telegram", channel="telegram")


async def joins(here: Citizen, there: Citizen) -> str | None:
    """Make a code there and use it here."""
    code, _ = await there.at_desk(lambda desk: desk.links.make_code())
    return await here.at_desk(lambda desk: desk.links.join(code))


async def person(citizen: Citizen) -> str:
    return (await citizen.chat()).person_id


async def rows_naming(town: Town, person_id: str) -> dict[str, int]:
    """How many rows of each table belong to a person."""

    def count(unit: Unit) -> dict[str, int]:
        queries = {
            t.name: select(func.count()).select_from(t).where(t.c.person_id == person_id) for t in NAMING_A_PERSON
        }
        return {name: unit.scalar(query) or 0 for name, query in queries.items()}

    return await town.database.read(count)


def sealed_of(unit: Unit, person_id: str) -> Iterator[tuple[str, str, bytes]]:
    """(place without the person, place, sealed) of everything that a person's own key seals."""
    for table, key in SEALED.items():
        for row in unit.scalars(select(table).where(col(table.person_id) == person_id)):
            place = f"{table.__tablename__}.body:{getattr(row, key)}"
            if row.body is not None:
                yield place, place, row.body
    addresses = select(Address).where(Address.person_id == person_id)
    for address in unit.scalars(addresses).all():
        if address.chat is not None:
            yield (place := f"address.chat:{address.id}"), place, address.chat
        for line in unit.scalars(select(ChatLine).where(ChatLine.address_id == address.id)):
            yield (place := f"chat_line.body:{address.id}/{line.number}"), place, line.body


async def opened_of(town: Town, person_id: str) -> dict[str, bytes]:
    """Everything that a person's own key seals, opened, by its place."""

    def read(unit: Unit, vault: Vault) -> dict[str, bytes]:
        found = sealed_of(unit, person_id)
        return {name: vault.open_bytes(f"person:{person_id}", place, sealed) for name, place, sealed in found}

    return await town.read(read)


# The code


async def test_a_code_is_eight_symbols_and_only_its_look_up_value_is_kept(town: Town, web: Citizen) -> None:
    code, until = await web.at_desk(lambda desk: desk.links.make_code())

    row = await town.database.read(
        lambda unit: unit.scalars(select(OneTimeToken).where(OneTimeToken.kind == "link")).one()
    )
    assert len(code.replace("-", "")) == 8
    assert (until - town.clock.now()).total_seconds() == 15 * 60
    assert code.encode() not in row.token
    assert code.replace("-", "").encode() not in row.token


async def test_a_new_code_ends_the_old_one(web: Citizen, other: Citizen) -> None:
    old, _ = await web.at_desk(lambda desk: desk.links.make_code())
    new, _ = await web.at_desk(lambda desk: desk.links.make_code())

    judged = [await other.at_desk(lambda desk, c=code: desk.links.judge(c)) for code in (old, new)]  # type: ignore[misc]  # bound early

    assert judged == ["wrong", "good"]


async def test_a_code_lives_a_quarter_of_an_hour(town: Town, web: Citizen, other: Citizen) -> None:
    code, _ = await web.at_desk(lambda desk: desk.links.make_code())

    town.clock.move(minutes=15)
    just_in_time = await other.at_desk(lambda desk: desk.links.judge(code))
    town.clock.move(seconds=1)

    assert just_in_time == "good"
    assert await other.at_desk(lambda desk: desk.links.judge(code)) == "wrong"
    with pytest.raises(LookupError):
        await other.at_desk(lambda desk: desk.links.join(code))


async def test_a_code_works_once(town: Town, web: Citizen, other: Citizen) -> None:
    code, _ = await web.at_desk(lambda desk: desk.links.make_code())
    await other.at_desk(lambda desk: desk.links.join(code))
    mai = town.citizen("Mai")
    await mai.says("/menu")

    assert await mai.at_desk(lambda desk: desk.links.judge(code)) == "wrong"


async def test_a_link_to_what_is_stored_is_no_code(web: Citizen, other: Citizen) -> None:
    link = await web.at_desk(lambda desk: desk.people.download_link())

    assert await other.at_desk(lambda desk: desk.links.judge(link.rpartition("/")[2])) == "wrong"


async def test_after_ten_wrong_codes_the_right_one_looks_wrong_for_an_hour(
    town: Town, web: Citizen, other: Citizen
) -> None:
    for _ in range(10):
        await other.at_desk(lambda desk: desk.links.count_wrong())

    code, _ = await web.at_desk(lambda desk: desk.links.make_code())
    throttled = await other.at_desk(lambda desk: desk.links.judge(code))
    town.clock.move(minutes=60)
    code, _ = await web.at_desk(lambda desk: desk.links.make_code())

    assert throttled == "wrong"
    assert await other.at_desk(lambda desk: desk.links.judge(code)) == "good"


# Joining


async def test_whatever_names_a_person_names_the_one_who_is_kept(town: Town, web: Citizen, other: Citizen) -> None:
    gone, kept = await person(other), await person(web)
    hers, theirs = await rows_naming(town, kept), await rows_naming(town, gone)
    # A new table with a person in it has to be filled above, and to be moved.
    assert all(hers.values()), hers
    assert all(theirs.values()), theirs

    await joins(other, web)

    after = await rows_naming(town, kept)
    assert not any((await rows_naming(town, gone)).values())
    told = {"outbox": 1}  # her other channel is told
    together = {name: hers[name] + theirs[name] + told.get(name, 0) for name in hers if name not in ONE_IS_KEPT}
    assert {name: after[name] for name in together} == together
    assert {name: after[name] for name in ONE_IS_KEPT} == dict.fromkeys(ONE_IS_KEPT, 1)


async def test_nothing_that_was_sealed_is_lost(town: Town, web: Citizen, other: Citizen) -> None:
    gone, kept = await person(other), await person(web)
    before = await opened_of(town, gone) | await opened_of(town, kept)
    assert {place.partition(".")[0] for place in before} == {"asking", "file", "outbox", "suspect", "chat_line"}

    await joins(other, web)

    after = await opened_of(town, kept)
    assert {place: after[place] for place in before} == before


async def test_the_buttons_shown_last_are_still_on_her_screen(web: Citizen, other: Citizen) -> None:
    before = (await other.chat()).screen

    await joins(other, web)

    assert before is not None
    assert (await other.chat()).screen == before


async def test_many_lines_are_moved_as_well_as_few(town: Town, web: Citizen, other: Citizen) -> None:
    chat, gone = await other.chat(), await person(other)

    def write(unit: Unit) -> None:
        vault = Vault(unit, town.office.master)
        for number in range(450):
            chats.add_line(unit, vault, chat, "you", {"text": f"dòng {number}"}, town.clock.now())

    await town.database.write(write)
    before = await opened_of(town, gone)

    await joins(other, web)

    after = await opened_of(town, await person(web))
    assert len(before) > 450
    assert {place: after[place] for place in before} == before


async def test_nothing_the_old_key_sealed_is_left_and_the_key_is_gone(town: Town, web: Citizen, other: Citizen) -> None:
    gone = await person(other)

    def old(unit: Unit) -> set[bytes]:
        bodies = {bytes(sealed) for _, _, sealed in sealed_of(unit, gone)}
        session, household = unit.get_one(SessionRow, gone), unit.get_one(HouseholdRow, gone)
        return bodies | {bytes(session.body), bytes(household.declared or b"")}

    before = await town.database.read(old)

    await joins(other, web)

    def every_value(unit: Unit) -> set[bytes]:
        rows = (row for table in SQLModel.metadata.sorted_tables for row in unit.execute(sa.select(table)))
        return {bytes(value) for row in rows for value in row if isinstance(value, bytes)}

    keys = await town.database.read(lambda unit: set(unit.scalars(select(DataKey.name))))
    assert b"" not in before
    assert not before & await town.database.read(every_value)
    assert f"person:{gone}" not in keys


async def test_the_one_who_goes_is_like_somebody_erased_and_the_data_is_whole(
    town: Town, web: Citizen, other: Citizen
) -> None:
    gone = await person(other)

    await joins(other, web)
    await town.database.write(chain.seal)

    row = await town.database.read(lambda unit: unit.get_one(Person, gone))
    actions = await town.database.read(lambda unit: set(unit.scalars(select(AuditRow.action))))
    assert (row.state, row.language) == ("erased", "")
    assert "person.linked" in actions
    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []


async def test_the_cases_of_both_are_hers_in_both_places(web: Citizen, other: Citizen) -> None:
    codes = {c.code for citizen in (web, other) for c in await citizen.at_desk(lambda desk: desk.cases.mine())}
    assert len(codes) == 2

    await joins(other, web)

    for citizen in (web, other):
        mine = await citizen.at_desk(lambda desk: desk.cases.mine())
        read = {(await citizen.at_desk(lambda desk, c=c: desk.cases.read(c.id)))["name"] for c in mine}  # type: ignore[misc]  # bound early
        assert {c.code for c in mine} == codes
        assert read == {"Nguyễn Thị Lan", "bà Lan"}


@pytest.mark.parametrize("later", ["here", "there"])
async def test_the_household_changed_last_is_kept(town: Town, web: Citizen, other: Citizen, later: str) -> None:
    town.clock.move(minutes=1)
    await keeps(other if later == "here" else web, "sửa sau")

    await joins(other, web)

    kept = await web.at_desk(lambda desk: desk.households.mine())
    assert kept is not None
    assert kept.answers == {"name": "sửa sau"}


async def test_a_household_of_the_one_who_goes_is_kept_where_there_was_none(town: Town, telegram: Citizen) -> None:
    web = town.citizen("Lan")
    await web.says("/menu")
    await fills(telegram, "bà Lan")

    await joins(telegram, web)

    kept = await web.at_desk(lambda desk: desk.households.mine())
    assert kept is not None
    assert kept.answers == {"name": "bà Lan"}


Word = Callable[[Desk], object]


def _give(desk: Desk) -> None:
    desk.consents.give("case_news", "case_news/1")


def _refuse(desk: Desk) -> None:
    desk.consents.refuse("case_news", "case_news/1")


def _withdraw(desk: Desk) -> None:
    desk.consents.withdraw("case_news")


@pytest.mark.parametrize(
    ("words", "in_force"),
    [
        pytest.param((("here", _give), ("there", _refuse)), False, id="no after yes"),
        pytest.param((("there", _refuse), ("here", _give)), True, id="yes after no"),
        pytest.param((("here", _give), ("there", _give), ("here", _withdraw)), False, id="taken back here"),
        pytest.param((("there", _give), ("here", _give), ("there", _withdraw)), False, id="taken back there"),
        pytest.param(
            (("here", _give), ("here", _withdraw), ("there", _give)), True, id="given after it was taken back"
        ),
    ],
)
async def test_her_last_word_on_a_purpose_stands(
    town: Town, web: Citizen, other: Citizen, words: tuple[tuple[str, Word], ...], *, in_force: bool
) -> None:
    for place, word in words:
        town.clock.move(minutes=1)
        await (other if place == "here" else web).at_desk(word)

    await joins(other, web)

    assert await web.at_desk(lambda desk: desk.consents.in_force("case_news")) is in_force


@pytest.mark.parametrize(("there", "kept"), [("en", "en"), ("", "vi")])
async def test_the_language_is_that_of_the_kept_person_unless_she_chose_none(
    town: Town, telegram: Citizen, there: str, kept: str
) -> None:
    web = town.citizen("Lan", language=there)
    await web.says("/menu")
    await telegram.says("/menu")

    await joins(telegram, web)

    assert {(await c.chat()).language for c in (web, telegram)} == {kept}


async def test_where_to_send_is_sealed_with_the_key_of_whoever_has_the_chat(town: Town, telegram: Citizen) -> None:
    web = town.citizen("Lan")
    await web.says("/menu")
    chat = await arrives(town, telegram, "5550001")
    readable = []

    for step in (
        lambda: joins(telegram, web),
        lambda: telegram.at_desk(lambda desk: desk.links.unlink()),
        lambda: telegram.at_desk(lambda desk: desk.people.erase()),
    ):
        await step()
        readable.append(await town.read(lambda unit, vault: platform_chat(unit, vault, chat)))

    assert readable == ["5550001"] * 3


async def arrives(town: Town, citizen: Citizen, platform: str) -> str:
    """Write for the first time from a platform that knows the chat by this name; returns the address."""

    def arrive(unit: Unit) -> str:
        vault = Vault(unit, town.office.master)
        found = chats.arrive(unit, vault, citizen.channel, citizen.external, town.clock.now(), platform=platform)
        return found.address_id

    return await town.database.write(arrive)


async def test_erasing_after_linking_erases_everything_of_every_channel(
    town: Town, web: Citizen, other: Citizen
) -> None:
    await joins(other, web)
    joined = await person(web)

    await other.at_desk(lambda desk: desk.people.erase())

    fresh = await person(web)
    keys = await town.database.read(lambda unit: set(unit.scalars(select(DataKey.name))))
    lines = await town.database.read(lambda unit: unit.query(ChatLine).count())
    assert fresh == await person(other) != joined
    assert {name for name in keys if not name.startswith(("day:", "official:"))} == {f"person:{fresh}"}
    assert lines == 0
    for citizen in (web, other):
        assert await citizen.at_desk(lambda desk: (desk.cases.mine(), desk.consents.given())) == ([], [])


# Where her messages go


async def tells(town: Town, citizen: Citizen) -> str:
    """The channel on which she is told something."""
    person_id = await person(citizen)
    await town.at_desk(OFFICIAL, lambda desk: desk.messages.tell(person_id, Say("gladly"), "thanks"))
    query = select(OutboxRow.channel).order_by(col(OutboxRow.id).desc()).limit(1)
    return await town.database.read(lambda unit: unit.scalars(query).one())


@pytest.fixture
async def linked(town: Town, telegram: Citizen) -> Citizen:
    """She on the web, linked to her Telegram, where she wrote last."""
    web = town.citizen("Lan")
    await web.says("/menu")
    town.clock.move(minutes=1)
    await telegram.says("/menu")
    await joins(telegram, web)
    return web


async def test_news_goes_where_she_wrote_last(town: Town, linked: Citizen, telegram: Citizen) -> None:
    first = await tells(town, linked)
    town.clock.move(minutes=1)
    await linked.says("/menu")

    assert (first, await tells(town, linked)) == ("telegram", "webchat")


async def test_news_goes_where_she_wants_it_wherever_she_writes(town: Town, linked: Citizen, telegram: Citizen) -> None:
    address = (await telegram.chat()).address_id
    await linked.at_desk(lambda desk: desk.links.choose(address))
    town.clock.move(minutes=1)
    await linked.says("/menu")

    chosen = await tells(town, linked)
    await linked.at_desk(lambda desk: desk.links.choose(""))

    linked.hears("menu")
    assert (chosen, await tells(town, linked)) == ("telegram", "webchat")


async def test_what_she_chose_counts_only_while_she_can_be_reached_there(
    town: Town, linked: Citizen, telegram: Citizen
) -> None:
    address = (await telegram.chat()).address_id
    await linked.at_desk(lambda desk: desk.links.choose(address))

    await town.database.write(lambda unit: chats.set_reachable(unit, address, reachable=False))

    assert await tells(town, linked) == "webchat"


async def test_nobody_chooses_a_chat_of_somebody_else(town: Town, linked: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    address = (await mai.chat()).address_id

    await linked.at_desk(lambda desk: desk.links.choose(address))

    chosen = await town.database.read(lambda unit: unit.scalars(select(Address).where(col(Address.chosen))).all())
    assert chosen == []


# Unlinking


async def test_an_unlinked_chat_is_somebody_s_who_knows_nothing(town: Town, web: Citizen, other: Citizen) -> None:
    await joins(other, web)
    joined = await person(web)

    assert await other.at_desk(lambda desk: desk.links.unlink())

    assert await person(web) == joined != await person(other)
    assert len(await web.at_desk(lambda desk: desk.cases.mine())) == 2
    assert await other.at_desk(lambda desk: (desk.cases.mine(), desk.consents.given())) == ([], [])
    assert await opened_of(town, await person(other)) == {}
    await town.database.write(chain.seal)
    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []


async def test_her_only_chat_is_not_unlinked(web: Citizen) -> None:
    before = await person(web)

    assert not await web.at_desk(lambda desk: desk.links.unlink())

    assert await person(web) == before


async def test_news_that_waits_where_she_unlinks_reaches_her_elsewhere(
    town: Town, linked: Citizen, telegram: Citizen
) -> None:
    assert await tells(town, linked) == "telegram"
    before = await town.database.read(linked._last_message)

    await telegram.at_desk(lambda desk: desk.links.unlink())
    await town.service.outbox.drain()

    await linked.listens(before)
    assert [heard.key for heard in linked.heard] == ["thanks.gladly"]


async def test_a_person_s_words_that_wait_for_an_official_in_the_country_do_not_go_abroad_by_unlinking(
    town: Town, linked: Citizen
) -> None:
    await linked.says("/menu")  # she writes here last

    def tell(unit: Unit) -> str | None:
        desk = town.office.desk(unit, Actor("clock"), "test:words", town.clock)
        chat = chats.find(unit, linked.channel, linked.external)
        assert chat is not None
        say = Say("talk.from_person", words="nhà tôi ở tổ 3")
        return desk.disclosures.tell(chat.person_id, say, under="talk:1", kind="talk", place="talk/1")

    key = await town.database.write(tell)  # not delivered yet
    await linked.at_desk(lambda desk: desk.links.unlink())

    query = select(OutboxRow.channel, OutboxRow.state).where(OutboxRow.key == key)
    assert await town.database.read(lambda unit: tuple(unit.execute(query).one())) == ("webchat", "cancelled")


async def test_a_code_made_before_unlinking_links_nothing_after_it(linked: Citizen, telegram: Citizen) -> None:
    code, _ = await telegram.at_desk(lambda desk: desk.links.make_code())

    await telegram.at_desk(lambda desk: desk.links.unlink())

    assert await telegram.at_desk(lambda desk: desk.links.judge(code)) == "wrong"


# Officials


async def acts_for(citizen: Citizen) -> str:
    """The name of the account that a chat acts for; empty for none."""
    person_id = await person(citizen)
    found = await citizen.at_desk(lambda desk: desk.officials.in_chat(person_id))
    return found.name if found else ""


@pytest.mark.parametrize(
    ("here", "there", "after"),
    [("", "", ""), ("Hoa", "", "Hoa"), ("", "Hoa", "Hoa"), ("Hoa", "Tâm", "Tâm")],
    ids=["none", "here alone", "there alone", "two: the kept person's"],
)
async def test_linked_chats_act_for_one_account(
    town: Town, telegram: Citizen, here: str, there: str, after: str
) -> None:
    mine = town.citizen("Lan")
    for citizen, account in ((mine, here), (telegram, there)):
        await citizen.says("/menu")
        if account:
            made = await town.official(account, "officer")
            await citizen.at_desk(lambda desk, which=made: desk.acting_chats.bind(which, desk.here()))  # type: ignore[misc]  # a lambda with a default

    await joins(mine, telegram)

    assert (await acts_for(mine), await acts_for(telegram)) == (after, after)


async def test_a_chat_that_is_parted_acts_for_nobody_and_the_others_still_do(town: Town, telegram: Citizen) -> None:
    mine = town.citizen("Lan")
    for citizen in (mine, telegram):
        await citizen.says("/menu")
    made = await town.official("Hoa", "officer")
    await mine.at_desk(lambda desk: desk.acting_chats.bind(made, desk.here()))
    await joins(mine, telegram)

    await mine.at_desk(lambda desk: desk.links.unlink())

    assert (await acts_for(mine), await acts_for(telegram)) == ("", "Hoa")


async def test_what_an_official_says_finds_her_other_chat_when_she_parts_this_one(
    town: Town, telegram: Citizen
) -> None:
    mine = town.citizen("Lan")
    for citizen in (mine, telegram):
        await citizen.says("/menu")
    await joins(telegram, mine)
    await telegram.says("/menu")

    def hold(unit: Unit) -> None:
        chat = chats.find(unit, "telegram", telegram.external)
        assert chat is not None
        desk = town.office.desk(unit, Actor("clock"), "an official", town.clock)
        desk.messages.say(chat, Say("talk.from_person", words="Bà cần giấy gì?"), kind="talk")

    await town.database.write(hold)  # Telegram is not reached in this town: it waits
    before = await town.database.read(mine._last_message)
    await telegram.at_desk(lambda desk: desk.links.unlink())

    await mine.listens(before)
    assert "talk.from_person" in [message.key for message in mine.heard]

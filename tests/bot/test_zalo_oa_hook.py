"""The account's webhook: only with Zalo's MAC, each event once, always answered in time, nothing lost."""

import asyncio
import hmac
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientSession
from sqlalchemy import event
from sqlmodel import col, select

from bot.receiving import intake
from fakes.wire import Json
from fakes.zalo_oa.pusher import LADDER_S, SIGNATURE, STAMP
from fakes.zalo_oa.server import FakeZaloOa
from storage.database import Unit
from storage.queries.outgoing import account
from storage.tables import DeadLetter, InboxRow, OutboxRow
from tests.kit.house import House, visit
from tests.kit.postgres import PostgresServer
from tests.kit.telegram_house import counted, eventually
from tests.kit.waiting import PATIENT_S, until
from tests.kit.zalo_oa_house import HOOK, answered, greeted, knock, zalo_oa_house

Place = tuple[House, FakeZaloOa]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with zalo_oa_house(tmp_path) as place:
        yield place
        assert place[1].world.complaints == []


async def metrics(house: House) -> str:
    async with visit(house) as machine:
        return (await machine.gets("/metrics")).body.decode()


def said(zalo: FakeZaloOa, text: str = "/start") -> Json:
    """An event as Zalo makes it, which it does not bring itself."""
    zalo.pusher.holding = True
    made = zalo.user(f"Mai {len(zalo.world.people)}").says(text)
    zalo.world.waiting.clear()
    zalo.pusher.holding = False
    return made.body


async def brought(house: House, raw: bytes, *headers: tuple[str, str]) -> int:
    """Bring something with any headers; returns the status."""
    named = [("Content-Type", "application/json"), *headers]
    async with ClientSession() as web, web.post(house.origin + HOOK, data=raw, headers=named) as answer:
        return answer.status


def signed(zalo: FakeZaloOa, body: Json) -> tuple[bytes, str]:
    raw = orjson.dumps(body)
    return raw, zalo.pusher.sign(raw, str(body["timestamp"]))


async def test_a_mac_that_is_not_zalos_opens_nothing(place: Place) -> None:
    house, zalo = place
    body = said(zalo)
    raw, mac = signed(zalo, body)
    account = zalo.world.account
    by_hmac = hmac.new(account.secret_key.encode(), raw, "sha256").hexdigest()
    other_key = zalo.pusher.sign(raw, str(body["timestamp"])).translate(str.maketrans("0123456789", "1234567890"))
    again = json.dumps(body).encode()
    tries: dict[str, tuple[bytes, tuple[tuple[str, str], ...]]] = {
        "missing": (raw, ()),
        "empty": (raw, ((SIGNATURE, ""),)),
        "HMAC": (raw, ((SIGNATURE, f"mac={by_hmac}"),)),
        "another key": (raw, ((SIGNATURE, f"mac={other_key}"),)),
        "written anew": (again, ((SIGNATURE, f"mac={mac}"),)),
        "twice": (raw, ((SIGNATURE, f"mac={mac}"), (SIGNATURE, f"mac={mac}"))),
        "two moments": (raw, ((SIGNATURE, f"mac={mac}"), (STAMP, "1"), (STAMP, "2"))),
        "cut": (raw, ((SIGNATURE, f"mac={mac[:-1]}"),)),
        "words for an object": (b"[]", ()),
        "a probe with a space": (b"{ }", ()),
    }

    statuses = {name: await brought(house, given, *headers) for name, (given, headers) in tries.items()}

    assert set(statuses.values()) == {401}, statuses
    assert (await counted(house, InboxRow), await counted(house, DeadLetter)) == (0, 0)
    assert f'chungtay_webhook_rejected_total{{channel="zalo_oa"}} {len(tries)}.0' in await metrics(house)


@pytest.mark.parametrize("raw", [b"", b"{}"])
async def test_the_probe_is_answered_and_has_no_effect(place: Place, raw: bytes) -> None:
    house, _ = place

    status = await brought(house, raw)

    assert (status, house.service.platforms[0].rejected()) == (200, 0)
    assert (await counted(house, InboxRow), await counted(house, DeadLetter)) == (0, 0)


@pytest.mark.parametrize("changed", [{"app_id": "999"}, {"recipient": {"id": "777"}}], ids=["app", "account"])
async def test_what_is_another_apps_or_accounts_is_answered_and_has_no_effect(place: Place, changed: Json) -> None:
    house, zalo = place
    body = said(zalo) | changed
    raw, mac = signed(zalo, body)
    by_them = hmac.new(b"", b"", "sha256").hexdigest()  # a MAC of any shape
    assert by_them != mac

    assert await brought(house, raw, (SIGNATURE, f"mac={mac}")) == 200
    assert (await counted(house, InboxRow), await counted(house, DeadLetter)) == (0, 0)


async def test_a_mac_of_the_headers_moment_is_taken_and_counted(place: Place) -> None:
    house, zalo = place
    zalo.pusher.by_header = True

    await greeted(zalo.user("Lan"))
    await zalo.settles()

    found = await metrics(house)
    assert {push.status for push in zalo.pusher.pushed} == {200}
    count = float(found.split('chungtay_webhook_by_header_total{channel="zalo_oa"} ')[1].split("\n")[0])
    assert count == len(zalo.pusher.pushed)
    assert 'chungtay_webhook_rejected_total{channel="zalo_oa"} 0.0' in found


async def test_a_bare_mac_is_taken_and_counts_as_usual(place: Place) -> None:
    house, zalo = place
    zalo.pusher.bare = True

    await greeted(zalo.user("Lan"))

    assert 'chungtay_webhook_by_header_total{channel="zalo_oa"} 0.0' in await metrics(house)


async def test_what_is_brought_again_has_one_effect(place: Place) -> None:
    house, zalo = place
    zalo.pusher.copies = 3
    lan = zalo.user("Lan")

    await greeted(lan)
    await zalo.settles()
    for one in list(zalo.world.events):
        zalo.pusher.again(one)
    await zalo.settles()

    assert await counted(house, InboxRow) == 2
    assert sum("Ông/bà cần việc gì?" in shown.text for shown in lan.heard) == 1


async def test_what_nobody_can_read_is_set_aside_and_she_is_answered_after_it(place: Place) -> None:
    house, zalo = place
    lan = zalo.user("Lan")
    await greeted(lan)
    ours: Json = {"app_id": zalo.world.account.app_id, "timestamp": "1732400000000"}
    account = {"id": zalo.world.account.oa_id}
    bodies: list[Json] = [
        ours,
        ours | {"event_name": 7},
        ours | {"event_name": "user_send_text", "recipient": account, "message": {"text": "x"}},
    ]

    statuses = {(await knock(house, zalo, body)).status for body in bodies}

    assert statuses == {200}
    assert await counted(house, DeadLetter) == len(bodies)
    assert "Ông/bà" in await answered(lan, "/menu")


async def test_a_dead_letter_is_read_again(place: Place) -> None:
    house, zalo = place
    body = said(zalo)
    hook = house.service.platforms[0]._hook  # type: ignore[attr-defined]  # the account is the only platform here
    await hook._intake.set_aside(orjson.dumps(body), "test")

    def replay(unit: Unit) -> bool:
        letter = unit.scalars(select(DeadLetter)).one()
        return intake.replay(unit, house.service.opened.office, house.clock, letter.id)

    assert await house.database.write(replay)
    assert await counted(house, InboxRow) == 1


async def test_what_zalo_tells_of_itself_causes_no_word(place: Place) -> None:
    house, zalo = place
    lan = zalo.user("Lan")
    await greeted(lan)
    await zalo.settles()
    rows, kept = await counted(house, OutboxRow), await counted(house, InboxRow)

    lan.reacts(lan.heard[-1])
    lan.looks()
    for name in ("user_click_chatnow", "add_user_to_tag", "user_feedback", "something_of_tomorrow", "oa_send_sticker"):
        lan.does(name)
    await zalo.settles()

    assert (await counted(house, OutboxRow), await counted(house, InboxRow)) == (rows, kept)
    assert {push.status for push in zalo.pusher.pushed} == {200}


async def test_everything_a_person_sends_is_answered(place: Place) -> None:
    _, zalo = place
    lan = zalo.user("Lan")
    await greeted(lan)
    for act in (
        lan.sends_sticker, lan.sends_location, lan.sends_audio, lan.sends_video, lan.sends_gif,
        lambda: lan.sends_file("a.pdf", b"%PDF"), lan.sends_business_card, lambda: lan.sends_link("https://x.vn/a"),
    ):  # fmt: skip
        before = len(lan.heard)
        act()
        await lan.hears_more(before)

    assert zalo.world.complaints == []


# In time


@contextmanager
def slow(house: House, seconds: float) -> Iterator[None]:
    """Let every COMMIT take so long meanwhile."""
    engine, over = house.database.engine, threading.Event()
    if engine.dialect.name == "sqlite":

        def before(_c: object, _k: object, statement: str, *_: object) -> None:
            if statement == "COMMIT":
                over.wait(seconds)

        event.listen(engine, "before_cursor_execute", before)
    else:
        event.listen(engine, "commit", lambda _: over.wait(seconds))
    try:
        yield
    finally:
        over.set()


def taken(zalo: FakeZaloOa) -> int:
    """How many words of people were answered with 200."""
    return sum(push.status == 200 and push.name == "user_send_text" for push in zalo.pusher.pushed)


async def storm(folder: Path, database_url: str, seconds: int, *, patience_s: float = 2.0) -> None:
    """200 events a second, each of somebody else, over a database that takes 200 ms for each COMMIT."""
    async with zalo_oa_house(folder, database_url=database_url) as (house, zalo):
        zalo.pusher.pace, zalo.pusher.patience_s = 0.02, patience_s
        people = [zalo.user(f"người {number}") for number in range(200 * seconds)]
        with slow(house, 0.2):
            for number, user in enumerate(people):
                asyncio.get_running_loop().call_later(number / 200, user.says, "/start")
            await until(
                "every word is taken or lost",
                lambda: taken(zalo),
                lambda count: count + len(zalo.pusher.lost) == len(people),
                within_s=sum(LADDER_S) * zalo.pusher.pace + PATIENT_S * seconds,  # until Zalo would give it up
            )

        statuses = {push.status for push in zalo.pusher.pushed}
        asked = set(await house.database.read(lambda unit: list(unit.scalars(select(col(InboxRow.address_id))))))
        assert statuses <= {200, 503}
        assert (zalo.pusher.lost, zalo.pusher.disabled) == ([], False)
        assert len(asked) == await counted(house, InboxRow) == 200 * seconds


async def test_two_hundred_events_a_second_over_a_slow_database_are_all_answered(tmp_path: Path) -> None:
    await storm(tmp_path, "", 1, patience_s=60.0)


@pytest.mark.trial
async def test_five_seconds_of_them_over_each_database(
    tmp_path: Path, postgres_server: PostgresServer, shaped_database: str
) -> None:
    await storm(tmp_path / "a", "", 5)
    await storm(tmp_path / "b", postgres_server.url(postgres_server.create(shaped_database)), 5)


async def test_when_zalo_called_last_is_written_down(place: Place) -> None:
    house, zalo = place
    zalo.user("Lan").says("xin chào")

    await eventually(house, "it is written down", lambda unit: account.called_at(unit, "zalo_oa"))

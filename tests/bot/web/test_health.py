"""Health, readiness and figures, as an operator's machine asks for them."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.house import House, Visitor, open_house, visit
from tests.kit.postgres import PostgresServer


@pytest.fixture
async def machine(house: House) -> AsyncIterator[Visitor]:
    async with visit(house) as machine:
        yield machine


async def figures(machine: Visitor, **headers: str) -> dict[str, float]:
    lines = (await machine.gets("/metrics", **headers)).body.decode().splitlines()
    pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in pairs}


async def test_it_is_alive_and_ready(machine: Visitor) -> None:
    live, ready = await machine.gets("/health/live"), await machine.gets("/health/ready")

    assert (live.status, live.json) == (200, {"status": "ok"})
    assert (ready.status, ready.json) == (200, {"status": "ok", "reasons": []})


async def test_without_an_owner_it_is_degraded_until_there_is_one(tmp_path: Path) -> None:
    async with open_house(tmp_path, owner=False) as house, visit(house) as machine:
        before = await machine.gets("/health/ready")
        await house.set_owner()
        after = await machine.gets("/health/ready")

        assert (before.status, before.json) == (200, {"status": "degraded", "reasons": ["no_owner"]})
        assert after.json["status"] == "ok"


async def test_an_alarm_is_a_reason(house: House, machine: Visitor) -> None:
    house.service.alarms.extend(["data_damaged", "data_damaged"])

    assert (await machine.gets("/health/ready")).json == {"status": "degraded", "reasons": ["data_damaged"]}


async def test_a_locked_file_is_a_database_away(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, visit(house) as lan:
        with sqlite3.connect(tmp_path / "chungtay.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            ready = await lan.gets("/health/ready")
            post = await lan.posts({"text": "a"})
            other.execute("ROLLBACK")
        other.close()

        assert (ready.status, ready.json) == (503, {"status": "unavailable", "reasons": ["database_away"]})
        assert (post.status, post.headers["Retry-After"]) == (503, "2")
        await lan.says("/start")
        while (await lan.gets("/health/ready")).status != 200:
            pass


async def test_a_killed_server_is_a_database_away_and_nothing_is_lost(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    name = postgres_server.create()
    async with open_house(tmp_path, database_url=postgres_server.url(name)) as house, visit(house) as lan:
        await lan.says("/start")
        lines = await lan.reads()
        postgres_server.kill()
        answers = [await lan.gets("/health/ready"), await lan.posts({"text": "1"}), await lan.gets("/chat/messages")]
        live = await lan.gets("/health/live")
        postgres_server.start()

        assert [answer.status for answer in answers] == [503] * 3
        assert live.status == 200
        house.clock.move(seconds=30)
        while (await lan.gets("/health/ready")).status != 200:
            pass
        assert await lan.reads() == lines
        await lan.says("1")
    postgres_server.drop(name)


async def test_figures_move_with_the_messages(machine: Visitor) -> None:
    before = await figures(machine)
    await machine.says("/start", "1")
    after = await figures(machine)

    assert after['chungtay_inbox{state="done"}'] - before['chungtay_inbox{state="done"}'] == 2
    assert sum(value for name, value in after.items() if name.startswith("chungtay_outbox")) >= 3
    assert after["chungtay_dead_letters"] == 0
    assert after["process_resident_memory_bytes"] > 0


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "x-forwarded-for"])
async def test_figures_are_not_for_whom_a_proxy_brings(tmp_path: Path, header: str) -> None:
    async with open_house(tmp_path) as house, visit(house) as machine:
        assert (await machine.gets("/metrics", **{header: "192.0.2.1"})).status == 403


@pytest.mark.parametrize("given", ["", "Bearer wrong", "secret", "Bearer", "Basic secret", "Bearer secretđ"])
async def test_with_a_token_figures_need_it(tmp_path: Path, given: str) -> None:
    async with open_house(tmp_path, METRICS_TOKEN="secret") as house, visit(house) as machine:
        refused = await machine.gets("/metrics", **({"Authorization": given} if given else {}))
        shown = await machine.gets("/metrics", Authorization="Bearer secret", X_Forwarded_For="192.0.2.1")

        assert (refused.status, shown.status) == (403, 200)

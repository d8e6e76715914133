"""G1: "where is my gift" and the ledger's page over a million lines, against a bare handler of one indexed query.

The bare handler knows nobody and counts nothing: no transaction, no throttle, no keys, no name of a giver; it has what
the template asks for besides the rows made once, and fills the same template with the same rows in the same process.
"""

import asyncio
import json
import random
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import ClientSession, web
from sqlalchemy import insert, text

from benchmarks.rounds import MEASURED, Spread, pin
from benchmarks.sides import NAMES, connect, p95, serving
from bot.jobs.table import JOBS, latest_due
from bot.web.pages import Pages
from bot.web.public.ledger import ADDRESSES, AS_JSON
from handlers.desk import Actor
from handlers.desk.money import MOST_LINES, FoundEntries, LedgerEntry
from handlers.texts import Voice
from handlers.vietnamese import units
from handlers.views import ledger
from storage.crypto import Cipher
from storage.database import Unit
from storage.ids import new_code, new_id
from storage.queries import machine
from storage.queries.chains import chain, ledger_totals
from storage.queries.chains.ledger_totals import FEW, OfMonth, Total
from storage.tables import DataKey, Person, Pledge
from tests.kit.house import House, open_house

COUNT = 1_000_000
ROUNDS, A_ROUND = 5, 40
A_BATCH = 20_000
OF_EACH = 5  # lines of a gift
KINDS = ("received", "allotted", "handed_over", "confirmed", "allotted")
ROWS = """
    SELECT at, day, kind, code, gift, unit_id, amount, measure, sequence, previous, hash FROM ledger
    WHERE code = ? ORDER BY id LIMIT 201"""
MONTH = """
    SELECT unit_id, gift, measure, kind, amount, lines FROM ledger_total
    WHERE month = ? ORDER BY unit_id, gift, measure"""


class Bare:
    """One query and one template."""

    def __init__(self, house: House, url: str) -> None:
        office = house.service.opened.office
        self._pages = Pages(office.texts.sentence, demo=False)
        self._connection, self._mark = connect(url)

        def look(unit: Unit) -> tuple[Voice, ledger.Totals, tuple[int, bytes], dict[str, object]]:
            desk = office.desk(unit, Actor("clock"), "bench", house.clock)
            voice = desk.voice("vi")
            totals = ledger.totals(desk, None, voice)
            assert totals is not None
            given = {name: voice.given[name] for name in ("owner", "hotline")}
            return voice, totals, chain.LEDGER.end(unit), given

        self._voice, self._totals, self._end, self._given = house.database.write_now(look)
        self._month = date(int(self._totals.month[3:]), int(self._totals.month[:2]), 1)

    async def search(self, request: web.Request) -> web.Response:
        """The lines of a code."""
        rows = self._run(ROWS, request.query["q"])
        lines = tuple(_line(*row) for row in rows[:MOST_LINES])
        answer = ledger.answer(FoundEntries(lines, {}, more=False), self._voice)
        return self._answer(typed=request.query["q"], totals=None, answer=answer, end=None)

    async def page(self, _: web.Request) -> web.Response:
        """The last month, unit by unit."""
        found = [
            OfMonth(
                month=self._month,
                unit_id=unit_id,
                gift=gift,
                measure=measure,
                kind=kind,
                total=Total(None if lines < FEW else amount),
            )
            for unit_id, gift, measure, kind, amount, lines in self._run(MONTH, self._month.isoformat())
        ]
        places = ledger.rows(found, self._totals.kinds, self._voice, by_month=False)
        return self._answer(typed="", totals=replace(self._totals, places=places), answer=None, end=self._end)

    def _run(self, query: str, value: str) -> list[Any]:
        found: list[Any] = self._connection.execute(query.replace("?", self._mark), (value,)).fetchall()
        return found

    def _answer(self, **values: object) -> web.Response:
        html = self._pages.render(
            "ledger.html", "vi", too_often=False, addresses=ADDRESSES, as_json=AS_JSON, **values,
            **self._given,
        )  # fmt: skip
        return web.Response(text=html, content_type="text/html")


def _line(
    at: Any, day: Any, kind: str, code: str, gift: str, unit_id: str, amount: int, measure: str, sequence: int,
    previous: bytes, digest: bytes,
) -> LedgerEntry:  # fmt: skip
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return LedgerEntry(
        at=at,
        day=on,
        kind=kind,
        code=code,
        gift=gift,
        unit_id=unit_id,
        amount=amount,
        measure=measure,
        sequence=sequence,
        previous=previous,
        hash=digest,
        content=(),
    )


# A full ledger


def fill(house: House, count: int) -> list[str]:
    """Write so many lines over three years, sealed, and the pledges of some; returns the codes of those."""
    chance, now = random.Random(count), house.clock.now()  # noqa: S311  # made-up data, not a secret
    codes = [new_code("UH") for _ in range(count // OF_EACH)]
    places, kept = list(units.all_units()), codes[:: max(1, len(codes) // (ROUNDS * A_ROUND))][: ROUNDS * A_ROUND]
    house.database.write_now(lambda unit: _add_pledges(unit, house, kept))
    house.database.write_now(lambda unit: _skip_the_night(unit, house))
    previous = b""
    for first in range(0, count, A_BATCH):
        rows = []
        for number in range(first, min(first + A_BATCH, count)):
            # Lines of one gift lie far from each other, as in life.
            row = SimpleNamespace(
                id=number + 1, at=now, day=now.date() - timedelta(days=int(1_000 * (1 - number / count))),
                kind=KINDS[number // len(codes) % OF_EACH], code=codes[number % len(codes)], gift="money",
                unit_id=chance.choice(places), amount=chance.randrange(1, 50) * 100_000, measure="VND",
                reference=secrets.token_bytes(16), allocation_id=None, campaign_code=None, sequence=number + 1,
                previous=previous,
            )  # fmt: skip
            row.hash = previous = chain.LEDGER.digest(row, row.sequence, row.previous)  # type: ignore[arg-type]  # has all columns
            rows.append(row)
        house.database.write_now(lambda unit, rows=rows: _insert(unit, rows))  # type: ignore[misc]  # bound early
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if house.database.engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))  # as the server does by itself a minute later
    return kept


def _skip_the_night(unit: Unit, house: House) -> None:
    """Have the nightly jobs done already: one of them would find that most lines are of no pledge."""
    now, zone = house.clock.now(), house.service.opened.office.zone
    for job in JOBS:
        if job.at is not None:
            machine.begin_run(unit, job.name, latest_due(job, now, zone), now)


def _insert(unit: Unit, rows: list[SimpleNamespace]) -> None:
    """Write lines as sealing leaves them; one by one they would take an hour."""
    unit.execute(insert(chain.LEDGER.table), [vars(row) for row in rows])
    ledger_totals.add(unit, rows)  # type: ignore[arg-type]  # they have all columns
    machine.set_fact(unit, chain.LEDGER.end_fact, f"{rows[-1].sequence} {rows[-1].hash.hex()}")


def _add_pledges(unit: Unit, house: House, codes: list[str]) -> None:
    """Pledges of one giver; of every second she wants to be named."""
    now, master = house.clock.now(), house.service.opened.office.master
    giver = Person(id=new_id(now), state="active", created_at=now, last_in_at=now)
    unit.add(giver)
    unit.flush()
    for number, code in enumerate(codes):
        pledge_id, key = new_id(now), secrets.token_bytes(32)
        said = {"name": "Hội Mẫu", "phone": "", "what": "", "details": {}}
        body = Cipher(key).seal(orjson.dumps(said), f"pledge.body:{pledge_id}")
        name = f"pledge:{pledge_id}"
        unit.add(DataKey(name=name, wrapped=master.wrap(key, name), created_at=now))
        unit.add(
            Pledge(id=pledge_id, code=code, person_id=giver.id, kind="money", giver="group", amount=10**9,
                   named=number % 2 == 0, body=body, created_at=now, changed_at=now)
        )  # fmt: skip


# One process serves both


async def serve(folder: Path, url: str, count: int) -> None:
    """Fill a ledger, serve it by both sides, and say where; stops when its input ends."""
    async with open_house(folder, database_url=url) as house:
        begun = time.monotonic()
        codes = await asyncio.to_thread(fill, house, count)
        took = time.monotonic() - begun
        bare, app = Bare(house, url or f"sqlite:///{folder / 'chungtay.db'}"), web.Application()
        app.router.add_get(ADDRESSES["vi"], _either(bare))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sides = {"ours": house.origin, "bare": f"http://127.0.0.1:{runner.addresses[0][1]}"}
        print(json.dumps({"took": took, "sides": sides, "codes": codes}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


def _either(bare: Bare) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return await (bare.search(request) if "q" in request.query else bare.page(request))

    return answer


# Who asks


async def measured(served: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """p95 in milliseconds, ours and the bare handler's, round by round, of the search and of the page."""
    sides, codes = served["sides"], served["codes"]
    found: dict[str, list[tuple[float, float]]] = {}
    async with ClientSession() as session:
        for what, query in (("where is my gift", "?q={}"), ("the page", "")):
            found[what] = []
            for first in range(0, len(codes), A_ROUND):
                times: dict[str, list[float]] = {"ours": [], "bare": []}
                for code in codes[first : first + A_ROUND]:
                    shown = {}
                    for side, base in sides.items():
                        begun = time.perf_counter()
                        async with session.get(f"{base}{ADDRESSES['vi']}{query.format(quote(code))}") as answer:
                            page = await answer.read()
                        times[side].append((time.perf_counter() - begun) * 1_000)
                        assert answer.status == 200, page
                        shown[side] = (page.count(b"<li"), page.count(b"<tr"))
                    assert shown["ours"] == shown["bare"], shown
                found[what].append((p95(times["ours"]), p95(times["bare"])))
    return found


def main(kinds: list[str], count: int) -> None:
    """Print what each database gives."""
    for kind in kinds:
        with serving("benchmarks.giving", kind, count) as served:
            for what, rounds in asyncio.run(measured(served)).items():
                ours, bare = (Spread.of([one[n] for one in rounds]) for n in (0, 1))
                ratio = Spread.of([one[0] / one[1] for one in rounds])
                print(
                    f"G1  {NAMES[kind]}, {count:,} lines, {what}: p95 {ours.told(1)} ms, bare handler {bare.told(1)} "
                    f"ms, ratio {ratio.told(2)} (bar: at most 3)",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        pin(MEASURED)
        asyncio.run(serve(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
    else:
        given = [kind for kind in sys.argv[1:] if kind in NAMES]
        main(given or list(NAMES), next((int(one) for one in sys.argv[1:] if one.isdigit()), COUNT))

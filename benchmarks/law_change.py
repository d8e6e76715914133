"""E2: 100,000 families looked at after a change of law, from their sealed answers to whose result differs.

The peer: a script that has the same answers as plain JSON in one table, reads them with one query, and decides alike.
It knows nobody: no keys, no consents, no chats, and it can't be stopped half-way.
"""

import asyncio
import json
import random
import secrets
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import insert, text

from benchmarks.rounds import own_cpu_s
from benchmarks.sides import NAMES, connect
from handlers.desk import Actor
from handlers.desk.cases import Kept, told
from storage.crypto import Cipher, MasterKey
from storage.database import Database, Unit
from storage.ids import new_id
from storage.tables import Address, Consent, DataKey, HouseholdRow, Person
from tests.kit.postgres import PostgresServer
from tests.kit.town import Town

COUNT, A_BATCH = 100_000, 2_000
CHANGE = date(2027, 1, 1)
UNITS = ("xa_tay_giang", "xa_viet_an", "phuong_thanh_khe", "phuong_hoa_khanh")
PEOPLE = ("aged_75", "aged_70", "under_3", "disabled_severe", "pregnant", "student", "lone_parent")
LACKS = ("out_of_work", "toilet", "house", "insurance", "water")


def answers(chance: random.Random) -> dict[str, str]:
    """What a made-up family told, as it is kept."""
    income = chance.randint(0, 20_000_000)
    given = {
        "unit": chance.choice(UNITS),
        "certificate": "none",
        "members": str(chance.randint(1, 8)),
        "children": str(chance.randint(0, 3)),
        "living_here": "+".join(sorted(chance.sample(PEOPLE, chance.randint(1, 3)))),
        "allowances": str(chance.randint(0, 1)),
        "pension": chance.choice(["all", "none"]),
        "income": f"{income}-{income}",
    }
    return given | {lack: chance.choice(["yes", "no"]) for lack in LACKS}


def fill(town: Town, url: str) -> None:
    """Write the families, as they are kept and as the peer has them."""
    chance = random.Random(COUNT)  # noqa: S311  # made-up data, not a secret
    with connect(url)[0] as connection:
        connection.execute("CREATE TABLE bare_household (answers TEXT)")
    for first in range(0, COUNT, A_BATCH):
        given = [answers(chance) for _ in range(first, min(first + A_BATCH, COUNT))]
        town.database.write_now(lambda unit, given=given: _insert(unit, town, given))  # type: ignore[misc]  # bound early
    with town.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # as a server does by itself


def _insert(unit: Unit, town: Town, given: list[dict[str, str]]) -> None:
    rows: dict[type, list[dict[str, object]]] = {Person: [], DataKey: [], Address: [], Consent: [], HouseholdRow: []}
    master, now = town.office.master, town.clock.now()
    for told_ in given:
        person, key = new_id(now), secrets.token_bytes(32)
        content = {"answers": told_, "day": "2026-11-24", "outcome": "none", "rows": []}
        sealed = Cipher(key).seal(orjson.dumps(content), f"household.declared:{person}")
        rows[Person].append({"id": person, "state": "active", "language": "vi", "created_at": now, "last_in_at": now})
        rows[DataKey].append(_key(master, person, key, now))
        rows[Address].append(
            {"id": new_id(now), "channel": "webchat", "external": secrets.token_bytes(16), "person_id": person,
             "chosen": False, "reachable": True, "last_in_at": now, "last_line": 0}
        )  # fmt: skip
        rows[Consent].append(
            {"id": new_id(now), "person_id": person, "purpose": "check", "state": "given", "text_version": "check/1",
             "told_by": "self", "channel": "webchat", "cause": "benchmark", "at": now}
        )  # fmt: skip
        rows[HouseholdRow].append({"person_id": person, "declared": sealed, "changed_at": now})
    for table, values in rows.items():
        unit.execute(insert(table.__table__), values)  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    bare = text("INSERT INTO bare_household VALUES (:answers)")
    unit.execute(bare, [{"answers": json.dumps(told_)} for told_ in given])


def _key(master: MasterKey, person: str, key: bytes, now: datetime) -> dict[str, object]:
    return {"name": f"person:{person}", "wrapped": master.wrap(key, f"person:{person}"), "created_at": now}


def differs(given: Mapping[str, str]) -> bool:
    """What the peer asks of each."""
    kept = Kept(given, CHANGE, "", ())
    return told(kept, CHANGE - timedelta(days=1), abroad=False) != told(kept, CHANGE, abroad=False)


def bare(url: str) -> int:
    """The peer: how many differ."""
    connection, _ = connect(url)
    cursor = connection.cursor()
    cursor.execute("SELECT answers FROM bare_household")
    return sum(differs(json.loads(given)) for (given,) in cursor)


async def ours(town: Town) -> int:
    """How many differ, found by the clock as it does."""
    await town.database.write(lambda unit: unit.execute(text("DELETE FROM law_change_person")) and None)
    await town.database.write(lambda unit: unit.execute(text("DELETE FROM law_change")) and None)
    admin = await town.official(f"admin{secrets.token_hex(2)}", "admin")
    assert await town.as_official(admin, lambda desk: desk.law_changes.confirm(CHANGE)) == "done"
    while await town.at_desk(Actor("clock"), lambda desk: desk.law_changes.look()):
        pass
    listed = await town.as_official(admin, lambda desk: desk.law_changes.upcoming())
    return next(one.found for one in listed if one.turn.day == CHANGE)


async def measure(kind: str, folder: Path) -> None:
    """Print one database's figures."""
    server = PostgresServer() if kind == "postgresql" else None
    url = server.url(server.create()) if server else f"sqlite:///{folder / 'chungtay.db'}"
    database = Database.open(url)
    try:
        town = Town(database)
        town.clock.at = datetime.now(UTC)
        fill(town, url)
        begun, cpu = time.monotonic(), own_cpu_s()
        found = await ours(town)
        spent, used = time.monotonic() - begun, own_cpu_s() - cpu
        begun = time.monotonic()
        assert bare(url) == found
        other = time.monotonic() - begun
    finally:
        await database.close()
        if server:
            server.close()
    print(f"E2  {NAMES[kind]}: {COUNT:,} families in {spent:.1f} s ({used:.1f} s of this process), {found:,} differ;")
    print(f"    the bare script {other:.1f} s, ratio {spent / other:.1f} (bar: at most 30 s)")


def main() -> None:
    """Measure on both."""
    for kind in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(kind, Path(folder)))


if __name__ == "__main__":
    main()

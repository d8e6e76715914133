"""Fills a database with made-up requests, row by row as the office writes them, but in bulk."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import orjson
from sqlalchemy import insert, text

from handlers.desk.cases import Registration
from handlers.vietnamese import units, words
from storage.crypto import Cipher, MasterKey
from storage.database import Database, Unit
from storage.ids import new_code, new_id
from storage.tables import Case, CaseLookUp, DataKey, Person

FAMILY = ("Nguyễn",) * 8 + ("Trần",) * 3 + ("Lê",) * 2 + ("Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Alăng", "Ríah")
MIDDLE = ("Thị",) * 5 + ("Văn",) * 4 + ("Ngọc", "Thanh", "Minh", "Quốc", "Xuân")
GIVEN = (
    "Lan", "Hoa", "Hương", "Mai", "Hồng", "Bình", "Dũng", "Hùng", "Sơn", "Việt", "Nhung", "Thảo", "Trang", "Yến",
    "Tuấn", "Thịnh", "Quý", "Phượng", "Kiều", "Giang", "Đức", "Cường", "Bảo", "Ánh", "Blum", "Hơn", "Nhíp", "Zơrâm",
)  # fmt: skip
OPEN_SHARE = 0.2  # the others were closed over two years
CLOSED = ("closed", "refused", "withdrawn")
OPEN = ("submitted", "in_review", "need_info", "proposed", "approved", "delivering")
A_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is on file, with the phone and the unit of its request."""

    words: str
    phone: str
    unit_id: str


def fill(database: Database, master: MasterKey, count: int, now: datetime) -> list[Name]:
    """Write so many requests, oldest first; returns whose they are."""
    chance = random.Random(count)  # noqa: S311  # made-up data, not a secret
    names: list[Name] = []
    for first in range(0, count, A_BATCH):
        numbers = range(first, min(first + A_BATCH, count))
        rows = _rows(master, chance, [now - timedelta(days=730) * (1 - n / count) for n in numbers], names, now)
        database.write_now(lambda unit, rows=rows: _insert(unit, rows))  # type: ignore[misc]  # bound early
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))  # as the server does by itself a minute later
    return names


Rows = dict[type, list[dict[str, object]]]


def _insert(unit: Unit, rows: Rows) -> None:
    for table, values in rows.items():
        unit.execute(insert(table.__table__), values)  # type: ignore[attr-defined]  # SQLModel adds it to every table class


def _rows(
    master: MasterKey, chance: random.Random, times: list[datetime], names: list[Name], now: datetime
) -> Rows:  # fmt: skip
    @cache
    def mark(kind: str, value: str) -> bytes:
        return master.look_up(kind, value)

    rows: Rows = {Person: [], DataKey: [], Case: [], CaseLookUp: []}
    for at in times:
        name = Name(
            f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}",
            f"+84905{chance.randrange(10**6):06d}",
            chance.choice(list(units.all_units())),
        )
        names.append(name)
        case_id, person_id, key = new_id(at), new_id(at), secrets.token_bytes(32)
        request = Registration(
            needs=("food",),
            unit_id=name.unit_id,
            place="tổ 1",
            name=name.words,
            birth_year=1950 + chance.randrange(50),
            phone=name.phone,
            story="Cần gạo.",
        )
        is_open = chance.random() < OPEN_SHARE
        created = now - timedelta(days=chance.randrange(12)) if is_open else at
        body = Cipher(key).seal(orjson.dumps(asdict(request)), f"cases.body:{case_id}")
        rows[Person].append({"id": person_id, "state": "active", "language": "vi", "created_at": at, "last_in_at": at})
        rows[DataKey].append(
            {"name": f"case:{case_id}", "wrapped": master.wrap(key, f"case:{case_id}"), "created_at": at}
        )
        rows[Case].append(
            {
                "id": case_id, "code": new_code("HS"), "person_id": person_id, "unit_id": name.unit_id,
                "state": chance.choice(OPEN if is_open else CLOSED), "needs": ["food"], "for_other": False,
                "due": (created + timedelta(days=7)).date(), "body": body, "created_at": created,
                "changed_at": created, "closed_at": None if is_open else at.astimezone(UTC),
            }
        )  # fmt: skip
        found = {("name", word) for word in words.prefixes(name.words)} | {("phone", name.phone)}
        rows[CaseLookUp] += [{"case_id": case_id, "kind": kind, "value": mark(kind, value)} for kind, value in found]
    return rows


def typed(names: list[Name], count: int, seed: int) -> Iterator[Name]:
    """Names of the file to look for, each time the same ones."""
    chance = random.Random(seed)  # noqa: S311  # as above
    for _ in range(count):
        yield chance.choice(names)

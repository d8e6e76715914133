"""S1: the list of requests and the search on a full database, against a bare handler that runs one indexed query.

The bare handler knows nobody: no session, no rights, no keys, no note that names were read; it has the names in plain
words beside the requests, takes the look-up value of what is typed, and fills the same template with the same rows.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import ClientSession, web

from benchmarks.many_requests import Name, fill, typed
from benchmarks.rounds import MEASURED, Spread, pin
from benchmarks.sides import NAMES, connect, p95, serving
from bot.web.console.answers import menu_of
from bot.web.pages import Pages
from handlers.console.screen import Click
from handlers.console.screen.moments import ago
from handlers.console.work.cases import A_PAGE, CaseRow, CasesPage, view
from handlers.desk import Actor
from handlers.desk.officials import SignedIn
from handlers.texts import Phrase
from handlers.vietnamese import units, words
from tests.kit.console import Clerk, clerk
from tests.kit.house import House, open_house

COUNTS = {"sqlite": 50_000, "postgresql": 200_000}
ROUNDS, A_ROUND = 5, 40
PLACES = ("phuong_hoa_khanh", "phuong_thanh_khe", "xa_tay_giang")
_ACTOR = Actor("clock")
READ = "SELECT c.code, c.unit_id, c.state, c.due, c.needs, n.words FROM cases c JOIN bare_name n ON n.id = c.id "
FOUND = READ.replace("FROM cases c", "FROM case_look_up l JOIN cases c ON c.id = l.case_id")
ALSO = "AND EXISTS (SELECT 1 FROM case_look_up m WHERE m.case_id = l.case_id AND m.kind = l.kind AND m.value = ?) "


class Bare:
    """One query and one template. reach: the units it looks into; empty for all."""

    def __init__(self, house: House, url: str, official: Clerk, reach: tuple[str, ...]) -> None:
        self._house, self._pages = house, Pages(house.service.opened.office.texts.sentence, demo=False)
        self._connection, self._mark = connect(url)
        self._reach = f"c.unit_id IN ({', '.join(repr(unit) for unit in reach)}) AND " if reach else ""
        self._official = official
        self._shown = _Shown(house, official)

    async def listed(self, _: web.Request) -> web.Response:
        """The open requests by due day."""
        return self._answer(
            f"{READ}WHERE {self._reach}c.closed_at IS NULL ORDER BY c.due, c.id LIMIT 51", [], searched=False
        )

    async def search(self, request: web.Request) -> web.Response:
        """What is typed, of a kind that it is told, so that it need not find that out."""
        form = await request.post()
        what, kind = str(form["q"]), str(form["kind"])
        look_up = self._house.service.opened.office.master.look_up
        if kind == "place":
            places = what.split(",")
            of = f"c.unit_id IN ({', '.join('?' * len(places))})"
            return self._answer(f"{READ}WHERE {self._reach}{of} ORDER BY c.id DESC LIMIT 50", [*places])
        marks: list[object] = [look_up(kind, one) for one in ([what] if kind == "phone" else words.fold(what).split())]
        also = ALSO * (len(marks) - 1)
        of = f"{FOUND}WHERE {self._reach}l.kind = ? AND l.value = ? {also}ORDER BY l.case_id DESC LIMIT 50"
        return self._answer(of, [kind, *marks])

    def _answer(self, query: str, values: list[object], *, searched: bool = True) -> web.Response:
        rows = self._connection.execute(query.replace("?", self._mark), values).fetchall()
        page = self._shown.page([_line(*row) for row in rows[:A_PAGE]], searched=searched)
        html = self._pages.render("console/work/requests.html", "vi", page=page, **self._shown.values)
        return web.Response(text=html, content_type="text/html")


class _Shown:
    """What the template asks for besides the rows, made once."""

    def __init__(self, house: House, official: Clerk) -> None:
        def look(unit: Any) -> tuple[SignedIn, Any, CasesPage, ZoneInfo]:
            desk = house.service.opened.office.desk(unit, _ACTOR, "bench", house.clock)
            acting = desk.officials.acting(official.id)
            assert acting is not None
            page = view(desk.of(acting), Click())
            return (
                SignedIn(session_id="", official=acting, csrf="0" * 64, checked=False, stale=False),
                desk.voice("vi"),
                page,
                desk.zone,
            )

        signed, voice, page, zone = house.database.write_now(look)
        now = house.clock.now()

        def say(value: object) -> str:
            said: str = voice.say(value if isinstance(value, Phrase) else Phrase("plain", {"words": value}))
            return said

        self.values: Mapping[str, object] = {
            "me": signed.official, "csrf": signed.csrf, "say": say, "typed": Click(), "menu": menu_of(signed),
            "name": "requests", "now": now, "ago": lambda at: say(ago(now, at, zone)), "wrong": {}, "outdated": False,
            "done": "",
        }  # fmt: skip
        self._page = page

    def page(self, lines: list[CaseRow], *, searched: bool) -> CasesPage:
        return replace(self._page, lines=tuple(lines), searched=searched)


def _line(code: str, unit_id: str, state: str, due: date | str, needs: Any, name: str) -> CaseRow:
    day = date.fromisoformat(due) if isinstance(due, str) else due
    needed = json.loads(needs) if isinstance(needs, str) else needs
    return CaseRow(
        code=code,
        name=name,
        unit=units.all_units()[unit_id].name,
        for_other=False,
        twin=False,
        needs=tuple(Phrase(f"options.needs.{n}") for n in needed),
        look="waiting",
        state=Phrase(f"console.requests.state.{state}"),
        late=None,
        due=day,
        left=Phrase("console.requests.due_today"),
        hers=False,
    )


# One process serves both


async def serve(folder: Path, url: str, count: int) -> None:
    """Fill a database, serve it by both sides to two officials, and say where; stops when its input ends."""
    async with open_house(folder, database_url=url) as house:
        database, office = house.database, house.service.opened.office
        begun = time.monotonic()
        names = await asyncio.to_thread(fill, database, office.master, count, house.clock.now())
        file = url or f"sqlite:///{folder / 'chungtay.db'}"
        bare_connection, mark = connect(file)
        _keep_names(bare_connection, mark, names)
        bare_connection.close()
        took = time.monotonic() - begun
        async with clerk(house, "kim", "admin") as kim, clerk(house, "an", "lead", places=PLACES) as an:
            sides = {}
            for who, reach in ((kim, ()), (an, PLACES)):
                app, bare = web.Application(), Bare(house, file, who, reach)
                app.router.add_get("/requests", bare.listed)
                app.router.add_post("/requests/search", bare.search)
                runner = web.AppRunner(app, access_log=None)
                await runner.setup()
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                cookies = {cookie.key: cookie.value for cookie in who.session.cookie_jar}
                sides[who.email] = {
                    "ours": f"{house.origin}/console", "bare": f"http://127.0.0.1:{runner.addresses[0][1]}",
                    "cookies": cookies, "csrf": who.csrf, "origin": house.origin,
                }  # fmt: skip
            looked_for = [(n.words, n.phone, n.unit_id) for n in typed(names, ROUNDS * A_ROUND, 7)]
            print(json.dumps({"took": took, "sides": sides, "names": looked_for}), flush=True)
            await asyncio.to_thread(sys.stdin.read)


def _keep_names(connection: Any, mark: str, names: list[Name]) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE bare_name (id TEXT PRIMARY KEY, words TEXT)")
    ids = [row[0] for row in cursor.execute("SELECT id FROM cases ORDER BY id").fetchall()]
    rows = [(case_id, name.words) for case_id, name in zip(ids, names, strict=True)]
    cursor.executemany(f"INSERT INTO bare_name VALUES ({mark}, {mark})", rows)  # noqa: S608  # no words of others
    connection.commit()


# Who asks


def as_typed(number: int, name: tuple[str, str, str]) -> tuple[str, str, str]:
    """(what an official types, what the bare handler is told of it, its kind): names mostly, then phones and places."""
    said, phone, unit_id = name
    family, _, given = said.split()
    if number % 8 == 6:
        return f"0{phone[3:]}", phone, "phone"
    if number % 8 == 7:
        place = units.all_units()[unit_id].name
        meant = [one.unit.id for one in units.find(place).candidates if isinstance(one, units.NamedCommune)]
        return place, ",".join(meant), "place"
    typed = (said.lower(), f"{family} {given}", f"{given} {family[:3]}", said)[number % 4]
    # The rarest word first, which it is told and we find out.
    return typed, " ".join(reversed(typed.split())) if number % 4 != 2 else typed, "name"


async def measured(side: dict[str, Any], names: list[tuple[str, str, str]]) -> dict[str, list[tuple[float, float]]]:
    """p95 in milliseconds, ours and the bare handler's, round by round, of the list and of the search."""
    found: dict[str, list[tuple[float, float]]] = {"list": [], "search": []}
    headers = {"Origin": side["origin"]}
    async with ClientSession(cookies=side["cookies"]) as web_session:

        async def get(base: str, _: int) -> bytes:
            async with web_session.get(f"{side[base]}/requests") as answer:
                assert answer.status == 200, await answer.text()
                return await answer.read()

        async def post(base: str, number: int) -> bytes:
            typed, told, kind = as_typed(number, names[number])
            fields = {"q": told, "kind": kind} if base == "bare" else {"q": typed, "csrf": side["csrf"]}
            async with web_session.post(f"{side[base]}/requests/search", data=fields, headers=headers) as answer:
                assert answer.status == 200, await answer.text()
                return await answer.read()

        ways: dict[str, Callable[[str, int], Awaitable[bytes]]] = {"list": get, "search": post}
        for what, ask in ways.items():
            for first in range(0, len(names), A_ROUND):
                times: dict[str, list[float]] = {"ours": [], "bare": []}
                for number in range(first, min(first + A_ROUND, len(names))):
                    rows = {}
                    for base in times:
                        begun = time.perf_counter()
                        page = await ask(base, number)
                        times[base].append((time.perf_counter() - begun) * 1_000)
                        rows[base] = page.count(b"<tr")
                    # Beside those of a unit we also find whoever is called like it.
                    assert rows["ours"] >= rows["bare"], (what, as_typed(number, names[number]), rows)
                found[what].append((p95(times["ours"]), p95(times["bare"])))
    return found


def main(kinds: list[str], count: int) -> None:
    """Print what each database gives to an official of all units and to one of three."""
    for kind in kinds:
        with serving("benchmarks.search", kind, count or COUNTS[kind]) as served:
            size = f"{NAMES[kind]}, {count or COUNTS[kind]:,} requests"
            for email, side in served["sides"].items():
                who = "all units" if email.startswith("kim") else f"{len(PLACES)} units"
                for what, rounds in asyncio.run(measured(side, [tuple(name) for name in served["names"]])).items():
                    ours, bare = (Spread.of([one[n] for one in rounds]) for n in (0, 1))
                    ratio = Spread.of([one[0] / one[1] for one in rounds])
                    print(
                        f"S1  {size}, {what} of {who}: p95 {ours.told(1)} ms, bare handler {bare.told(1)} ms, "
                        f"ratio {ratio.told(2)} (bar: at most 3)",
                        flush=True,
                    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        pin(MEASURED)
        asyncio.run(serve(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
    else:
        given = [kind for kind in sys.argv[1:] if kind in COUNTS]
        main(given or list(COUNTS), next((int(one) for one in sys.argv[1:] if one.isdigit()), 0))

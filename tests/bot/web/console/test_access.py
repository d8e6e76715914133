"""Who may open and do what: every screen and every act × every role × own, foreign and absent × the verbs.

What is expected is read from the table of rights alone.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from bot.web.console.openapi import paths
from handlers import console
from handlers.console.screen import Act, Screen
from handlers.demo.models import WRITINGS
from handlers.desk.announcing import Audience, BroadcastDraft
from handlers.desk.office import RIGHTS, ROLES
from storage.tables import Grievance
from tests.handlers.conversations.walks import registers
from tests.kit.console import Clerk, clerk
from tests.kit.gifts import books, brings, gives, needs, promises
from tests.kit.giving import DRAFT, front
from tests.kit.house import House, Reply, open_house, visit
from tests.kit.private_page import TownOf
from tests.kit.town import Citizen

HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"
DONE = {200, 303, 400, 409}
ABSENT = {"code": "HS-0000-0000", "id": "absent"}
NAMES = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Objects:
    """What there is to open: by the beginning of an address and by whose it is, what fills the names in it."""

    by_path: dict[str, dict[str, str]]

    def fill(self, path: str, whose: str) -> str | None:
        """An address of something of ours, of somebody else's, or of nothing; None if there is none to try."""
        parts = path.split("/")
        start = parts[1] if path else ""
        known = self.by_path.get("/".join(parts[1:3])) or self.by_path.get(start, {})
        if whose not in known and whose != "absent":
            return None
        if "/photos/" in path and whose != "absent":
            return None  # there are none; whose they are is tried where photos are
        name = known.get(whose)
        return NAMES.sub(lambda found: name or ABSENT.get(found[1], "absent"), path)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def objects(town: TownOf) -> Objects:
    lan, mo = town.citizen("Lan"), town.citizen("Mơ")
    here, there = await registers(lan), await registers(mo)
    unit = await lan.at_desk(lambda desk: desk.cases.mine()[0].unit_id)
    boss = await town.official("boss", "officer", "lead", "admin", places=(unit or "", THERE))
    await town.as_official(boss, lambda desk: desk.casework.place(there, THERE))
    found: dict[str, dict[str, str]] = {"requests": {"own": here, "foreign": there}, "urgent": {}, "talks": {}}
    for whose, citizen, place in (("own", lan, unit), ("foreign", mo, THERE)):
        raised = await citizen.at_desk(lambda desk: desk.urgent.raise_one("xã Tây Giang", "hunger", None))
        if whose == "foreign":
            found["urgent"] = {"foreign": raised.code}
        await citizen.at_desk(lambda desk, place=place: desk.talks.wish(place))  # type: ignore[misc]  # bound at once
    talks = await town.as_official(boss, lambda desk: desk.calls.talks())
    found["talks"] = {"own" if talk.unit_id == unit else "foreign": talk.id for talk in talks}
    near = await town.official("near", "officer", places=(unit or "",))
    far = await town.official("far", "officer", places=(THERE,))
    found["officials"] = {"own": near, "foreign": far}
    found["officials/changes"] = {}
    for whose, account in (("own", near), ("foreign", far)):
        await town.as_official(boss, lambda desk, account=account: desk.account_changes.ask(account, "again"))  # type: ignore[misc]  # bound at once
        seen = await town.as_official(boss, lambda desk, account=account: desk.account_changes.of(account))  # type: ignore[misc]  # as above
        assert seen
        found["officials/changes"][whose] = seen.id
    await _campaigns(town, found)
    await _broadcasts(town, boss, found, {"own": unit or "", "foreign": THERE})
    await _gifts(town, boss, found, {"own": (lan, here, unit or ""), "foreign": (mo, there, THERE)})
    assert unit == HERE
    return Objects(found)


async def _campaigns(town: TownOf, found: dict[str, dict[str, str]]) -> None:
    """A draft here and one far away, and an account, which is no unit's."""
    giving = await front(town)
    found["gift-accounts"] = {"own": await giving.enters()}
    found["campaigns"] = {
        whose: await giving.writes(replace(DRAFT, unit_id=place))
        for whose, place in (("own", HERE), ("foreign", THERE))
    }


async def _broadcasts(
    town: TownOf, boss: str, found: dict[str, dict[str, str]], places: dict[str, str]
) -> None:  # fmt: skip
    """A draft here and one far away, each with a picture."""
    said = {"vi": "Lịch trạm y tế"}
    for whose, place in places.items():
        draft = BroadcastDraft(
            kind="news",
            title=said,
            words=said,
            audience=Audience(units=(place,)),
            topic="health",
            picture=b"\xff\xd8\xff",
        )
        code = await town.as_official(boss, lambda desk, draft=draft: desk.broadcasts.write(draft))  # type: ignore[misc]  # bound at once
        assert code
        found.setdefault("broadcasts", {})[whose] = code


async def _gifts(
    town: TownOf, boss: str, found: dict[str, dict[str, str]], places: dict[str, tuple[Citizen, str, str]]
) -> None:
    """Here and far away a gift, a need that waits, and a hand-over that its household did not confirm; and a model."""
    for whose, (resident, case, place) in places.items():
        gift = await promises(town, f"Cho {whose}", unit_id=place)
        assert await gives(town, boss, gift, await needs(town, boss, case)) == "done"
        given = (await books(town)).allocation.id
        assert await brings(town, boss, given) == "done"
        await resident.at_desk(lambda desk, given=given: desk.household_gifts.confirm(given, "not_yet"))  # type: ignore[misc]  # bound at once
        grievance = await town.database.read(lambda unit: unit.query(Grievance).order_by(Grievance.id).all()[-1].id)
        objects = {
            "gifts": gift, "board/gifts": gift, "board/needs": await needs(town, boss, case), "handovers": given,
            "exchange": given, "grievances": grievance,
        }  # fmt: skip
        for path, it in objects.items():
            found.setdefault(path, {})[whose] = it
    writing = WRITINGS[0]
    model = await town.as_official(boss, lambda desk: desk.models.begin(writing))
    assert model
    found["models"] = {"own": model}


def allowed(role: str, right: str, whose: str) -> set[int]:
    """How an address may be answered."""
    reach = RIGHTS[right].reach.get(role) if right else "all"
    if reach is None:
        return {403}
    return DONE if whose == "own" or (whose == "foreign" and reach == "all") else {404}


def tried(objects: Objects, rows: tuple[Screen | Act, ...]) -> list[tuple[Screen | Act, str, str]]:
    """Every screen or act with an address to try it at, and whose that is."""
    found = []
    for row in rows:
        for whose in ("own", "foreign", "absent") if NAMES.search(row.path) else ("own",):
            address = objects.fill(row.path, whose) if NAMES.search(row.path) else row.path
            if address is not None and not row.path.startswith("/account"):
                found.append((row, address, whose))
    return found


@pytest.mark.parametrize("both", [False, pytest.param(True, marks=pytest.mark.trial)])
async def test_every_cell_of_roles_and_rights(house: House, objects: Objects, both: bool) -> None:
    """both: every cell as a page and as JSON; else in turn, so that over the roles each is tried as both."""
    wrong: list[str] = []

    async def replies(ways: tuple[Callable[[], Awaitable[Reply]], ...], turn: int) -> list[Reply]:
        return [await way() for way in (ways if both else ways[turn % 2 :][:1])]

    async with AsyncExitStack() as stack:
        for turn, role in enumerate(ROLES):
            who = await stack.enter_async_context(clerk(house, role, role, places=(HERE,)))
            for n, (screen, address, whose) in enumerate(tried(objects, console.SCREENS), turn):
                cell = f"{role} GET {screen.path} {whose}"
                ways = (partial(who.opens, address), partial(who.tells, address, method="GET"))
                wrong += [
                    f"{cell}: {r.status}"
                    for r in await replies(ways, n)
                    if r.status not in allowed(role, screen.right, whose)
                ]
            await who.opens("/account")
            for n, (act, address, whose) in enumerate(tried(objects, console.ACTS), turn):
                cell = f"{role} POST {act.path} {whose}"
                ways = (partial(who.sends, address, {}), partial(who.tells, address))
                wrong += [
                    f"{cell}: {r.status}"
                    for r in await replies(ways, n)
                    if r.status not in allowed(role, act.right, whose)
                ]
    assert wrong == []


async def test_foreign_and_absent_are_answered_with_the_same_bytes(house: House, objects: Objects) -> None:
    async with clerk(house, "an", "lead", "officer", "helper", places=(HERE,)) as an:
        await an.opens("/account")
        for screen, address, whose in tried(objects, console.SCREENS):
            if whose == "foreign":
                absent = objects.fill(screen.path, "absent")
                assert absent
                assert (await an.opens(address)).body == (await an.opens(absent)).body, screen.path
        for act, address, whose in tried(objects, console.ACTS):
            if whose == "foreign" and an_may(act):
                absent = objects.fill(act.path, "absent")
                assert absent
                assert (await an.sends(address, {})).body == (await an.sends(absent, {})).body, act.path


def an_may(act: Act | Screen) -> bool:
    return any(RIGHTS[act.right].reach.get(role) for role in ("lead", "officer", "helper"))


async def test_nobody_gets_anything_and_no_other_verb_is_served(house: House, objects: Objects) -> None:
    async with visit(house) as nobody:
        for screen, address, _ in tried(objects, console.SCREENS):
            page, program = await nobody.gets(f"/console{address}"), await nobody.gets(f"/console/api{address}")
            assert (page.status, program.status) == (200, 401), screen.path
            assert b"console/sign-in" in page.body or b'name="password"' in page.body
        async with nobody.session.get(f"{house.origin}/console", allow_redirects=False) as answer:
            assert answer.status == 303
        origin = {"Origin": house.origin}
        for act, address, _ in tried(objects, console.ACTS):
            for base in ("/console", "/console/api"):
                kind = {"data": {"x": "1"}} if base == "/console" else {"json": {}}
                async with nobody.session.post(f"{house.origin}{base}{address}", headers=origin, **kind) as answer:  # type: ignore[arg-type]  # one of the two
                    assert answer.status == 401, act.path
        for path in sorted(paths()):
            address = NAMES.sub("x", path)
            for verb in ("PUT", "PATCH", "DELETE"):
                assert (await nobody.gets(address, method=verb)).status == 405, path


async def test_a_form_without_its_token_or_from_elsewhere_does_nothing(house: House, objects: Objects) -> None:
    async with clerk(house, "an", *ROLES, places=(HERE, THERE)) as an:
        for act, address, whose in tried(objects, console.ACTS):
            if whose == "own":
                for reply in (
                    await an.sends(address, {}, csrf=""),
                    await an.sends(address, {}, csrf="ă" * 64),
                    await an.sends(address, {}, origin="https://evil.example"),
                    await an.sends(address, {}, origin=""),
                ):
                    assert reply.status == 403, act.path
        an.csrf = ""
        for act, address, _ in tried(objects, console.ACTS):
            assert (await an.tells(address)).status == 403, act.path


async def test_whatever_a_crawl_finds_is_described(house: House, objects: Objects) -> None:
    described = [re.compile(NAMES.sub("[^/]+", path) + "$") for path in paths()]
    async with clerk(house, "an", *ROLES, places=(HERE, THERE)) as an:
        seen, forms, left = {""}, set[str](), [""]
        while left:
            reply = await an.opens(left.pop())
            assert reply.status == 200, reply.body.decode()
            html = reply.body.decode()
            for href in re.findall(r'href="/console([^"#]*)"', html):
                path = href.replace("&amp;", "&")
                if path not in seen and not path.startswith("/sign-in"):
                    seen.add(path)
                    left.append(path)
            forms |= {action.partition("?")[0] for action in re.findall(r'action="(/console[^"#]*)"', html)}
        assert len(seen) > 20
        assert len(forms) > 15
        for path in {f"/console{p}".partition("?")[0] for p in seen} | forms:
            assert any(pattern.match(path) for pattern in described), path


async def test_the_menu_shows_what_the_role_may_open_and_nothing_else(house: House) -> None:
    async with AsyncExitStack() as stack:
        for role in ROLES:
            who: Clerk = await stack.enter_async_context(clerk(house, role, role, places=(HERE,)))
            html = (await who.opens("/account")).body.decode()
            rail = html.partition('id="menu"')[2].partition("</nav>")[0]
            shown = set(re.findall(r'href="/console([^"]*)"', rail)) - {"/account"}
            assert shown == {s.path for s in console.SCREENS if s.menu and RIGHTS[s.right].reach.get(role)}
            for path in shown:
                assert (await who.opens(path)).status == 200, (role, path)

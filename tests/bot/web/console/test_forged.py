"""What another site makes a browser send does nothing, at whatever address takes a form.

Why the addresses come from the router: the next one that is added is tried too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import FormData
from sqlalchemy import select
from sqlmodel import SQLModel

from handlers import console
from handlers.desk import Actor
from handlers.desk.office import ROLES
from storage.database import Unit
from tests.bot.web.console.test_access import ABSENT, HERE, NAMES, THERE, Objects, house, objects
from tests.kit.console import PASSWORD, Clerk, clerk
from tests.kit.house import House
from tests.kit.private_page import TO_HEALTH, TownOf
from tests.kit.waiting import comes

__all__ = ["house", "objects"]

EVIL = "https://evil.example"
HOOKS = "/hooks/"  # called by other servers, each with a secret of its own
WITH_TOKEN = re.compile(r"/console(?!/sign-in$|/invitation/)")
Headers = Sequence[tuple[str, str]]
Special = Mapping[str, tuple[str, Mapping[str, str]]]


@dataclass(frozen=True)
class Form:
    """A form and where it is sent. path: as the router knows it; token: whether the page it is on gives it one."""

    path: str
    address: str
    fields: Mapping[str, str]
    token: bool

    async def sent(self, by: Clerk, headers: Headers, token: str) -> int:
        """Send it with the cookies of an official's browser; returns how it is answered."""
        body: dict[str, object]
        if self.path.startswith(("/console/api", "/chat")):
            body, headers = {"json": dict(self.fields)}, [*headers, ("X-CSRF-Token", token)]
        else:
            fields = {**self.fields, "csrf": token} if self.token else self.fields
            body = {"data": FormData(fields, default_to_multipart=self.path.startswith("/p/"))}
        address = by.house.origin + self.address
        async with by.session.post(address, headers=headers, allow_redirects=False, **body) as answer:  # type: ignore[arg-type]  # one of the two
            return answer.status


def forms(house: House, objects: Objects, special: Special) -> Iterator[Form]:
    """A form for every address that takes one. special: address and fields of those that are no act."""
    routes = house.service.site().router.routes()
    for path in sorted({r.resource.canonical for r in routes if r.method not in ("GET", "HEAD") and r.resource}):
        if path in special:
            yield Form(path, *special[path], token=False)
        elif not path.startswith(HOOKS):
            base = "/console/api" if path.startswith("/console/api") else "/console"
            act = path.removeprefix(base)
            named = objects.fill(act, "own") or NAMES.sub(lambda found: ABSENT.get(found[1], "absent"), act)
            yield Form(path, base + named, {}, token=bool(WITH_TOKEN.match(path)))


async def jobs_rest(house: House) -> None:
    """Let no job begin any more, for what it changes would be taken for a form's doing."""
    jobs = house.service.jobs
    jobs._scheduler.pause()
    await comes("no job is at work", jobs._idle.wait())


def content(unit: Unit) -> dict[str, list[str]]:
    """All that is in the database, but for leases, which are renewed."""
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name != "lease"]
    return {table.name: sorted(map(repr, unit.execute(select(table)).all())) for table in tables}


async def forged(form: Form, an: Clerk, another: Clerk) -> list[str]:
    """Each way of forging a form that was not answered by 403."""
    ours = ("Origin", an.house.origin)
    ways: dict[str, tuple[Headers, str]] = {
        "from elsewhere": ([("Origin", EVIL)], an.csrf),
        "from nowhere": ([("Origin", "null")], an.csrf),
        "from two places": ([ours, ("Origin", EVIL)], an.csrf),
    }
    if form.path.startswith("/console"):
        ways["without an origin"] = [], an.csrf
    if form.token:
        ways |= {"without a token": ([ours], ""), "with another's token": ([ours], another.csrf)}
    answers = {how: await form.sent(an, headers, token) for how, (headers, token) in ways.items()}
    return [f"{form.path} {how}: {status}" for how, status in answers.items() if status != 403]


async def special_forms(town: TownOf, an: Clerk) -> Special:
    """What those forms that are no act would be taken with."""
    lan = await town.lives_abroad("Lân", *TO_HEALTH)
    private, going_on = town.link(lan), await lan.at_desk(lambda desk: desk.links.make_page())
    invited = await town.at_desk(
        Actor("operator"), lambda desk: desk.accounts.invite("mo@example.test", "mo", "", ("lead",), (HERE,))
    )
    assert invited
    new = Clerk(an.house, an.session, invited[0], "mo@example.test")
    await new.learns(invited[1])
    return {
        "/chat/messages": ("/chat/messages", {"text": "xin chào", "id": "forged"}),
        "/p/{token}": (private.removeprefix(an.house.origin), {"choice": "yes"}),
        "/tiep/{token}": (going_on[going_on.index("/tiep/") :], {}),
        "/console/sign-in": ("/console/sign-in", {"email": an.email, "password": PASSWORD, "code": an.code()}),
        "/console/invitation/{token}": (
            f"/console/invitation/{invited[1]}",
            {"password": PASSWORD, "code": new.code()},
        ),
    }


async def test_what_another_site_sends_is_refused_and_changes_nothing(
    house: House, town: TownOf, objects: Objects
) -> None:
    async with (
        clerk(house, "an", *ROLES, places=(HERE, THERE)) as an,
        clerk(house, "binh", *ROLES, places=(HERE, THERE)) as binh,
    ):
        special = await special_forms(town, an)
        await jobs_rest(house)
        tried, wrong = list(forms(house, objects, special)), list[str]()
        before = await house.database.read(content)

        for form in tried:
            wrong += await forged(form, an, binh)
            after = await house.database.read(content)
            wrong += [f"{form.path} changed {name}" for name in before if after[name] != before[name]]

        assert wrong == []
        assert len(tried) == 2 * len(console.ACTS) + len(special) + 1


async def test_what_those_forms_send_would_be_taken_from_our_own_page(
    house: House, town: TownOf, objects: Objects
) -> None:
    async with clerk(house, "an", *ROLES, places=(HERE, THERE)) as an:
        special = await special_forms(town, an)
        origin = [("Origin", house.origin)]

        taken = {
            form.path: await form.sent(an, origin, an.csrf)
            for form in forms(house, objects, special)
            if form.path in special
        }

        assert taken == {
            "/chat/messages": 202,
            "/console/invitation/{token}": 200,
            "/console/sign-in": 303,
            "/p/{token}": 303,
            "/tiep/{token}": 303,
        }

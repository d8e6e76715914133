"""What is typed to search or filter is taken as it stands: % and _ find themselves, and not everything.

Why the fields come from the pages: the next search that is added is tried too.
"""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlencode

from handlers import console
from handlers.desk.office import ROLES
from tests.bot.web.console.test_access import HERE, NAMES, THERE, Objects, house, objects
from tests.bot.web.console.test_forged import jobs_rest
from tests.kit.console import Clerk, clerk
from tests.kit.house import House, visit

__all__ = ["house", "objects"]

ABSENT, WILD = "☃", ("%", "_", "%%", "_%", "%_%")  # the first surely finds nothing
FORM = re.compile(r'<form(?=[^>]*method="get")[^>]*>(.*?)</form>', re.S)
FIELD = re.compile(r'<(?:input|select|textarea)[^>]*name="(\w+)"')
LINKED = re.compile(r'href="([^"?#]*)\?([^"#]*)"')
PUBLIC = ("/", "/so-cong-khai", "/ledger")


def filters(page: str, path: str) -> set[str]:
    """The names by which a page can be asked for less: fields of its forms that only ask, and what its links carry."""
    found = {name for form in FORM.findall(page) for name in FIELD.findall(form)}
    for to, query in LINKED.findall(page):
        if to == path:
            found |= {one.partition("=")[0] for one in query.replace("&amp;", "&").split("&")}
    return found


async def found_more(asks: Callable[[str], Awaitable[bytes]]) -> list[str]:
    """Of what is typed, that which finds anything else than what finds nothing. asks: what is found, in bytes."""

    async def found(typed: str) -> str:
        body = (await asks(typed)).decode()
        for echo in (quote(typed), urlencode({"": typed})[1:], typed):
            body = body.replace(echo, "")
        # What was typed is shown again, perhaps as JSON or HTML writes it.
        return re.sub(r"[%_☃]|\\u2603|%25|&#37;", "", body)

    nothing = await found(ABSENT)
    return [typed for typed in WILD if await found(typed) != nothing]


async def test_in_the_console_a_wild_card_finds_itself_alone(house: House, objects: Objects) -> None:
    wrong, tried = list[str](), set[str]()
    async with clerk(house, "an", *ROLES, places=(HERE, THERE)) as an:
        await jobs_rest(house)
        for path in (screen.path for screen in console.SCREENS if not NAMES.search(screen.path)):
            page = (await an.opens(path)).body.decode()
            for name in sorted(filters(page, f"/console{path}")):
                tried.add(f"{path}?{name}")
                wrong += [f"{path}?{name}={one}" for one in await found_more(asking(an, path, name))]

    assert wrong == []
    assert {"/audit?action", "/audit?actor", "/requests?unit", "/gifts?code"} <= tried, sorted(tried)


def asking(an: Clerk, path: str, name: str) -> Callable[[str], Awaitable[bytes]]:
    async def asks(typed: str) -> bytes:
        return (await an.tells(f"{path}?{urlencode({name: typed})}", method="GET")).body

    return asks


async def test_in_the_search_for_requests_a_wild_card_finds_itself_alone(house: House, objects: Objects) -> None:
    async with clerk(house, "an", *ROLES, places=(HERE, THERE)) as an:
        await jobs_rest(house)
        await an.opens("/requests")

        async def asks(typed: str) -> bytes:
            return (await an.tells("/requests/search", {"q": typed})).body

        everything = await an.tells("/requests/search", {"q": objects.by_path["requests"]["own"]})

        assert objects.by_path["requests"]["own"].encode() in everything.body
        assert await found_more(asks) == []


async def test_on_public_pages_a_wild_card_finds_itself_alone(house: House, objects: Objects) -> None:
    wrong, tried = list[str](), set[str]()
    async with visit(house) as anybody:
        await jobs_rest(house)
        for path in PUBLIC:
            page = (await anybody.gets(path)).body.decode()
            for name in sorted(filters(page, path)):
                tried.add(f"{path}?{name}")

                async def asks(typed: str, path: str = path, name: str = name) -> bytes:
                    return (await anybody.gets(f"{path}?{urlencode({name: typed})}")).body

                wrong += [f"{path}?{name}={one}" for one in await found_more(asks)]

    assert wrong == []
    assert "/so-cong-khai?q" in tried, sorted(tried)

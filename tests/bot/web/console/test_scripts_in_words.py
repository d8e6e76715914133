"""Scripts where words are expected: through whatever people and officials write, on every page of the console."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.allocations import LONGEST, Wording, Writing
from handlers.desk.cases import Registration
from handlers.desk.office import ROLES
from handlers.desk.pledges import KINDS, Offer
from storage.tables import Pledge
from tests.kit.browser import Window, browser
from tests.kit.console import Clerk, clerk
from tests.kit.house import House, open_house
from tests.kit.private_page import TownOf
from tests.kit.scripts_in_words import PAYLOADS
from tests.kit.town import Citizen

HERE = "phuong_hoa_khanh"
A_DAY = 3  # pages of one kind that are opened, and each list narrowed by one field at a time: all payloads stand there
FIELDS = ("place", "name", "story", "work", "goods", "helper_name")
WATCH = """
window.ran = 0;
window.breaches = [];
document.addEventListener("securitypolicyviolation", (e) => window.breaches.push(e.violatedDirective));
"""

pytestmark = pytest.mark.browser


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, owner=False) as house:
        yield house


@pytest.mark.parametrize("turns", [1, pytest.param(len(FIELDS), marks=pytest.mark.trial)])
async def test_no_script_in_words_runs_on_any_page(house: House, town: TownOf, turns: int) -> None:
    """turns: in how many fields of a request each of the sixty stands."""
    assert len(PAYLOADS) == 60
    async with AsyncExitStack() as stack:
        an = await stack.enter_async_context(clerk(house, "an", *ROLES, places=(HERE,)))
        requests = await write_everywhere(town, an, turns)
        window = await stack.enter_async_context(browser(1366, 768))
        cookie = next(cookie for cookie in an.session.cookie_jar if cookie.key == "console")
        await window.context.add_cookies([{"name": "console", "value": cookie.value, "url": house.origin}])
        await window.context.add_init_script(WATCH)
        dialogs: list[str] = []
        window.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        left = ["", "/requests/HS-0000-0000", "/%3Cscript%3Ewindow.ran=1%3C/script%3E"]
        seen, alike = {kind_of(path) for path in left}, Counter[str]()
        while left:
            for found in sorted(await look(window, house, left.pop())):
                kind = kind_of(found)
                wanted = alike[nameless(kind)] < A_DAY and "&" not in kind if turns == 1 else True
                if kind not in seen and wanted:
                    seen.add(kind)
                    alike[nameless(kind)] += 1
                    left.append(found)
        for path in ("/requests/search", "/officials", "/owner", "/models"):
            for payload in PAYLOADS[:: len(PAYLOADS) // 6]:
                await look_at_what_was_wrong(window, house, path, payload)

        assert len([path for path in seen if path.startswith("/requests/HS")]) > min(requests, A_DAY)
        assert dialogs == []
        assert window.problems == []
        assert not [failure for failure in window.failures if not failure.startswith(("400", "404"))]


def kind_of(path: str) -> str:
    """An address without what its fields hold: each list is looked at once with each of its fields, or with several."""
    return re.sub(r"=[^&]*", "", path)


def nameless(kind: str) -> str:
    """The same without whose page it is."""
    return re.sub(r"/([A-Z]{2}-\w{4}-\w{4}|[0-9a-f]{24})", "/*", kind)


async def look(window: Window, house: House, path: str) -> set[str]:
    """Open a page, see that nothing ran on it, and return where it leads."""
    await window.page.goto(f"{house.origin}/console{path}", wait_until="domcontentloaded")
    await nothing_ran(window, path)
    html = await window.page.content()
    hrefs = (href.replace("&amp;", "&") for href in re.findall(r'href="/console([^"#]*)"', html))
    return {href for href in hrefs if not href.startswith("/sign-in")}


async def look_at_what_was_wrong(window: Window, house: House, path: str, payload: str) -> None:
    """Send a form that is wrong, or looks for something, so that the page shows again what was typed."""
    page = window.page
    await page.goto(f"{house.origin}/console{path.removesuffix('/search')}", wait_until="domcontentloaded")
    form = page.locator(f'form[action="/console{path}"]')
    await page.locator("details").evaluate_all("(all) => all.forEach((element) => { element.open = true; })")
    for field in await form.locator("input:not([type=hidden]):not([type=checkbox]), textarea").all():
        await field.evaluate("(element, words) => { element.type = 'text'; element.value = words; }", payload)
    await form.evaluate("(element) => { element.noValidate = true; }")
    async with page.expect_navigation(wait_until="domcontentloaded"):
        await form.locator("button").first.click()
    await nothing_ran(window, path)


async def nothing_ran(window: Window, path: str) -> None:
    ran, breaches = await window.page.evaluate("[window.ran, window.breaches]")
    assert (ran, breaches) == (0, []), path


async def write_everywhere(town: TownOf, an: Clerk, turns: int) -> int:
    """Put every payload into a request, and each into one of the other places where words are kept.

    Returns how many requests there are.
    """
    lan = town.citizen("Lan")
    await lan.says("/menu")
    codes = await lan.at_desk(lambda desk: [*asks(desk, turns)])
    await town.as_official(an.id, lambda desk: answers(desk, codes))

    def raise_and_wish(desk: Desk) -> None:
        for payload in PAYLOADS[:12]:
            desk.urgent.raise_one(payload, payload, None)
        desk.talks.wish(HERE)

    await lan.at_desk(raise_and_wish)
    talk = await town.as_official(an.id, says_everything)
    await lan.at_desk(lambda desk: [desk.talks.hear(talk, payload) for payload in PAYLOADS])
    noted = PAYLOADS[:3]
    await town.at_desk(Actor("operator"), lambda desk: desk.note(*noted, why=PAYLOADS[3]))
    await an.opens("/owner")
    entered = await an.sends("/owner", {"body": PAYLOADS[0], "contact": PAYLOADS[40], "data_contact": PAYLOADS[42]})
    assert entered.status == 303
    await give_everywhere(town, lan, an, codes[0])
    return len(codes)


async def give_everywhere(town: TownOf, lan: Citizen, an: Clerk, case: str) -> None:
    """Put payloads into whatever is said of gifts, needs, hand-overs, grievances and models."""
    await lan.at_desk(lambda desk: [*pledges(desk)])
    another = await town.official("ba", *ROLES, places=(HERE,))
    given = await town.as_official(another, lambda desk: works_on_gifts(desk, case))
    await lan.at_desk(lambda desk: desk.household_gifts.confirm(given, "not_yet"))
    await town.as_official(an.id, closes_the_grievance)
    for who in (an.id, another):
        await town.as_official(who, writes_models)


def pledges(desk: Desk) -> Iterator[str]:
    """Promise gifts of every kind, each field of each a payload."""
    for kind, first in zip(cycle(KINDS), range(0, len(PAYLOADS), 5), strict=False):
        name, measure, what, label, topic = PAYLOADS[first : first + 5]
        offer = Offer(
            kind=kind,
            giver="group",
            amount=10,
            name=name,
            measure=measure,
            what=what,
            details={label: what, "where": name},
        )
        yield desk.pledges.offer(replace(offer, topic=topic, months=(1, 5), phone="+84905111222")).code


def works_on_gifts(desk: Desk, case: str) -> str:
    """Do all that has words with gifts that somebody promised; returns the id of a hand-over."""
    found = list(desk.unit.scalars(select(Pledge).order_by(col(Pledge.id))))
    work, words = desk.pledge_work, iter(PAYLOADS * 2)
    for pledge in found:
        act = work.verify if pledge.kind in ("job", "link") else work.accept
        assert act(pledge.code, next(words)) == "done"
    lapsed = next(one for one in found if one.kind == "time")
    assert work.lapse(lapsed.code, PAYLOADS[1]) == "done"
    goods, link = (next(one for one in found if one.kind == kind) for kind in ("goods", "link"))
    slots = [
        desk.needs.open_for_case(
            case, "food", one.kind, 5, one.measure[:40], PAYLOADS[7][:40], (5,), PAYLOADS[8]
        ).slot_id
        for one in (goods, link, goods)
    ]
    assert desk.allocations.allocate(link.code, slots[1], 2) == "done"
    assert desk.allocations.allocate(goods.code, slots[0], 2) == "done"
    given = desk.allocations.listed(pledge_code=goods.code)[0].id
    assert desk.allocations.hand_over(given, 2, PAYLOADS[9]) == "done"
    return given


def closes_the_grievance(desk: Desk) -> None:
    (one,) = desk.grievances.listed()
    assert desk.grievances.close(one.id, "made_good", PAYLOADS[10]) == "done"


def writes_models(desk: Desk) -> None:
    """Write up an idea and a model of one's own, each word a payload."""
    models = desk.models
    wording = Wording(**dict(zip(LONGEST, (payload[:80] for payload in PAYLOADS[11:17]), strict=True)))
    assert models.begin(Writing(vi=wording, en=wording, cost=0, land="none", work="one"))
    assert models.take_up(models.ideas()[0].code)


def asks(desk: Desk, turns: int) -> Iterator[str]:
    """Open requests with a payload in every field; at each turn in the next one."""
    for turn in range(turns):
        for first in range(0, len(PAYLOADS), len(FIELDS)):
            words = PAYLOADS[first : first + len(FIELDS)]
            said = dict(zip(FIELDS, (*words[turn:], *words[:turn]), strict=True))
            yield desk.cases.open(Registration(needs=("food",), unit_id=HERE, **said, for_other=True)).code  # type: ignore[arg-type]  # words all


def answers(desk: Desk, codes: list[str]) -> None:
    """Note and ask in payloads, and invite officials named so."""
    for place, payload in enumerate(PAYLOADS):
        assert desk.casework.note(codes[place % len(codes)], payload) == "done"
    for code, payload in zip(codes, PAYLOADS, strict=False):
        assert desk.casework.ask(code, payload) == "done"
    for number, payload in enumerate(PAYLOADS[:8]):
        name = payload[:80]
        assert desk.accounts.invite(f"n{number}@example.test", name, name, ["editor"], [])


def says_everything(desk: Desk) -> str:
    """Take the talk that waits, and say every payload in it."""
    talk = desk.calls.talks()[0].id
    desk.talks.take(talk, in_chat=False)
    for payload in PAYLOADS:
        desk.talks.say(talk, payload)
    return talk

"""No way to read what is personal without a row that says so, and no answer that a browser may keep."""

import re

import pytest
from sqlmodel import col, select

from handlers.desk.office import ROLES
from storage.tables import AuditRow
from tests.kit.calls import raises, resident, wishes
from tests.kit.console import Clerk, clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf, jpeg
from tests.kit.requests import HERE, LAN, asks

NOTED = ("case.read", "case.listed", "case.photo_read", "case.phone_shown", "talk.read", "urgent.read")


async def rows(town: TownOf) -> list[str]:
    query = select(AuditRow.action).where(col(AuditRow.action).in_(NOTED)).order_by(col(AuditRow.id))
    return list(await town.database.read(lambda unit: unit.scalars(query).all()))


async def asks_in(who: Clerk, way: str, path: str) -> tuple[int, bytes]:
    """Ask for a screen in one of the ways one could try."""
    base, _, rest = way.partition(" ")
    method, live = ("HEAD" if "HEAD" in rest else "GET"), ({"X-Live": "1"} if "live" in rest else {})
    address = f"{who.house.origin}/console{'/api' if base == 'api' else ''}{path}"
    async with who.session.request(method, address, headers=live, allow_redirects=False) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, await answer.read()


@pytest.mark.parametrize("way", ["page", "page HEAD", "page live", "api", "api HEAD", "api live"])
async def test_every_way_to_read(house: House, town: TownOf, way: str) -> None:
    code = await asks(town, "lan", photos=(jpeg(),))
    await house.clean()
    lan = await resident(town, "mai")
    talk, urgent = await wishes(town, lan, HERE), await raises(town, lan)
    async with clerk(house, "an", *ROLES, places=(HERE,)) as an, clerk(house, "ba", *ROLES, places=(HERE,)) as ba:
        [photo] = re.findall(rf"/requests/{code}/photos/(\w+)", (await ba.opens(f"/requests/{code}")).body.decode())[:1]
        screens = {
            f"/requests/{code}": "case.read", "/requests": "case.listed", f"/talks/{talk}": "talk.read",
            f"/requests/{code}/photos/{photo}": "case.photo_read", f"/urgent/{urgent}": "urgent.read",
        }  # fmt: skip
        for path, action in screens.items():
            before = (await rows(town)).count(action)
            status, body = await asks_in(an, way, path)
            after = (await rows(town)).count(action)
            assert (status, after - before) in ((200, 1), (404, 0)), path
            if status == 404:
                assert LAN.name.encode() not in body
                assert "live" in way


async def test_what_is_wrong_in_a_form_is_shown_with_a_row_too(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "an", *ROLES, places=(HERE,)) as an:
        await an.opens("/account")
        for act in ("ask", "note", "propose", "refuse", "close"):
            before = (await rows(town)).count("case.read")
            wrong = await an.sends(f"/requests/{code}/{act}", {})
            assert wrong.status == 400
            assert LAN.name in wrong.body.decode()
            assert (await rows(town)).count("case.read") == before + 1, act
        assert (await an.sends("/requests/search", {"q": "lan"})).status == 200
        assert (await rows(town))[-1] == "case.listed"


async def test_a_photo_of_another_request_is_not_there(house: House, town: TownOf) -> None:
    code = await asks(town, "lan", photos=(jpeg(),))
    other = await asks(town, "mai", photos=(jpeg(),), unit_id="phuong_hai_chau")
    await house.clean()
    async with clerk(house, "an", "officer", places=(HERE,)) as an, clerk(house, "ba", "admin") as ba:
        [photo] = re.findall(rf"/requests/{other}/photos/(\w+)", (await ba.opens(f"/requests/{other}")).body.decode())[
            :1
        ]
        for path in (f"/requests/{code}/photos/{photo}", f"/requests/{other}/photos/{photo}"):
            assert (await an.opens(path)).status == 404


async def test_no_answer_may_be_kept_or_framed(house: House) -> None:
    async with clerk(house, "an", "auditor") as an:
        paths = (
            "", "/account", "/requests", "/no-such", "/requests/HS-0000-0000", "/sign-in", "/invitation/x", "/live",
            "/api/audit", "/api/requests", "/api/no-such",
        )  # fmt: skip
        for path in paths:
            async with an.session.get(f"{house.origin}/console{path}", allow_redirects=False) as answer:
                assert answer.headers["Cache-Control"] == "no-store", path
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path
                assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        for path in ("/sign-in", "/audit", "/officials", "/api/officials", "/sign-out"):
            for origin in (house.origin, "https://evil.example"):
                reply = await an.sends(path, {}, origin=origin)
                assert reply.headers["Cache-Control"] == "no-store", path
                assert reply.headers["Content-Security-Policy"], path

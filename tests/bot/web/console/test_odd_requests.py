"""What no browser of ours sends: bytes that are no text, names that are none, fields of any size. Nothing of it is a
failure of ours, and nothing of it does anything.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from yarl import URL

from handlers import console
from handlers.desk.office import ROLES
from tests.kit.calls import PLACE, raises, resident, wishes
from tests.kit.console import PASSWORD, Clerk, clerk
from tests.kit.house import House, open_house
from tests.kit.private_page import TownOf
from tests.kit.requests import asks
from tests.kit.waiting import comes

# PostgreSQL holds no NUL, and says so.
pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"])
ODD_BYTES = (b"\xff\xfe", "ế".encode(), b"%00", b"%ED%A0%80", b"%2e%2e%2f", b"a%2fb", b"%0d%0aX-Evil:%201", b"x" * 4000)


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    async with open_house(tmp_path, database_url=database_url) as house:
        yield house


async def answers(house: House, verb: bytes, path: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """The status of what is answered to these very bytes."""
    url = URL(house.origin)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    lines = (verb + b" " + path + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *headers)
    writer.write(b"\r\n".join((*lines, b"Content-Length: %d" % len(body), b"", body)))
    answer = await comes("it is answered", reader.read())
    writer.close()
    return answer.split(b" ", 2)[1]


def cookie(who: Clerk) -> bytes:
    return b"; ".join(f"{morsel.key}={morsel.value}".encode() for morsel in who.session.cookie_jar)


async def test_bytes_that_are_no_text(house: House) -> None:
    origin, form = b"Origin: " + house.origin.encode(), b"Content-Type: application/x-www-form-urlencoded"
    async with clerk(house, "an", *ROLES, places=(PLACE,)) as an:
        hers = b"Cookie: " + cookie(an)
        got = {
            "cookie": await answers(house, b"GET", b"/console", b"Cookie: console=\xff\xfe"),
            "device": await answers(
                house, b"POST", b"/console/sign-in", b"Cookie: console-device=a.\xff", origin, form, body=b"email=a"
            ),
            "nonce": await answers(
                house, b"POST", b"/console/sign-in", b"Cookie: console-device=\xff.a", origin, form, body=b"email=a"
            ),
            "csrf": await answers(house, b"POST", b"/console/api/account/duty", hers, origin, b"X-CSRF-Token: \xff"),
            "out": await answers(house, b"POST", b"/console/sign-out", hers, origin, form, body=b"csrf=%ff"),
            "charset": await answers(house, b"POST", b"/console/sign-in", origin, form + b"; charset=x", body=b"a=b"),
            "json": await answers(
                house, b"POST", b"/console/sign-in", origin, b"Content-Type: application/json", body=b'{"a":"\\ud800"}'
            ),
        }
    assert {name: status for name, status in got.items() if status[:1] != b"4" and status != b"303"} == {}


@pytest.mark.parametrize("signed_in", [False, True])
async def test_names_in_addresses_that_are_none(house: House, signed_in: bool) -> None:
    origin, form = b"Origin: " + house.origin.encode(), b"Content-Type: application/x-www-form-urlencoded"
    async with clerk(house, "an", *ROLES, places=(PLACE,)) as an:
        await an.opens("/account")
        hers = b"Cookie: " + (cookie(an) if signed_in else b"console=x")
        body, wrong = f"csrf={an.csrf}".encode(), []
        paths = {s.path for s in console.SCREENS} | {a.path for a in console.ACTS} | {"/invitation/{token}"}
        for path in sorted(paths):
            for odd in ODD_BYTES if "{" in path else ():
                bare = path.replace("{code}", "{}").replace("{id}", "{}").replace("{token}", "{}").encode()
                for verb in (b"GET", b"POST"):
                    address = b"/console" + bare.replace(b"{}", odd)
                    status = await answers(
                        house, verb, address, hers, origin, form, body=body if verb == b"POST" else b""
                    )
                    if status[:1] == b"5":
                        wrong.append((verb, path, odd[:20]))
    assert wrong == []


async def test_an_address_to_go_on_to_that_is_none(house: House) -> None:
    async with clerk(house, "an", "admin", signed_in=False) as an:
        for to in ("//[", "http://[::1", "//evil.example", "/\\evil.example", "/console\r\nX-Evil: 1", "javascript:1"):
            entered = await an.sends(
                "/sign-in", {"email": an.email, "password": PASSWORD, "code": an.code(), "next": to}
            )
            assert (entered.status, entered.headers.get("Location")) == (303, "/console"), to


async def test_the_list_beside_a_request_as_nobody_narrows_it(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "an", "admin") as an:
        for narrowed in ("after=2026-01-01/%00", "after=9999-99-99/x", "unit=%00&state=%ff", "a" * 5_000):
            for path in (f"/requests/{code}?list={quote(narrowed)}", f"/requests?{narrowed}"):
                assert (await an.opens(path)).status == 200, path


async def test_an_urgent_code_with_line_ends_leads_to_itself(house: House, town: TownOf) -> None:
    code = await raises(town, await resident(town))
    async with clerk(house, "an", "officer", places=(PLACE,)) as an:
        await an.opens("/account")
        status = await answers(
            house, b"POST", b"/console/urgent/" + code.encode() + b"%0d%0a/take", b"Cookie: " + cookie(an),
            b"Origin: " + house.origin.encode(), b"Content-Type: application/x-www-form-urlencoded",
            body=f"csrf={an.csrf}".encode(),
        )  # fmt: skip
        assert status in (b"303", b"404", b"409")


FIELDS = (
    "asked", "noted", "what", "amount", "when", "where", "conditions", "check_on", "sent_back", "reason", "own_words",
    "handed_when", "handed_where", "closing", "found", "next_check", "grade", "number", "signed", "colleague",
    "to_unit", "q", "list", "done", "words", "email", "name", "title", "roles", "units", "body", "contact",
    "data_contact",
    "from", "until", "deputy", "language", "on", "session", "one_time_code", "id", "from",
)  # fmt: skip
VALUES = (
    "", " ", "\0", "x", "-1", "0", "1e9", "١٢٣", "1.5 tỷ", "9" * 30, "1" * 5_000, "0000-00-00", "9999-99-99",
    "9999-12-31", "0001-01-01", "2027-02-01", "31/12/9999", "30/2/2027", "\u202egnp.exe", "\u200b", "с\u00e1n b\u1ed9",
    "%s%n{code}{{7*7}}",
    "' OR 1=1 --", "<script>", "../../etc", "ă" * 2_000, "ă" * 2_001, PLACE, "admin", "no_such", "vi", "yes", "poor",
    "a@b.cd", "\ud800", "\U0001f9d3" * 1_000, "\r\n\r\n", "500 nghìn", "hai triệu rưỡi", "mai", "thứ hai", "99:99",
    "ngày 99 tháng 99",
)  # fmt: skip


@pytest.mark.parametrize("times", [2, pytest.param(7, marks=pytest.mark.trial)])
async def test_fields_of_any_kind(house: House, town: TownOf, times: int) -> None:
    lan = await resident(town)
    talk, urgent, code = await wishes(town, lan), await raises(town, lan), await asks(town, "mai")
    dice, wrong = random.Random(5), []  # noqa: S311  # the same dice every time
    names = {"requests": code, "talks": talk, "urgent": urgent, "officials": "x", "letters": "x", "outbox": "1"}
    async with clerk(house, "an", *ROLES, places=("xa_tay_giang", PLACE)) as an:
        await an.opens("/account")
        for path in [a.path for a in console.ACTS for _ in range(times) if not a.path.endswith("/browsers")]:
            start = path.split("/")[1]
            address = path.replace("{code}", names.get(start, "")).replace("{id}", names.get(start, ""))
            fields = {
                n: dice.choice(VALUES).encode("utf-8", "surrogatepass").decode("utf-8", "replace") for n in FIELDS
            }
            fields["one_time_code"] = an.code() if dice.random() < 0.5 else fields["one_time_code"]
            if start == "account" and path.endswith("/browser"):
                fields["session"] = "x"
            for reply in (await an.sends(address, fields), await an.tells(address, fields)):
                if reply.status >= 500:
                    wrong.append((path, reply.status, fields))
                if reply.status == 401:
                    await an.signs_in()
    assert wrong == []


@pytest.mark.parametrize("times", [4, pytest.param(15, marks=pytest.mark.trial)])
async def test_queries_of_any_kind(house: House, town: TownOf, times: int) -> None:
    code, dice, wrong = await asks(town, "mai"), random.Random(7), []  # noqa: S311  # as above
    asked = ("actor", "action", "subject", "day", "before", "state", "after", "unit", "list", "done", "mine")
    async with clerk(house, "an", *ROLES, places=("xa_tay_giang", PLACE)) as an:
        for screen in [s for s in console.SCREENS for _ in range(times)]:
            query = urlencode({name: dice.choice(VALUES)[:300].encode("utf-8", "replace") for name in asked})
            path = screen.path.replace("{code}", code).replace("{id}", "x")
            replies = (await an.opens(f"{path}?{query}"), await an.tells(f"{path}?{query}", method="GET"))
            wrong += [(path, query) for reply in replies if reply.status >= 500]
    assert wrong == []

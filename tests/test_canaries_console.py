"""What officials type and are shown must not get out either: not into a file as it lies there, and not into the log."""

import asyncio
import re
import sqlite3
from pathlib import Path

import pyotp
from aiohttp import ClientSession, CookieJar
from sqlmodel import select

from fakes.waiting import until
from handlers.desk import Desk
from storage.tables import Case, Talk
from tests.kit.process import serving
from tests.kit.visitor import Visitor
from tests.test_canaries import NUMBERS, PLACE, found_in, says, tell
from tests.test_canaries import WORDS as HERS

EMAIL, SECOND = "qvxthuzk@example.test", "wzkmaiqj@example.test"
NAME, TITLE, PASSWORD = "Tâmqzx Wựng", "Trưởngxq bạnk", "bốnzq từxk ghépj lạiw"
ASKED, NOTED, REFUSED, SAID, DONE = "Cầnzx sổqk", "Ghichúzw nộijq", "Tiếcqx lắmzk", "Chàobwz bácxj", "Đãtớiqz nhàkw"
HEARD, LOOKED_FOR = "Tôijqz đâyxw", "Tìmzqx aijk"
OURS = (EMAIL, SECOND, NAME, TITLE, PASSWORD, ASKED, NOTED, REFUSED, SAID, DONE, HEARD, LOOKED_FOR)
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class Console:
    """An official's browser at a process. secrets: everything that lets somebody in."""

    def __init__(self, url: str, web: ClientSession) -> None:
        self.url, self.web, self.secrets = url, web, list[str]()

    async def opens(self, path: str) -> str:
        async with self.web.get(f"{self.url}/console{path}") as answer:
            return await answer.text()

    async def sends(self, path: str, *, status: int = 200, **fields: str) -> str:
        """Send a form; returns the page that follows it."""
        address, origin = f"{self.url}/console{path}", {"Origin": self.url}
        async with self.web.post(address, data=fields, headers=origin) as answer:
            html = await answer.text()
            assert answer.status == status, (path, answer.status, html)
        return html

    async def comes_in(self, token: str, email: str) -> str:
        """Take an account up, and sign in by a recovery code; returns what its forms carry."""
        page = await self.opens(f"/invitation/{token}")
        secret = str(re.findall(r'class="secret">([A-Z2-7 ]+)<', page)[0]).replace(" ", "")
        welcome = await self.sends(f"/invitation/{token}", password=PASSWORD, code=pyotp.TOTP(secret).now())
        codes = re.findall(r"<li>([A-Z2-7]{5}-[A-Z2-7]{5})</li>", welcome)
        home = await self.sends("/sign-in", email=email, password=PASSWORD, code=codes[0])
        csrf = str(CSRF.findall(home)[0])
        self.secrets += [token, secret, *codes, csrf, *(cookie.value for cookie in self.web.cookie_jar)]
        return csrf


def looks(desk: Desk) -> tuple[str, str, str]:
    """The code and the unit of the one case, and the id of the one talk."""
    case, talk = desk.unit.scalars(select(Case)).one(), desk.unit.scalars(select(Talk)).one()
    return case.code, case.unit_id or "", talk.id


async def test_nothing_officials_type_or_read_is_in_any_file_or_log(tmp_path: Path) -> None:
    async with (
        serving("sqlite", tmp_path, LOG_LEVEL="DEBUG") as process, Visitor(process.url) as lan,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as web,
    ):  # fmt: skip
        await lan.arrive()
        await tell(lan)
        await says(lan, "/canbo")
        code, unit, talk = await asyncio.to_thread(process.at_desk, looks)

        def invite(desk: Desk) -> str:
            made = desk.accounts.invite(EMAIL, NAME, TITLE, ("admin", "lead", "officer"), (unit,))
            assert made
            return made[1]

        an = Console(process.url, web)
        csrf = await an.comes_in(await asyncio.to_thread(process.at_desk, invite), EMAIL)
        link = await an.sends("/officials", csrf=csrf, email=SECOND, name=NAME, title=TITLE, roles="auditor")
        an.secrets += re.findall(r"/console/invitation/([\w-]+)", link)
        shown = await an.sends(f"/requests/{code}/phone", csrf=csrf)
        assert NUMBERS[0] in shown
        await an.sends("/requests/search", csrf=csrf, q=LOOKED_FOR)
        await an.sends(f"/requests/{code}/ask", csrf=csrf, asked=ASKED)
        await an.sends(f"/requests/{code}/note", csrf=csrf, noted=NOTED)
        await an.sends(f"/requests/{code}/refuse", csrf=csrf, reason="lives_elsewhere", own_words=REFUSED)
        await an.sends(f"/talks/{talk}/take", csrf=csrf)
        await lan.send(text=HEARD)  # passed on in silence, as an official reads it now
        await until("she is heard", lambda: an.opens(f"/talks/{talk}"), lambda page: HEARD in page)
        await an.sends(f"/talks/{talk}/say", csrf=csrf, words=SAID)
        [urgent] = set(re.findall(r"/console/urgent/(KC-[\w-]+)", await an.opens("/urgent")))
        await an.sends(f"/urgent/{urgent}/take", csrf=csrf)
        await an.sends(f"/urgent/{urgent}/close", csrf=csrf, done=DONE)
        for page in ("", "/audit", "/officials", "/outbox", "/account", f"/no-such/{PLACE}", f"/requests?unit={NAME}"):
            await an.opens(page)
        # A failure of ours is logged, and without what was typed.
        with sqlite3.connect(process.data / "chungtay.db") as connection:
            connection.execute("ALTER TABLE case_event RENAME TO case_event_away")
        connection.close()
        failed = await an.sends(f"/requests/{code}/note", status=500, csrf=csrf, noted=NOTED)

        secret = (*HERS, *NUMBERS, *OURS, *an.secrets)
        files = {path.name: found_in(path.read_bytes(), *secret) for path in process.data.iterdir()}
        log = process.log.read_bytes()

    assert "chungtay.db" in files
    assert {name: found for name, found in files.items() if found} == {}
    assert b"request failed" in log
    assert found_in(log + failed.encode(), *secret) == []

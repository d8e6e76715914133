"""Officials at their desks: the console as a plain HTTP client sees it, with the cookies and codes of one browser."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape

import pyotp
from aiohttp import ClientSession, CookieJar
from argon2 import PasswordHasher

from handlers.desk import Actor
from tests.kit.house import House, Reply
from tests.kit.private_page import TownOf

PASSWORD = "bốn từ ghép lại"
# What a hash costs is written in it, and judging it costs no more: this one takes no time. Those that the console makes
# take as long as they should, and are made wherever an account is taken up on its page.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')
Fields = Mapping[str, str | list[str]]


@dataclass
class Clerk:
    """An official with a browser. secret: what her phone makes one-time codes of."""

    house: House
    session: ClientSession
    id: str
    email: str
    secret: str = ""
    csrf: str = ""
    codes: list[str] = field(default_factory=list)

    def code(self) -> str:
        """A one-time code that was not used before; time passes for it."""
        self.house.clock.move(seconds=30)
        return pyotp.TOTP(self.secret).at(self.house.clock.now())

    async def opens(self, path: str, **headers: str) -> Reply:
        """Open an address below /console, without following where it leads."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{self.house.origin}/console{path}"
        async with self.session.get(address, headers=named, allow_redirects=False) as answer:
            reply = Reply(answer.status, answer.headers.copy(), await answer.read())
        if found := CSRF.search(reply.body.decode("utf-8", "replace")):
            self.csrf = found[1]
        return reply

    async def sends(self, path: str, fields: Fields, *, csrf: str | None = None, origin: str | None = None) -> Reply:
        """Send a form of ours to an address below /console."""
        token = self.csrf if csrf is None else csrf
        pairs = [
            (name, one) for name, value in fields.items() for one in ([value] if isinstance(value, str) else value)
        ]
        headers = {"Origin": self.house.origin if origin is None else origin}
        address = f"{self.house.origin}/console{path}"
        async with self.session.post(
            address,
            data=[*pairs, ("csrf", token)],
            headers={k: v for k, v in headers.items() if v},
            allow_redirects=False,
        ) as answer:
            return Reply(answer.status, answer.headers.copy(), await answer.read())

    async def learns(self, token: str) -> None:
        """Look at an invitation, and let her phone learn the secret."""
        page = await self.opens(f"/invitation/{token}")
        found = SECRET.search(page.body.decode())
        assert found, page.body.decode()
        self.secret = found[1].replace(" ", "")

    async def tells(self, path: str, body: object = None, *, method: str = "POST") -> Reply:
        """Ask or tell what a program would, as JSON, at an address below /console/api."""
        headers = {"Origin": self.house.origin, "X-CSRF-Token": self.csrf}
        address = f"{self.house.origin}/console/api{path}"
        async with self.session.request(
            method, address, json=body or {}, headers=headers, allow_redirects=False
        ) as answer:
            return Reply(answer.status, answer.headers.copy(), await answer.read())

    async def redeems(self, token: str, password: str = PASSWORD) -> Reply:
        """Take up an account by its invitation."""
        await self.learns(token)
        done = await self.sends(f"/invitation/{token}", {"password": password, "code": self.code()})
        self.codes = re.findall(r"<li>([A-Z2-7]{5}-[A-Z2-7]{5})</li>", done.body.decode())
        return done

    async def signs_in(self, password: str = PASSWORD, code: str = "") -> Reply:
        """Sign in, and open the first page."""
        fields = {"email": self.email, "password": password, "code": code or self.code()}
        done = await self.sends("/sign-in", fields)
        if done.status == 303:
            await self.opens("")
        return done


def text(reply: Reply) -> str:
    """What a page says, without its tags."""
    body = re.sub(r"<(script|style).*?</\1>", " ", reply.body.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@asynccontextmanager
async def clerk(
    house: House, name: str, *roles: str, places: tuple[str, ...] = (), signed_in: bool = True
) -> AsyncIterator[Clerk]:
    """Somebody whose account was handed out to her and who, if wanted, signed in."""
    made, _ = await _invited(house, name, roles, places)
    made.secret = await TownOf(house).at_desk(Actor("operator"), lambda desk: desk.signing_in.hand_out(made.id, HASH))
    async with made.session:
        if signed_in:
            await _enters(made)
        yield made


@asynccontextmanager
async def newcomer(
    house: House, name: str, *roles: str, places: tuple[str, ...] = (), signed_in: bool = True
) -> AsyncIterator[Clerk]:
    """Somebody who was invited, took up her account on its page and, if wanted, signed in."""
    made, token = await _invited(house, name, roles, places)
    async with made.session:
        done = await made.redeems(token)
        assert done.status == 200, done.body.decode()
        if signed_in:
            await _enters(made)
        yield made


async def _invited(house: House, name: str, roles: tuple[str, ...], places: tuple[str, ...]) -> tuple[Clerk, str]:
    """Somebody with a browser, and the token of her invitation."""
    email = f"{name}@example.test"
    made = await TownOf(house).at_desk(
        Actor("operator"), lambda desk: desk.accounts.invite(email, name, "", roles, places)
    )
    assert made is not None
    return Clerk(house, ClientSession(cookie_jar=CookieJar(unsafe=True)), made[0], email), made[1]


async def _enters(made: Clerk) -> None:
    entered = await made.signs_in()
    assert entered.status == 303, entered.body.decode()

"""A fake Zalo with its clock in hand, a caller of its API that holds the tokens, and somebody who wrote."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from PIL import Image

from fakes.wire import Json
from fakes.zalo_oa.faults import CS, TOKEN
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.user import ZaloUser
from tests.fakes.zalo_oa.hook import Hook
from tests.kit.clock import HandClock


@dataclass
class Caller:
    """Calls the three hosts. token: the access token it holds; headers: of the last answer."""

    zalo: FakeZaloOa
    web: aiohttp.ClientSession
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    async def posts(self, path: str, body: object, *, host: str = "", **headers: str) -> Json:
        """Post JSON, to the OpenAPI host unless said otherwise."""
        named = {"access_token": self.token} | headers
        async with self.web.post((host or self.zalo.openapi) + path, json=body, headers=named) as answer:
            return await self._read(answer)

    async def gets(self, path: str, data: object = None, *, host: str = "") -> Json:
        """Get, with the parameters as one."""
        params = {"data": json.dumps(data)} if data is not None else {}
        named = {"access_token": self.token}
        async with self.web.get((host or self.zalo.openapi) + path, params=params, headers=named) as answer:
            return await self._read(answer)

    async def uploads(self, kind: str, name: str, content: bytes, *, under: str = "file") -> Json:
        """Upload a file."""
        form = aiohttp.FormData()
        form.add_field(under, BytesIO(content), filename=name)
        path = f"{self.zalo.openapi}/v2.0/oa/upload/{kind}"
        async with self.web.post(path, data=form, headers={"access_token": self.token}) as answer:
            return await self._read(answer)

    async def sends(self, user: ZaloUser, text: str, **message: object) -> Json:
        """Send a consultation message."""
        return await self.posts(CS, {"recipient": {"user_id": user.id}, "message": {"text": text, **message}})

    async def refreshes(self, token: str, **changed: str) -> Json:
        """Present a refresh token, and hold what comes back."""
        account = self.zalo.world.account
        form = {"refresh_token": token, "app_id": account.app_id, "grant_type": "refresh_token"} | changed
        return await self.asks_for_tokens(form, account.app_secret)

    async def asks_for_tokens(self, form: dict[str, str], secret: str) -> Json:
        """Call the token endpoint."""
        async with self.web.post(self.zalo.oauth + TOKEN, data=form, headers={"secret_key": secret}) as answer:
            body = await self._read(answer)
        self.token = body.get("access_token", self.token)
        return body

    async def _read(self, answer: aiohttp.ClientResponse) -> Json:
        self.headers = dict(answer.headers) | {"status": str(answer.status)}
        body: Json = await answer.json()
        return body


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def zalo(clock: HandClock) -> AsyncIterator[FakeZaloOa]:
    async with fake_zalo_oa(clock=clock) as zalo:
        yield zalo


@pytest.fixture
async def caller(zalo: FakeZaloOa) -> AsyncIterator[Caller]:
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as web:
        yield Caller(zalo, web, zalo.seed.access)


@pytest.fixture
async def lan(zalo: FakeZaloOa) -> ZaloUser:
    """Somebody who wrote just now."""
    lan = zalo.user("Lan", phone="84905123456")
    lan.says("Chào")
    return lan


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    hook.open.set()
    server = TestServer(hook.app())
    await server.start_server()
    hook.url = str(server.make_url("/hook"))
    yield hook
    hook.open.set()
    await server.close()


def picture(kind: str = "PNG", width: int = 64) -> bytes:
    """A picture of so many pixels."""
    written = BytesIO()
    Image.new("RGB", (width, 48), "teal").save(written, kind)
    return written.getvalue()


def buttons(*titles: str) -> Json:
    """An attachment of buttons that send their numbers."""
    made = [
        {"title": title, "type": "oa.query.hide", "payload": f"#nonce.{number}"} for number, title in enumerate(titles)
    ]
    return {"type": "template", "payload": {"buttons": made}}


def media(**element: object) -> Json:
    """An attachment of one picture, or what else the element says."""
    return {
        "type": "template",
        "payload": {"template_type": "media", "elements": [{"media_type": "image", **element}]},
    }

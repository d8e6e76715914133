"""Our own Bot Platform of Zalo: its methods over real HTTP on this machine, under both of its base paths.

async with fake_zalo_bot() as zalo:
    lan = zalo.user("Lan")
    lan.says("/start")
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.clock import Clock, SystemClock
from fakes.bot_api import Arguments, BotServer, MethodCall, Refusal
from fakes.zalo_bot.methods import METHODS
from fakes.zalo_bot.pusher import ZaloBotPusher
from fakes.zalo_bot.user import ZaloBotUser
from fakes.zalo_bot.world import TOKEN, ZaloBotWorld


class FakeZaloBot(BotServer[ZaloBotWorld, ZaloBotPusher]):
    """The server and everything in it."""

    # Whoever hangs up while waiting for an update is given none.
    ends_with_caller = True

    def __init__(self, *, clock: Clock | None = None, token: str = TOKEN) -> None:
        world = ZaloBotWorld(clock=clock or SystemClock(), token=token)
        super().__init__(world, ZaloBotPusher(world=world))
        self.app.router.add_get("/media/{name}", self._media)

    @property
    def settings(self) -> dict[str, str]:
        """The settings under which our service talks with this bot."""
        return {"ZALO_BOT_TOKEN": self.token, "ZALO_BOT_API_BASE": self.origin}

    def called(self, method: str) -> list[MethodCall]:
        """Every call of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def user(self, name: str, user_id: str = "") -> ZaloBotUser:
        """Somebody who has found the bot and hasn't written to it yet."""
        return ZaloBotUser.join(self.world, name, self.origin, user_id)

    def _method(self, token: str, method: str) -> str:
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        if method not in METHODS:  # letters count, small or large
            raise Refusal(404, "Not Found")
        return method

    async def _do(self, method: str, given: Arguments) -> object:
        return await METHODS[method](self.world, given)

    async def _media(self, request: web.Request) -> web.Response:
        found = self.world.media.get(request.match_info["name"])
        return web.Response(body=found, content_type="image/jpeg") if found is not None else web.Response(status=404)


@asynccontextmanager
async def fake_zalo_bot(*, clock: Clock | None = None) -> AsyncIterator[FakeZaloBot]:
    """A fake that listens until left."""
    async with FakeZaloBot(clock=clock).opened() as zalo:
        yield zalo

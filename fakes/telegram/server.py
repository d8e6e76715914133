"""Our own Telegram: a Bot API over real HTTP on this machine, as strict as the real one and as unreliable as one asks.

async with fake_telegram() as telegram:
    lan = telegram.user("Lan")
    lan.says("/start")
    await bot.send_message(lan.id, "Chào bà")      # a bot whose base_url is f"{telegram.origin}/bot"
    assert lan.sees[-1].text == "Chào bà"
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.clock import Clock, SystemClock
from fakes.bot_api import Arguments, BotServer, MethodCall, Refusal
from fakes.telegram.methods import METHODS
from fakes.telegram.pusher import TelegramPusher
from fakes.telegram.settings import SETTINGS
from fakes.telegram.updates import ACTIVE
from fakes.telegram.user import TelegramUser
from fakes.telegram.world import TOKEN, TelegramWorld, Webhook

MOST_BODY = 50 * 2**20
_NAMES = {name.lower(): name for name in (*METHODS, *SETTINGS, "getUpdates")}


class FakeTelegram(BotServer[TelegramWorld, TelegramPusher]):
    """The server and everything in it. pace: what a second lasts between tries of the webhook."""

    def __init__(self, *, clock: Clock | None = None, token: str = TOKEN, port: int = 0, pace: float = 0.01) -> None:
        world = TelegramWorld(clock=clock or SystemClock(), token=token)
        super().__init__(world, TelegramPusher(world=world, pace=pace), port=port, most_body=MOST_BODY)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._file)

    @property
    def settings(self) -> dict[str, str]:
        """The settings under which our service talks with this bot."""
        return {
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_API_BASE": self.origin,
            "TELEGRAM_FILE_BASE": self.origin,
        }

    def accepted(self, chat: "int | TelegramUser | None" = None) -> list[MethodCall]:
        """Every send that took effect, to one chat or to all: for counting what came twice."""
        return self.world.accepted(chat.id if isinstance(chat, TelegramUser) else chat)

    def user(self, name: str, *, id: int = 0, language: str = "vi") -> TelegramUser:  # noqa: A002 - Telegram's word
        """Somebody with an account, who hasn't written to the bot yet."""
        return TelegramUser.join(self.world, name, id, language)

    def push_to(self, url: str, secret: str = "") -> None:
        """Push updates to an address, as if setWebhook had been called."""
        self.world.webhook = Webhook(url, secret)
        self.world.bell.ring()

    def _method(self, token: str, method: str) -> str:
        if ":" not in token:
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        if method.lower() not in _NAMES:
            raise Refusal(404, "Not Found: method not found")
        return _NAMES[method.lower()]

    async def _do(self, method: str, given: Arguments) -> object:
        if method != "getUpdates":
            return (METHODS | SETTINGS)[method](self.world, given)
        if self.world.webhook.url:
            raise Refusal(409, f"Conflict: {ACTIVE}")
        return await self.world.updates.poll(given)

    async def _file(self, request: web.Request) -> web.Response:
        kept = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or kept is None:
            return web.json_response(Refusal(404, "Not Found").body(), status=404)
        return web.Response(body=kept.content, content_type="application/octet-stream")


@asynccontextmanager
async def fake_telegram(
    *, clock: Clock | None = None, limited: bool = False, pace: float = 0.01
) -> AsyncIterator[FakeTelegram]:
    """A fake that listens until left. limited: refuses what is too much, as the real one does."""
    async with FakeTelegram(clock=clock, pace=pace).opened() as telegram:
        telegram.world.limiter.on = limited
        yield telegram

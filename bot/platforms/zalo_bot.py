"""A bot of Zalo's Bot Platform, wired: webhook or poller, sender, pictures, and the watch over the account."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.contract import Picture, Refused, SendError
from bot.channels.media import Media
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.client import Client
from bot.clock import Clock
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.sender import Sender
from bot.lease import Lease
from bot.pictures import routes
from bot.platforms.zalo_bot_hook import PATH, ZaloBotHook
from bot.receiving.inbox import Inbox
from bot.receiving.intake import Intake
from bot.receiving.poller import Poller
from bot.setup import OpenedOffice

log = logging.getLogger(__name__)
# The contract, part B, knows no limit a second. A free bot has 50 people, and each gets one message a second at most.
RATE = 25.0
# Where Zalo keeps what people send, with all names below; more are set by MEDIA_HOSTS.
ZALO_HOSTS = ("zdn.vn", "zadn.vn", "zaloapp.com", "zaloplatforms.com", "zapps.me")
POLLS = timedelta(seconds=40)  # longer than one question may take, so that nobody else asks meanwhile
WATCH_S = 60.0
WATCH_AGAIN_S = 5.0


class ZaloBotPlatform:
    """One bot of Zalo's Bot Platform."""

    name = "zalo_bot"
    rate = RATE

    def __init__(self, opened: OpenedOffice, clock: Clock, inbox: Inbox) -> None:
        settings, database, office = opened.settings, opened.database, opened.office
        assert settings.zalo_bot_token is not None  # noqa: S101  # built only where there is a token
        self._client = Client(settings.zalo_bot_api_base, settings.zalo_bot_token.get_secret_value())
        self._media = Media((*ZALO_HOSTS, *settings.media_hosts, urlsplit(settings.zalo_bot_api_base).netloc))

        def picture(card: Picture) -> str:
            if settings.public_url is None:
                return ""  # nobody could fetch it; its words hold all that is on it
            return routes.address(office.master, settings.public_url, card.row, clock.now())

        self.fetcher = self._channel = ZaloBot(self._client, self._media, picture)
        alone = database.dialect == "sqlite"
        self.sender = Sender(
            database=database, master=office.master, channel=self._channel, limiter=RateLimiter(RATE), clock=clock,
            alone=alone,
        )  # fmt: skip
        real = "ZALO_BOT_TOKEN" in settings.real_channels
        intake = Intake(database=database, office=office, clock=clock, inbox=inbox, channel=self.name, real=real)
        given = settings.zalo_bot_webhook_secret
        self._secret = given.get_secret_value() if given is not None else ""
        self._hook = ZaloBotHook(intake, self._secret)
        self._pictures = routes.PictureRoutes(database, office.master, clock)
        lease = Lease(database=database, clock=clock, name="poller:zalo_bot", length=POLLS, alone=alone)
        self._poller = Poller(self._channel, lease, self._hook.keep, intake.is_open)
        self._polls = settings.zalo_bot_mode == "polling"
        self._url = f"{settings.public_url}{PATH}" if settings.public_url and not self._polls else ""
        self._wrong: set[str] = set()

    @property
    def parts(self) -> Sequence[Callable[[], Coroutine[object, object, None]]]:
        return (self.sender.run, self._watch, *([self._poller.run] if self._polls else []))

    def add_to(self, app: web.Application) -> None:
        """Open the pictures, and the webhook unless we ask for updates ourselves."""
        self._pictures.add_to(app)
        if not self._polls:
            self._hook.add_to(app)

    async def start(self) -> None:
        await self._client.open()
        await self._media.open()

    async def stop(self, grace_s: float) -> None:
        waited = [self.sender.stop(grace_s), *([self._poller.stop()] if self._polls else [])]
        await asyncio.gather(*waited)

    async def close(self) -> None:
        await self._client.close()
        await self._media.close()

    def reasons(self) -> list[str]:
        found = (self.sender.reasons(), self._poller.reasons(), self._channel.reasons(), self._wrong)
        return sorted({reason for some in found for reason in some})

    def rejected(self) -> int:
        return self._hook.rejected

    async def _watch(self) -> None:
        """Set the webhook once, once we are known; then look every minute whether it is still ours."""
        introduced = False
        while True:
            try:
                introduced = introduced or await self._introduce()
                if self._url:
                    self._tell(not_ours=await self._channel.webhook() != self._url)
            except Refused:
                self._tell(not_ours=True)
            except SendError as error:
                log.warning("Zalo can't be watched", extra={"channel": self.name, "reason": error.reason})
            await asyncio.sleep(WATCH_S if introduced else WATCH_AGAIN_S)

    async def _introduce(self) -> bool:
        await self._channel.probe()
        if self._url:
            await self._channel.set_webhook(self._url, self._secret)
        return True

    def _tell(self, *, not_ours: bool) -> None:
        now_wrong = {"zalo_bot_webhook_not_ours"} if not_ours else set()
        if now_wrong - self._wrong:
            log.error("Zalo's webhook is not as it should be", extra={"channel": self.name})
        self._wrong = now_wrong

"""Telegram, wired: bot, webhook or poller, sender, and the watch over the account."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta

from aiohttp import web

from bot.channels.contract import SendError
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.client import AiohttpRequest, open_bot
from bot.clock import Clock
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.sender import Sender
from bot.lease import Lease
from bot.platforms.telegram_hook import TelegramHook
from bot.receiving.inbox import Inbox
from bot.receiving.intake import Intake
from bot.receiving.poller import Poller
from bot.setup import OpenedOffice
from storage.database import DatabaseAway, UnclearCommit
from storage.queries import machine

log = logging.getLogger(__name__)
HOOK = "/hooks/telegram"
POLLS = timedelta(seconds=20)  # how long nobody is heard after a kill, so that one question must be short beside it
WATCH_S = 60.0
WATCH_AGAIN_S = 5.0
MANY_PENDING = 100
RECENT_S = 300.0


class TelegramPlatform:
    """One bot of Telegram."""

    name = "telegram"

    def __init__(self, opened: OpenedOffice, clock: Clock, inbox: Inbox) -> None:
        settings, database, office = opened.settings, opened.database, opened.office
        assert settings.telegram_bot_token is not None  # noqa: S101  # built only where there is a token
        token = settings.telegram_bot_token.get_secret_value()
        self._request = AiohttpRequest()
        bot = open_bot(token, settings.telegram_api_base, settings.telegram_file_base, self._request)
        self.fetcher = self._channel = Telegram(bot, self._request, office.texts.sentence("vi", "contact_button"))
        self._database, self._clock = database, clock
        alone = database.dialect == "sqlite"
        self.rate = float(settings.telegram_rate)
        self.sender = Sender(
            database=database, master=office.master, channel=self._channel, limiter=RateLimiter(self.rate), clock=clock,
            alone=alone,
        )  # fmt: skip
        real = "TELEGRAM_BOT_TOKEN" in settings.real_channels
        intake = Intake(database=database, office=office, clock=clock, inbox=inbox, channel=self.name, real=real)
        given = (settings.telegram_webhook_secret, settings.telegram_webhook_secret_previous)
        secrets = tuple(secret.get_secret_value() for secret in given if secret is not None)
        self._hook = TelegramHook(intake, secrets, self._me, self._channel.heard)
        lease = Lease(database=database, clock=clock, name="poller:telegram", length=POLLS, alone=alone)
        self._poller = Poller(self._channel, lease, self._hook.keep, intake.is_open)
        self._polls = settings.telegram_mode == "polling"
        self._url = f"{settings.public_url}{HOOK}" if settings.public_url and not self._polls else ""
        self._secret = secrets[0] if secrets else ""
        self._wrong: set[str] = set()

    @property
    def parts(self) -> Sequence[Callable[[], Coroutine[object, object, None]]]:
        return (self.sender.run, self._watch, *([self._poller.run] if self._polls else []))

    def add_to(self, app: web.Application) -> None:
        """Open the webhook, unless we ask for updates ourselves."""
        if not self._polls:
            self._hook.add_to(app)

    async def start(self) -> None:
        await self._request.initialize()

    async def stop(self, grace_s: float) -> None:
        await asyncio.gather(self.sender.stop(grace_s), self._hook.finish(grace_s))
        if self._polls:
            await self._poller.stop()

    async def close(self) -> None:
        await self._request.shutdown()

    def reasons(self) -> list[str]:
        return sorted({*self.sender.reasons(), *self._poller.reasons(), *self._wrong})

    def rejected(self) -> int:
        return self._hook.rejected[self.name]

    def _me(self) -> tuple[int, str]:
        return self._channel.id, self._channel.username

    async def _watch(self) -> None:
        """Learn our own name and set the webhook once; then look every minute whether it is still ours and heard."""
        introduced = False
        while True:
            try:
                introduced = introduced or await self._introduce()
                if not self._polls:
                    await self._look_at_webhook()
            except (SendError, DatabaseAway, UnclearCommit) as error:
                log.warning("Telegram can't be watched", extra={"reason": type(error).__name__})
            await asyncio.sleep(WATCH_S if introduced else WATCH_AGAIN_S)

    async def _introduce(self) -> bool:
        await self._channel.probe()
        link = f"https://t.me/{self._channel.username}"
        await self._database.write(lambda unit: machine.set_fact(unit, "link:telegram", link))
        if self._url:
            await self._channel.set_webhook(self._url, self._secret)
        return True

    async def _look_at_webhook(self) -> None:
        found = await self._channel.webhook()
        now = self._clock.now().timestamp()
        wrong = {
            "telegram_webhook_not_ours": bool(self._url) and found.url != self._url,
            "telegram_webhook_waits": found.pending > MANY_PENDING,
            "telegram_webhook_fails": now - found.last_error_at < RECENT_S,
        }
        now_wrong = {reason for reason, is_so in wrong.items() if is_so}
        for reason in now_wrong - self._wrong:
            log.error("Telegram's webhook is not as it should be", extra={"reason": reason})
        self._wrong = now_wrong

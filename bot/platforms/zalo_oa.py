"""An Official Account of Zalo, wired: webhook, consent, tokens, sender, receipts, and the watch over the account."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress

from aiohttp import web

from bot.channels.contract import NotSent, SendError
from bot.channels.media import Media
from bot.channels.zalo_oa.buttons import FACT, REFUSED
from bot.channels.zalo_oa.channel import NumberRequest, ZaloOa
from bot.channels.zalo_oa.client import App, Bases, ZaloClient
from bot.channels.zalo_oa.events import MEDIA_HOST
from bot.channels.zalo_oa.renewals import CHANNEL
from bot.channels.zalo_oa.signature import Secrets
from bot.channels.zalo_oa.tokens import NEEDS_REAUTH, Tokens
from bot.channels.zalo_oa.windows import templates
from bot.clock import Clock
from bot.config import Settings
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.receipts import Receipts
from bot.delivery.sender import Sender
from bot.platforms.zalo_consent import ConsentRoute
from bot.platforms.zalo_oa_hook import ZaloOaHook
from bot.receiving.desk_factory import DeskFactory
from bot.receiving.inbox import Inbox
from bot.receiving.intake import Intake
from bot.setup import OpenedOffice
from bot.web.pages import asset
from handlers.desk import Actor
from storage.database import DatabaseAway, UnclearCommit, Unit
from storage.queries import machine
from storage.queries.outgoing import account
from storage.tables import OutboxRow

log = logging.getLogger(__name__)
WATCH_S, BUTTONS_S = 60.0, 5.0
PICTURE = "zalo.png"
ASKED_BY_THE_SENDER = frozenset({f"{CHANNEL}_account_refused", NEEDS_REAUTH})


class ZaloOaPlatform:
    """One Official Account."""

    name = CHANNEL

    def __init__(self, opened: OpenedOffice, clock: Clock, inbox: Inbox) -> None:
        settings, database, office = opened.settings, opened.database, opened.office
        self._database, self._office, self._clock, self._settings = database, office, clock, settings
        alone = database.dialect == "sqlite"
        self.rate = float(settings.zalo_oa_rate)
        limiter, self._client = RateLimiter(self.rate), _client(settings, clock)
        self.tokens = Tokens(database, office.master, clock, self._client, alone=alone)
        self._media = Media((MEDIA_HOST, *settings.media_hosts))
        self.fetcher = self.channel = ZaloOa(
            self._client, self.tokens, self._media, clock, templates(settings, office.texts.sentence),
            wish=_wish(settings, office), phone=self._phone, learned=self._learn, hold=limiter.hold_all,
            leaves=limiter.leaves,
        )  # fmt: skip
        self.sender = Sender(
            database=database, master=office.master, channel=self.channel, limiter=limiter, clock=clock, alone=alone,
            windows=office.windows,
        )  # fmt: skip
        real = "ZALO_OA_APP_ID" in settings.real_channels
        intake = Intake(database=database, office=office, clock=clock, inbox=inbox, channel=self.name, real=real)
        self._receipts = Receipts(database, office.master, clock, lambda: self.channel.limits)
        secrets = _secrets(settings)
        self._hook = ZaloOaHook(intake, self._receipts, secrets)
        self._consent = ConsentRoute(database, office, clock, secrets.oa_id, self._client.exchange, self.tokens.look)
        self._unsaved = False

    @property
    def parts(self) -> Sequence[Callable[[], Coroutine[object, object, None]]]:
        return (self.sender.run, self.tokens.run, self._receipts.run, self._watch, self._watch_facts)

    def add_to(self, app: web.Application) -> None:
        """Open the webhook, and where an administrator comes back to after the consent."""
        self._hook.add_to(app)
        self._consent.add_to(app)

    async def start(self) -> None:
        await self._client.open()
        await self._media.open()
        with suppress(DatabaseAway, UnclearCommit):
            await self._look_at_buttons()

    async def stop(self, grace_s: float) -> None:
        await asyncio.gather(self.sender.stop(grace_s), self.tokens.finish(grace_s))

    async def close(self) -> None:
        await self._client.close()
        await self._media.close()

    def reasons(self) -> list[str]:
        return sorted({*self.sender.reasons(), *self.tokens.reasons()})

    def rejected(self) -> int:
        return self._hook.rejected

    def by_header(self) -> int:
        return self._hook.by_header

    # What the channel asks for

    async def _phone(self, outbox_id: int) -> str:
        """The number of whom a message is for, as Zalo wants it; empty for none. Raises NotSent."""

        def read(unit: Unit) -> str:
            row = unit.get(OutboxRow, outbox_id)
            desk = self._office.desk(unit, Actor("clock"), f"outbox:{outbox_id}", self._clock)
            return desk.cases.own_number(row.person_id) if row is not None else ""

        try:
            found = (await self._database.read(read)).removeprefix("+")
        except (DatabaseAway, UnclearCommit):
            raise NotSent("database") from None
        return found if found.startswith("84") and found.isdigit() else ""

    async def _learn(self) -> None:
        """Remember that there can be no buttons; while the database is away, a little later."""
        self._unsaved = True
        with suppress(DatabaseAway, UnclearCommit):
            await self._save_buttons()

    async def _save_buttons(self) -> None:
        await self._database.write(lambda unit: machine.set_fact(unit, FACT, REFUSED))
        self._unsaved = False

    # Watching

    async def _watch_facts(self) -> None:
        """Look now and then whether buttons are to be tried again, and note that Zalo called."""
        while True:
            with suppress(DatabaseAway, UnclearCommit):
                await (self._save_buttons() if self._unsaved else self._look_at_buttons())
                await self._note_call()
            await asyncio.sleep(BUTTONS_S)

    async def _note_call(self) -> None:
        now, called = self._clock.now(), self._hook.called
        self._hook.called = False
        if called:
            await self._database.write(lambda unit: account.called(unit, CHANNEL, now))

    async def _look_at_buttons(self) -> None:
        found = await self._database.read(lambda unit: machine.fact(unit, FACT))
        if not self._unsaved:
            self.channel.buttons.know(refused=found == REFUSED)

    async def _watch(self) -> None:
        """Learn who we are, once. While our tokens or our account are refused, the sender alone asks."""
        while not self.channel.oa_id:
            try:
                if not ASKED_BY_THE_SENDER & {*self.reasons()}:
                    await self.channel.probe()
            except SendError as error:
                log.warning("Zalo can't be watched", extra={"channel": self.name, "reason": error.reason})
            if not self.channel.oa_id:
                await asyncio.sleep(WATCH_S if self.tokens.life.given else BUTTONS_S)
        link = f"https://zalo.me/{self._settings.zalo_oa_id}"
        if self.channel.oa_id != self._settings.zalo_oa_id:
            log.error("the tokens are those of another Official Account", extra={"channel": self.name})
        while True:
            with suppress(DatabaseAway, UnclearCommit):
                await self._database.write(lambda unit: machine.set_fact(unit, f"link:{CHANNEL}", link))
                break
            await asyncio.sleep(BUTTONS_S)
        await asyncio.Event().wait()


def _client(settings: Settings, clock: Clock) -> ZaloClient:
    app_id, secret = settings.zalo_oa_app_id, settings.zalo_oa_app_secret
    assert app_id is not None  # noqa: S101  # built only where there is an account
    assert secret is not None  # noqa: S101  # the settings ask for it then
    bases = Bases(settings.zalo_openapi_base, settings.zalo_oauth_base, settings.zalo_business_base)
    return ZaloClient(bases, App(app_id, secret.get_secret_value(), proof=settings.zalo_oa_proof == "on"), clock)


def _secrets(settings: Settings) -> Secrets:
    app_id, oa_id, key = settings.zalo_oa_app_id, settings.zalo_oa_id, settings.zalo_oa_secret_key
    assert app_id is not None  # noqa: S101  # as above
    assert oa_id is not None  # noqa: S101  # as above
    assert key is not None  # noqa: S101  # as above
    return Secrets(app_id, oa_id, key.get_secret_value())


def _wish(settings: Settings, office: DeskFactory) -> NumberRequest:
    """How her number is asked for; without an address of ours there is no picture, and it is asked in words alone."""
    picture = f"{settings.public_url}{asset(PICTURE)}" if settings.public_url else ""
    say = office.texts.sentence
    return NumberRequest(say("vi", "zalo.wish_title"), say("vi", "zalo.wish"), picture)

"""Where Zalo sends the account's administrator back after the consent: its code becomes the pair of tokens.

Why the state has to fit: otherwise whoever knows the address could have us redeem a code of another account.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.contract import SendError
from bot.channels.zalo_oa.client import FreshPair, RefreshRefused
from bot.channels.zalo_oa.consent import CALLBACK
from bot.channels.zalo_oa.renewals import CHANNEL
from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from handlers.desk import Actor
from storage.database import Database, Unit
from storage.queries.outgoing import tokens
from storage.vault import Vault

log = logging.getLogger(__name__)


class ConsentRoute:
    """Takes the code of a consent. exchange: redeems it with its verifier; given: told of the new pair."""

    def __init__(
        self, database: Database, office: DeskFactory, clock: Clock, oa_id: str,
        exchange: Callable[[str, str], Awaitable[FreshPair]], given: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._database, self._office, self._clock, self._oa_id = database, office, clock, oa_id
        self._exchange, self._given = exchange, given

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(CALLBACK, self.take)

    async def take(self, request: web.Request) -> web.Response:
        """Redeem the code. 400 where it isn't of our account, or we did not ask; 503 where Zalo can't be asked."""
        code, oa_id, state = (request.query.get(name, "") for name in ("code", "oa_id", "state"))
        asked = await self._database.read(
            lambda unit: tokens.consent(unit, Vault(unit, self._office.master), CHANNEL)
        )  # fmt: skip
        if asked is None or not code or oa_id != self._oa_id or not _same(state, asked[1]):
            log.warning("a consent is not ours", extra={"channel": CHANNEL})
            return self._said("zalo.consent_refused", 400)
        try:
            fresh = await self._exchange(code, asked[0])
        except RefreshRefused as refused:
            log.error("Zalo refuses the code of a consent", extra={"channel": CHANNEL, "reason": refused.reason})
            return self._said("zalo.consent_refused", 400)
        except SendError as error:
            log.error("a consent could not be redeemed", extra={"channel": CHANNEL, "reason": error.reason})
            return self._said("zalo.consent_again", 503)
        await self._database.write(lambda unit: self._keep(unit, fresh))
        await self._given()
        return self._said("zalo.consent_kept", 200)

    def _keep(self, unit: Unit, fresh: FreshPair) -> None:
        now = self._clock.now()
        expires_at = now + fresh.life
        desk = self._office.desk(unit, Actor("operator"), "consent", self._clock)
        tokens.give(unit, desk.vault, CHANNEL, fresh.access, fresh.refresh, now, expires_at=expires_at)
        desk.note("tokens.consent", f"channel:{CHANNEL}")

    def _said(self, key: str, status: int) -> web.Response:
        words = "\n".join(self._office.texts.sentence(language, key) for language in ("vi", "en"))
        return web.Response(text=words, status=status, headers={"Cache-Control": "no-store"})


def _same(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode())

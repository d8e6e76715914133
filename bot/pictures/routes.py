"""Cards that a platform fetches from us: drawn again from the message they belong to, under an address that ends.

Why nothing is kept for it: the message is in the outbox, and whichever process is asked can draw it. Why the address
carries a mark: without our key none can be made up, and it says nothing about anybody.
"""

import asyncio
import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot.clock import Clock
from storage.crypto import MasterKey, WrongKey
from storage.database import Database, Unit
from storage.queries.outgoing import outbox, pictures
from storage.vault import KeyGone, Vault

PATH = "/pictures"
# Zalo fetches a picture more than once, and late.
LIFETIME = timedelta(minutes=30)
_NUMBER, _MOMENT = 8, 5
Card = tuple[str, Mapping[str, str]]


def address(master: MasterKey, origin: str, row: int, now: datetime) -> str:
    """Where the picture of a message in the outbox can be fetched for a while. origin: ours, as others reach it."""
    what = row.to_bytes(_NUMBER) + int((now + LIFETIME).timestamp()).to_bytes(_MOMENT)
    return f"{origin}{PATH}/{base64.urlsafe_b64encode(what + _mark(master, what)).decode().rstrip('=')}"


def _mark(master: MasterKey, what: bytes) -> bytes:
    return master.look_up("picture address", what.hex())


class PictureRoutes:
    """The one route of pictures."""

    def __init__(self, database: Database, master: MasterKey, clock: Clock) -> None:
        self._database, self._master, self._clock = database, master, clock

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(f"{PATH}/{{token}}", self.show)

    async def show(self, request: web.Request) -> web.Response:
        """The picture, as often as it is asked for until its address ends."""
        row = self._row(request.match_info["token"])
        found = await self._database.read(lambda unit: self._find(unit, row)) if row else None
        if not found:
            raise web.HTTPNotFound
        if isinstance(found, bytes):
            return web.Response(body=found, content_type="image/jpeg")
        from bot.pictures import cards

        png = await asyncio.to_thread(cards.card, *found)
        return web.Response(body=png, content_type="image/png")

    def _row(self, token: str) -> int:
        """The message that an address of ours names; 0 for any other, and for one that has ended."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return 0
        what, mark = raw[: _NUMBER + _MOMENT], raw[_NUMBER + _MOMENT :]
        if len(what) < _NUMBER + _MOMENT or not hmac.compare_digest(mark, _mark(self._master, what)):
            return 0
        until = datetime.fromtimestamp(int.from_bytes(what[_NUMBER:]), UTC)
        return int.from_bytes(what[:_NUMBER]) if self._clock.now() <= until else 0

    def _find(self, unit: Unit, row: int) -> Card | bytes | None:
        try:
            body = outbox.said(Vault(unit, self._master), row)
        except (KeyGone, WrongKey):
            return None
        card = pictures.with_picture(unit, body).get("card") if body else None
        if not isinstance(card, Mapping):
            return None
        jpeg = card.get("jpeg")
        return jpeg if isinstance(jpeg, bytes) else (str(card["kind"]), card["values"])

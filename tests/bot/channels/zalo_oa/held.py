"""What the tests of the tokens do with them."""

import secrets
from collections.abc import Callable

from sqlmodel import select

from bot.channels.zalo_oa.client import ZaloClient
from bot.channels.zalo_oa.renewals import CHANNEL
from bot.channels.zalo_oa.tokens import Tokens
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from storage.crypto import MasterKey
from storage.database import Database, Unit
from storage.queries.outgoing import tokens
from storage.tables import ChannelToken
from storage.vault import Vault
from tests.kit.clock import HandClock

CS = "/v3.0/oa/message/cs"
KEY = secrets.token_bytes(32)
MASTER = MasterKey(KEY)
Make = Callable[[], Tokens]


async def give(database: Database, clock: HandClock, access: str, refresh: str) -> None:
    def work(unit: Unit) -> None:
        tokens.give(unit, Vault(unit, MASTER), CHANNEL, access, refresh, clock.now(), expires_at=None)

    await database.write(work)


async def row(database: Database) -> ChannelToken:
    return await database.read(lambda unit: unit.scalars(select(ChannelToken)).one())


async def say(held: Tokens, client: ZaloClient, lan: ZaloUser, text: str) -> str:
    body = {"recipient": {"user_id": lan.id}, "message": {"text": text}}
    return str((await held.use(lambda access: client.call(CS, body, access)))["message_id"])


def worst(zalo: FakeZaloOa) -> int:
    """How often the refresh token was presented that was presented most."""
    return max(zalo.world.tokens.times_presented().values(), default=0)

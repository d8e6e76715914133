"""A process of its own that renews the tokens, and is killed at a moment that is asked for.

python -m tests.bot.channels.zalo_oa.renewing DATABASE KEY OAUTH MOMENT DIES; DIES is "before" the call or "after" it.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime

from bot.channels.zalo_oa.client import App, Bases, FreshPair, ZaloClient
from bot.channels.zalo_oa.tokens import Tokens
from fakes.zalo_oa.settings import APP_ID, APP_SECRET
from storage.crypto import MasterKey
from storage.database import Database
from tests.kit.clock import HandClock


class Mortal:
    """A client that is killed with its process, before the call or once the answer is there."""

    def __init__(self, client: ZaloClient, dies: str) -> None:
        self._client, self._dies = client, dies

    async def renew(self, refresh: str) -> FreshPair:
        if self._dies == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        fresh = await self._client.renew(refresh)
        if self._dies == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return fresh


async def main(database_url: str, key: str, oauth: str, moment: str, dies: str) -> None:
    """Ask for the access token once."""
    database, clock = Database.open(database_url), HandClock(datetime.fromisoformat(moment))
    client = ZaloClient(Bases(oauth, oauth, oauth), App(APP_ID, APP_SECRET), clock)
    await client.open()
    tokens = Tokens(database, MasterKey(bytes.fromhex(key)), clock, Mortal(client, dies))
    await tokens.access()
    await client.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

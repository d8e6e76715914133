"""Try the service on Zalo without Zalo: phones in a browser, an Official Account of our own, and the product beside it.

Everything is thrown away at the end; nothing leaves this machine.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from bot.channels.zalo_oa.buttons import FACT
from bot.jobs.table import table
from fakes import demo, product
from fakes.product import MovedClock, Product
from fakes.wire import Json
from fakes.zalo_oa.page import ZONE, ZaloOaPage
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from storage.database import Unit
from storage.queries import machine
from storage.queries.incoming import chats
from storage.queries.outgoing import tokens
from storage.tables import OutboxRow
from storage.vault import Vault

CHANNEL = "zalo_oa"
MORNING = time(9)  # after the hour at which most reminders go out
LOOK_S = 1.0


def main() -> None:
    """Run until Ctrl+C."""
    demo.run(_told(demo.arguments("zalo-demo", __doc__).parse_args().port))


@asynccontextmanager
async def _told(port: int) -> AsyncIterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        async with demonstration(Path(folder), port=port) as (page, behind):
            console = f"{behind.product.origin}/console (mật khẩu và mã: nút “Cán bộ” trên trang)"
            yield {"Điện thoại": f"{page.origin}/", "Cán bộ": console}


@dataclass(slots=True)
class Behind:
    """What stands behind the account. waiting: messages held, by the platform's id."""

    product: Product
    waiting: dict[str, int] = field(default_factory=dict)

    def held(self, user: ZaloUser) -> int:
        return self.waiting.get(user.id, 0)

    async def move(self, days: int) -> None:
        """Let days pass, and do what is done each day now and not within half a minute."""
        service = self.product.service
        self.product.clock.move(days=days)
        for job in table(service.opened.settings.digest_at):
            if job.at is not None:
                await service.jobs.tick(job)

    async def allow_buttons(self) -> None:
        await self.product.service.opened.database.write(lambda unit: machine.set_fact(unit, FACT, ""))

    async def sign_in(self) -> Json:
        return await self.product.sign_in()

    async def watch(self, zalo: FakeZaloOa, people: Sequence[ZaloUser]) -> None:
        """Look every second how many messages are held, and what time it is."""
        while True:
            self.waiting = await self.product.service.opened.database.read(lambda unit: self._held(unit, people))
            zalo.world.bell.ring()
            await asyncio.sleep(LOOK_S)

    def _held(self, unit: Unit, people: Sequence[ZaloUser]) -> dict[str, int]:
        vault = Vault(unit, self.product.service.opened.office.master)
        found = {user.id: chats.find(unit, CHANNEL, vault.look_up("zalo_oa chat", user.id)) for user in people}
        query = select(OutboxRow.address_id, func.count()).where(col(OutboxRow.state) == "held")
        counted = {row[0]: int(row[1]) for row in unit.execute(query.group_by(col(OutboxRow.address_id)))}
        return {user_id: counted.get(chat.address_id, 0) for user_id, chat in found.items() if chat}


@asynccontextmanager
async def demonstration(folder: Path, *, port: int = 0) -> AsyncIterator[tuple[ZaloOaPage, Behind]]:
    """The account, the product and the page of phones, on a folder that may be thrown away."""
    clock = MovedClock(datetime.combine(datetime.now(ZONE).date(), MORNING, ZONE))
    async with FakeZaloOa(clock=clock, pace=1.0).opened() as zalo:
        settings = zalo.settings | {"MEDIA_HOSTS": zalo.openapi.removeprefix("http://")}

        def seed(unit: Unit, vault: Vault) -> None:
            """Give it the first tokens, as the operator's command does."""
            tokens.give(unit, vault, CHANNEL, zalo.seed.access, zalo.seed.refresh, clock.now(), expires_at=None)

        async with product.serving(folder, settings, clock, seed) as served:
            behind = Behind(served)
            async with ZaloOaPage(zalo, behind, port=port).opened() as page:
                watch = asyncio.create_task(behind.watch(zalo, page.people))
                assert await zalo.save_webhook(f"{served.origin}/hooks/zalo-oa"), "the webhook could not be saved"
                yield page, behind
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)


if __name__ == "__main__":
    main()

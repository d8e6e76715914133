"""Try the service on Zalo without Zalo: phones in a browser, an Official Account of our own, and the product beside it.

Everything is thrown away at the end; nothing leaves this machine. Why the product runs in the same process: its clock
and the account's are one, so that days can be let pass.
"""

import argparse
import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from bot import accounts, app, setup
from bot.accounts import LogIn
from bot.app import Service
from bot.channels.zalo_oa.buttons import FACT
from bot.config import Settings
from bot.jobs.table import table
from fakes.zalo_oa.page import ZONE, Page
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from fakes.zalo_oa.wire import Json
from handlers.desk import Actor, Desk
from storage.database import Unit
from storage.queries import machine
from storage.queries.incoming import chats
from storage.queries.outgoing import tokens
from storage.tables import OutboxRow
from storage.vault import Vault
from tests.kit.clock import MovedClock
from tests.kit.process import ANY_HOUR, free_port

CHANNEL = "zalo_oa"
MORNING = time(9)  # after the hour at which most reminders go out
LOOK_S = 1.0


def main() -> None:
    """Run until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="zalo-demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the page; a free one unless given")
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(parser.parse_args()))


async def _run(given: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print("Đang mở…", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        async with demonstration(Path(folder), port=given.port) as (page, product):
            print(f"Điện thoại    {page.origin}/")
            print(f"Cán bộ        {product.origin}/console (mật khẩu và mã: nút “Cán bộ” trên trang)")
            print("Dừng          Ctrl+C", flush=True)
            await stop.wait()


@dataclass
class Product:
    """The service with sample data. clock: the account's too; waiting: messages held, by the platform's id."""

    service: Service
    clock: MovedClock
    origin: str
    log_in: LogIn
    waiting: dict[str, int] = field(default_factory=dict)

    def held(self, user: ZaloUser) -> int:
        return self.waiting.get(user.id, 0)

    async def move(self, days: int) -> None:
        """Let days pass, and do what is done each day now and not within half a minute."""
        self.clock.move(days=days)
        settings = self.service.opened.settings
        for job in table(settings.digest_at):
            if job.at is not None:
                await self.service.jobs.tick(job)

    async def allow_buttons(self) -> None:
        await self.service.opened.database.write(lambda unit: machine.set_fact(unit, FACT, ""))

    async def sign_in(self) -> Json:
        def code(unit: Unit) -> str:
            desk = self._desk(unit)
            account = desk.officials.by_email(self.log_in.email)
            return (desk.signing_in.unused_code(account.id) if account else None) or ""

        found = await self.service.opened.database.read(code)
        address = f"{self.origin}/console"
        return {"address": address, "email": self.log_in.email, "password": self.log_in.password, "code": found}

    async def watch(self, zalo: FakeZaloOa, people: list[ZaloUser]) -> None:
        """Look every second how many messages are held, and what time it is."""
        while True:
            self.waiting = await self.service.opened.database.read(lambda unit: self._held(unit, people))
            zalo.world.bell.ring()
            await asyncio.sleep(LOOK_S)

    def _held(self, unit: Unit, people: list[ZaloUser]) -> dict[str, int]:
        vault = Vault(unit, self.service.opened.office.master)
        found = {user.id: chats.find(unit, CHANNEL, vault.look_up("zalo_oa chat", user.id)) for user in people}
        query = select(OutboxRow.address_id, func.count()).where(col(OutboxRow.state) == "held")
        counted = {row[0]: int(row[1]) for row in unit.execute(query.group_by(col(OutboxRow.address_id)))}
        return {user_id: counted.get(chat.address_id, 0) for user_id, chat in found.items() if chat}

    def _desk(self, unit: Unit) -> Desk:
        return self.service.opened.office.desk(unit, Actor("operator"), "demo", self.clock)


@asynccontextmanager
async def demonstration(folder: Path, *, port: int = 0) -> AsyncIterator[tuple[Page, Product]]:
    """The account, the product and the page of phones, on a folder that may be thrown away."""
    clock = MovedClock(datetime.combine(datetime.now(ZONE).date(), MORNING, ZONE))
    zalo = FakeZaloOa(clock=clock, pace=1.0)
    await zalo.open()
    try:
        async with _product(folder, zalo, clock) as product, _page(Page(zalo, product), port) as page:
            watch = asyncio.create_task(product.watch(zalo, page.people))
            assert await zalo.save_webhook(f"{product.origin}/hooks/zalo-oa"), "the webhook could not be saved"
            yield page, product
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
    finally:
        await zalo.close()


@asynccontextmanager
async def _page(page: Page, port: int) -> AsyncIterator[Page]:
    await page.open(port)
    try:
        yield page
    finally:
        await page.close()


@asynccontextmanager
async def _product(folder: Path, zalo: FakeZaloOa, clock: MovedClock) -> AsyncIterator[Product]:
    number = str(free_port())
    origin = f"http://127.0.0.1:{number}"
    given = {"DATA_DIR": str(folder), "PORT": number, "PUBLIC_URL": origin, **ANY_HOUR}
    given |= zalo.settings | {"MEDIA_HOSTS": zalo.openapi.removeprefix("http://")}
    opened = setup.open_office(Settings.model_validate(given), demonstration=True)
    await opened.database.write(lambda unit: app.fill_demo(unit, opened))
    await opened.database.write(lambda unit: _seed(unit, Vault(unit, opened.office.master), zalo, clock.now()))
    log_ins = await accounts.open_demonstration(opened, clock)
    product = Product(app.wire(opened, clock), clock, origin, log_ins[0])
    async with app.running(product.service):
        yield product


def _seed(unit: Unit, vault: Vault, zalo: FakeZaloOa, now: datetime) -> None:
    """Give it the first tokens, as the operator's command does."""
    tokens.give(unit, vault, CHANNEL, zalo.seed.access, zalo.seed.refresh, now, expires_at=None)


if __name__ == "__main__":
    main()

"""The service with sample data beside a fake, on a folder that may be thrown away.

Why it runs in the same process: its clock and the fake's are one, so that days can be let pass.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import accounts, app, setup
from bot.accounts import LogIn
from bot.app import Service
from bot.config import Settings
from fakes.listener import HOST, free_port
from fakes.wire import Json
from handlers.desk import Actor
from storage.database import Unit
from storage.vault import Vault


class MovedClock:
    """Goes as the machine's does, from a moment of its own, and can be moved ahead."""

    def __init__(self, begins: datetime) -> None:
        self._ahead = begins - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, **by: float) -> None:
        """Move by days, hours, minutes or seconds."""
        self._ahead += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Product:
    """The service as it runs. clock: the fake's too; log_in: of one official."""

    service: Service
    clock: MovedClock
    origin: str
    log_in: LogIn

    async def sign_in(self) -> Json:
        """Where an official signs in, and with what: address, email, password, code."""

        def code(unit: Unit) -> str:
            desk = self.service.opened.office.desk(unit, Actor("operator"), "demo", self.clock)
            account = desk.officials.by_email(self.log_in.email)
            return (desk.signing_in.unused_code(account.id) if account else None) or ""

        found = await self.service.opened.database.read(code)
        address = f"{self.origin}/console"
        return {"address": address, "email": self.log_in.email, "password": self.log_in.password, "code": found}


@asynccontextmanager
async def serving(
    folder: Path, settings: Mapping[str, str], clock: MovedClock, seed: Callable[[Unit, Vault], None] | None = None
) -> AsyncIterator[Product]:
    """Serve until left, by day and by night. seed: what else is on file at first."""
    number = str(free_port())
    origin = f"http://{HOST}:{number}"
    given = {"DATA_DIR": str(folder), "PORT": number, "PUBLIC_URL": origin, "QUIET_HOURS": "07:00-07:00", **settings}
    opened = setup.open_office(Settings.model_validate(given), demonstration=True)
    await opened.database.write(lambda unit: app.fill_demo(unit, opened))
    if seed:
        await opened.database.write(lambda unit: seed(unit, Vault(unit, opened.office.master)))
    log_ins = await accounts.open_demonstration(opened, clock)
    product = Product(app.wire(opened, clock), clock, origin, log_ins[0])
    async with app.running(product.service):
        yield product

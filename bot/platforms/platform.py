"""What a platform is to the rest, wired whole: what comes in, what goes out, what is wrong with it."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol, cast, runtime_checkable

from aiohttp import web

from bot.channels.contract import Fetches
from bot.clock import Clock
from bot.delivery.sender import Sender
from bot.receiving.inbox import Inbox
from bot.setup import OpenedOffice

Part = Callable[[], Coroutine[object, object, None]]
Wiring = Callable[[OpenedOffice, Clock, Inbox], "Platform"]


class Platform(Protocol):
    """One account at a platform, wired. rate: messages a second that it takes."""

    name: str
    sender: Sender
    rate: float

    @property
    def fetcher(self) -> Fetches:
        """Who gets its photos."""

    @property
    def parts(self) -> Sequence[Part]:
        """What runs as long as we serve."""

    def add_to(self, app: web.Application) -> None:
        """Open its routes."""

    async def start(self) -> None:
        """Open its connections; the platform itself may be away."""

    async def stop(self, grace_s: float) -> None:
        """Begin nothing more, and wait for what is on its way."""

    async def close(self) -> None:
        """Close its connections."""

    def reasons(self) -> list[str]:
        """What is wrong with it, in codes without secrets."""

    def rejected(self) -> int:
        """How many calls came without our secret."""


@runtime_checkable
class CountsByHeader(Protocol):
    """A platform whose calls are signed with a moment."""

    def by_header(self) -> int:
        """How many fitted the moment of a header alone."""


def build(opened: OpenedOffice, clock: Clock, inbox: Inbox) -> list[Platform]:
    """Wire the platforms that the operator turned on."""
    on = (entry for entry in opened.office.channels if entry.is_on(opened.settings))
    return [cast("Wiring", entry.load_platform())(opened, clock, inbox) for entry in on]

"""Opens the desk in a transaction, with all that is the same for every message."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.channels.registry import CHANNELS, ChannelEntry
from bot.clock import Clock
from handlers.desk import Actor, Desk
from handlers.desk.office import NIGHT, QuietHours
from handlers.texts import Texts
from storage.crypto import MasterKey
from storage.database import Unit
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing.windows import Windows
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFactory:
    """What a desk needs that is the same for every message.

    channels: those that there are. private_pages: whether people can open pages of ours safely. quiet: when nothing
    unasked is sent. windows: when a platform takes what, where one makes a difference.
    """

    master: MasterKey
    texts: Texts
    zone: ZoneInfo
    public_url: str
    demo: bool
    channels: Sequence[ChannelEntry] = CHANNELS
    private_pages: bool = False
    quiet: QuietHours = NIGHT
    windows: Windows | None = None

    @property
    def abroad(self) -> frozenset[str]:
        """The channels whose servers are outside the country: nothing private goes through them."""
        return frozenset(one.name for one in self.channels if one.abroad)

    def desk(
        self, unit: Unit, actor: Actor, cause: str, clock: Clock, chat: Chat | None = None, *, network: str = ""
    ) -> Desk:
        """Open the desk in a transaction. network: as `network_mark` makes it."""
        vault, abroad = Vault(unit, self.master), self.abroad
        return Desk(
            unit=unit, vault=vault, actor=actor, now=clock.now(), texts=self.texts, zone=self.zone, cause=cause,
            chat=chat, demo=self.demo, public_url=self.public_url,
            abroad=chat is not None and chat.channel in abroad, private_pages=self.private_pages,
            channels_abroad=abroad, quiet=self.quiet, windows=self.windows,
            network=network,
        )  # fmt: skip

    def network_mark(self, network: str) -> str:
        """What stands for a network in the database."""
        return self.master.look_up("network", network).hex()

"""What a channel is to the rest: its limits, how a message leaves through it, and what can go wrong on the way.

Why the web chat is another kind than the others: its other end is our own database, so sending is one transaction and
never unclear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from storage.queries.outgoing.outbox import Leaving
from storage.unit import Unit
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one message may hold. text, caption: UTF-16 units; buttons: how many; label: letters of one button.

    apart: a picture, or the wish for her number, is a message of its own; and of more buttons than may be shown, those
    that lead on are.
    """

    text: int
    buttons: int
    label: int
    caption: int
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. leads: it ends the choice, or leads back. press: empty where its label is as good, typed."""

    label: str
    press: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A card to be drawn: its kind and the words on it. jpeg: a picture that is there already, and not drawn.

    row: the outbox's number of the message that it leaves with, by which it can be drawn again.
    """

    kind: str
    values: Mapping[str, str]
    jpeg: bytes = b""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """One message that fits a channel.

    contact: her own phone number is asked for. instead_of: the platform's id of a message of ours that changes into it.
    template: the kind of message for which a template of the platform's goes out in its place. row: the outbox's number
    of the message that it is a piece of.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    card: Picture | None = None
    contact: bool = False
    instead_of: str = ""
    template: str = ""
    row: int = 0


MOST_TEXT = 4096  # letters of one message that are read; more than people write, and what Telegram allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One thing that came in through a platform, read.

    update_id: the platform's; the same again has no effect. of_chat: it is unlike others in its chat alone. chat: the
    platform's id of the chat. kind: as reception knows it, or "gone" and "back" for a person who blocks us and comes
    back. body: what reception reads. photos: the platform's names of them. callback: to be told that the press was
    heard.
    """

    update_id: str
    chat: str
    kind: str
    body: Mapping[str, object] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    callback: str = ""
    written_at: datetime | None = None
    of_chat: bool = False


class Unreadable(Exception):
    """It came from the platform, and we can't read it; the message is a code without anything personal."""


# What can go wrong in sending. Any exception that is none of these means Unclear.


class SendError(Exception):
    """A message did not go out as wished. reason: a code without anything personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSent(SendError):
    """Surely not sent, as when no connection could be made: try again soon."""


class TryLater(SendError):
    """Not sent: the platform asks us to wait.

    after_s: seconds. account: nothing may leave at all before then. alone: it is about this message alone, and says
    nothing of our pace. most: how often it may be repeated for this reason before it has failed; 0: without end.
    """

    def __init__(
        self, reason: str, after_s: float, *, account: bool = False, alone: bool = False, most: int = 0
    ) -> None:
        super().__init__(reason)
        self.after_s, self.account, self.alone, self.most = after_s, account, alone, most


class Moved(SendError):
    """Not sent: the chat has another id now, and takes the message there."""

    def __init__(self, reason: str, chat: str) -> None:
        super().__init__(reason)
        self.chat = chat


class Unclear(SendError):
    """Perhaps sent, perhaps not; nobody can know."""


class PersonGone(SendError):
    """Not sent: this person can't be reached here, as when she blocked us."""


class Refused(SendError):
    """Not sent: the platform does not take this message as it is."""


class Misconfigured(SendError):
    """Not sent: our account is refused altogether, as with a wrong token."""


class WindowClosed(SendError):
    """Not sent: the platform takes nothing for this person until she writes."""


class NeedsToken(SendError):
    """Not sent: the access token is refused, or there is none."""


class PolledElsewhere(SendError):
    """No updates for us: another process asks for this account's, or a webhook is set."""


class Channel(Protocol):
    """A way to people. abroad: its servers are outside the country, so nothing private goes through it."""

    name: str
    abroad: bool

    @property
    def limits(self) -> Limits:
        """What one message may hold now."""


class Keeps(Channel, Protocol):
    """A channel whose other end is our own database."""

    def keep(self, unit: Unit, vault: Vault, leaving: Leaving, fitted: tuple[Fitted, ...], now: datetime) -> int:
        """Hand over a message inside the transaction that marks it sent; returns the number it has there."""


class Sends(Channel, Protocol):
    """A channel that sends through a platform."""

    async def send(self, chat: str, message: Fitted) -> str:
        """Send one fitted message to a chat of the platform; returns the platform's id of it. Raises SendError.

        Returns nothing where there is nothing to be sent.
        """

    async def probe(self) -> None:
        """Ask whether our account is taken, without sending anything. Raises SendError."""


class Fetches(Protocol):
    """A channel whose photos have to be fetched."""

    async def fetch(self, file: str, most: int) -> bytes:
        """A photo's bytes by the platform's name of it, `most` bytes at most. Raises SendError."""


class Polls(Protocol):
    """A channel whose platform can be asked for updates. brings_again: what was not confirmed comes once more."""

    name: str
    brings_again: bool

    async def next_updates(self, wait_s: int) -> Sequence[bytes]:
        """What came in and is not confirmed, oldest first; none after waiting in vain.

        Raises SendError; PolledElsewhere where a webhook or another process gets our updates.
        """

    def confirm(self, update: bytes) -> None:
        """Note that one is kept, so that it is not brought again."""

    async def set_webhook(self, url: str, secret: str) -> None:
        """Without an address: let updates be asked for. Raises SendError."""

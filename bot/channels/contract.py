"""What a channel is to the rest: its limits, and how a message leaves through it.

Why the web chat is another kind than those to come: its other end is our own database, so sending is one transaction
and never unclear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.queries.outbox import Leaving
from storage.unit import Unit
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may hold. text: letters; buttons: how many; label: letters of one button."""

    text: int
    buttons: int
    label: int


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press."""

    label: str
    press: str


@dataclass(frozen=True, slots=True)
class Fitted:
    """One message that fits a channel. card: words of a picture to be drawn."""

    text: str
    buttons: tuple[Button, ...] = ()
    card: Mapping[str, object] | None = None


class Channel(Protocol):
    """A way to people."""

    name: str
    limits: Limits
    abroad: bool


class Keeps(Channel, Protocol):
    """A channel whose other end is our own database."""

    def keep(self, unit: Unit, vault: Vault, leaving: Leaving, fitted: tuple[Fitted, ...], now: datetime) -> int:
        """Hand over a message inside the transaction that marks it sent; returns the number it has there."""

"""What every fake knows: the time, what was called, and a bell that rings when something changed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from bot.clock import Clock
from fakes.wire import Bell


@dataclass(slots=True, kw_only=True)
class Call:
    """One call. outcome: "ok", a refusal's code and words, or what was made to go wrong.

    at: by the fake's clock; accepted: whether it took effect, whatever the caller got to hear.
    """

    at: datetime
    outcome: str = ""
    accepted: bool = False
    result: object = None


C = TypeVar("C", bound=Call)


@dataclass(slots=True, kw_only=True)
class World(Generic[C]):
    """The state of a fake. clock: may be exchanged; calls: every call, in order."""

    clock: Clock
    bell: Bell = field(default_factory=Bell)
    calls: list[C] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment by the fake's clock."""
        return self.clock.now()

    def note(self, call: C) -> C:
        """Put a call on record."""
        self.calls.append(call)
        self.bell.ring()
        return call

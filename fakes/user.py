"""Somebody with a phone: what she sees of the chat with our service, and waiting for what it writes."""

from abc import ABC, abstractmethod
from typing import Any, Generic, Protocol, TypeVar

from fakes.waiting import PATIENT_S, until
from fakes.world import World


class OnScreen(Protocol):
    """A message as a person sees it. mine: she wrote it."""

    @property
    def mine(self) -> bool: ...
    @property
    def text(self) -> str: ...


M = TypeVar("M", bound=OnScreen)


class User(ABC, Generic[M]):
    """One person on one platform."""

    __slots__ = ()
    world: World[Any]

    @property
    @abstractmethod
    def sees(self) -> list[M]:
        """Every message on her screen, oldest first; hers too."""

    @property
    def heard(self) -> list[M]:
        """What the service wrote, of what she sees."""
        return [message for message in self.sees if not message.mine]

    async def hears(self, part: str, *, within_s: float = PATIENT_S) -> M:
        """Wait until a message of the service holds these words; returns the last that does. Raises NeverCame."""
        await until(f"{part!r} is heard", self._texts, lambda told: any(part in one for one in told), within_s=within_s)
        return next(message for message in reversed(self.heard) if part in message.text)

    async def hears_more(self, than: int, *, within_s: float = PATIENT_S) -> list[M]:
        """Wait until the service wrote more than so many messages; returns those after. Raises NeverCame."""
        await until(f"more than {than} are heard", self._texts, lambda told: len(told) > than, within_s=within_s)
        return self.heard[than:]

    def _texts(self) -> list[str]:
        return [message.text for message in self.heard]

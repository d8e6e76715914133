"""How much Telegram takes: the figures of core.telegram.org/bots/faq, as buckets that fill again evenly."""

from collections import defaultdict
from dataclasses import dataclass, field
from math import ceil

from fakes.bot_api import Refusal


@dataclass(slots=True)
class Bucket:
    """so many messages at once, and one more every so many seconds."""

    every_s: float
    burst: int
    _due: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until it takes another; 0 when it does now."""
        return max(0.0, self._due - (self.burst - 1) * self.every_s - now)

    def take(self, now: float) -> None:
        """Take one."""
        self._due = max(self._due, now) + self.every_s


@dataclass(slots=True)
class Limiter:
    """About 30 messages a second in all, one a second to a chat with a small burst, 20 a minute to a group."""

    on: bool = False
    _all: Bucket = field(default_factory=lambda: Bucket(1 / 30, 30))
    _chats: dict[int, Bucket] = field(default_factory=lambda: defaultdict(lambda: Bucket(1.0, 3)))
    _groups: dict[int, Bucket] = field(default_factory=lambda: defaultdict(lambda: Bucket(3.0, 20)))

    def spend(self, chat_id: int, now: float) -> None:
        """Let one message through. now: seconds. Raises Refusal 429 where it is too many."""
        if not self.on:
            return
        buckets = [self._all, self._chats[chat_id], *([self._groups[chat_id]] if chat_id < 0 else [])]
        if (wait := max(bucket.wait(now) for bucket in buckets)) > 1e-6:
            seconds = ceil(wait)
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for bucket in buckets:
            bucket.take(now)

"""How many calls a minute are taken, and how Zalo tells what is left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fakes.zalo_oa.wire import Refusal

MOST = 4000  # a minute and app


@dataclass(slots=True)
class Limiter:
    """Counts by the minute of its clock. limit: calls a minute, of both hosts together."""

    now: Callable[[], datetime]
    limit: int = MOST
    _minute: int = 0
    _taken: int = 0

    def spend(self) -> None:
        """Take one call. Raises Refusal -32."""
        self._turn()
        if self._taken >= self.limit:
            raise Refusal(-32)
        self._taken += 1

    def headers(self) -> dict[str, str]:
        """What every answer says of it."""
        self._turn()
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remain": str(max(0, self.limit - self._taken))}

    def _turn(self) -> None:
        minute = int(self.now().timestamp()) // 60
        if minute != self._minute:
            self._minute, self._taken = minute, 0

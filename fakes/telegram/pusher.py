"""Pushes updates to a webhook by Telegram's own rules, read in its server's source.

One request is under way for each queue, queues go side by side. Without a 2xx the head of a queue is tried again: the
first time at once, then after delays that double, or after the Retry-After that was given; what would be too old by
then is given up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random

from fakes.pusher import Push, Pusher
from fakes.telegram.updates import Update
from fakes.telegram.world import TelegramWorld, Webhook

LONGEST_S = (60, 120)  # The delay doubles up to a random one of these.
MOST_RETRY_AFTER_S = 3600
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(slots=True, kw_only=True)
class TelegramPusher(Pusher[TelegramWorld]):
    """Pushes each queue's updates one after the other."""

    pace: float = 1.0
    patience_s: float = 60.0
    _rng: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - it only has to vary

    def _start(self) -> None:
        """Start every queue that has something to push and isn't at it, as far as there are connections."""
        hook = self.world.webhook
        for queue in self.world.updates.queues() if hook.url else ():
            if queue not in self._under_way.values() and len(self._under_way) < hook.connections:
                self._begin(queue, self._drain(queue))

    def _waiting(self) -> Iterable[str]:
        return (update.queue for update in self.world.updates.waiting())

    async def _drain(self, queue: str) -> None:
        fails, delay, head_id = 0, 1, 0
        while (head := self.world.updates.head(queue)) and (hook := self.world.webhook).url:
            if head.id != head_id:
                fails, delay, head_id = 0, 1, head.id
            taken, retry_after = await self._bring(hook, head)
            if taken:
                self.world.updates.drop(head)
                continue
            if not retry_after and fails:
                delay = min(self._rng.randint(*LONGEST_S), delay * 2)
            wait_s = retry_after or (delay if fails else 0)
            fails += 1
            if self.world.now() + timedelta(seconds=wait_s) > head.expires:
                self.world.updates.drop(head)
            else:
                await self._rest(wait_s * self.pace, unless=partial(self._is_changed, hook))

    def _is_changed(self, hook: Webhook) -> bool:
        return self.world.webhook is not hook

    async def _bring(self, hook: Webhook, update: Update) -> tuple[bool, int]:
        """Push once; returns whether it was taken, and seconds to wait or 0."""
        headers = {HEADER: hook.secret} if hook.secret else {}
        answer = await self._push(hook.url, Push(update.json(), update.queue), headers)
        if 200 <= answer.status <= 299:
            return True, 0
        wrong = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        hook.error, hook.error_at = wrong if answer.status else answer.reason, self.world.date()
        asked = answer.retry_after
        return False, min(int(asked), MOST_RETRY_AFTER_S) if asked.isdigit() else 0

"""Pushes events to the webhook: signed, within two seconds, again by the ladder, and never again after its end.

What one person does is tried for the first time in order; a retry is overtaken by whatever comes after, as with Zalo.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from fakes.pusher import Push, Pusher
from fakes.wire import Json
from fakes.zalo_oa.world import Event, ZaloOaWorld

LADDER_S = (30, 300, 900, 1800, 3600)
SIGNATURE, STAMP, RETRY, SERVER = "X-ZEvent-Signature", "X-ZEvent-Timestamp", "num_retry", "X-ZEvent-Server"


@dataclass(slots=True, kw_only=True)
class ZaloOaPusher(Pusher[ZaloOaWorld]):
    """Pushes to one address. url: empty for none; disabled: until `enable`, after the last of the retries failed.

    copies: how often each event is brought; holding: keep events until `release`; by_header: sign with the header's
    timestamp, which is later than the body's; bare: the signature without `mac=`. lost: events that nobody took.
    """

    pace: float = 0.001
    patience_s: float = 2.0
    url: str = ""
    disabled: bool = False
    retries: bool = True
    copies: int = 1
    holding: bool = False
    by_header: bool = False
    bare: bool = False
    lost: list[Event] = field(default_factory=list)
    _first: dict[str, asyncio.Event] = field(default_factory=dict)

    async def save(self, url: str, *, probe: bytes = b"{}") -> bool:
        """Save an address as the console does: an unsigned probe must get 200, or nothing is saved."""
        if (await self._post(url, probe, {})).status != 200:
            return False
        self.url, self.disabled = url, False
        self.world.bell.ring()
        return True

    def enable(self) -> None:
        """Switch the webhook on again, as an official does by hand. What was lost stays lost."""
        self.disabled = False

    def release(self, *, backwards: bool = False) -> None:
        """Let go what was held, the last first if asked."""
        self.holding = False
        if backwards:
            self.world.waiting.reverse()
        self.world.bell.ring()

    def again(self, event: Event) -> None:
        """Bring an event once more, as Zalo now and then does."""
        self.world.waiting.append(event)
        self.world.bell.ring()

    def sign(self, raw: bytes, stamp: str) -> str:
        """The signature: plain SHA-256 of app, body, timestamp and the account's key."""
        account = self.world.account
        text = account.app_id.encode() + raw + stamp.encode() + account.secret_key.encode()
        return hashlib.sha256(text).hexdigest()

    def _start(self) -> None:
        while self.world.waiting and not self.holding:
            event = self.world.waiting.popleft()
            if not self.url or self.disabled:
                self.lost.append(event)
                self.world.bell.ring()
                continue
            for _ in range(self.copies):
                before, first = self._first.get(event.queue), asyncio.Event()
                self._first[event.queue] = first
                self._begin(event.queue, self._deliver(event, before, first))

    def _waiting(self) -> Iterable[str]:
        return () if self.holding else (event.queue for event in self.world.waiting)

    async def _deliver(self, event: Event, before: asyncio.Event | None, first: asyncio.Event) -> None:
        try:
            if before:
                await before.wait()
            if await self._is_taken(event, 0):
                return
        finally:
            first.set()
        for number, wait_s in enumerate(LADDER_S if self.retries else (), 1):
            await self._rest(wait_s * self.pace, unless=lambda: self.disabled)
            if self.disabled or not self.url:
                break
            if await self._is_taken(event, number):
                return
        else:
            self.disabled = self.disabled or self.retries
        self.lost.append(event)

    def written(self, body: Json) -> bytes:
        """An event, as it is signed."""
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    async def _is_taken(self, event: Event, retry: int) -> bool:
        """Push once; returns whether it was taken."""
        # The header tells the moment of pushing, the body that of the event.
        written, pushed = str(event.body.get("timestamp", "")), str(int(self.world.date()) + 1)
        mac = self.sign(self.written(event.body), pushed if self.by_header else written)
        headers = {SIGNATURE: mac if self.bare else f"mac={mac}", STAMP: pushed}
        headers |= {RETRY: str(retry)} if retry else {}
        headers |= {SERVER: event.server} if event.server else {}
        return (await self._push(self.url, Push(event.body, event.queue, retry=retry), headers)).status == 200

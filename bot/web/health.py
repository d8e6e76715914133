"""Health for whoever runs the service: alive, ready, and figures for Prometheus."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.web.caller import is_here
from bot.web.openapi import document
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries import machine
from storage.queries.incoming import inbox
from storage.queries.outgoing import outbox

PROBE_S = 1.0
MayRead = Callable[[web.Request], Awaitable[bool]]


class HealthRoutes:
    """The routes that operators and their machines read.

    may_read: whether an official is signed in where a request comes from; None where none is asked for, as nobody but
    this machine can reach us. reasons: what is degraded, in codes without secrets. rejected: calls without our secret,
    by channel. by_header: those whose signature fitted the moment of a header alone. jobs: how often, by job and
    outcome. refuses: whether what came in lately was refused for a reason of ours.
    """

    def __init__(
        self, database: Database, metrics_token: str, may_read: MayRead | None, reasons: Callable[[], list[str]],
        rejected: Callable[[], Mapping[str, int]], by_header: Callable[[], Mapping[str, int]],
        jobs: Callable[[], Mapping[tuple[str, str], int]], refuses: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._database, self._token, self._by_official, self._reasons = database, metrics_token, may_read, reasons
        self._rejected, self._by_header, self._jobs = rejected, by_header, jobs
        self._refuses = refuses
        self._probed_at, self._able = float("-inf"), False

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/health/live", self.live)
        app.router.add_get("/health/ready", self.ready)
        app.router.add_get("/metrics", self.metrics)
        app.router.add_get("/openapi.json", self.openapi)

    async def live(self, request: web.Request) -> web.Response:
        """200 while the loop turns."""
        return web.json_response({"status": "ok"})

    async def ready(self, request: web.Request) -> web.Response:
        """503 only when messages can't be accepted; otherwise 200, with what is degraded."""
        if not await self._can_write():
            return _unavailable("database_away")
        if self._refuses():
            return _unavailable("intake_refused")
        reasons = self._reasons()
        try:
            async with asyncio.timeout(PROBE_S):
                owner = await self._database.read(machine.owner)
        except (TimeoutError, DatabaseAway):
            return _unavailable("database_away")
        if owner is None:
            reasons.append("no_owner")
        return web.json_response({"status": "degraded" if reasons else "ok", "reasons": reasons})

    async def _can_write(self) -> bool:
        """Whether a write is kept now; asked of the database at most once a second."""
        if time.monotonic() - self._probed_at > PROBE_S:
            self._probed_at = time.monotonic()
            try:
                await self._database.mark(_probe, deadline_s=PROBE_S)
                self._able = True
            except (DatabaseAway, UnclearCommit):
                self._able = False
        return self._able

    async def metrics(self, request: web.Request) -> web.Response:
        """Figures for Prometheus: with the token, from this machine without a proxy between, or for an official."""
        if not (self._has_token(request) or await self._is_official(request)):
            raise web.HTTPForbidden
        inbox_counts, outbox_counts, letters = await self._database.read(_counts)
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(
            _Figures(inbox_counts, outbox_counts, letters, self._rejected(), self._by_header(), self._jobs())
        )
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    def _has_token(self, request: web.Request) -> bool:
        """Whether a request brings the token; where none is set, whether a program of this machine asks."""
        if self._token:
            given = request.headers.get("Authorization", "")
            return secrets.compare_digest(given.encode(errors="replace"), f"Bearer {self._token}".encode())
        return is_here(request)

    async def _is_official(self, request: web.Request) -> bool:
        return self._by_official is not None and await self._by_official(request)

    async def openapi(self, request: web.Request) -> web.Response:
        """Every route, described; what is open to the internet describes itself to those who may know it."""
        if self._by_official is not None and not (self._has_token(request) or await self._is_official(request)):
            raise web.HTTPForbidden
        return web.json_response(document())


def _unavailable(reason: str) -> web.Response:
    return web.json_response({"status": "unavailable", "reasons": [reason]}, status=503)


def _probe(unit: Unit) -> None:
    # Another value each time: SQLite writes nothing where a value stays the same, and so would miss a full disk.
    machine.set_fact(unit, "probe", secrets.token_hex(8))


def _counts(unit: Unit) -> tuple[dict[str, int], dict[tuple[str, str], int], int]:
    letters = sum(1 for letter in inbox.dead_letters(unit) if letter[3] == "open")
    return inbox.counts(unit), outbox.counts(unit), letters


class _Figures(Collector):
    """What the database says, in Prometheus's form."""

    def __init__(
        self, inbox_counts: dict[str, int], outbox_counts: dict[tuple[str, str], int], letters: int,
        rejected: Mapping[str, int], by_header: Mapping[str, int], jobs: Mapping[tuple[str, str], int],
    ) -> None:  # fmt: skip
        self._inbox, self._outbox, self._letters = inbox_counts, outbox_counts, letters
        self._rejected, self._by_header, self._jobs = rejected, by_header, jobs

    def collect(self) -> list[Metric]:
        """The gauges of one reading."""
        taken = GaugeMetricFamily("chungtay_inbox", "Messages taken in, by state", labels=["state"])
        for state in ("new", "done", "dead"):
            taken.add_metric([state], self._inbox.get(state, 0))
        leaving = GaugeMetricFamily("chungtay_outbox", "Messages to people, by state", labels=["channel", "state"])
        for (channel, state), count in sorted(self._outbox.items()):
            leaving.add_metric([channel, state], count)
        letters = GaugeMetricFamily("chungtay_dead_letters", "Messages set aside")
        letters.add_metric([], self._letters)
        forged = CounterMetricFamily("chungtay_webhook_rejected", "Calls without our secret", labels=["channel"])
        for channel, number in self._rejected.items():
            forged.add_metric([channel], number)
        signed = "Calls whose signature fitted the moment of a header alone"
        by_header = CounterMetricFamily("chungtay_webhook_by_header", signed, labels=["channel"])
        for channel, number in self._by_header.items():
            by_header.add_metric([channel], number)
        turns = CounterMetricFamily("chungtay_jobs", "Turns of scheduled jobs, by outcome", labels=["job", "outcome"])
        for (job, outcome), number in sorted(self._jobs.items()):
            turns.add_metric([job, outcome], number)
        return [taken, leaving, letters, forged, by_header, turns]

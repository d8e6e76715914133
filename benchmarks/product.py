"""The product as an operator runs it, with Telegram's webhook, in a process of its own on one core."""

import asyncio
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fake_telegram import TOKEN
from benchmarks.pusher import SECRET
from benchmarks.rounds import MEASURED, pin
from storage.crypto import new_key
from tests.kit.process import Process

# So high that the account's pace is never waited for; a chat still gets one message a second.
RATE = "100000"
START_S = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """One side. url: of its webhook. database: sqlite:///… or postgresql://…, whose `outbox` has a state."""

    pid: int
    url: str
    database: str


@contextmanager
def started(process: Process, *options: str) -> Iterator[int]:
    """Its process id, once it is alive. options: of the interpreter."""
    command = [sys.executable, *options, "-m", "bot", "serve"]
    with process.log.open("wb") as log, subprocess.Popen(
        command, cwd=process.folder, env=process.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=log, preexec_fn=lambda: pin(MEASURED),
    ) as child:  # fmt: skip
        try:
            wait_until_alive(f"{process.url}/health/live", child)
            yield child.pid
        finally:
            child.terminate()
            child.wait()


def wait_until_alive(url: str, child: subprocess.Popen[bytes]) -> None:
    """Return as soon as it answers. Raises AssertionError if it ends instead, or takes too long."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert child.poll() is None, "it ended"
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  # ours
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
    raise AssertionError("it does not answer")


def settings(telegram: str) -> dict[str, str]:
    """Telegram's, by webhook. telegram: the origin of the fake."""
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": telegram,
        "TELEGRAM_FILE_BASE": telegram,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_RATE": RATE,
        "ENCRYPTION_KEY": new_key(),
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def product(telegram: str, database_url: str = "sqlite", **more: str) -> Iterator[Server]:
    """Serving, with an owner, on an empty database: a file of its own or the PostgreSQL given."""
    with tempfile.TemporaryDirectory(prefix="chungtay-bench-") as folder:
        process = Process.on(database_url, Path(folder), **(settings(telegram) | more))
        process.settings["PUBLIC_URL"] = process.url
        asyncio.run(process.prepare())
        here = database_url if database_url != "sqlite" else f"sqlite:///{process.data / 'chungtay.db'}"
        with started(process) as pid:
            yield Server(pid, f"{process.url}/hooks/telegram", here)

"""Two sides of one page on a full database: ours and a bare handler, served by one process and timed by another."""

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.rounds import REST, pin
from tests.kit.postgres import PostgresServer

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def connect(url: str) -> tuple[Any, str]:
    """A bare connection, and how it marks a value in a query."""
    if url.startswith("postgresql"):
        import psycopg

        return psycopg.connect(url, autocommit=True), "%s"
    import sqlite3

    return sqlite3.connect(url.removeprefix("sqlite:///")), "?"


@contextmanager
def serving(module: str, kind: str, count: int) -> Iterator[dict[str, Any]]:
    """Where both sides of a full database are, as `serve` of a module of ours prints it."""
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer() if kind == "postgresql" else None
        url = server.url(server.create()) if server else ""
        command = [sys.executable, "-m", module, "serve", folder, url, str(count)]
        try:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
                assert child.stdout is not None
                assert child.stdin is not None
                pin(REST)
                yield json.loads(child.stdout.readline())
                child.stdin.close()
        finally:
            if server:
                server.close()


def p95(times: list[float]) -> float:
    """The time that 95 of 100 do not exceed."""
    return sorted(times)[math.ceil(len(times) * 0.95) - 1]

"""Starts the peer of T1 in the environment that `make bench` builds for it."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fake_telegram import TOKEN
from benchmarks.product import Server
from benchmarks.pusher import SECRET
from benchmarks.rounds import MEASURED, pin
from tests.kit.process import free_port

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".bench-venv" / "bin" / "python"
Said = list[list[dict[str, str]]]  # for each step of the script its replies: text, and keyboard as JSON or ""


def missing() -> str:
    """Why the peers can't run, or nothing."""
    needed = "import aiosqlite, psycopg, sqlmodel, telegram, tornado"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", needed], capture_output=True, check=False).returncode == 0:
        return ""
    return "the peers' environment could not be built"


@contextmanager
def peer(telegram: str, said: Said, database_url: str = "sqlite") -> Iterator[Server]:
    """Serving on an empty database: a file of its own or the PostgreSQL given."""
    with tempfile.TemporaryDirectory(prefix="chungtay-bench-") as folder:
        port = free_port()
        here = f"sqlite:///{folder}/peer.db" if database_url == "sqlite" else database_url
        given = {
            "port": port, "secret": SECRET, "telegram": telegram, "token": TOKEN, "database": here, "said": said,
        }  # fmt: skip
        with subprocess.Popen(
            [PYTHON, "-m", "benchmarks.peer"], cwd=ROOT, env={"PATH": os.environ["PATH"]}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=lambda: pin(MEASURED),
        ) as child:  # fmt: skip
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                child.stdin.write(json.dumps(given))
                child.stdin.close()
                assert child.stdout.readline() == "ready\n", "the peer ended"
                yield Server(child.pid, f"http://127.0.0.1:{port}/hook", here)
            finally:
                child.terminate()
                child.wait()

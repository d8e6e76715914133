"""What every test may ask for: a database of each kind. And a guard: no address but this machine's."""

import gc
import ipaddress
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import FrameType

import hypothesis
import pytest

from handlers.rules import book
from storage.database import Database
from tests.kit.postgres import PostgresServer
from tests.kit.shape import bring_to_shape, lay_file
from tests.kit.town import Town
from tests.kit.waiting import print_tasks

# A machine that is busy is no fault of what it is busy with.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

# Those that wait for real clocks, then those that take the processor for long.
LONG = (
    "tests/bot/test_zalo_oa_", "tests/bot/channels/zalo_oa/test_tokens", "tests/test_crash", "tests/walks/",
    "tests/test_", "tests/bot/web/", "tests/bot/test_sender",
)  # fmt: skip
# Seconds that a test may take where the usual ones are too few: real processes, killed and started again, walks on all
# channels at once, and trials.
HEAVY = ("tests/test_backup", "tests/test_crash", "tests/test_faults", "tests/walks/")
HEAVY_S, TRIAL_S = 900, 5400
AGAIN_S = 60
# Fixtures that stand on a database with our tables.
STANDS_ON_TABLES = frozenset({"shaped", "town", "house"})


def pytest_collection_finish() -> None:
    """Let the collector pass over what lives as long as the run: it takes a sixth of the time otherwise."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones, so that no worker is left with one of them at the end; each gets its share of them."""
    long = [item for item in items if item.nodeid.startswith(LONG)]
    rest = [item for item in items if not item.nodeid.startswith(LONG)]
    long.sort(key=lambda item: next(n for n, begins in enumerate(LONG) if item.nodeid.startswith(begins)))
    shares = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    # What is dealt out in order goes to the workers in runs of one length.
    items[:] = [item for n in range(shares) for item in (*long[n::shares], *rest[n::shares])]
    for item in items:
        if item.get_closest_marker("trial") or item.nodeid.startswith(HEAVY):
            item.add_marker(pytest.mark.timeout(TRIAL_S if item.get_closest_marker("trial") else HEAVY_S))


@pytest.fixture(autouse=True)
def _rules_as_shipped() -> Iterator[None]:
    """The rows of law that a test entered are not the next one's."""
    yield
    book.use(book.as_shipped())


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer() -> Iterator[None]:
    """Tell at a test's limit where each task stands too: a thread that runs a loop only says that it waits.

    And again after a while: what looks for examples takes the first time for the test's own failure, and goes on.
    """
    done = yield
    end = signal.getsignal(signal.SIGALRM)

    def tell_and_end(number: int, frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, AGAIN_S)
        print_tasks()
        if callable(end):
            end(number, frame)

    signal.signal(signal.SIGALRM, tell_and_end)
    return done


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> None:
    """Refuse every connection and every look-up that leaves this machine."""
    sys.addaudithook(_refuse_the_outside)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each of the two databases, one after the other."""
    return str(request.param)


@pytest.fixture
def database_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database: an empty one, or one that has our tables already for what stands on them."""
    has_tables = not STANDS_ON_TABLES.isdisjoint(request.fixturenames)
    if engine_name == "sqlite":
        file = tmp_path / "data" / "chungtay.db"
        if has_tables:
            lay_file(file)
        yield f"sqlite:///{file}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.lent(request.getfixturevalue("shaped_database")) if has_tables else server.lent() as url:
        yield url


@pytest.fixture(scope="session")
def shaped_database(postgres_server: PostgresServer) -> str:
    """The name of a PostgreSQL database with our tables, to be copied."""
    name = postgres_server.create()
    bring_to_shape(postgres_server.url(name))
    return name


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database, opened."""
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def shaped(database: Database) -> Database:
    """A database with our tables and nothing in them."""
    return database


@pytest.fixture
async def town(database: Database) -> Town:
    """The service on each of the two databases, with a clock in hand."""
    return Town(database)


def _refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        # An address of the internet is a tuple; that of a unix socket is a path.
        if isinstance(address, tuple) and isinstance(address[0], str) and not _is_here(address[0]):
            raise PermissionError(f"a test may not connect to {address[0]}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not _is_here(arguments[0]):
        raise PermissionError(f"a test may not look up {arguments[0]!r}")


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False

"""The service and its commands, each in a process of its own that is forked from one which has read code and texts.

Why not from nothing each time: reading them takes a second and a half, and the work of most commands hardly any. What
is forked has done nothing yet, and so stands where `python -m bot` stands at its first line: it has its own session,
environment, folder and streams, and is stopped and killed like any other.
"""

import asyncio
import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from io import FileIO
from pathlib import Path
from typing import IO

from bot import __main__ as service
from handlers import texts
from tests.kit.waiting import PATIENT_S, comes

COMMAND_S = 3 * PATIENT_S  # it may have a whole database to go through
ROOM = 1 << 16  # bytes of one asking: arguments, folder and environment


class Forked:
    """A command under way, which tells what a process of asyncio tells.

    stdout: what it prints, unless that goes to a file. returncode: minus the signal if one ended it.
    """

    def __init__(self, pid: int, ended: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout: asyncio.StreamReader | None = None
        self.returncode: int | None = None
        self._ends = asyncio.create_task(self._end(ended))

    async def wait(self) -> int:
        """Wait until it ended; returns its code."""
        return await asyncio.shield(self._ends)

    async def communicate(self) -> None:
        """Read what it prints to the end, and wait until it ended."""
        if self.stdout is not None:
            await self.stdout.read()
        await self.wait()

    def send_signal(self, number: signal.Signals) -> None:
        """Signal it alone."""
        os.kill(self.pid, number)

    async def _end(self, ended: asyncio.StreamReader) -> int:
        self.returncode = int(await ended.read())
        return self.returncode


async def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], said: bytes
) -> tuple[int, bytes, bytes]:
    """Run a command; returns its exit code and what it printed on stdout and stderr. said: what it reads on stdin.

    Raises NeverCame, once it was killed.
    """
    with tempfile.TemporaryFile() as words, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        words.write(said)
        words.seek(0)
        forked = await _fork(arguments, folder, environment, [one.fileno() for one in (words, out, err)])
        try:
            code = await comes(
                f"{arguments} ends", forked.wait(), lambda: (_written(out), _written(err)), within_s=COMMAND_S
            )
        finally:
            if forked.returncode is None:
                os.killpg(forked.pid, signal.SIGKILL)
                await comes(f"{arguments} is dead", forked.wait())
        return code, _written(out), _written(err)


def _written(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


async def start(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], log: int) -> Forked:
    """Start a command that reads nothing. log: the descriptor of the file that its stderr goes to."""
    nothing, (printed, out) = os.open(os.devnull, os.O_RDONLY), os.pipe()
    forked = await _fork(arguments, folder, environment, (nothing, out, log))
    for one in (nothing, out):
        os.close(one)
    forked.stdout = await _reader(printed)
    return forked


async def _fork(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Sequence[int]
) -> Forked:
    asked = json.dumps([list(arguments), str(folder), dict(environment)]).encode()
    told, ended = os.pipe()
    socket.send_fds(_mother(), [asked], [*streams, ended])
    os.close(ended)
    reader = await _reader(told)
    return Forked(int(await comes(f"{arguments} begins", reader.readuntil(b" "))), reader)


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, FileIO(descriptor))
    return reader


@cache
def _mother() -> socket.socket:
    """The line to the process that has read the code; it ends when the line does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    mother = subprocess.Popen(
        [sys.executable, "-m", __name__, str(theirs.fileno())],
        cwd=Path(__file__).parents[2], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    theirs.close()

    def end() -> None:
        ours.close()
        try:
            mother.wait(PATIENT_S)
        except subprocess.TimeoutExpired:
            mother.kill()

    atexit.register(end)
    return ours


def _bear(line: socket.socket) -> None:
    """Fork whatever is asked for, until nobody is there to ask."""
    for late in ("storage.postgres", "alembic.command"):
        importlib.import_module(late)
    texts.load()
    gc.collect()
    gc.freeze()  # or each child's collector would touch, and so copy, every page of what it was born with
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        asked, handed, _, _ = socket.recv_fds(line, ROOM, 4)
        if not asked:
            return
        if os.fork() == 0:
            line.close()
            _watch(asked, handed)
            return
        for one in handed:
            os.close(one)


def _watch(asked: bytes, handed: list[int]) -> None:
    """Fork the command, and tell its number and how it ended. The command itself returns from here, or exits."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, ended = handed
    told, begun = os.pipe()
    number = os.fork()
    if number == 0:
        for one in (ended, told):
            os.close(one)
        os.setsid()
        os.close(begun)
        arguments, folder, environment = json.loads(asked)
        _become(arguments, folder, environment, streams)
        return
    for one in (*streams, begun):
        os.close(one)
    os.read(told, 1)  # nothing comes; it ends once the command leads its session, or is no more
    os.write(ended, b"%d " % number)
    code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    os.write(ended, b"%d" % code)
    os._exit(0)


def _become(arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]) -> None:
    """Be the command that was asked for."""
    for number, one in enumerate(streams):
        os.dup2(one, number)
        os.close(one)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["chungtay", *arguments]
    service.main()


if __name__ == "__main__":
    _bear(socket.socket(fileno=int(sys.argv[1])))

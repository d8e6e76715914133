"""A child process that draws: without secrets, with little memory and little time, and its answer has a largest size.

Why a file and not the package is run: the child loads what it draws with, and never a key or a token.
"""

import asyncio
import os
import resource
import signal
import sys
from contextlib import suppress

_NICE = 10  # whoever waits for an answer goes first


async def run_apart(file: str, given: bytes, *, most: int, timeout_s: float) -> tuple[int, bytes]:
    """Run a file of ours as a child, and return its exit code and what it said.

    given: its standard input. most: bytes after which it is heard no longer. Raises TimeoutError when it takes longer.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", file),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(timeout_s):
            said = await _exchange(child, given, most)
            return await child.wait(), said
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()


def limit_this_process(*, memory: int, cpu_s: int) -> None:
    """Called by the child before it reads anything: no files, so many bytes of memory, so many seconds of a core."""
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, limit in limits:
        resource.setrlimit(kind, (limit, limit))
    os.nice(_NICE)


async def _exchange(child: asyncio.subprocess.Process, given: bytes, most: int) -> bytes:
    """Hand the input over and hear the child out, but no longer than its answer may be."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    with suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(given)
        await child.stdin.drain()
    child.stdin.close()
    said = bytearray()
    while len(said) <= most and (part := await child.stdout.read(65536)):
        said += part
    return bytes(said)

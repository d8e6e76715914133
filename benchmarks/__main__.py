"""`make bench`: every figure, one after the other; printed, and kept under today's date in `results/`."""

import platform
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

ALL = (
    "eligibility", "law_change", "telegram_client", "pacer", "webhook", "whole_message", "answers", "search", "giving",
    "broadcast", "claiming", "drain", "cold_start",
)  # fmt: skip
PACKAGES = ("python-telegram-bot", "aiohttp", "SQLAlchemy", "sqlmodel", "psycopg")
RESULTS = Path(__file__).with_name("results")


def heading() -> str:
    """When, where and with what."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{date.today()}, {_processor()}, Python {platform.python_version()}, {packages}"  # noqa: DTZ011  # the day here


def _processor() -> str:
    cores = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = re.findall(r"^model name\s*: (.+)$", cores, re.MULTILINE)
    return f"{len(names)} cores of {names[0].strip()}" if names else platform.processor()


def figure(name: str) -> list[str]:
    """The lines of one benchmark, shown as they come; or that it failed."""
    lines = []
    with subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    if child.returncode:
        lines.append(f"{name} failed with {child.returncode}")
        print(lines[-1])
    return lines


def keep(lines: list[str]) -> None:
    """Write today's file; what `make trial` left in it stays."""
    path = RESULTS / f"{date.today()}.txt"  # noqa: DTZ011  # the day here
    before = path.read_text() if path.exists() else ""
    trial = before.partition("\nmake trial\n")
    path.write_text("\n".join([lines[0], "", "make bench", *lines[1:], ""]) + "".join(trial[1:]))


def main() -> None:
    """Measure all."""
    lines = [heading()]
    print(lines[0])
    for name in sys.argv[1:] or ALL:
        lines += figure(name)
    if not sys.argv[1:]:
        keep(lines)
    sys.exit(any(" failed with " in line for line in lines))


if __name__ == "__main__":
    main()

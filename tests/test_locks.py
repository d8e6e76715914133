"""What is installed is locked: each package at one version, each file by its hash, from no place that a file names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("constraints.txt", "constraints-dev.txt", "benchmarks/constraints.txt", "teaching/constraints.txt")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==(\S+)")


def versions(lock: str) -> dict[str, str]:
    """The version of each package, by its name."""
    lines = (PINNED.match(line) for line in (ROOT / lock).read_text("utf-8").splitlines())
    return {found[1]: found[2] for found in lines if found}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    packages = re.split(r"\n(?=\S)", text.strip())

    assert len(packages) > (5 if lock.startswith("teaching") else 10)
    assert [one for one in packages if not PINNED.match(one) or "--hash=sha256:" not in one] == []
    assert "://" not in text


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_what_is_tested_and_measured_is_what_is_served(lock: str) -> None:
    served, other = versions(LOCKS[0]), versions(lock)

    assert {name: other[name] for name in other.keys() & served.keys() if other[name] != served[name]} == {}

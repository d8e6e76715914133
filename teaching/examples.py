"""The examples: what people may write, with the door it means, one file a group of doors in `handlers/texts/heard/`."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("handlers/texts/heard")
SPELLINGS = Path("handlers/hearing/data/spellings.tsv")


@dataclass(frozen=True, slots=True)
class Example:
    """One message. door: its label, several with "|" between them where either is right. style: how it is written."""

    door: str
    language: str
    text: str
    style: str

    @property
    def doors(self) -> list[str]:
        """All that are right."""
        return self.door.split("|")


def read(path: Path) -> Iterator[Example]:
    """The examples of one file, a line each; what begins with # is a remark."""
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield Example(*line.split("\t"))


def all_examples() -> list[Example]:
    """Those of every file, in order of their names."""
    return [example for path in sorted(FOLDER.glob("*.tsv")) for example in read(path)]


def digest() -> str:
    """Names all that the weights are taught from, so that a change of it without teaching shows."""
    known = hashlib.sha256()
    for path in (*sorted(FOLDER.glob("*.tsv")), SPELLINGS):
        known.update(path.name.encode() + b"\n" + path.read_bytes())
    return known.hexdigest()[:16]

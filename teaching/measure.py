"""Measure the hearing on messages that did not teach it: `python -m teaching.measure FILE`.

Each line of the file is an example; "|" between doors where either is right.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from handlers import texts
from handlers.dialogue import commands
from handlers.hearing import NONE, URGENT, Heard, hear
from teaching.examples import Example, read


@dataclass(frozen=True, slots=True)
class Measured:
    """What was heard of each message."""

    heard: tuple[tuple[Example, Heard], ...]

    @classmethod
    def of(cls, examples: list[Example]) -> "Measured":
        """Hear them all, the urgent words of the texts as well."""
        known = texts.load()
        heard = ((example, hear(example.text)) for example in examples)
        return cls(tuple((ex, replace(one, urgent=one.urgent or commands.urgent(known, ex.text))) for ex, one in heard))

    @property
    def right(self) -> float:
        """The share whose likeliest door is right."""
        return _share(heard.door in example.doors for example, heard in self.heard)

    @property
    def right_of_two(self) -> float:
        """The share of whose two likeliest doors one is right."""
        return _share(bool({heard.door, heard.second} & set(example.doors)) for example, heard in self.heard)

    @property
    def urgent_found(self) -> float:
        """The share of the urgent ones that are called so."""
        return _share(heard.urgent for example, heard in self.heard if example.doors[0] == URGENT)

    @property
    def urgent_right(self) -> float:
        """The share that is right of what is called urgent."""
        return _share(URGENT in example.doors for example, heard in self.heard if heard.urgent)

    @property
    def false_doors(self) -> float:
        """The share of what is none of our business that was given a door."""
        return _share(heard.door != NONE for example, heard in self.heard if example.doors == [NONE])

    def by_style(self) -> Iterator[tuple[str, int, float]]:
        """(style, how many, the share that is right) of each."""
        for style in sorted({example.style for example, _ in self.heard}):
            own = [heard.door in example.doors for example, heard in self.heard if example.style == style]
            yield style, len(own), _share(iter(own))

    def confusions(self) -> list[tuple[tuple[str, str], int]]:
        """What was meant and what was heard instead, the most frequent first."""
        wrong = Counter((ex.door, heard.door) for ex, heard in self.heard if heard.door not in ex.doors)
        return wrong.most_common(12)


def _share(told: Iterator[bool]) -> float:
    found = list(told)
    return sum(found) / len(found) if found else 1.0


def main() -> None:
    """Print the shares, a table by style, and what is confused most."""
    measured = Measured.of(list(read(Path(sys.argv[1]))))
    print(f"{len(measured.heard)} messages: {measured.right:.3f} heard, {measured.right_of_two:.3f} in the two best")
    print(f"urgent: {measured.urgent_found:.3f} found, {measured.urgent_right:.3f} of the calls right")
    print(f"none of our business: {measured.false_doors:.3f} given a door")
    for style, count, share in measured.by_style():
        print(f"  {style:<10} {count:>4} {share:.3f}")
    for (meant, heard), count in measured.confusions():
        print(f"  {count:>3}  {meant} heard as {heard}")


if __name__ == "__main__":
    main()

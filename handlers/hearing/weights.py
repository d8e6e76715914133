"""What was learnt from the examples, and how a message is weighed by it.

A feature has a row of one byte a door. The rows of a message are added up as whole numbers, three bytes a door, so that
a thousand features of sixty doors are one sum: tens of microseconds, without any library.
"""

import json
import math
import zipfile
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "data" / "weights.zip"
_WIDE = 3  # bytes of a door in a sum
_ZERO = 128  # what a byte stands for nothing with


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What stands beside the rows.

    doors: in the rows' order. taught: the digest of the examples. scale: what one step of a byte weighs. bias: of each
    door. steepness: of the likeness of doors to their weights. sure, likely: the least confidence of each.
    """

    doors: tuple[str, ...]
    taught: str
    scale: float
    bias: tuple[float, ...]
    steepness: float
    sure: float
    likely: float


class Weights:
    """Features, how rare each is, and its rows."""

    def __init__(self, about: About, features: Iterable[str], rarity: "array[float]", rows: bytes) -> None:
        self.about = about
        self._places = {feature: place for place, feature in enumerate(features)}
        self._rarity = rarity
        self._rows = bytearray(_WIDE * len(rows))
        self._rows[::_WIDE] = rows
        self._width = _WIDE * len(about.doors)

    @classmethod
    def load(cls, path: Path = FILE) -> "Weights":
        """Read them from their file."""
        with zipfile.ZipFile(path) as kept:
            about = json.loads(kept.read("about.json"))
            features = kept.read("features.txt").decode().split("\n")
            rarity = array("f", kept.read("rarity.bin"))
            rows = kept.read("rows.bin")
        about |= {"doors": tuple(about["doors"]), "bias": tuple(about["bias"])}
        return cls(About(**about), features, rarity, rows)

    def of(self, features: Iterable[str]) -> list[float]:
        """The weight of each door for a message; the bias alone where none of its features is known."""
        found = [place for feature in features if (place := self._places.get(feature)) is not None]
        about, width = self.about, self._width
        if not found:
            return list(about.bias)
        total = sum(int.from_bytes(self._rows[place * width : (place + 1) * width], "little") for place in found)
        length = math.sqrt(sum(self._rarity[place] ** 2 for place in found))
        sums = total.to_bytes(width, "little")
        nothing, step = _ZERO * len(found), about.scale / length
        return [
            (int.from_bytes(sums[at : at + _WIDE], "little") - nothing) * step + bias
            for at, bias in zip(range(0, width, _WIDE), about.bias, strict=True)
        ]

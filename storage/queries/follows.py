"""Which state of a row may follow which."""

from collections.abc import Mapping

Follows = Mapping[str, tuple[str, ...]]


def check(follows: Follows, old: str, new: str) -> None:
    """Raise ValueError for a state that may not follow another."""
    if new not in follows[old]:
        raise ValueError(f"{old} is not followed by {new}")

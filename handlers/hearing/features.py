"""The pieces of a message by which it is heard: its words and pieces of words, alone and beside each other."""

from collections.abc import Iterator

from handlers.hearing import spelling

PIECES = (2, 3, 4, 5)  # letters
RUNS = (1, 2, 3)  # words


def features(text: str) -> frozenset[str]:
    """Everything a message has, each once. The first letter says what it is of: words, pieces, as typed, or apart."""
    return frozenset(_features(text))


def _features(text: str) -> Iterator[str]:
    plain = spelling.plain(text)
    words = ["^", *plain.split(), "$"]
    for size in RUNS:
        for at in range(len(words) - size + 1):
            yield "w" + " ".join(words[at : at + size])
    for at in range(1, len(words) - 3):
        yield f"s{words[at]} {words[at + 2]}"
    spaced = f" {plain} "
    for size in PIECES:
        for at in range(len(spaced) - size + 1):
            yield "c" + spaced[at : at + size]
    typed = spelling.tokens(text)
    for size in RUNS[:2]:
        for at in range(len(typed) - size + 1):
            yield "a" + " ".join(typed[at : at + size])

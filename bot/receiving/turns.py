"""Whose turn it is: the networks take turns, and so do the people of each, one message at a time.

Why by network: whoever writes without end, or as somebody new each time, then only holds up those of her own network.
"""

from collections import OrderedDict, deque


class Turns:
    """People who wait in lines: all of a network in one, and whoever comes from none that we know in one of her own."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[str]] = OrderedDict()
        self._line_of: dict[str, str] = {}
        self._busy: set[str] = set()

    def wait(self, person_id: str, network: str = "") -> None:
        """Let a person wait at the end of a line, unless she waits already."""
        if person_id not in self._line_of:
            line = self._line_of[person_id] = network or person_id
            self._lines.setdefault(line, deque()).append(person_id)

    def begin(self) -> tuple[str, str] | None:
        """Begin the next turn: whose it is, and the line she stood in; None if nobody may have one now."""
        for line, people in self._lines.items():
            person_id = next((one for one in people if one not in self._busy), None)
            if person_id is not None:
                people.remove(person_id)
                del self._line_of[person_id]
                self._lines.move_to_end(line)
                if not people:
                    del self._lines[line]
                self._busy.add(person_id)
                return person_id, line
        return None

    def end(self, person_id: str) -> None:
        """End a person's turn: she may have another."""
        self._busy.discard(person_id)

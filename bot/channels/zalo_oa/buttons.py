"""Whether the account takes messages with buttons: found out by sending, for no page of Zalo's says it of every one.

Why one refusal of a field is not enough: the same code says that a person is unknown. So it counts only where the same
words without buttons were taken, or where two people's messages were refused alike.
"""

# What is written down of it: a fact of the database, and its value where there can be none.
FACT, REFUSED = "zalo_oa:buttons", "refused"
UNSUPPORTED, INVALID = "unsupported_type", "invalid_field"
TWICE = 2


class Buttons:
    """What is known of buttons. refused: whether they are not sent any more; saved: whether that was written down."""

    def __init__(self) -> None:
        self.refused = False
        self._doubted: set[str] = set()
        self._proved = 0

    def know(self, *, refused: bool) -> None:
        """Take over what was written down, perhaps by somebody who wants them tried again."""
        if self.refused and not refused:
            self._doubted.clear()
            self._proved = 0
        self.refused = refused

    def shown(self, chat: str, *, with_buttons: bool) -> None:
        """A message was taken."""
        if with_buttons:
            self._doubted.clear()
            self._proved = 0
        elif chat in self._doubted:
            self._doubted.discard(chat)
            self._proved += 1

    def was_refused(self, chat: str, reason: str, *, with_buttons: bool) -> bool:
        """A message was refused for a reason; returns whether we learned from it that there can be no buttons."""
        if not with_buttons:
            self._doubted.discard(chat)
            return False
        if reason == UNSUPPORTED:
            learned = True
        else:
            if reason == INVALID:
                self._doubted.add(chat)
            learned = reason == INVALID and self._proved + len(self._doubted) >= TWICE
        learned = learned and not self.refused
        self.refused = self.refused or learned
        return learned

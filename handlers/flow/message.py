"""What passes between a person and a conversation: what came in, what is said, what can be pressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from handlers.texts.phrase import Dong, Lines, Phrase

__all__ = ["Asking", "Card", "Dong", "Incoming", "Kind", "Lines", "Mode", "Opening", "Option", "Phrase", "Press", "Say"]

Kind = Literal[
    "text", "edited", "press", "photos", "too_many", "too_long", "contact", "private", "group",
    "sticker", "voice", "file", "location", "other", "hidden",
]  # fmt: skip


Mode = Literal["ask", "sure", "which", "private"]


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed: which showing it belonged to, and its place among the buttons."""

    nonce: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing a person sent.

    abroad: it came through a channel whose servers are outside the country. place: the number of the message in its
    chat, growing; 0 where there is none. Kinds of their own: "edited", words she changed in a message sent before;
    "private", an answer given on a page of ours, about one showing of a question; "group", said to us before others;
    "too_many", a photo above what is kept in a day; "too_long", words of which nothing is read; "hidden", something
    that the platform keeps from us.
    """

    kind: Kind
    text: str = ""
    press: Press | None = None
    photos: tuple[str, ...] = ()
    contact: str = ""
    abroad: bool = False
    place: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A picture made of words, such as the card of a case code. Every word in it is a value."""

    kind: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Opening:
    """A button that opens a conversation with answers already given; it works whatever else is open.

    label: the key of its words. once: its effect is single.
    """

    label: str
    opens: str
    answers: Mapping[str, str] = field(default_factory=dict)
    once: bool = False


MENU = Opening("doors.menu", "@menu")


class Say:
    """Something said: the key of its text and the values it names; perhaps a picture, perhaps buttons.

    under: the name of the data key without which it must not stand in any chat.
    """

    __slots__ = ("card", "openings", "phrase", "under")

    def __init__(
        self,
        key: str | Phrase,
        /,
        *,
        card: Card | None = None,
        openings: tuple[Opening, ...] = (),
        under: str = "",
        **values: object,
    ):
        self.under = under
        self.phrase = key if isinstance(key, Phrase) else Phrase(key, values)
        self.card = card
        self.openings = openings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Say) and (self.phrase, self.card, self.openings, self.under) == (
            other.phrase,
            other.card,
            other.openings,
            other.under,
        )

    def __hash__(self) -> int:
        return hash(self.phrase.key)

    def __repr__(self) -> str:
        return f"Say({self.phrase.key!r})"


@dataclass(frozen=True, slots=True)
class Option:
    """One button as it was shown: its words, and either the answer it gives or what it opens."""

    label: str
    written: str | None = None
    opens: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One showing of a question, or of buttons alone (then `slot` is empty).

    mode: "ask" as the question itself; "sure" when one reading waits for yes or no; "which" when several do; "private"
    where the question stands on a page of ours. shows: names the answers that a review shows.
    """

    nonce: str
    conversation: str
    form: str
    slot: str
    mode: Mode
    options: tuple[Option, ...]
    once: bool = False
    answered_at: datetime | None = None
    shows: str = ""

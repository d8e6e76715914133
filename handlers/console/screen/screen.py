"""What the console is made of: screens that show and acts that change, each a plain function of the desk.

Why apart from HTTP: one function answers the page and the program alike, and a new screen is a line in a table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from handlers.desk import Desk
from handlers.views.sheet import CounterSheet

KEPT = "picture_kept"  # base64


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """What a click brings: the names in its address, and the fields of its form or of its query.

    live: the page refreshes itself, nobody opened it. session: of the browser that is used. troubles: what is wrong
    with the service, in codes. files: the files she sent, by field. read: what `Act.reads` made of the form before the
    transaction. daily: the time of each daily job, by its name.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    live: bool = False
    session: str = ""
    troubles: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    read: object = None
    daily: Mapping[str, time] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """What a field holds, without the space around it; empty if it was not sent."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Everything a field holds, where it may be chosen several times."""
        return tuple(value.strip() for value in self.fields.get(name, ()))


@dataclass(frozen=True, slots=True)
class Redirect:
    """The act is done. to: the address shown next, below /console; done: the key below `console.done` said there."""

    to: str
    done: str = ""


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """It is done, and this is shown once and never again: a template, and what it is filled with."""

    template: str
    page: object


@dataclass(frozen=True, slots=True)
class Invalid:
    """Nothing was changed. by_field: the key below `console.wrong` said beside each field; "" is said on top.

    outdated: somebody else changed it since it was shown.
    """

    by_field: Mapping[str, str]
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class PicturePage:
    """A screen that is a picture. kind: its content type."""

    content: bytes
    kind: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class PaperPage:
    """What is shown is a sheet of paper; it is drawn as a PDF once the transaction is over."""

    sheet: CounterSheet


@dataclass(frozen=True, slots=True)
class Chosen:
    """A picture that came with a form, drawn anew as a JPEG; empty if it is none. why: then, below `photo_refused`."""

    jpeg: bytes
    why: str = ""


def number(typed: str, *, digits: int = 18) -> int | None:
    """The number of a row, as an address or a form has it; None if it is none. digits: how many at the most."""
    return int(typed) if typed.isdecimal() and len(typed) <= digits else None


def place(typed: str) -> tuple[date, str] | None:
    """The place of a row in a list by days, as an address has it: its day and its id; None if it is none."""
    day, _, last = typed.partition("/")
    try:
        return (date.fromisoformat(day), last) if last.isascii() and last.isalnum() else None
    except ValueError:
        return None


def name_of(template: str) -> str:
    """The name of a page's words: `today` of `work/today`."""
    return template.rpartition("/")[2]


View = Callable[[Desk, Click], object | None]
Do = Callable[[Desk, Click], Redirect | ShownOnce | Invalid | None]
Menu = Literal["work", "announcing", "giving", "office", "service", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A page. right: the action of the table without which nobody sees it; empty: everybody who is signed in.

    template: as `work/today`, whose last part is the name of its words. view answers None where there is nothing, or
    nothing for her to see. notes: it writes down that it was read. again: it may look again by itself without writing
    that down, for it shows then only what the official opened lately. menu: the group of the menu it stands in.
    """

    path: str
    template: str
    right: str
    view: View
    notes: bool = False
    again: bool = False
    menu: Menu = ""

    @property
    def name(self) -> str:
        """Of its words, and in the menu."""
        return name_of(self.template)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A form's button. screen: the page the form is on, shown again if something is wrong; its address has the same
    names. checked: it needs a one-time code given in the last minutes. do answers None where there is nothing. reads:
    what takes long to make of a form and needs no desk, so that no transaction waits for it. picture: a field for a
    picture, of which `read` is then what was chosen; it comes back in the field KEPT if something else is wrong.
    changes_rules: what holds of the rows of law may be another after it.
    """

    path: str
    right: str
    do: Do
    screen: Screen
    checked: bool = False
    reads: Callable[[Click], object] | None = None
    picture: str = ""
    changes_rules: bool = False

"""What every page of the console is made of: screens and acts, what was typed, and words that several pages say."""

from handlers.console.screen.screen import (
    KEPT,
    Act,
    Chosen,
    Click,
    Invalid,
    PaperPage,
    PicturePage,
    Redirect,
    Screen,
    ShownOnce,
    name_of,
    number,
    place,
)

__all__ = [
    "KEPT",
    "Act",
    "Chosen",
    "Click",
    "Invalid",
    "PaperPage",
    "PicturePage",
    "Redirect",
    "Screen",
    "ShownOnce",
    "name_of",
    "number",
    "place",
]

"""Questions answered by choosing: one, several, yes or no."""

import re
from collections.abc import Callable, Iterable

from handlers.flow import readers
from handlers.flow.answers import Answers, Other
from handlers.flow.message import Phrase
from handlers.flow.questions.question import Candidate, Misheard, Question, Said, Unsure
from handlers.vietnamese import words


class Choice(Question[str]):
    """One of some named options, or of those that the facts supply."""

    expects = "choice"

    def __init__(
        self,
        key: str,
        *names: str,
        others: Iterable[str] = (),
        supplied: Callable[[Answers], tuple[Candidate, ...]] | None = None,
    ) -> None:
        super().__init__(key, others=others)
        self.names = names
        self.supplied = supplied

    def understand(self, said: Said) -> str | Unsure | Misheard:
        folded = words.fold(said.text)
        if said.text in self.names or (self.supplied and any(o.written == said.text for o in said.shown)):
            return said.text
        right = readers.yes_no(said.text) if {"yes", "no"} <= set(self.names) else None
        if right is not None:
            return "yes" if right else "no"
        if len(folded) < 3:
            return Misheard()
        own = [o for o in said.shown if o.written and not o.written.startswith(("#", "@"))]
        near = [o for o in said.shown if o.written and _within(folded, words.fold(o.label))]
        if len(near) == 1 and (near[0].written in self.names or self.supplied):
            written = near[0].written or ""
            return Misheard() if written.startswith(("#", "@")) else written
        if not near and not {"yes", "no"} <= set(self.names):  # nobody's words are turned into a yes
            near = [o for o in own if any(_within(part, folded) for part in _listed(o.label))]
        if near:
            return Unsure(tuple(Candidate(o.written or "", Phrase("plain", {"words": o.label})) for o in near[:9]))
        return Misheard()

    def parse(self, written: str) -> str:
        if written.startswith("#") or (self.supplied is None and written not in self.names):
            raise ValueError(self.key)
        return written

    def show(self, value: str) -> object:
        return value if self.supplied else Phrase(f"options.{self.key}.{value}")

    def choices(self, answers: Answers) -> tuple[Candidate, ...]:
        if self.supplied is not None:
            return self.supplied(answers)
        return tuple(Candidate(name, Phrase(f"options.{self.key}.{name}")) for name in self.names)


def _within(part: str, whole: str) -> bool:
    return f" {part} " in f" {whole} "


class Choices(Question[tuple[str, ...]]):
    """Several of some named options.

    alone: those that stand by themselves, as "none of these" does. private: those not shown through a channel abroad.
    """

    expects = "choices"
    several = True

    def __init__(
        self,
        key: str,
        *names: str,
        alone: Iterable[str] = (),
        private: Iterable[str] = (),
        others: Iterable[str] = (),
    ) -> None:
        super().__init__(key, others=others)
        self.names = names
        self.alone = frozenset(alone)
        self.private = frozenset(private)

    def hear(self, said: Said) -> tuple[str, ...] | Other | Unsure | Misheard:
        picked = self._pick(said) or ""
        if picked.startswith("#") and picked[1:] in self.others:
            return Other(picked[1:])
        refused = self.refused(said.text)
        return self.understand(said) if refused is None else refused

    def understand(self, said: Said) -> tuple[str, ...] | Unsure | Misheard:
        """Hear "1 4", "1,4", labels, or the written form "food+housing"."""
        parts = said.text.split("+")
        if parts and all(part in self.names for part in parts):
            return self._together(parts)
        options = [o for o in said.shown if o.written is not None]
        numbers = words.fold(said.text).replace(" va ", " ").split()
        if numbers and all(n.isascii() and n.isdigit() and len(n) < 3 for n in numbers):
            wanted = [int(n) - 1 for n in numbers]
            if all(0 <= n < len(options) for n in wanted):
                return self._together([options[n].written or "" for n in wanted])
            return Misheard()
        folded = words.fold(said.text)
        found = [o.written for o in options if o.written in self.names and _names_it(folded, o.label)]
        return self._together([w for w in found if w]) if found else Misheard()

    def _together(self, parts: Iterable[str]) -> tuple[str, ...] | Misheard:
        chosen = tuple(name for name in self.names if name in set(parts))
        if not chosen or (len(chosen) > 1 and self.alone & set(chosen)):
            return Misheard("misheard.alone" if chosen else "")
        return chosen

    def spell(self, value: tuple[str, ...]) -> str:
        return "+".join(value)

    def parse(self, written: str) -> tuple[str, ...]:
        parts = tuple(written.split("+"))
        if not all(part in self.names for part in parts):
            raise ValueError(self.key)
        return parts

    def show(self, value: tuple[str, ...]) -> object:
        return tuple(Phrase(f"options.{self.key}.{name}") for name in value)

    def choices(self, answers: Answers) -> tuple[Candidate, ...]:
        shown = (name for name in self.names if not (answers.abroad and name in self.private))
        return tuple(Candidate(name, Phrase(f"options.{self.key}.{name}")) for name in shown)


def _names_it(typed: str, label: str) -> bool:
    """Whether somebody typed this label, one of the things it lists, or a telling part of it."""
    whole = words.fold(label)
    named = _within(whole, typed) or any(_within(part, typed) for part in _listed(label))
    return (named and len(typed) > 2) or (len(typed) > 3 and _within(typed, whole))


def _listed(label: str) -> tuple[str, ...]:
    """The things that a label lists, as far as they are words."""
    parts = (words.fold(part) for part in re.split(r"[,;:]| hoặc | or ", label.removeprefix("✓")))
    return tuple(part for part in parts if len(part) > 2)


class YesNo(Question[bool]):
    """Yes or no."""

    expects = "yes_no"

    def understand(self, said: Said) -> bool | Unsure | Misheard:
        heard = readers.yes_no(said.text)
        return Misheard() if heard is None else heard

    def spell(self, value: bool) -> str:
        return "yes" if value else "no"

    def parse(self, written: str) -> bool:
        if written not in ("yes", "no"):
            raise ValueError(self.key)
        return written == "yes"

    def show(self, value: bool) -> object:
        return Phrase(f"options.{self.key}.{self.spell(value)}")

    def choices(self, answers: Answers) -> tuple[Candidate, ...]:
        return tuple(Candidate(w, Phrase(f"options.{self.key}.{w}")) for w in ("yes", "no"))

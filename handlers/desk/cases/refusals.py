"""Why a request may not be helped: what each programme in force is for, and a few reasons of the office's own.

Why a list: whoever is refused is told an article she can look up, and no official invents one. The office's own
reasons name no article, and say so by leaving it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.rules.programmes import in_force
from handlers.texts import Bilingual, Phrase

OWN = ("other_request", "lives_elsewhere", "not_reached", "no_means_now", "not_asked_any_more")
OTHER_PROGRAMME = "not_for"
# Whose name alone would tell on a screen what somebody has.
UNSAID = ("programme.tcxh_hiv",)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason. source: the article; empty for the office's own reasons."""

    key: str
    words: Phrase
    source: str = ""


def by_programme(day: date) -> tuple[Refusal, ...]:
    """One reason for each programme in force on a day, in the order of its file."""
    found = []
    for programme in in_force(day):
        row = programme.row
        told: Mapping[str, object] = row.value if isinstance(row.value, Mapping) else {}
        names = {language: str(told.get(language, "")) for language in ("vi", "en")}
        if row.id not in UNSAID and all(names.values()) and row.source:
            words = Phrase(f"refusal.{OTHER_PROGRAMME}", {"programme": Bilingual(names)})
            found.append(Refusal(f"{OTHER_PROGRAMME}.{row.id}", words, row.source))
    return tuple(found)


def own() -> tuple[Refusal, ...]:
    """The office's own reasons."""
    return tuple(Refusal(key, Phrase(f"refusal.{key}")) for key in OWN)


def reasons(day: date) -> tuple[Refusal, ...]:
    """The office's own reasons, then one for each programme in force on a day, in the order of its file."""
    return (*own(), *by_programme(day))


def reason(key: str, day: date) -> Refusal | None:
    """The reason that a key names on a day."""
    return next((found for found in reasons(day) if found.key == key), None)

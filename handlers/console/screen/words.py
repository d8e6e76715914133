"""What several pages say in the same words: a topic, an amount, a channel, a phone number, and labelled values."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.pledges import how_much as in_words
from handlers.flow import readers
from handlers.rules.book import rows_of_file
from handlers.texts import Bilingual, Phrase


@dataclass(frozen=True, slots=True)
class Field:
    """A label and what stands beside it."""

    label: Phrase
    value: Phrase


def plain(value: object) -> Phrase:
    """Anything that can be printed, as a phrase."""
    return value if isinstance(value, Phrase) else Phrase("plain", {"words": value})


def how_much(amount: int, measure: str) -> Phrase:
    """An amount with what it is of."""
    return Phrase("plain", {"words": in_words(amount, measure)})


def channel_of(desk: Desk, name: str) -> Phrase:
    """A channel's name."""
    return Phrase(f"channel.{name}") if desk.texts.has(f"channel.{name}") else Phrase("plain", {"words": name})


def phone_shown(e164: str, *, whole: bool) -> str:
    """A phone number as it is written, all of it or its first and last figures."""
    written = readers.write_phone(e164) if e164 else ""
    return written if whole or not written else f"{written[:4]} ••• {written[-3:]}"


def topic_of(desk: Desk, topic: str | None) -> Phrase | None:
    """What goods, work or a product are: of our list, a product's name, or as somebody wrote it; None of none."""
    if not topic:
        return None
    if desk.texts.has(f"goods_topics.{topic}"):
        return Phrase(f"goods_topics.{topic}")
    named = _names_of(desk).get(topic)
    return Phrase("plain", {"words": Bilingual(named) if named else topic})


def _names_of(desk: Desk) -> Mapping[str, Mapping[str, str]]:
    """The products that we know, each by the first of its names in every language."""
    found: dict[str, Mapping[str, str]] = {}
    for row in rows_of_file("goods").under("product.", desk.today()):
        value = row.value if isinstance(row.value, Mapping) else {}
        names = {language: value.get(language) for language in ("vi", "en")}
        first = {language: str(all_[0]) for language, all_ in names.items() if isinstance(all_, tuple) and all_}
        if len(first) == len(names):
            found[row.id.removeprefix("product.")] = {one: name.capitalize() for one, name in first.items()}
    return found

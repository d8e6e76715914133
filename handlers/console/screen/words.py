"""What goods, work or a product are, in words: of our list, by a product's name, or as somebody wrote it."""

from collections.abc import Mapping

from handlers.desk import Desk
from handlers.rules.poverty import rows_of_file
from handlers.texts import Bilingual, Phrase


def topic_of(desk: Desk, topic: str | None) -> Phrase | None:
    """A topic in words; None where there is none."""
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

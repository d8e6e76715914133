"""What is stored about one person, read out for her: headings and lines in her language, nothing left out but ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.desk.pledges import MONEY
from handlers.texts import Dong, Phrase, Voice
from handlers.vietnamese import units


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the page with its lines; a line may have a time before it."""

    title: str
    lines: tuple[str, ...]


def read_out(stored: Mapping[str, Any], voice: Voice) -> tuple[Section, ...]:
    """Put what `everything` found into sections. stored: its answer, a mapping as it would be written as JSON."""
    found = {
        "stored_channels": (voice.say(Phrase(f"channel.{channel}")) for channel in stored["channels"]),
        "stored_requests": _requests(stored["requests"], voice),
        "stored_urgent": (
            f"{row['code']}: {_joined(row['content'] or {}, voice)}" for row in stored["urgent_requests"]
        ),
        "stored_gifts": _gifts(stored["gifts"], voice),
        "stored_consents": (_consent(row, voice) for row in stored["consents"]),
        "stored_news": (_news(row, voice) for row in stored["news"]),
        "stored_asked_about": (f"{_time(row['at'], voice)}  {row['text']}" for row in stored["asked_about"]),
        "stored_photos": (f"{_time(row['at'], voice)} · {row['bytes'] // 1024} KB" for row in stored["photos"]),
        "stored_messages": (f"{_time(row['at'], voice)}  {row['text']}" for row in stored["messages"]),
    }
    none = voice.say(Phrase("page.stored_none"))
    return tuple(Section(voice.say(Phrase(f"page.{key}")), tuple(lines) or (none,)) for key, lines in found.items())


def _requests(rows: list[Mapping[str, Any]], voice: Voice) -> Iterator[str]:
    for row in rows:
        state = voice.say(Phrase(f"states.{row['state']}"))
        yield f"{row['code']} · {state}"
        if row["content"]:
            yield _joined(row["content"], voice)
        for event in row["history"]:
            what = voice.say(Phrase(f"events.{event['what']}"))
            yield f"{_time(event['at'], voice)}  {what}" + (f": {event['words']}" if event["words"] else "")


def _gifts(rows: list[Mapping[str, Any]], voice: Voice) -> Iterator[str]:
    for row in rows:
        kind = voice.say(Phrase(f"page.gift.{row['kind']}"))
        state = voice.say(Phrase(f"page.gift_state.{row['state']}"))
        yield f"{row['code']} · {kind} · {_how_much(row['amount'], row['measure'], voice)} · {state}"
        if any(row["content"].values()):
            yield _joined(row["content"], voice)
        for event in row["history"]:
            key = f"page.gift_event.{event['what']}"
            what = voice.say(Phrase(key if voice.texts.has(key) else "page.gift_event.other"))
            yield f"{_time(event['at'], voice)}  {what}" + (f": {event['words']}" if event["words"] else "")


def _how_much(amount: int, measure: str, voice: Voice) -> str:
    if measure == MONEY:
        return voice.say(Phrase("plain", {"words": Dong(amount)}))
    return f"{amount} {measure}"


def _consent(row: Mapping[str, Any], voice: Voice) -> str:
    return (
        f"{_time(row['at'], voice)}  {voice.say(Phrase('purposes.' + row['purpose']))} · {row['state']} · {row['text']}"
    )


def _news(row: Mapping[str, Any], voice: Voice) -> str:
    where = units.all_units()[row["unit_id"]].name if row["unit_id"] else Phrase("choose_news.whole_city")
    told = {
        "topic": Phrase(f"news_topics.{row['topic']}"),
        "where": where,
        "rhythm": Phrase(f"choose_news.rhythm_of.{row['rhythm']}"),
    }
    line = Phrase("choose_news.line", told)
    stopped = Phrase("page.stored_stopped", {"line": line, "at": row["stopped_at"]})
    return voice.say(stopped if row["stopped_at"] else line)


def _joined(content: Mapping[str, Any], voice: Voice) -> str:
    """The fields of a form, each with its label where it has one."""
    told = []
    for name, value in content.items():
        if value in ("", None, False, []):
            continue
        label = f"label.{name.removesuffix('_id')}"
        words = voice.say(Phrase(label)) if voice.texts.has(label) else name
        told.append(f"{words}: {_value(name, value, voice)}")
    return "; ".join(told)


def _value(name: str, value: object, voice: Voice) -> str:
    if name == "unit_id" and str(value) in units.all_units():
        return units.all_units()[str(value)].name
    if isinstance(value, list):
        return ", ".join(_value(name, one, voice) for one in value)
    for key in (f"options.{name}.{value}", f"registration.options.{name}.{value}"):
        if voice.texts.has(key):
            return voice.say(Phrase(key))
    return str(value)


def _time(at: datetime, voice: Voice) -> str:
    return voice.say(Phrase("plain", {"words": at}))

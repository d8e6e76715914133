"""What the drafts of the clock say, in both languages.

Why amounts are in words: digits by the dozen are kept out of announcements, for somebody could pay to them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from handlers.desk.allocations.models import Model, Wording
from handlers.desk.announcing.audience import Audience
from handlers.desk.announcing.broadcasts import Draft
from handlers.desk.money.campaign_progress import Progress
from handlers.desk.money.campaigns import Seen
from handlers.flow.message import Lines, Phrase
from handlers.texts import Bilingual
from handlers.texts.loader import LANGUAGES

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

Occasion = Literal["opened", "halfway", "ends_soon", "thanks"]
STEPS = (("billion", 10**9), ("million", 10**6), ("thousand", 10**3), ("single", 1))


def of_campaign(desk: "Desk", campaign: Seen, occasion: Occasion) -> Draft:
    """The draft of a post: news of campaigns while it runs, and afterwards thanks to those who gave."""
    given, units = _given(desk, campaign), (campaign.unit_id,) if campaign.unit_id else ()
    title = _said(desk, {language: Phrase(f"posts.{occasion}.title") for language in LANGUAGES})
    words = _said(desk, {language: Phrase(f"posts.{occasion}.words", given[language]) for language in LANGUAGES})
    if occasion == "thanks":
        return Draft("givers", title, words, Audience(campaign=campaign.id))
    return Draft("news", title, words, Audience(units=units), "campaigns", campaign_id=campaign.id)


def of_model(desk: "Desk", model: Model) -> Draft:
    """The draft of news of a good model, in the languages it is written in."""
    written = {"vi": model.writing.vi} | ({"en": model.writing.en} if model.writing.en is not None else {})
    title = _said(desk, {language: Phrase("posts.model.title") for language in written})
    words = _said(desk, {language: Phrase("posts.model.words", _told(one)) for language, one in written.items()})
    return Draft("news", title, words, Audience(), "models")


def _said(desk: "Desk", phrases: Mapping[str, Phrase]) -> dict[str, str]:
    return {language: desk.voice(language).say(phrase) for language, phrase in phrases.items()}


def _told(one: Wording) -> dict[str, object]:
    return {"title": one.title, "what": one.what, "where": one.where}


def _given(desk: "Desk", campaign: Seen) -> Mapping[str, Mapping[str, object]]:
    """What the texts may name, by language."""
    progress = desk.campaigns.progress(campaign)
    always = {
        "title": Bilingual(campaign.title),
        "about": Bilingual(campaign.about),
        "last_day": campaign.last_day,
        "ledger_link": desk.campaigns.asking(campaign)["ledger_link"],
    }
    return {language: always | {"came": Lines(_came(desk, progress, language))} for language in LANGUAGES}


def _came(desk: "Desk", found: Progress, language: str) -> tuple[object, ...]:
    """What came and what became of it, each on a line."""
    money = tuple(
        Phrase(f"posts.{name}", {"amount": in_words(desk, getattr(found, name), language)})
        for name in ("received", "handed", "confirmed")
    )
    others = tuple(
        Phrase("campaign.others", {"kind": Phrase(f"campaign.kind.{kind}"), "count": count})
        for kind, count in found.others.items()
        if count
    )
    return (*money, *others)


def in_words(desk: "Desk", amount: int, language: str) -> str:
    """VND as they are said: 1 tỷ 250 triệu đồng."""
    said, left = [], amount
    for name, size in STEPS:
        count, left = divmod(left, size)
        if count:
            said.append(desk.voice(language).say(Phrase(f"posts.money.{name}", {"count": count})))
    return desk.voice(language).say(Phrase("posts.money.dong", {"amount": " ".join(said) or "0"}))

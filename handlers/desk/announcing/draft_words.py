"""What the drafts of the clock say, in both languages.

Why amounts are in words: digits by the dozen are kept out of announcements, for somebody could pay to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.desk.allocations import Model, Wording
from handlers.desk.announcing.audience import Audience
from handlers.desk.announcing.broadcasts import BroadcastDraft
from handlers.desk.money import CampaignProgress, Campaigns, SeenCampaign
from handlers.desk.office import Context
from handlers.flow.message import Lines, Phrase
from handlers.texts import Bilingual
from handlers.texts.loader import LANGUAGES

Occasion = Literal["opened", "halfway", "ends_soon", "thanks"]
STEPS = (("billion", 10**9), ("million", 10**6), ("thousand", 10**3), ("single", 1))


@dataclass(frozen=True, slots=True)
class DraftWords:
    """What drafts of the clock say."""

    context: Context

    def of_campaign(self, campaign: SeenCampaign, occasion: Occasion) -> BroadcastDraft:
        """The draft of a post: news of campaigns while it runs, and afterwards thanks to those who gave."""
        given, units = self._given(campaign), (campaign.unit_id,) if campaign.unit_id else ()
        title = self._said({language: Phrase(f"posts.{occasion}.title") for language in LANGUAGES})
        words = self._said({language: Phrase(f"posts.{occasion}.words", given[language]) for language in LANGUAGES})
        if occasion == "thanks":
            return BroadcastDraft(kind="givers", title=title, words=words, audience=Audience(campaign=campaign.id))
        return BroadcastDraft(
            kind="news",
            title=title,
            words=words,
            audience=Audience(units=units),
            topic="campaigns",
            campaign_id=campaign.id,
        )

    def of_model(self, model: Model) -> BroadcastDraft:
        """The draft of news of a good model, in the languages it is written in."""
        written = {"vi": model.writing.vi} | ({"en": model.writing.en} if model.writing.en is not None else {})
        title = self._said({language: Phrase("posts.model.title") for language in written})
        words = self._said({language: Phrase("posts.model.words", _told(one)) for language, one in written.items()})
        return BroadcastDraft(kind="news", title=title, words=words, audience=Audience(), topic="models")

    def _said(self, phrases: Mapping[str, Phrase]) -> dict[str, str]:
        return {language: self.context.voice(language).say(phrase) for language, phrase in phrases.items()}

    def _given(self, campaign: SeenCampaign) -> Mapping[str, Mapping[str, object]]:
        """What the texts may name, by language."""
        progress = Campaigns(self.context).progress(campaign)
        always = {
            "title": Bilingual(campaign.title),
            "about": Bilingual(campaign.about),
            "last_day": campaign.last_day,
            "ledger_link": Campaigns(self.context).asking(campaign)["ledger_link"],
        }
        return {language: always | {"came": Lines(self._came(progress, language))} for language in LANGUAGES}

    def _came(self, found: CampaignProgress, language: str) -> tuple[object, ...]:
        """What came and what became of it, each on a line."""
        money = tuple(
            Phrase(f"posts.{name}", {"amount": self.in_words(getattr(found, name), language)})
            for name in ("received", "handed", "confirmed")
        )
        others = tuple(
            Phrase("campaign.others", {"kind": Phrase(f"campaign.kind.{kind}"), "count": count})
            for kind, count in found.others.items()
            if count
        )
        return (*money, *others)

    def in_words(self, amount: int, language: str) -> str:
        """VND as they are said: 1 tỷ 250 triệu đồng."""
        said, left = [], amount
        for name, size in STEPS:
            count, left = divmod(left, size)
            if count:
                said.append(self.context.voice(language).say(Phrase(f"posts.money.{name}", {"count": count})))
        return self.context.voice(language).say(Phrase("posts.money.dong", {"amount": " ".join(said) or "0"}))


def _told(one: Wording) -> dict[str, object]:
    return {"title": one.title, "what": one.what, "where": one.where}

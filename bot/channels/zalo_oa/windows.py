"""When the Official Account may write to people, and by which templates where it may not."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.channels.zalo_oa.templates import BadTemplates, Template, load
from bot.config import BadSetting, Settings
from storage.queries.outgoing.windows import Windows

# Kinds of messages that are said without a question before, for which a template may go out.
TOLD_UNASKED = frozenset(
    {"notice", "urgent", "warning", "broadcast", "reminder", "digest", "talk", "hand_over", "alert"}
)
# developers.zalo.me, consultation messages, since 2026-01-01.
FREE, PAID = timedelta(hours=48), timedelta(days=7)


def templates(settings: Settings, sentence: Callable[[str, str], str]) -> Mapping[str, Template]:
    """The templates of the account, by kind of message. Raises BadSetting."""
    if settings.zalo_oa_templates is None:
        return {}
    try:
        return load(settings.zalo_oa_templates, TOLD_UNASKED, sentence)
    except BadTemplates as error:
        raise BadSetting(f"ZALO_OA_TEMPLATES: {error}") from None


def windows(settings: Settings, sentence: Callable[[str, str], str]) -> Windows:
    """How long after somebody wrote the account takes messages to her. Raises BadSetting."""
    kinds = frozenset(templates(settings, sentence))
    return Windows(
        channel="zalo_oa",
        free=FREE,
        paid=PAID,
        paid_most=settings.zalo_paid_cs,
        by_template=kinds,
        zone=settings.timezone,
        rate=settings.zalo_oa_rate,
    )

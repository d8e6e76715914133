"""A campaign in words: what a message that asks for gifts has to name, how far it has come, and its picture."""

from handlers.desk import Desk
from handlers.desk.money import CampaignProgress, SeenCampaign
from handlers.flow.message import Card, Dong, Lines, Phrase
from handlers.texts import Bilingual

FEW = 5  # givers; fewer are not counted in public


def title(campaign: SeenCampaign) -> Bilingual:
    """Its name in the language of who reads."""
    return Bilingual(campaign.title)


def given(campaign: SeenCampaign, desk: Desk) -> dict[str, object]:
    """The values of every text about a campaign: what asks for gifts has to name, its code, title and words."""
    return {
        **desk.campaigns.asking(campaign),
        "code": campaign.code,
        "title": title(campaign),
        "about": Bilingual(campaign.about),
    }


def account(campaign: SeenCampaign, desk: Desk) -> Phrase:
    """Whose account it is, in a sentence; or that no money is to be sent anywhere."""
    shown = desk.campaigns.account(campaign)
    if shown is None:
        return Phrase("campaign.no_account")
    return Phrase("campaign.demo_account" if shown.demo else "campaign.account", {"owner": shown.owner})


def progress(found: CampaignProgress) -> Phrase:
    """How far it has come, one amount a line."""
    return Phrase("campaign.progress", {"lines": Lines(lines(found))})


def lines(found: CampaignProgress) -> tuple[Phrase, ...]:
    """Each amount with its word, then how many gave, and gifts of other kinds."""
    goal = (labels(found)["goal_label"],) if found.goal else ()
    amounts = tuple(
        Phrase(f"campaign.{name}", {"amount": Dong(getattr(found, name))})
        for name in ("pledged", "received", "handed", "confirmed")
    )
    others = tuple(
        Phrase("campaign.others", {"kind": Phrase(f"campaign.kind.{kind}"), "count": count})
        for kind, count in found.others.items()
        if count
    )
    return (*goal, *amounts, *others, givers(found))


def givers(found: CampaignProgress) -> Phrase:
    """How many gave; few are not counted."""
    if found.givers == 0:
        return Phrase("campaign.no_givers")
    return Phrase("campaign.few_givers") if found.givers < FEW else Phrase("campaign.givers", {"count": found.givers})


def labels(found: CampaignProgress) -> dict[str, Phrase]:
    """The label of each amount on the picture."""
    amounts = {
        "goal": found.goal or 0, "pledged": found.pledged, "received": found.received, "confirmed": found.confirmed,
    }  # fmt: skip
    return {f"{name}_label": Phrase(f"campaign.{name}", {"amount": Dong(amount)}) for name, amount in amounts.items()}


def card(campaign: SeenCampaign, found: CampaignProgress, *, demo: bool) -> Card | None:
    """The picture of how far it has come; None where it has no goal, and so nothing to measure against."""
    if not found.goal:
        return None
    values: dict[str, object] = {
        "title": Phrase(
            "campaign.card_title", {"title": title(campaign), "percent": found.received * 100 // found.goal}
        ),
        "dates": Phrase("campaign.dates", {"first_day": campaign.first_day, "last_day": campaign.last_day}),
        "organiser": campaign.organiser,
        "code": campaign.code,
        "goal": found.goal,
        "pledged": found.pledged,
        "received": found.received,
        "confirmed": found.confirmed,
        **labels(found),
    }
    return Card("progress", values | ({"demo": Phrase("page.demo")} if demo else {}))

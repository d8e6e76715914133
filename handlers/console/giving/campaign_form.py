"""The form of a campaign: what can be chosen in it, what it starts with, and what was typed, read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.console.screen import Click, Invalid, typed
from handlers.desk import Desk
from handlers.desk.money import MOST_MONEY, CampaignDraft, SeenCampaign, campaign_faults
from handlers.flow import readers
from handlers.flow.message import Phrase
from handlers.rules import campaign_rules
from handlers.vietnamese import units


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """What can be chosen in the form of a campaign: (id, name) each. city: it may be for the whole city."""

    bases: tuple[tuple[str, Phrase], ...]
    units: tuple[tuple[str, str], ...]
    accounts: tuple[tuple[str, str], ...]
    city: bool


def form(desk: Desk) -> CampaignForm | None:
    """The choices of the form, for an official who may write a campaign anywhere."""
    me = desk.acting()
    reach = me.reach("campaign.write")
    if reach is None:
        return None
    places = tuple(
        (u.id, u.name) for u in units.all_units().values() if reach == "all" or u.id in me.units_for("campaign.write")
    )
    bases = tuple((basis.id, Phrase(f"drive_bases.{basis.id}")) for basis in campaign_rules.bases(desk.today()))
    accounts = tuple((a.id, f"{a.owner} · {a.bank} · {a.number}") for a in desk.gift_accounts.to_choose())
    return CampaignForm(bases, places, accounts, reach == "all")


def old(seen: SeenCampaign) -> Mapping[str, str]:
    """What a draft says, as the fields of the form hold it."""
    return {
        "title_vi": seen.title.get("vi", ""), "title_en": seen.title.get("en", ""),
        "about_vi": seen.about.get("vi", ""), "about_en": seen.about.get("en", ""), "organiser": seen.organiser,
        "basis": seen.basis, "first_day": seen.first_day.isoformat(), "last_day": seen.last_day.isoformat(),
        "unit": seen.unit_id or "", "account": seen.account_id or "", "goal": str(seen.goal or ""),
    }  # fmt: skip


def draft(desk: Desk, given: Click) -> CampaignDraft | Invalid:
    """What was typed, as a draft; or what is wrong with it."""
    wrong: dict[str, str] = {}
    first, last = (_day(desk, given, field, wrong) for field in ("first_day", "last_day"))
    goal = typed.money(given, "goal", wrong, most=MOST_MONEY) if given["goal"] else None
    accounts = {one.id for one in desk.gift_accounts.to_choose()}
    if given["account"] and given["account"] not in accounts:
        wrong["account"] = "choose"
    read = CampaignDraft(
        title={"vi": given["title_vi"], "en": given["title_en"]},
        about={"vi": given["about_vi"], "en": given["about_en"]},
        organiser=given["organiser"],
        basis=given["basis"],
        first_day=first or desk.today(),
        last_day=last or first or desk.today(),
        unit_id=given["unit"] or None,
        account_id=given["account"] or None,
        goal=goal,
    )
    wrong = {**campaign_faults(read, desk.today()), **wrong}
    return Invalid(wrong) if wrong else read


def _day(desk: Desk, given: Click, field: str, wrong: dict[str, str]) -> date | None:
    read = readers.day(given[field], desk.today()) if given[field] else ()
    if len(read) != 1:
        wrong[field] = "day" if given[field] else "needs_day"
        return None
    return read[0]

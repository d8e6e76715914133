"""Posts that the clock drafts: of a campaign as it opens, halfway, near its end and after it, and of each good model.

Why drafts: the clock knows when people should hear of something, but for what they read two officials answer, so one
of them looks at it and sends it on, and another approves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_
from sqlmodel import col, select

from handlers.desk.allocations import Models
from handlers.desk.announcing.broadcasts import BroadcastDraft, Broadcasts
from handlers.desk.announcing.draft_words import DraftWords, Occasion
from handlers.desk.messages import Messages, Reminders
from handlers.desk.money import Campaigns
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.flow.message import Opening, Phrase, Say
from storage.tables import Campaign, GoodModel, Reminder

KIND = "post"
NUMBERS: Mapping[Occasion, int] = {"opened": 1, "halfway": 2, "ends_soon": 3, "thanks": 4}
ENDS_SOON = timedelta(days=3)
APART = timedelta(days=3)  # at least, between two posts of a campaign
LATELY = timedelta(days=30)  # ended, and still to be thanked for
SHOWN = timedelta(days=7)  # and not yet told of


@dataclass(frozen=True, slots=True)
class Drafts:
    """What is to be drafted now. Campaigns and models are few, so that all are looked at in one go."""

    context: Context

    def write(self) -> int:
        """Draft what is due; returns how many drafts it wrote, or could not write and told of."""
        return self._campaigns() + self._models()

    # Campaigns

    def _campaigns(self) -> int:
        """One post at most for each, each occasion once; what came before it is not made up for."""
        unit, today, since = self.context.unit, self.context.today(), self.context.today() - LATELY
        lately = and_(col(Campaign.state) == "closed", col(Campaign.closed_at) > self.context.now - LATELY)
        opened = or_(and_(col(Campaign.state) == "open", col(Campaign.last_day) > since), lately)
        query = select(Campaign).where(opened, col(Campaign.opened_by).is_not(None)).order_by(col(Campaign.id))
        rows = [row for row in unit.scalars(query).all() if row.first_day <= today]
        done = self._done({f"campaign:{row.id}" for row in rows})
        return sum(self._post(row, done.get(f"campaign:{row.id}", frozenset())) for row in rows)

    def _post(self, row: Campaign, done: frozenset[int]) -> bool:
        occasion = due(row, self.context.today(), new=NUMBERS["opened"] not in done)
        number, subject = NUMBERS[occasion], f"campaign:{row.id}"
        if number in done or not Reminders(self.context).once(KIND, subject, number):
            return False
        for earlier in range(1, number):
            Reminders(self.context).skip(KIND, subject, earlier)
        seen = Campaigns(self.context).by_id(row.id)
        if seen is None or (occasion == "thanks" and not Campaigns(self.context).progress(seen).givers):
            return False  # nobody gave, so there is nobody to thank
        if occasion == "opened":  # what is said halfway would come too soon after it
            for near in self._too_near(row):
                Reminders(self.context).skip(KIND, subject, NUMBERS[near])
        draft = DraftWords(self.context).of_campaign(seen, occasion)
        self._draft(draft, row.written_by, Phrase("posts.of_campaign", {"code": row.code}), subject)
        return True

    def _too_near(self, row: Campaign) -> tuple[Occasion, ...]:
        today = self.context.today()
        return tuple(
            occasion
            for occasion, day in _days(row).items()
            if occasion in ("halfway", "ends_soon") and day < today + APART
        )

    # Models

    def _models(self) -> int:
        unit = self.context.unit
        shown = (GoodModel.state == "shown", col(GoodModel.changed_at) > self.context.now - SHOWN)
        rows = unit.scalars(select(GoodModel).where(*shown).order_by(col(GoodModel.id))).all()
        done = self._done({f"model:{row.id}" for row in rows})
        return sum(self._post_model(row) for row in rows if f"model:{row.id}" not in done)

    def _post_model(self, row: GoodModel) -> bool:
        subject = f"model:{row.id}"
        if not Reminders(self.context).once(KIND, subject, 1):
            return False
        model = Models(self.context).shown(row)
        draft = DraftWords(self.context).of_model(model)
        about = Phrase("posts.of_model", {"title": model.writing.vi.title})
        self._draft(draft, row.written_by, about, subject)
        return True

    # Inside

    def _done(self, subjects: set[str]) -> Mapping[str, frozenset[int]]:
        """Which posts of some subjects were looked after."""
        query = select(Reminder.subject, Reminder.number).where(
            Reminder.kind == KIND, col(Reminder.subject).in_(subjects)
        )
        found: dict[str, frozenset[int]] = {}
        for subject, number in self.context.unit.execute(query) if subjects else ():
            found[subject] = found.get(subject, frozenset()) | {number}
        return found

    def _draft(self, draft: BroadcastDraft, writer: str, about: Phrase, subject: str) -> None:
        """Write the draft, and tell whoever is to look at it; what can't be written so is hers to write."""
        code, unit_id = Broadcasts(self.context).draft_of_clock(draft), next(iter(draft.audience.units), None)
        key = "posts.drafted" if code else "posts.not_drafted"
        values = {"code": code, "about": about, "link": f"{self.context.public_url}/console/broadcasts"}
        for official in self._readers(writer, unit_id):
            if official.person_id is not None:
                doors = _doors(official, code, unit_id)
                place = f"{KIND}/{subject}/{code or 'none'}/{official.id}"
                Messages(self.context).tell(official.person_id, Say(Phrase(key, values), openings=doors), place=place)

    def _readers(self, writer: str, unit_id: str | None) -> list[Official]:
        """Who wrote what it is about; and where she may write no announcement, those who may."""
        hers = Officials(self.context).acting(writer)
        if hers is not None and hers.may("broadcast.write", unit_id):
            return [hers]
        others = Officials(self.context).of_unit(unit_id, "broadcast.write")
        return ([hers] if hers is not None else []) + others


def due(row: Campaign, today: date, *, new: bool) -> Occasion:
    """The post that a campaign, which has begun, is due. new: nothing was said of it yet."""
    if row.state == "closed" or row.last_day < today:
        return "thanks"
    days = _days(row)
    latest: Occasion = max((o for o in days if days[o] <= today), key=NUMBERS.__getitem__)
    return "opened" if new and latest == "halfway" else latest


def _days(row: Campaign) -> dict[Occasion, date]:
    """When each post of a campaign is due, of those that are far enough from each other."""
    days: dict[Occasion, date] = {"opened": row.first_day}
    half, soon = row.first_day + (row.last_day - row.first_day) / 2, row.last_day - ENDS_SOON
    if soon - row.first_day >= APART:
        days["ends_soon"] = soon
        if half - row.first_day >= APART and soon - half >= APART:
            days["halfway"] = half
    return days


def _doors(official: Official, code: str | None, unit_id: str | None) -> tuple[Opening, ...]:
    sees = code is not None and official.may("broadcast.see", unit_id)
    return (Opening("doors.look_at_announcement", "announcement", {"typed": code or ""}),) if sees else ()

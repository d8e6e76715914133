"""Is this ours? What somebody was sent is looked up among all that was announced; what is not ours is kept to be seen.

Why a code proves nothing by itself: it can be copied into other words, so where there are words they are compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast

from sqlalchemy import update
from sqlmodel import col, func, select

from handlers.desk.announcing import forwarded
from handlers.desk.office import Context
from handlers.flow.message import Phrase
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese import words
from storage.ids import new_id, read_code
from storage.queries import machine
from storage.queries.announcing import announced
from storage.queries.announcing.announced import Begun
from storage.tables import Suspect
from storage.vault import KeyGone

# ours, word for word; ours, as far as its code says; of an announcement of ours that was stopped on its way; words that
# are not ours under a code of ours; nothing of ours; too little to tell; the code of something else of ours; not ours,
# and asked too often to be kept.
How = Literal["ours", "by_code", "stopped", "forged", "absent", "short", "other_code", "too_often"]

OURS = ("ours", "by_code", "stopped")
LOOKED_THROUGH = 300  # announcements, the latest
WRONG_ONES = 10
WINDOW = timedelta(hours=1)
OTHERS: Mapping[str, str] = {"HS": "request", "KC": "request", "UH": "gift", "CD": "campaign"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a text is. title, day, rendered: of the announcement it is, or whose code it bears; by language.

    of: what the code of something else is of.
    """

    how: How
    title: Mapping[str, str] | None = None
    day: date | None = None
    rendered: Mapping[str, str] | None = None
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSuspect:
    """Something that was asked about, as officials see it. words: empty once who asked was erased."""

    id: str
    at: datetime
    code: str
    words: str
    seen_by: str | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Suspects:
    """What people were sent and don't trust."""

    context: Context

    def judge(self, typed: str) -> Judged:
        """Say what a text is that somebody was sent; keep it, sealed, if it is not ours."""
        said = words.tidy(typed)
        if other := self._other_code(said):
            return Judged(how="other_code", of=other)
        named = forwarded.codes(said)
        found = self._by_code(said, named) or self._by_words(said, named) or Judged(how="absent")
        return found if found.how in OURS else self._not_ours(said, named, found)

    def listed(self, *, before: str = "", most: int) -> list[ListedSuspect]:
        """What was asked about, the newest first, in the open; that it was read is noted."""
        context = self.context
        query = select(Suspect).order_by(col(Suspect.id).desc()).limit(most)
        rows = context.unit.scalars(query.where(col(Suspect.id) < before) if before else query).all()
        context.note("suspect.read", f"official:{context.acting().id}", count=len(rows))
        return [
            ListedSuspect(
                id=row.id, at=row.at, code=row.code, words=self._words(row), seen_by=row.seen_by, seen_at=row.seen_at
            )
            for row in rows
        ]

    def mark_seen(self, suspect_id: str) -> Literal["done", "absent", "outdated"]:
        """Note that an official has looked at one."""
        context = self.context
        if context.unit.get(Suspect, suspect_id) is None:
            return "absent"
        one = update(Suspect).where(col(Suspect.id) == suspect_id, col(Suspect.seen_at).is_(None))
        if context.unit.change(one.values(seen_by=context.acting().id, seen_at=context.now)) != 1:
            return "outdated"
        context.note("suspect.seen", f"suspect:{suspect_id}")
        return "done"

    def unseen(self) -> int:
        """How many wait to be looked at."""
        query = select(func.count()).select_from(Suspect).where(col(Suspect.seen_at).is_(None))
        return self.context.unit.scalar(query) or 0

    # Inside

    def _other_code(self, said: str) -> str:
        """What a text that is nothing but a code of ours is the code of; whether there is such a one stays untold."""
        folded = words.fold(said).replace(" ", "").upper()
        kind = folded[:2]
        is_code = len(folded) == 10 and kind in OTHERS and read_code(folded, kind) is not None
        return OTHERS[kind] if is_code else ""

    def _by_code(self, said: str, named: tuple[str, ...]) -> Judged | None:
        """What a text with codes is: one of ours, a digest of several, or other words; None if no code is ours."""
        found = {one.code: one for one in announced.begun(self.context.unit, named, len(named))} if named else {}
        begun = [found[code] for code in named if code in found]
        if not begun:
            return None
        bare = words.fold(forwarded.without_codes(said))
        if not bare or bare in self.context.texts.heard["code_words"]:
            return self._judged("by_code", begun[0])
        sent = forwarded.Forwarded(said)
        says = next((one for one in begun if sent.says_no_more(one.rendered.values())), None)
        if says is None and sent.is_made_of(self._of_digest(begun)):
            says = begun[0]
        return self._judged("ours", says) if says else self._judged("forged", begun[0])

    def _by_words(self, said: str, named: tuple[str, ...]) -> Judged | None:
        """What a text is of which no code is ours; None if it is nothing of ours."""
        if named and forwarded.is_short(forwarded.without_codes(said)):
            return None  # a code that nobody gave, beside words that tell nothing
        sent = forwarded.Forwarded(said)
        for one in announced.begun(self.context.unit, None, LOOKED_THROUGH):
            if sent.says_no_more(one.rendered.values()):
                return Judged(how="short") if forwarded.is_short(said) else self._judged("ours", one)
        return None

    def _of_digest(self, begun: Sequence[Begun]) -> list[str]:
        """What a digest of some announcements may say, in every language."""
        codes = tuple(one.code for one in begun)
        whole = Phrase("digest.whole", {"news": "", "footer": Phrase("digest.footer", {"codes": codes})})
        frame = (whole, Phrase("digest.more", {"code": ""}))
        told = [self.context.voice(language).say(phrase) for language in LANGUAGES for phrase in frame]
        return [*told, *(text for one in begun for text in one.rendered.values())]

    def _judged(self, how: How, one: Begun) -> Judged:
        how = "stopped" if one.state == "cancelled" and how in OURS else how
        return Judged(
            how=how, title=one.title, day=one.began_at.astimezone(self.context.zone).date(), rendered=one.rendered
        )

    def _not_ours(self, said: str, named: tuple[str, ...], judged: Judged) -> Judged:
        """Keep what is not ours, unless there was too much of it from this chat lately."""
        context = self.context
        tries = context.vault.look_up("suspect tries", context.here().address_id)
        if machine.count(context.unit, tries, context.now, WINDOW) > WRONG_ONES:
            return Judged(how="too_often")
        if judged.how != "short":
            self._keep(said, named[0] if named else "")
        return judged

    def _keep(self, said: str, code: str) -> None:
        context, person_id = self.context, self.context.here().person_id
        suspect_id = new_id(context.now)
        body = context.vault.seal(f"person:{person_id}", f"suspect.body:{suspect_id}", said)
        context.unit.add(Suspect(id=suspect_id, person_id=person_id, code=code, body=body, at=context.now))
        context.note("suspect.kept", f"suspect:{suspect_id}")

    def _words(self, row: Suspect) -> str:
        if row.body is None:
            return ""
        try:
            return cast("str", self.context.vault.open(f"person:{row.person_id}", f"suspect.body:{row.id}", row.body))
        except KeyGone:
            return ""

"""One transaction at the office: in whose name, at which moment, on which rows. It is all that an act needs.

Why apart from the desk: a room of the desk takes this and the rooms below it, so what it may touch can be seen from its
imports.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, ClassVar, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import Mapped
from sqlmodel import select

from handlers.desk.office.calendar import Calendar
from handlers.desk.office.quiet_hours import NIGHT, QuietHours
from handlers.desk.office.rights import NotAllowed, Official
from handlers.rules.ages import figures_of_the_day
from handlers.rules.office import Office, office
from handlers.texts import Bilingual, Phrase, Texts, Voice
from storage.queries import machine
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing.windows import Windows
from storage.tables import OfficialRow
from storage.unit import Unit
from storage.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person, an official, the operator at the machine, or the clock."""

    kind: Literal["person", "official", "operator", "clock"]
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


@dataclass(frozen=True, slots=True)
class ResponsibleBody:
    """Who is responsible for the service and its data."""

    body: str
    contact: str
    data_contact: str


@dataclass(frozen=True, slots=True)
class Told:
    """A chat for which a message was put in the outbox, and the message's kind."""

    channel: str
    address_id: str
    kind: str


class GivenValues(Mapping[str, object]):
    """Values every text may name; few texts name any, so they are made when the first does."""

    def __init__(self, make: Callable[[], Mapping[str, object]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[str, object]:
        return self._make()

    def __getitem__(self, name: str) -> object:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True, kw_only=True)
class Context:
    """One transaction at the office.

    chat: where the person speaks; cause: the message or click that led here. abroad: the chat's servers are outside the
    country. private_pages: a page of ours can be opened from there. told: where a message was put in the outbox.
    channels_abroad: all whose servers are outside the country. official: who acts for the office, if an official does.
    replay_letter: gives a dead letter another try, also one that only its channel can read; False if that can't be.
    quiet: when nothing unasked is sent. windows: when a platform takes what, where one makes a difference. network: a
    keyed hash of where in the internet she writes from; empty where that is not known.
    """

    # Who is told, in the same transaction, that something happened, by the class of what did; see `tell`.
    listeners: ClassVar[Mapping[type[object], Callable[[Any, Any], None]]] = {}

    unit: Unit
    vault: Vault
    actor: Actor
    now: datetime
    texts: Texts
    zone: ZoneInfo
    cause: str
    chat: Chat | None = None
    demo: bool = False
    public_url: str = ""
    abroad: bool = False
    private_pages: bool = False
    channels_abroad: frozenset[str] = frozenset()
    official: Official | None = None
    replay_letter: Callable[[str], bool] | None = None
    quiet: QuietHours = NIGHT
    windows: Windows | None = None
    network: str = ""
    told: list[Told] = field(default_factory=list, compare=False)
    _voices: dict[str, Voice] = field(default_factory=dict, init=False, compare=False)

    # Day and place

    def today(self) -> date:
        """The office's calendar day."""
        return self.now.astimezone(self.zone).date()

    @property
    def office(self) -> Office:
        return office(self.today())

    @cached_property
    def calendar(self) -> Calendar:
        """The office's calendar, with the days that officials closed and opened."""
        return Calendar.read(self.unit)

    def due(self, working_days: int) -> date:
        """The day by which something received now is to be done."""
        return self.calendar.due(self.now, working_days, zone=self.zone, cutoff=self.office.cutoff)

    # Who

    def owner(self) -> ResponsibleBody | None:
        """Who is responsible; None until somebody was entered, and then no consent is asked for."""
        row = machine.owner(self.unit)
        return ResponsibleBody(*row) if row else None

    def here(self) -> Chat:
        """The chat of the person who speaks. Raises LookupError where nobody does."""
        if self.chat is None:
            raise LookupError("no person speaks here")
        return self.chat

    def of(self, official: Official) -> Self:
        """The same transaction, with an official at the desk."""
        return replace(self, actor=Actor("official", official.id), official=official)

    # What she may

    def acting(self) -> Official:
        """The official at the desk. Raises NotAllowed where there is none."""
        if self.official is None:
            raise NotAllowed("official")
        return self.official

    def may(self, action: str, unit_id: str | None) -> bool:
        """Whether the official at the desk may do this for a unit."""
        return self.official is not None and self.official.may(action, unit_id)

    def allows(self, action: str, unit_id: str | None, subject: str, *, noted: bool = True) -> bool:
        """Whether the official at the desk may do this to a subject of a unit. noted: whether a refusal is."""
        allowed = self.may(action, unit_id)
        if noted and not allowed:
            self.note("rights.refused", subject, action=action)
        return allowed

    def are_same_hands(self, actor: str, me: Official | None = None) -> bool:
        """Whether what somebody did may have been done by an official, who is the one at the desk if no other is named:
        it is she, or one of the two was shown the link by which the other took her account up.

        actor: an official's id, or as events name her.
        """
        me, other_id = me or self.acting(), actor.removeprefix("official:")
        if not other_id:
            return False
        other = self.unit.get(OfficialRow, other_id)
        return other_id in (me.id, me.let_in_by) or (other is not None and other.let_in_by == me.id)

    def hands(self) -> frozenset[str]:
        """The accounts of which the same may be said of the one at the desk."""
        me = self.acting()
        let_in = self.unit.scalars(select(OfficialRow.id).where(OfficialRow.let_in_by == me.id))
        return frozenset({me.id, *let_in, *([me.let_in_by] if me.let_in_by else [])})

    def within(self, unit_id: Mapped[str | None], action: str = "gift.see") -> ColumnElement[bool]:
        """The rows that the official at the desk may do this to: of her units, and of none."""
        me = self.acting()
        reach = me.reach(action)
        if reach == "all":
            return true()
        return or_(unit_id.in_(sorted(me.units_for(action))), unit_id.is_(None)) if reach else false()

    def row_by_id(self, table: type[T], row_id: str) -> T | None:
        """A row by an id that a page or a button gave us; whatever else that may be names none."""
        return self.unit.get(table, row_id) if row_id.isascii() and row_id.isalnum() else None

    # What is said and written down

    def voice(self, language: str, channel: str = "") -> Voice:
        """Speak a language, with the values that every text may name, to somebody on a channel; empty: who speaks."""
        language = language or "vi"
        abroad = channel in self.channels_abroad if channel else self.abroad
        name = f"{language}/{abroad}"
        if name not in self._voices:
            given = GivenValues(partial(self._given, language))
            self._voices[name] = Voice(texts=self.texts, language=language, zone=self.zone, given=given, abroad=abroad)
        return self._voices[name]

    def link_to(self, channel: str) -> str:
        """Where people write to us on a channel; our page until the channel has told us."""
        return machine.fact(self.unit, f"link:{channel}") or self.public_url

    def ledger_link(self) -> Bilingual:
        """Where everybody can read the public ledger."""
        return Bilingual({"vi": f"{self.public_url}/so-cong-khai", "en": f"{self.public_url}/ledger"})

    def note(self, action: str, subject: str, reason: str = "", /, **detail: object) -> None:
        """Write the audit row of an operation. Never anything personal: ids, states, kinds."""
        machine.note(self.unit, self.now, str(self.actor), action, subject, reason, detail)

    def tell(self, happened: object) -> None:
        """Let the room that listens for it do what follows from something. Rooms above are known to nobody below."""
        listener = self.listeners.get(type(happened))
        if listener is not None:
            listener(self, happened)

    def _given(self, language: str) -> Mapping[str, object]:
        owner = self.owner()
        kept, law = self.office.retention("case"), self.office.data_law
        unsure = self.texts.sentence(language, "to_be_confirmed")
        months = self.texts.sentence(language, "months")
        return {
            **figures_of_the_day(self.today()),
            "private_topics": "" if self.abroad and not self.private_pages else Phrase("consent_check.topics_health"),
            "abroad_line": Phrase("consent_check.abroad_line", {"web": self.public_url}) if self.abroad else "",
            "retention_check": months.format(count=self.office.retention("check").count),
            "retention_case": months.format(count=kept.count),
            "data_law": law.source if law else unsure,
            "ack_days": law.request_ack_working_days if law else unsure,
            "stop_days": law.withdraw_restrict_days if law else unsure,
            "owner": owner.body if owner else self.texts.sentence(language, "no_owner_name"),
            "owner_contact": owner.contact if owner else self.office.hotline_line(language),
            "data_contact": owner.data_contact if owner else self.office.hotline_line(language),
            "hotline": self.office.hotline_line(language),
            "emergency_numbers": self.office.emergency_line(language),
            "volunteer_age": self.office.volunteer_age,
            "counter": self.office.counter(language),
            "partner_bodies": self.office.partner_bodies(language),
        }

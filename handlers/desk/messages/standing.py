"""How an account stands whose platform takes messages for a while only: tokens, buttons, windows, money, what waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from handlers.desk.office import Context
from storage.queries.outgoing import account, outbox, tokens, windows
from storage.queries.outgoing.windows import Windows
from storage.tables import OutboxRow

NO_TOKENS = "no_tokens"
WAITS = ("queued", "sending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands, without secrets and without anybody's name.

    needs_reauth: the code of why only a new consent or new tokens help, empty while none is needed. got_at, left: of
    the access token; left is None where its age is unknown, and nothing where it is not taken any more. free, paid,
    closed: people who can be written to for nothing, for money, not at all. spent, most: paid messages this month, 0
    for none. held, people: messages that wait until their people write, and these. rate: messages a second.
    """

    channel: str
    needs_reauth: str
    got_at: datetime | None
    left: timedelta | None
    buttons: bool
    called_at: datetime | None
    free: int
    paid: int
    closed: int
    spent: int
    most: int
    templates: tuple[str, ...]
    held: int
    people: int
    waiting: int
    rate: int


@dataclass(frozen=True, slots=True)
class PlatformStanding:
    """How the account stands whose platform takes messages for a while only."""

    context: Context

    def now(self) -> Standing | None:
        """How it stands now; None where there is no such account."""
        return self._of(self.context.windows) if self.context.windows is not None else None

    def _of(self, its: Windows) -> Standing:
        unit, now, channel = self.context.unit, self.context.now, its.channel
        pair = tokens.find(unit, self.context.vault, channel)
        reauth = NO_TOKENS if pair is None else (pair.reason or "unclear") if pair.needs_reauth else ""
        ends = pair.expires_at if pair is not None else None
        left = max(ends - now, timedelta()) if ends is not None else None
        counted, open_ones = windows.stand(unit, its, now), outbox.open_counts(unit)
        return Standing(
            channel=channel,
            needs_reauth=reauth,
            got_at=pair.got_at if pair is not None else None,
            left=timedelta() if pair is not None and pair.refused else left,
            buttons=not account.refuses_buttons(unit, channel),
            called_at=account.called_at(unit, channel),
            free=counted.free,
            paid=counted.paid,
            closed=counted.closed,
            spent=windows.spent(unit, its, now),
            most=its.paid_most,
            templates=tuple(sorted(its.by_template)),
            held=open_ones.get((channel, "held"), 0),
            people=self._people(channel),
            waiting=sum(open_ones.get((channel, state), 0) for state in WAITS),
            rate=its.rate,
        )

    def _people(self, channel: str) -> int:
        """How many people have messages that are held."""
        query = select(func.count(col(OutboxRow.person_id).distinct())).where(outbox.STUCK)
        return self.context.unit.execute(
            query.where(OutboxRow.state == "held", OutboxRow.channel == channel)
        ).scalar_one()

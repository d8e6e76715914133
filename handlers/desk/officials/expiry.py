"""What ran out is written as ended: browsers, one-time links and codes, and chats that act for an official.

Why not judged by its time alone: a clock that steps back would let all of it live again.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from handlers.desk.office import Context
from handlers.desk.officials.acting_chats import AWAKE_IN_A_BROWSER, AWAKE_ON_A_PHONE, OUR_OWN
from handlers.desk.officials.browsers import IDLE, LONGEST
from handlers.desk.officials.invitations import LIVE
from storage.tables import ActingChat, Address, ConsoleSession, Invitation, OneTimeToken

LEEWAY = timedelta(minutes=5)  # what a clock is set back by now and then is no other time


@dataclass(frozen=True, slots=True)
class Expiry:
    """What ran out by now, or is of a future that the clock has left."""

    context: Context

    def end(self) -> int:
        """End all of it; returns how much there was."""
        return self._browsers() + self._links() + self._chats()

    def _browsers(self) -> int:
        now, seen, begun = self.context.now, col(ConsoleSession.seen_at), col(ConsoleSession.created_at)
        over = or_(seen <= now - IDLE, begun <= now - LONGEST, seen >= now + IDLE, begun >= now + IDLE)
        ended = update(ConsoleSession).where(col(ConsoleSession.ended_at).is_(None), over)
        return self.context.unit.change(ended.values(ended_at=now).execution_options(synchronize_session=False))

    def _links(self) -> int:
        unit, now, at_most = self.context.unit, self.context.now, self.context.now + LEEWAY
        latest = self.context.office.retention("one_time_link").after(at_most)
        done = 0
        for table, until, last in (
            (Invitation, col(Invitation.until), at_most + LIVE), (OneTimeToken, col(OneTimeToken.until), latest)
        ):  # fmt: skip
            over = delete(table).where(or_(until < now, until > last))
            done += unit.change(over.execution_options(synchronize_session=False))
        return done

    def _chats(self) -> int:
        """Put to sleep what was awake long enough."""
        now, woken = self.context.now, col(ActingChat.woken_at)
        ours = select(col(Address.id)).where(col(Address.channel) == OUR_OWN)
        here = (woken <= now - AWAKE_IN_A_BROWSER) & col(ActingChat.address_id).in_(ours)
        asleep = update(ActingChat).where(or_(woken <= now - AWAKE_ON_A_PHONE, woken > now + AWAKE_IN_A_BROWSER, here))
        return self.context.unit.change(asleep.values(woken_at=None).execution_options(synchronize_session=False))

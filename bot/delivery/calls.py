"""Makes the calls of one account, and says what each makes of its message and of the account.

Why the account is judged here: a platform that can't be reached, or refuses us, says so in the answer to one message,
and it is true of all. Why it is asked without a message before it is left alone: calls that fail may be one chat's, and
whether all is well again must not be learnt from somebody's only answer.
"""

import asyncio
import logging
import random
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.channels.contract import (
    Fitted,
    Misconfigured,
    Moved,
    NeedsToken,
    NotSent,
    PersonGone,
    Refused,
    SendError,
    Sends,
    TryLater,
    Unclear,
    WindowClosed,
)
from bot.channels.fit import fit, fit_words
from bot.delivery.rate_limiter import RateLimiter
from storage.queries.outgoing.sending import Claimed

log = logging.getLogger(__name__)

FAILURES_BEFORE_A_PAUSE = 5
LONGEST_PAUSE_S = 60.0
LONGEST_SILENCE_S = 8.0
REFUSALS_OF_OUR_ACCOUNT = 3
PROBE_S, SELDOM_S = 10.0, 120.0
PLAIN = "plain"  # the reason of a message that was refused as it is: it goes out once more in words alone


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What became of one call to the platform.

    state: of the message now. part: pieces that are out. again: whether this was a failed try, and after how long there
    may be another. chat: where the platform has it now. gone: the person can't be reached there. closed: not before
    she writes.
    """

    state: str
    reason: str | None = None
    platform_id: str | None = None
    part: int | None = None
    again: timedelta | None = None
    chat: str = ""
    gone: bool = False
    closed: bool = False


class PlatformCalls:
    """Makes the calls of one account, and counts failures and refusals to say how the account is.

    in_doubt: set when the account is to be asked.
    """

    def __init__(self, channel: Sends, limiter: RateLimiter) -> None:
        self._channel, self._limiter = channel, limiter
        self._failures = self._refusals = self._counted = 0
        self._probed, self._unanswered, self._relapses = float("-inf"), 0, 0
        self.in_doubt = asyncio.Event()
        self._refused_messages = False

    @property
    def are_stopped(self) -> bool:
        """Whether the platform refuses our account, or can't be reached, so that nothing is to be sent."""
        return self._are_refused or self._are_lost

    @property
    def _are_refused(self) -> bool:
        return self._refusals >= REFUSALS_OF_OUR_ACCOUNT

    @property
    def _are_lost(self) -> bool:
        return self._failures >= FAILURES_BEFORE_A_PAUSE

    def reasons(self) -> list[str]:
        """What is wrong with sending, in codes."""
        name = self._channel.name
        wrong = {
            f"{name}_account_refused": self._are_refused,
            f"{name}_unreachable": self._are_lost,
            f"{name}_refuses_messages": self._refused_messages,
        }
        return [reason for reason, is_so in wrong.items() if is_so]

    async def recover(self) -> bool:
        """Where nothing is sent, ask now and then, without any message; True once we may go on.

        One that answers was reached: what failed were those calls alone. One that answers and yet refuses the first
        message after it is asked less and less often.
        """
        if not self.are_stopped or self._limiter.time() - self._probed < self._pause_s():
            return False
        self._probed = self._limiter.time()
        try:
            await self._channel.probe()
        except SendError as error:
            if isinstance(error, NotSent | Unclear):
                self._unanswered = min(self._unanswered + 1, 10)
            else:
                self._failures = self._unanswered = 0
            return not self.are_stopped
        if self._are_refused:
            self._refusals = REFUSALS_OF_OUR_ACCOUNT - 1
            self._relapses = min(self._relapses + 1, 10)
        self._failures = self._unanswered = 0
        return True

    def _pause_s(self) -> float:
        """Seconds between two probes; where calls only failed the first is made at once."""
        if self._are_refused:
            return min(SELDOM_S, PROBE_S * 2.0**self._relapses)
        return min(LONGEST_SILENCE_S, 2.0 ** (self._unanswered - 1)) if self._unanswered else 0.0

    async def make(self, claimed: Claimed) -> SendResult:
        """Make the call for the next piece of a message that had its turn, and say what became of it. Never raises."""
        try:
            pieces = self._pieces(claimed)
        except Exception as error:
            log.exception("nothing can be made of a message")
            return SendResult(state="failed", reason=type(error).__name__)
        await self._limiter.leaves()
        counted = self._counted
        try:
            platform_id = await self._channel.send(claimed.chat, pieces[min(claimed.part, len(pieces) - 1)])
        except SendError as error:
            return self._result_of(claimed, error, counted)
        except Exception as error:
            log.exception("a call failed in a way nobody thought of")
            return self._result_of(claimed, Unclear(type(error).__name__), counted)
        self._failures = self._refusals = self._unanswered = self._relapses = 0
        self._limiter.accepted()
        if claimed.part + 1 < len(pieces):
            return SendResult(state="queued", reason=claimed.reason, platform_id=platform_id, part=claimed.part + 1)
        return SendResult(state="sent", platform_id=platform_id, part=claimed.part + 1)

    def _pieces(self, claimed: Claimed) -> tuple[Fitted, ...]:
        limits, body = self._channel.limits, claimed.leaving.body
        if claimed.way == "template":
            return (Fitted(text="", template=claimed.leaving.kind, row=claimed.leaving.id),)
        if claimed.reason != PLAIN:
            return tuple(_numbered(piece, claimed.leaving.id) for piece in fit(body, limits))
        return fit_words(body, limits)

    def _result_of(self, claimed: Claimed, error: SendError, counted: int) -> SendResult:
        """What an error makes of a message. counted: the failures there had been when its call began."""
        reason = PLAIN if claimed.reason == PLAIN else error.reason
        match error:
            case TryLater():
                return self._later(claimed, error, reason)
            case NotSent():
                self._count_a_failure(counted)
                return SendResult(state="queued", reason=reason, again=_backoff(claimed.leaving.attempt))
            case Moved():
                return SendResult(state="queued", reason=reason, again=timedelta(0), chat=error.chat)
            case PersonGone():
                return SendResult(state="failed", reason=error.reason, gone=True)
            case WindowClosed():
                return SendResult(state="held", reason=error.reason, closed=True)
            case Refused():
                log.error("a message was refused", extra={"channel": self._channel.name, "reason": error.reason})
                self._refused_messages = True
                if claimed.reason == PLAIN:
                    return SendResult(state="failed", reason=error.reason)
                return SendResult(state="queued", reason=PLAIN, again=timedelta(0))
            case Misconfigured() | NeedsToken():
                self._refusals += 1 if isinstance(error, Misconfigured) else REFUSALS_OF_OUR_ACCOUNT
                return SendResult(state="queued", reason=reason, again=timedelta(seconds=1))
        self._count_a_failure(counted)
        return SendResult(state="unknown", reason=error.reason)

    def _later(self, claimed: Claimed, error: TryLater, reason: str) -> SendResult:
        """Wait as the platform asks, unless it asked so too often for the same reason."""
        if error.account:
            self._limiter.hold_all(min(error.after_s, LONGEST_PAUSE_S))
        elif not error.alone:
            self._limiter.told_to_wait(claimed.leaving.address_id, error.after_s)
        repeated = claimed.reason in (error.reason, PLAIN)
        if error.most and repeated and claimed.leaving.attempt >= error.most:
            return SendResult(state="failed", reason=error.reason)
        return SendResult(state="queued", reason=reason, again=timedelta(seconds=error.after_s))

    def _count_a_failure(self, counted: int) -> None:
        """Count one in a row; calls that were under way at once are one failure."""
        if counted == self._counted:
            self._counted += 1
            self._failures += 1
            if self._are_lost:
                self.in_doubt.set()


def _numbered(piece: Fitted, outbox_id: int) -> Fitted:
    return replace(piece, row=outbox_id, card=replace(piece.card, row=outbox_id) if piece.card else None)


def _backoff(attempt: int) -> timedelta:
    """Full jitter from one second up to a minute."""
    return timedelta(seconds=random.uniform(0.5, min(60.0, 2.0 ** min(attempt, 6))))  # noqa: S311  # no secret

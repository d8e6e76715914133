"""How many wait for an official where; 0 of what she has no right to see."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.cases import WaitingCases
from handlers.desk.pledges import WaitingPledges
from storage.queries.incoming import inbox
from storage.queries.outgoing import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCounts:
    """How many wait. unknown: messages that nobody knows the end of, and those that failed. unconfirmed: hand-overs of
    which nothing was heard for seven days. broadcasts: those of others that wait for her approval.
    suspects: messages that are not ours and that no official has looked at. accounts: changes of accounts that wait for
    a second admin.
    """

    urgent: int
    waiting: int
    requests: WaitingCases
    unknown: int
    letters: int
    gifts: WaitingPledges
    unconfirmed: int
    grievances: int
    broadcasts: int
    suspects: int
    accounts: int


def counts(desk: Desk) -> WaitingCounts:
    """Count what waits for the official at the desk."""
    me, calls = desk.acting(), desk.calls
    return WaitingCounts(
        urgent=calls.urgent_waiting(),
        waiting=calls.talks_waiting(),
        requests=desk.case_list.waiting(),
        unknown=outbox.count_stuck(desk.unit, ("unknown", "failed")) if me.reach("post.see") == "all" else 0,
        letters=inbox.letter_counts(desk.unit).get("open", 0) if me.reach("letter.see") else 0,
        gifts=desk.pledge_list.waiting(),
        unconfirmed=desk.hand_overs.late(),
        grievances=desk.hand_overs.open_grievances(),
        broadcasts=_to_approve(desk),
        suspects=desk.suspects.unseen() if me.reach("suspect.see") else 0,
        accounts=_accounts(desk),
    )


def _accounts(desk: Desk) -> int:
    if desk.acting().reach("official.confirm") is None:
        return 0
    return sum(not change.hers for change in desk.account_changes.waiting())


def _to_approve(desk: Desk) -> int:
    if desk.acting().reach("broadcast.approve") is None:
        return 0
    announcing = desk.chat_broadcasts
    return sum(announcing.may_approve(seen) for seen in desk.broadcasts.all("awaiting_approval"))

"""Checks the data itself: invariants that must hold whatever crashed. Names the rows that break one."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text

from storage.columns import UtcTime
from storage.database import Unit
from storage.queries.chains import chain

# Each query finds rows that must not exist; the sentence says what is wrong with them.
_NEVER = {
    "outbox row {0} has no cause": """
        SELECT o.id FROM outbox o WHERE o.cause LIKE 'inbox:%' AND o.created_at > :lately AND NOT EXISTS (
            SELECT 1 FROM inbox i
            WHERE i.id = CASE WHEN o.cause LIKE 'inbox:%' THEN CAST(substr(o.cause, 7) AS BIGINT) END)""",
    "outbox row {0} has been sending past its lease": """
        SELECT id FROM outbox WHERE state = 'sending' AND (lease_until IS NULL OR lease_until < :minute_ago)""",
    "address {0} shows an asking that was not shown to its person": """
        SELECT a.id FROM address a JOIN asking s ON s.nonce = a.screen WHERE s.person_id <> a.person_id""",
    "case {0} stands in a state that its history does not lead to": """
        SELECT c.id FROM cases c WHERE c.state <> (
            SELECT e.new FROM case_event e WHERE e.case_id = c.id AND e.new IS NOT NULL ORDER BY e.id DESC LIMIT 1)""",
    "case {0} has no history": """
        SELECT c.id FROM cases c WHERE NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = c.id)""",
    "case event {0} has no audit row": """
        SELECT e.id FROM case_event e LEFT JOIN (SELECT DISTINCT subject, actor FROM audit) a
            ON a.subject = 'case:' || e.case_id AND a.actor = e.actor
            WHERE e.new IS NOT NULL AND a.subject IS NULL""",
    "case {0} has a body and no key to open it": """
        SELECT c.id FROM cases c WHERE c.body IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM data_key k WHERE k.name = 'case:' || c.id)""",
    "person {0} has no data key": """
        SELECT p.id FROM person p WHERE p.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM data_key k WHERE k.name = 'person:' || p.id)""",
    "person {0} was erased and still has a data key": """
        SELECT p.id FROM person p JOIN data_key k ON k.name = 'person:' || p.id WHERE p.state = 'erased'""",
    "chat line {0} is numbered beyond its chat's last": """
        SELECT l.address_id FROM chat_line l JOIN address a ON a.id = l.address_id WHERE l.number > a.last_line""",
    "rule override {0} is in force and no audit row says that a second official confirmed it": """
        SELECT r.id FROM rule_override r LEFT JOIN audit a ON a.subject = 'rule:' || r.id
            AND a.action = 'rule.confirmed' AND a.actor = 'official:' || r.confirmed_by
            WHERE r.state = 'in_force' AND (a.subject IS NULL OR r.confirmed_by = r.proposed_by)""",
}
_SUMS = """
    SELECT p.id FROM pledge p LEFT JOIN (
        SELECT code, SUM(CASE WHEN kind = '{more}' THEN amount WHEN kind = '{less}' THEN -amount ELSE 0 END) AS amount
        FROM ledger GROUP BY code) l ON l.code = p.code
    WHERE p.{column} <> COALESCE(l.amount, 0)"""
_MONTH = "substr(CAST({day} AS VARCHAR(10)), 1, 7)"
# What stands in several queries.
_PARTS = {
    "held": "a.state IN ('asked', 'allocated', 'handed_over', 'differs')",
    "month": _MONTH.format(day="t.month"),
    "sealed_sums": """(
        SELECT {month} AS month, COALESCE(unit_id, '') AS unit_id, gift, measure, kind, SUM(amount) AS amount,
            COUNT(*) AS lines
        FROM ledger WHERE sequence IS NOT NULL GROUP BY 1, 2, 3, 4, 5) s""".format(month=_MONTH.format(day="day")),  # noqa: S608  # no words of others
    "same": """
        {month} = s.month AND t.unit_id = s.unit_id AND t.gift = s.gift AND t.measure = s.measure
        AND t.kind = s.kind""".format(month=_MONTH.format(day="t.month")),
}
_NEVER_OF_GIFTS = {
    "pledge {0} stands in a state that its history does not lead to": """
        SELECT p.id FROM pledge p WHERE p.state <> COALESCE((
            SELECT e.new FROM pledge_event e WHERE e.pledge_id = p.id AND e.new IS NOT NULL
            ORDER BY e.id DESC LIMIT 1), 'offered')""",
    "pledge {0} has no history": """
        SELECT p.id FROM pledge p WHERE NOT EXISTS (SELECT 1 FROM pledge_event e WHERE e.pledge_id = p.id)""",
    "pledge {0} has a body and no key to open it": """
        SELECT p.id FROM pledge p WHERE p.body IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM data_key k WHERE k.name = 'pledge:' || p.id)""",
    "pledge {0} is over and no day says since when, or the other way round": """
        SELECT id FROM pledge
        WHERE (state IN ('received', 'lapsed', 'withdrawn')) <> (closed_at IS NOT NULL)""",
    "pledge {0} has received something else than its ledger says": _SUMS.format(
        column="received", more="received", less=""
    ),
    "pledge {0} was given on otherwise than its ledger says": _SUMS.format(
        column="allocated", more="allotted", less="returned"
    ),
    "pledge {0} was handed over otherwise than its ledger says": """
        SELECT p.id FROM pledge p LEFT JOIN (
            SELECT l.code, SUM(CASE WHEN l.kind = 'handed_over' THEN l.amount ELSE -l.amount END) AS amount
            FROM ledger l WHERE l.kind = 'handed_over' OR (l.kind = 'returned' AND EXISTS (
                SELECT 1 FROM ledger h WHERE h.code = l.code AND h.allocation_id = l.allocation_id
                AND h.kind = 'handed_over' AND h.id < l.id))
            GROUP BY l.code) l ON l.code = p.code
        WHERE p.handed <> COALESCE(l.amount, 0)""",
    "pledge {0} was confirmed otherwise than its ledger says": _SUMS.format(
        column="confirmed", more="confirmed", less=""
    ),
    "pledge {0} was given on otherwise than its allocations say": """
        SELECT p.id FROM pledge p LEFT JOIN (
            SELECT pledge_id, SUM(amount) AS amount FROM allocation WHERE state NOT IN ('declined', 'returned')
            GROUP BY pledge_id) a ON a.pledge_id = p.id
        WHERE p.allocated <> COALESCE(a.amount, 0)""",
    "ledger row {0} is of no pledge": """
        SELECT l.id FROM ledger l WHERE NOT EXISTS (SELECT 1 FROM pledge p WHERE p.code = l.code)""",
    "the ledger's total of {0} is not the sum of its lines": """
        SELECT {month} FROM ledger_total t LEFT JOIN {sealed_sums} ON {same}
        WHERE t.amount <> COALESCE(s.amount, 0) OR t.lines <> COALESCE(s.lines, 0)
        UNION ALL SELECT s.month FROM {sealed_sums} LEFT JOIN ledger_total t ON {same} WHERE t.month IS NULL""",
    "allocation {0} is held and its pledge is over": """
        SELECT a.id FROM allocation a JOIN pledge p ON p.id = a.pledge_id
        WHERE {held} AND p.closed_at IS NOT NULL""",
    "allocation {0} was handed over and nobody is named for it": """
        SELECT a.id FROM allocation a WHERE a.state IN ('handed_over', 'differs', 'confirmed')
        AND (a.handed_by IS NULL OR a.handed_amount IS NULL)""",
    "grievance {0} is open and its allocation does not differ": """
        SELECT g.id FROM grievance g JOIN allocation a ON a.id = g.allocation_id
        WHERE g.state = 'open' AND a.state NOT IN ('differs', 'handed_over')""",
    "bank line {0} is matched with no pledge": """
        SELECT id FROM bank_line WHERE (state = 'matched') <> (pledge_id IS NOT NULL)""",
}
_NEVER_OF_ANNOUNCEMENTS = {
    "broadcast {0} goes to other people than were frozen for it": """
        SELECT b.id FROM broadcast b LEFT JOIN (
            SELECT broadcast_id, COUNT(*) AS people FROM recipient GROUP BY broadcast_id) r ON r.broadcast_id = b.id
        WHERE b.people <> COALESCE(r.people, 0)""",
    "broadcast {0} goes out and nobody but its authors approved it": """
        SELECT id FROM broadcast
        WHERE (state IN ('scheduled', 'sending', 'paused', 'done') OR began_at IS NOT NULL) AND approved_by IS NULL
        OR state IN ('scheduled', 'sending', 'paused', 'done')
        AND CAST(authors AS TEXT) LIKE '%"' || approved_by || '"%'""",
    "chat {0} was handed an announcement and no message carries it": """
        SELECT r.address_id FROM recipient r WHERE r.state IN ('released', 'digested') AND NOT EXISTS (
            SELECT 1 FROM outbox o WHERE o.id = r.outbox_id)""",
}


def broken(unit: Unit, now: datetime) -> Iterator[str]:
    """Yield a sentence for the first row that breaks each invariant, and for a broken chain."""
    moments = {"lately": now - timedelta(days=25), "minute_ago": now - timedelta(minutes=1)}
    for sentence, query in {**_NEVER, **_NEVER_OF_GIFTS, **_NEVER_OF_ANNOUNCEMENTS}.items():
        named = [bindparam(n, moment, type_=UtcTime()) for n, moment in moments.items() if f":{n}" in query]
        found = unit.execute(text(f"{query.format_map(_PARTS)} LIMIT 1").bindparams(*named)).first()
        if found is not None:
            yield sentence.format(found[0])
    yield from chain.broken(unit, now)


def differing(unit: Unit, anchors: Iterable[chain.Anchor]) -> Iterator[str]:
    """Yield a sentence for the first anchor whose row is another one by now, or is gone. anchors: in their order."""
    chains = {one.table.name: one for one in chain.CHAINS}
    for anchor in anchors:
        digest = chains[anchor.chain].digest_at(unit, anchor.sequence)
        if digest != anchor.digest:
            wrong = "is missing" if digest is None else "is not the row of that day"
            yield f"{anchor.chain} row of sequence {anchor.sequence}, anchored on {anchor.day}, {wrong}"
            return

"""Checks the data itself: invariants that must hold whatever crashed. Names the rows that break one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text

from storage.columns import UtcTime
from storage.database import Unit
from storage.queries import machine

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
}


def broken(unit: Unit, now: datetime) -> Iterator[str]:
    """Yield a sentence for the first row that breaks each invariant, and for a broken audit chain."""
    moments = {"lately": now - timedelta(days=25), "minute_ago": now - timedelta(minutes=1)}
    for sentence, query in _NEVER.items():
        named = [bindparam(n, moment, type_=UtcTime()) for n, moment in moments.items() if f":{n}" in query]
        found = unit.execute(text(f"{query} LIMIT 1").bindparams(*named)).first()
        if found is not None:
            yield sentence.format(found[0])
    yield from machine.broken_audit(unit, now)

"""What becomes of restored rows: who was erased since the backup is erased here, and nothing leaves by itself.

Why by missing keys: `person-keys` is always today's, so a key that is not in it was destroyed after the backup. A case
is judged by its own key and not by its registrant's: erasing destroys both, and a case that is kept keeps its key.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, text

from storage.columns import UtcTime
from storage.database import Unit
from storage.queries.announcing import restored as announced
from storage.queries.announcing.restored import HeldBroadcast
from storage.queries.incoming import states as incoming
from storage.queries.outgoing import states as outgoing

_NO_KEY = "NOT EXISTS (SELECT 1 FROM data_key k WHERE k.name = '{kind}:' || {id})"
_PASSED_ON = """
    key IN (SELECT {key} FROM passed_on w WHERE NOT EXISTS (SELECT 1 FROM data_key k WHERE k.name = w.under))"""
_WHO = {
    "keyless": _NO_KEY.format(kind="person", id="person.id"),
    "hers": "person_id IN (SELECT p.id FROM person p WHERE p.state = 'erased')",
    "account_lost": _NO_KEY.format(kind="gift_account", id="gift_account.id"),
    "case_lost": _NO_KEY.format(kind="case", id="cases.id"),
    "of_lost_case": f"(case_id IS NOT NULL AND {_NO_KEY.format(kind='case', id='case_id')})",
    "urgent_lost": _NO_KEY.format(kind="urgent", id="urgent_request.id"),
    "passed_on_lost": _PASSED_ON.format(key="message") + " OR " + _PASSED_ON.format(key="message || '/copy'"),
    "talk_lost": _NO_KEY.format(kind="talk", id="talk_line.talk_id"),
    "pledge_lost": _NO_KEY.format(kind="pledge", id="pledge.id"),
    "of_lost_pledge": f"(pledge_id IS NOT NULL AND {_NO_KEY.format(kind='pledge', id='pledge_id')})",
    "transfers_lost": _NO_KEY.format(
        kind="account", id="bank_line.account_id || '/' || substr(CAST(bank_line.day AS VARCHAR(10)), 1, 7)"
    ),
    "day_lost": _NO_KEY.format(kind="day", id="CAST(inbox.day AS VARCHAR(10))"),
}


def _cancel(which: str, unit: Unit, now: datetime) -> int:
    """Cancel messages that wait. which: a condition, with the names of _WHO."""
    return outgoing.cancel(unit, "erased", now, text(which.format_map(_WHO)))


def _drop(which: str, unit: Unit, now: datetime) -> int:
    """Drop messages that wait for an answer. which: as above."""
    return incoming.drop(unit, now, text(which.format_map(_WHO)))


# Done from top to bottom. "Hers" are rows of whoever is erased; those erased before the backup have none left.
_ERASED: Mapping[str, str | Callable[[Unit, datetime], int]] = {
    "she herself": "UPDATE person SET state = 'erased', language = '' WHERE state = 'active' AND {keyless}",
    "lines of her chats": "DELETE FROM chat_line WHERE address_id IN (SELECT id FROM address WHERE {hers})",
    "her chats: who writes from there again is somebody new": "DELETE FROM address WHERE {hers}",
    "what she was asked": "DELETE FROM asking WHERE {hers}",
    "what her family said": "DELETE FROM household WHERE {hers}",
    "where she was": "DELETE FROM session WHERE {hers}",
    "her photos, and those of lost cases": "DELETE FROM file WHERE {hers} OR {of_lost_case}",
    "her wish to talk": "UPDATE talk SET state = 'closed', closed_at = :now WHERE state = 'open' AND {hers}",
    "what was said in lost talks": "UPDATE talk_line SET body = NULL WHERE body IS NOT NULL AND {talk_lost}",
    "lines that passed on lost words": """
        DELETE FROM chat_line WHERE outbox_id IN (SELECT id FROM outbox WHERE {passed_on_lost})""",
    "what waits that passes on lost words": partial(_cancel, "({passed_on_lost})"),
    "what passed on lost words": "UPDATE outbox SET body = NULL WHERE body IS NOT NULL AND ({passed_on_lost})",
    "the account of an official who was erased speaks for nobody": """
        UPDATE official SET person_id = NULL WHERE person_id IN (SELECT p.id FROM person p WHERE p.state = 'erased')""",
    "what she wanted to hear of": "DELETE FROM subscription WHERE {hers}",
    "what she was sent by others": "UPDATE suspect SET body = NULL WHERE body IS NOT NULL AND {hers}",
    "which changes of the rules concern her": "DELETE FROM law_change_person WHERE {hers}",
    "her consents": "UPDATE consent SET state = 'withdrawn', ended_at = :now WHERE state = 'given' AND {hers}",
    "what waits for her": partial(_cancel, "{hers}"),
    "what was said to her": "UPDATE outbox SET body = NULL WHERE {hers}",
    "what waits of hers, and of days whose key is gone": partial(_drop, "body IS NOT NULL AND ({hers} OR {day_lost})"),
    "what she wrote, and what was written on such days": """
        UPDATE inbox SET body = NULL, done_at = COALESCE(done_at, :now)
        WHERE body IS NOT NULL AND ({hers} OR {day_lost})""",
    "urgent requests": "UPDATE urgent_request SET body = NULL WHERE body IS NOT NULL AND {urgent_lost}",
    "how lost cases were found": "DELETE FROM case_look_up WHERE {of_lost_case}",
    "notes of lost cases": "UPDATE case_event SET note = NULL WHERE note IS NOT NULL AND {of_lost_case}",
    "tasks of lost cases": "UPDATE task SET done_at = :now WHERE done_at IS NULL AND {of_lost_case}",
    "accounts that were ended": """
        UPDATE gift_account SET ended_at = :now WHERE ended_at IS NULL AND {account_lost}""",
    "lost cases": """
        UPDATE cases SET body = NULL, answer = NULL, recognised = NULL WHERE body IS NOT NULL AND {case_lost}""",
    "what lost cases need, in words": "UPDATE need_slot SET words = NULL WHERE words IS NOT NULL AND {of_lost_case}",
    "what lost cases ask for": """
        UPDATE need_slot SET state = 'closed', closed_at = :now WHERE state = 'open' AND {of_lost_case}""",
    "what was found out about gifts to lost cases": """
        UPDATE grievance SET words = NULL WHERE words IS NOT NULL AND allocation_id IN (
            SELECT a.id FROM allocation a JOIN need_slot ON need_slot.id = a.slot_id WHERE {of_lost_case})""",
    "words of lost gifts": "UPDATE pledge_event SET note = NULL WHERE note IS NOT NULL AND {of_lost_pledge}",
    "what came with transfers": """
        UPDATE bank_line SET text = NULL WHERE text IS NOT NULL AND ({of_lost_pledge} OR {transfers_lost})""",
    "who gave lost gifts": """
        UPDATE pledge SET body = NULL, named = FALSE, quiet = TRUE WHERE body IS NOT NULL AND {pledge_lost}""",
}
# Whoever was signed out, or whose link was used, since the backup must not be let in by it once more.
_SHUT_OUT = {
    "browsers of officials": "UPDATE console_session SET ended_at = :now WHERE ended_at IS NULL",
    "one-time links and codes": "DELETE FROM invitation",
}
_LOST = "SELECT id FROM cases WHERE body IS NOT NULL AND {case_lost} ORDER BY id"
_LOST_PLEDGES = "SELECT id FROM pledge WHERE body IS NOT NULL AND {pledge_lost} ORDER BY id"
_HELPED = """
    SELECT cases.id FROM cases JOIN person ON person.id = cases.person_id
    WHERE cases.for_other AND cases.body IS NOT NULL AND NOT {case_lost} AND person.state = 'active' AND {keyless}
    ORDER BY cases.id"""


def lost_cases(unit: Unit) -> list[str]:
    """Cases that say something nobody can open any more. Ask before `erase`."""
    return list(unit.scalars(text(_LOST.format_map(_WHO))))


def lost_pledges(unit: Unit) -> list[str]:
    """Pledges whose giver nobody can read any more. Ask before `erase`."""
    return list(unit.scalars(text(_LOST_PLEDGES.format_map(_WHO))))


def helped_cases(unit: Unit) -> list[str]:
    """Cases sent for somebody else by whom is erased since; they outlive her. Ask before `erase`."""
    return list(unit.scalars(text(_HELPED.format_map(_WHO))))


def erase(unit: Unit, now: datetime) -> int:
    """Erase whoever has no key any more, as she was erased where she asked for it; returns how many persons."""
    counts = {
        what: _run(unit, step, now) if isinstance(step, str) else step(unit, now) for what, step in _ERASED.items()
    }
    return counts["she herself"]


def keep_back(unit: Unit, now: datetime) -> int:
    """Let no restored message leave by itself: it may have left long ago. Returns how many are held or unknown."""
    return outgoing.keep_back(unit, now)


def hold(unit: Unit, now: datetime) -> list[HeldBroadcast]:
    """Let no restored announcement go on by itself; returns those that are held."""
    return announced.hold(unit, now)


def shut_out(unit: Unit, now: datetime) -> None:
    """Let no cookie and no one-time link of the backup open the console."""
    for statement in _SHUT_OUT.values():
        _run(unit, statement, now)


def _run(unit: Unit, statement: str, now: datetime) -> int:
    named = [bindparam("now", now, type_=UtcTime())] if ":now" in statement else []
    done: int = unit.execute(text(statement.format_map(_WHO)).bindparams(*named)).rowcount  # type: ignore[attr-defined]  # an UPDATE or DELETE has one
    return done

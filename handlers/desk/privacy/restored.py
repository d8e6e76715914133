"""After a restore: whoever was erased since the backup is erased again, with her cases settled as erasing settles them.

Why not `people.erase`: there she stands at the desk and keeps her chat. Here she is absent, and only a missing key
tells that she asked for it.
"""

from dataclasses import dataclass
from datetime import datetime

from handlers.desk.cases.cases import WITHDRAWABLE
from handlers.desk.desk import Desk
from handlers.desk.pledges.pledges import Pledges
from storage.backup import restored
from storage.queries.chains import chain
from storage.tables import Case, Pledge

WHY = "erased since the backup that was restored"


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done: persons erased, open cases withdrawn by it, messages that do not leave by themselves."""

    erased: int
    withdrawn: int
    kept_back: int


def settle(desk: Desk, taken: datetime) -> Settled:
    """Settle everything a restore leaves open, in the transaction that restored it. taken: when the backup was made."""
    unit, withdrawn = desk.unit, 0
    for case_id in restored.helped_cases(unit):
        desk.cases.forget_helper(unit.get_one(Case, case_id))
    for case_id in restored.lost_cases(unit):
        case = unit.get_one(Case, case_id)
        if case.state in WITHDRAWABLE:
            withdrawn += desk.cases.move(case.code, "withdrawn", WHY)
    for pledge_id in restored.lost_pledges(unit):
        Pledges(desk).withdraw(unit.get_one(Pledge, pledge_id))
    unit.flush()
    settled = Settled(restored.erase(unit, desk.now), withdrawn, restored.keep_back(unit, desk.now))
    restored.shut_out(unit, desk.now)
    desk.note(
        "backup.restored", "database", f"a backup of {taken.isoformat(timespec='minutes')}",
        erased=settled.erased, withdrawn=settled.withdrawn, kept_back=settled.kept_back,
    )  # fmt: skip
    while chain.seal(unit):  # nobody seals until a service runs again
        pass
    return settled

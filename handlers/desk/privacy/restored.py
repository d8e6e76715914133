"""After a restore: whoever was erased since the backup is erased again, with her cases settled as erasing settles them.

Why not `people.erase`: there she stands at the desk and keeps her chat. Here she is absent, and only a missing key
tells that she asked for it.
"""

from dataclasses import dataclass
from datetime import datetime

from handlers.desk.allocations import Allocations
from handlers.desk.cases import WITHDRAWABLE, Cases
from handlers.desk.office import Context
from storage.backup import restored
from storage.queries.chains import chain
from storage.tables import Case, Pledge

WHY = "erased since the backup that was restored"


@dataclass(frozen=True, slots=True)
class SettledRestore:
    """What was done: persons erased, open cases withdrawn by it, messages that do not leave by themselves."""

    erased: int
    withdrawn: int
    kept_back: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore leaves open."""

    context: Context

    def settle(self, taken: datetime) -> SettledRestore:
        """Settle all that a restore leaves open, in the transaction that restores. taken: when the backup was made."""
        unit, withdrawn = self.context.unit, 0
        for case_id in restored.helped_cases(unit):
            Cases(self.context).forget_helper(unit.get_one(Case, case_id))
        for case_id in restored.lost_cases(unit):
            case = unit.get_one(Case, case_id)
            if case.state in WITHDRAWABLE:
                withdrawn += Cases(self.context).move(case.code, "withdrawn", WHY)
        for pledge_id in restored.lost_pledges(unit):
            Allocations(self.context).withdraw(unit.get_one(Pledge, pledge_id))
        unit.flush()
        settled = SettledRestore(
            restored.erase(unit, self.context.now), withdrawn, restored.keep_back(unit, self.context.now)
        )
        restored.shut_out(unit, self.context.now)
        self.context.note(
            "backup.restored", "database", f"a backup of {taken.isoformat(timespec='minutes')}",
            erased=settled.erased, withdrawn=settled.withdrawn, kept_back=settled.kept_back,
        )  # fmt: skip
        while chain.seal(unit):  # nobody seals until a service runs again
            pass
        return settled

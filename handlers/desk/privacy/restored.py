"""After a restore: whoever was erased since the backup is erased again, with her cases settled as erasing settles them.

Why not `people.erase`: there she stands at the desk and keeps her chat. Here she is absent, and only a missing key
tells that she asked for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handlers.desk.allocations import Allocations
from handlers.desk.cases import WITHDRAWABLE, Cases
from handlers.desk.office import Context
from storage.backup import restored
from storage.queries.announcing.restored import HeldBroadcast
from storage.queries.chains import chain
from storage.tables import Case, Pledge

WHY = "erased since the backup that was restored"


@dataclass(frozen=True, slots=True)
class SettledRestore:
    """What was done: persons erased, open cases withdrawn by it, messages that do not leave by themselves.

    broadcasts: those that go on only once two officials let them.
    """

    erased: int
    withdrawn: int
    kept_back: int
    broadcasts: tuple[HeldBroadcast, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore leaves open."""

    context: Context

    def settle(self, taken: datetime, say: Callable[[], object]) -> SettledRestore:
        """Settle all that a restore leaves open, in the transaction that restores. taken: when the backup was made.

        say: says what may have been said since, which is held with all that waited.
        """
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
        now = self.context.now
        erased, held = restored.erase(unit, now), restored.hold(unit, now)
        say()
        unit.flush()
        settled = SettledRestore(erased, withdrawn, restored.keep_back(unit, now), tuple(held))
        restored.shut_out(unit, now)
        for one in held:
            self.context.note(
                "broadcast.held", f"broadcast:{one.id}", code=one.code, state=one.state, had=one.had, waits=one.waits
            )
        self.context.note(
            "backup.restored", "database", f"a backup of {taken.isoformat(timespec='minutes')}",
            erased=settled.erased, withdrawn=settled.withdrawn, kept_back=settled.kept_back, broadcasts=len(held),
        )  # fmt: skip
        while chain.seal(unit):  # nobody seals until a service runs again
            pass
        return settled

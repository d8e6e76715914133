"""What happens to cases and has consequences in rooms that cases know nothing of; see `Context.tell`."""

from dataclasses import dataclass

from storage.tables import Case


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """A case is over: nothing more is asked for by it."""

    case: Case


@dataclass(frozen=True, slots=True)
class CasePlaced:
    """A case belongs to another unit now."""

    case: Case

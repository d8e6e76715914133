"""What can go wrong with a call to any platform, and a script of what goes wrong when.

Why each says whether the call takes effect: to a caller a cut line looks the same before and after a message was shown,
and the difference is a duplicate or a loss.
"""

from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Literal

End = Literal["answer", "hang", "reset", "cut"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong. accepts: the call takes effect all the same; end: how the line ends.

    An answer is the true one where body is empty. wait_s: before the end; gone_s: how long no connection is taken then.
    """

    name: str
    _: KW_ONLY
    accepts: bool = False
    end: End = "answer"
    status: int = 200
    body: str = ""
    kind: str = "application/json"
    wait_s: float = 0.0
    gone_s: float = 0.0

    def after_effect(self) -> "Fault":
        """The same, with the call taking effect before."""
        return replace(self, name=f"{self.name}, after its effect", accepts=True)


_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"

# The line goes wrong.
HANG = Fault("no answer ever", accepts=True, end="hang")
"""Accepted and shown, but no answer comes."""
RESET = Fault("reset after the effect", accepts=True, end="reset")
"""Accepted and shown, then the connection is reset."""
RESET_BEFORE = Fault("reset before the effect", end="reset")
"""The connection is reset, and nothing was accepted."""
CUT = Fault("answer cut in the middle", accepts=True, end="cut")
"""Accepted and shown; of the answer half comes."""

# The answer is none of the platform's.
NOT_JSON = Fault("200 that isn't JSON", accepts=True, body="<html>Captive portal</html>", kind="text/html")
"""Accepted and shown; something on the way answers in its place."""
BAD_GATEWAY = Fault("502", status=502, body=_PAGE, kind="text/html")
"""The page of the server before the platform's; nothing was accepted, but see `after_effect`."""

OF_THE_LINE = (HANG, RESET, RESET_BEFORE, CUT, NOT_JSON, BAD_GATEWAY)


def slow(seconds: float) -> Fault:
    """Accepted at once; the true answer comes late."""
    return Fault(f"answer after {seconds} s", accepts=True, wait_s=seconds)


def gone(seconds: float) -> Fault:
    """Reset before any effect; then no connection is taken for a while."""
    return replace(RESET_BEFORE, name=f"refused for {seconds} s", gone_s=seconds)


@dataclass(slots=True)
class _Planned:
    fault: Fault
    call: str | None
    whom: str | None
    left: int | None


@dataclass(slots=True)
class Faults:
    """What is to go wrong, in order: the first that fits a call happens to it."""

    _planned: list[_Planned] = field(default_factory=list)

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._planned.clear()

    @property
    def left(self) -> int:
        """How many are still to happen; those without an end count once."""
        return sum(1 if planned.left is None else planned.left for planned in self._planned)

    def _plan(self, fault: Fault, call: str | None, whom: str | None, times: int | None) -> None:
        """Plan a fault. call, whom: None for any; times: None until cleared."""
        self._planned.append(_Planned(fault, call, whom, times))

    def _next(self, call: str, whom: str, *, by_name: bool = False) -> Fault | None:
        """What happens to this call, if anything. by_name: only what was planned for this very call."""
        calls = (call,) if by_name else (None, call)
        for planned in self._planned:
            if planned.call not in calls or planned.whom not in (None, whom):
                continue
            if planned.left is not None:
                planned.left -= 1
                self._planned = [other for other in self._planned if other.left != 0]
            return planned.fault
        return None

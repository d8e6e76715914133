"""Many small cases of one fact in one test, which goes through all of them and names every one that is broken.

Why not a test for each: thousands of cases that look at a word or a row cost more to collect than to try.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps

import pytest
from _pytest.mark import ParameterSet

Test = Callable[..., None]


def for_each(names: str | Sequence[str], cases: Iterable[object]) -> Callable[[Test], Test]:
    """Try a test with each case, written as for `pytest.mark.parametrize`; fail after the last, with all that broke.

    The test is a plain function. Raises ValueError where there is no case, TypeError where it can't take one.
    """
    wanted = [names] if isinstance(names, str) else list(names)
    rows = [_named(case, wanted, isinstance(names, str)) for case in cases]
    if not rows:
        raise ValueError(f"no case of {names}")

    def over_all(test: Test) -> Test:
        signature = inspect.signature(test)
        others = [one for one in signature.parameters.values() if one.name not in wanted]
        if inspect.iscoroutinefunction(test) or len(others) + len(wanted) != len(signature.parameters):
            raise TypeError(f"{test.__name__} is no plain function of {names}")

        @wraps(test)
        def run(**given: object) -> None:
            broken = [error for name, case in rows if (error := _tried(test, name, given | case))]
            if broken:
                raise BaseExceptionGroup(f"{len(broken)} of {len(rows)} cases are broken", broken)

        del run.__wrapped__  # or pytest would ask the test itself what it needs
        run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]  # which inspect reads of a function, and types know nothing of
        return run

    return over_all


def _named(case: object, names: list[str], alone: bool) -> tuple[str, dict[str, object]]:
    """A case's name for people, and its values by name."""
    name, values = None, (case,) if alone else case
    if isinstance(case, ParameterSet):
        name, values = case.id, case.values
    assert isinstance(values, Sequence)
    return str(name or ", ".join(f"{value!r:.90}" for value in values)), dict(zip(names, values, strict=True))


def _tried(test: Test, name: str, values: dict[str, object]) -> BaseException | None:
    try:
        test(**values)
    except (Exception, pytest.fail.Exception, BaseExceptionGroup) as error:  # `pytest.raises` fails with the second
        error.add_note(f"the case: {name}")
        return error
    return None

"""Whose turn it is while many wait: a flood from one network holds up nobody else."""

import pytest

from bot.receiving.turns import FOUND, Turns
from tests.kit.hours import Hours


@pytest.fixture
def hours() -> Hours:
    return Hours()


def order(turns: Turns, most: int = 100) -> list[str]:
    """Who has a turn after the other, each ended before the next."""
    found: list[str] = []
    while len(found) < most and (turn := turns.begin()) is not None:
        found.append(turn[0])
        turns.end(turn[0])
    return found


def test_networks_take_turns_however_many_of_one_wait() -> None:
    turns = Turns()
    for number in range(5):
        turns.wait(f"new {number}", "the attacker's")
    turns.wait("Lan", "hers")
    turns.wait("Mai")

    assert order(turns) == ["new 0", "Lan", "Mai", "new 1", "new 2", "new 3", "new 4"]


def test_who_waits_already_waits_once() -> None:
    turns = Turns()
    for network in ("a", "a", ""):
        turns.wait("Lan", network)

    assert order(turns) == ["Lan"]


def test_who_has_a_turn_waits_for_its_end() -> None:
    turns = Turns()
    turns.wait("Lan", "a")
    assert turns.begin() == ("Lan", "a")
    turns.wait("Lan", "a")
    turns.wait("Mai", "a")

    assert turns.begin() == ("Mai", "a")
    assert turns.begin() is None
    turns.end("Lan")
    assert turns.begin() == ("Lan", "a")


def test_who_writes_now_and_then_goes_before_those_who_write_without_end() -> None:
    turns = Turns()
    for network in "abc":
        for number in range(9):
            turns.wait(f"{network}{number}", network)
    begun = order(turns, 4)
    turns.wait("Lan", "hers")
    then = order(turns, 2)
    order(turns, 4)
    turns.wait("Lan", "hers")

    assert (begun, then, order(turns, 1)) == (["a0", "b0", "c0", "a1"], ["Lan", "b1"], ["Lan"])


def test_those_who_write_without_end_share_evenly() -> None:
    turns = Turns()
    for number in range(40):
        turns.wait(f"many {number}", "many")
    order(turns, 20)
    for number in range(40):
        turns.wait(f"more {number}", "more")

    caught_up, shared = order(turns, 20), order(turns, 20)

    assert caught_up == [f"more {number}" for number in range(20)]
    assert sum(name.startswith("many") for name in shared) == 10


def test_who_was_found_and_is_woken_waits_in_her_own_line() -> None:
    turns = Turns()
    turns.wait("Lan", FOUND)
    for number in range(5):
        turns.wait(f"found {number}", FOUND)
    order(turns, 1)
    turns.wait("Lan", FOUND)
    turns.wait("Lan", "hers")

    assert order(turns) == ["Lan", *(f"found {number}" for number in range(5))]


def test_a_line_that_everybody_left_is_forgotten() -> None:
    turns = Turns()
    turns.wait("Lan", FOUND)
    turns.wait("Lan", "hers")
    turns.wait("Mai", FOUND)

    assert order(turns) == ["Mai", "Lan"]


def test_what_was_had_long_ago_counts_no_more(hours: Hours) -> None:
    turns = Turns(hours.time)
    for number in range(5):
        turns.wait(f"many {number}", "many")
    order(turns, 5)
    hours.now += 3600
    turns.wait("Lan", "hers")
    order(turns)

    turns.wait("Mai", "many")
    turns.wait("Lan", "hers")
    assert order(turns, 1) == ["Mai"]


def test_nothing_is_remembered_for_long_of_those_who_wait_no_more(hours: Hours) -> None:
    turns = Turns(hours.time)
    for number in range(1000):
        hours.now += 10
        turns.wait(f"somebody {number}")
        assert order(turns) == [f"somebody {number}"]

    assert len(turns) < 250

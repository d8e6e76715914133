"""Whose turn it is while many wait: a flood from one network holds up nobody else."""

from bot.receiving.turns import Turns


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

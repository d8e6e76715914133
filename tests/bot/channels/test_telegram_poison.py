"""A stranger's bytes end in a message, in nothing for us, or in one refusal; never in an error nobody thought of."""

import json

import pytest

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import read_update
from bot.channels.telegram import updates
from fakes.telegram.world import BOT
from fakes.wire import Json
from tests.bot.channels.reading import every_kind
from tests.kit import poison
from tests.kit.cases import for_each

KINDS = every_kind()
BODIES = poison.bodies()


def read(raw: bytes) -> Received | Unreadable | None:
    """Read it as the webhook does; anything else it raises is the fault that is looked for."""
    try:
        found = updates.read(read_update(raw), bot_id=BOT["id"], username=str(BOT["username"]))
    except Unreadable as unreadable:
        return unreadable
    if found is not None:
        _check(found)
    return found


def _check(found: Received) -> None:
    """Everything in it can be kept by each of the two databases."""
    assert -(1 << 63) <= int(found.chat) < 1 << 63
    assert -(1 << 63) <= int(found.update_id) < 1 << 63
    written = json.dumps([found.body, found.photos, found.callback], ensure_ascii=False)
    assert "\\u0000" not in written
    written.encode()


@for_each("name", BODIES)
def test_poison_is_read_or_refused(name: str) -> None:
    read(BODIES[name])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("half a letter", "ab"),
        ("half a letter and NUL", "ab"),
        ("NUL", "ab"),
        ("only NUL", ""),
        ("the last of 64 bits", "a"),
        ("the first of 64 bits", "a"),
        ("a supergroup's id", "a"),
    ],
)
def test_what_no_database_takes_is_left_out_and_the_rest_is_read(name: str, text: str) -> None:
    found = read(BODIES[name])

    assert isinstance(found, Received)
    assert found.body["text"] == text


@for_each(
    "name",
    [
        "nested lists", "nested lists that end", "nested objects", "a number of 5000 digits", "not a number",
        "infinite", "not a number beside half a letter", "2^63", "2^64", "a chat of 2^63", "true for a number",
        "a number in quotes", "a broken number", "too long", "a list", "null", "nothing", "an empty object",
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_refused(name: str) -> None:
    assert isinstance(read(BODIES[name]), Unreadable)


def test_a_refusal_says_nothing_of_what_it_refuses() -> None:
    refusals = [str(found) for raw in BODIES.values() if isinstance(found := read(raw), Unreadable)]

    assert refusals
    assert all(len(code) < 20 and code.replace("_", "").replace(" ", "").isalpha() for code in refusals), refusals


@for_each("update", [pytest.param(update, id=kind) for kind, update in KINDS.items()])
def test_a_field_that_is_missing_or_of_another_kind_is_no_fault_of_ours(update: Json) -> None:
    ends = {type(read(raw)) for _, raw in poison.spoiled_fields(update)}

    assert Unreadable in ends


@pytest.mark.parametrize("seed", range(3))
def test_updates_spoiled_at_random_are_read_or_refused(seed: int) -> None:
    ends = {type(read(raw)) for raw in poison.mutations(list(KINDS.values()), seed, 500)}

    assert ends == {Received, Unreadable, type(None)}

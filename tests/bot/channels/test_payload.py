"""One reader of JSON for all channels: what a phone broke costs its own letter, and nothing else."""

import pytest

from bot.channels import payload
from bot.channels.payload import NotJson
from bot.channels.zalo_bot import updates as zalo_bot


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'["\\ud83d Lan"]', [" Lan"]),
        (b'{"\\ud83d": "a\\ud83db"}', {"": "ab"}),
        (b'["\xff Lan"]', ["\ufffd Lan"]),
    ],
    ids=["JSON", "half a letter", "half a letter in a name", "a byte that is no UTF-8"],
)
def test_a_broken_letter_costs_nothing_but_itself(raw: bytes, read: object) -> None:
    assert payload.read(raw) == read


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b"[Infinity]", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_told_so(raw: bytes) -> None:
    with pytest.raises(NotJson):
        payload.read(raw)

    assert payload.read_object(raw) is None


def test_a_zalo_bot_s_message_with_a_broken_letter_is_read() -> None:
    raw = (
        b'{"event_name":"message.text.received","message":{"message_id":"m","from":{"id":"a"},'
        b'"chat":{"id":"a","chat_type":"PRIVATE"},"text":"a\\ud83db"}}'
    )

    found = zalo_bot.read_again(raw)

    assert found is not None
    assert found.body == {"text": "ab"}

"""What people mean is heard: measured on messages that taught nothing, in the ways in which people write."""

import json
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import hears
from handlers.hearing import hear
from handlers.hearing.spelling import plain
from handlers.hearing.weights import Weights
from handlers.vietnamese.words import fold
from teaching.examples import all_examples, digest, read
from teaching.measure import Measured

CORPUS = list(read(Path(__file__).parent / "heard.tsv"))
EXAMPLES = all_examples()
ALIKE = 0.7  # of the groups of three letters of both


@pytest.fixture(scope="module")
def measured() -> Measured:
    return Measured.of(CORPUS)


def test_the_door_meant_is_heard(measured: Measured) -> None:
    assert len(CORPUS) > 300
    assert measured.right >= 0.85, measured.confusions()
    assert measured.right_of_two >= 0.93, measured.confusions()


def test_danger_is_heard_and_what_only_sounds_like_it_is_not(measured: Measured) -> None:
    assert measured.urgent_found >= 0.98
    assert measured.urgent_right >= 0.85


def test_what_is_none_of_our_business_gets_no_door(measured: Measured) -> None:
    assert measured.false_doors <= 0.08


def test_it_is_heard_in_every_way_of_writing(measured: Measured) -> None:
    assert {style: share for style, _, share in measured.by_style() if share < 0.7} == {}


def test_what_it_is_measured_by_taught_it_nothing() -> None:
    """Nor a near-copy of it did: of two messages alike most groups of three letters are the same."""
    holders = defaultdict[str, list[int]](list)
    groups = [_groups(example.text) for example in EXAMPLES]
    for place, own in enumerate(groups):
        for group in own:
            holders[group].append(place)

    alike = []
    for message in CORPUS:
        shared, wanted = defaultdict[int, int](int), _groups(message.text)
        for group in wanted:
            for place in holders[group]:
                shared[place] += 1
        alike += [
            (message.text, EXAMPLES[place].text)
            for place, count in shared.items()
            if count >= ALIKE * len(wanted | groups[place]) and len(fold(message.text).split()) > 3
        ]

    assert alike == []


def test_no_example_stands_for_two_doors() -> None:
    doors = defaultdict[str, set[str]](set)
    for example in EXAMPLES:
        doors[fold(example.text)].add(example.door)

    assert {text: found for text, found in doors.items() if len(found) > 1} == {}


def test_the_weights_are_what_the_examples_taught() -> None:
    assert Weights.load().about.taught == digest()


@given(st.text(max_size=300))
def test_any_text_whatever_is_heard_always_the_same(text: str) -> None:
    heard = hear(text)

    assert heard == hear(text)
    assert 0 <= heard.confidence <= 1
    assert heard.door != heard.second


def test_a_long_message_is_heard_by_its_beginning() -> None:
    assert hear("toi muon dang ky ho tro " + "x " * 50_000).door == hear("toi muon dang ky ho tro " + "x " * 500).door


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("mik mún đk hỗ trợ cho gđ", "minh muon dang ky ho tro cho gia dinh"),
        ("răng chừ mô rứa", "sao gio dau vay"),
        ("rang rua", "rang rua"),
        ("hk bik", "khong biet"),
        ("Gọi 0905 000 123 hay 0905000123", "goi 0phone hay 0phone"),
        ("mã HS-4K7M-92QX", "ma 0code"),
        ("kooooo", "ko"),
    ],
)
def test_ways_of_writing_are_brought_to_one(written: str, meant: str) -> None:
    assert plain(written) == meant
    assert plain(unicodedata.normalize("NFD", written)) == meant


def test_the_command_line_tells_what_is_heard() -> None:
    [line] = hears.lines(["nhà tôi cháy rồi cứu với\n"], as_json=True)

    told = json.loads(line)
    assert told["text"] == "nhà tôi cháy rồi cứu với"
    assert (told["door"], told["urgent"]) == ("urgent_help", True)
    assert set(told) == {"text", "door", "second", "confidence", "urgent"}


def _groups(text: str) -> frozenset[str]:
    spaced = f" {fold(text)} "
    return frozenset(spaced[at : at + 3] for at in range(len(spaced) - 2))

"""The kinds of question: what is written is heard and read back as it was, and no words whatever make one fail."""

from collections.abc import Mapping
from datetime import date
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.flow import questions as kinds
from handlers.flow import readers
from handlers.flow.conversation import Answers
from handlers.flow.counted import MEASURES, Quantity
from handlers.flow.message import Dong, Option, Phrase
from handlers.flow.questions import Candidate, Choice, Choices, Misheard, Other, Question, Said, Unsure
from handlers.vietnamese import units, words
from tests.kit.cases import for_each

TODAY = date(2026, 11, 25)
NAMES = ("food", "house", "water", "none_of_them")
PIECES = "1 2 03 dạ có không biết hộ 500k 2tr 54 15/3 nhà nước xong #skip =5 @done @none district: + Hòa Hải bỏ qua"
TYPED = st.text(st.characters(codec=None), max_size=200) | st.lists(st.sampled_from(PIECES.split())).map(" ".join)


def my_codes(answers: Answers) -> tuple[Candidate, ...]:
    return tuple(Candidate(code, Phrase("plain", {"words": code})) for code in ("HS-1", "HS-2"))


def may_be_words(typed: str) -> bool:
    """Whether free words are taken as such: no number or label of a button, no plain no, no «don't know»."""
    return any(c.isalnum() for c in typed) and not (unknown_or_no(typed) or typed.startswith(("#", "@")))


def unknown_or_no(typed: str) -> bool:
    return readers.unknown(typed) or readers.yes_no(typed) is False


FREE = st.text(min_size=1, max_size=100).map(words.tidy).filter(may_be_words)
NAMED = FREE.map(lambda typed: " ".join(c for c in typed.split())).filter(lambda n: not any(c.isdigit() for c in n))
PHONES = st.integers(0, 9_999_999).map(lambda n: f"+8490{n:07}") | st.sampled_from(["+842363822822", "+14155552671"])
IDS = st.integers(0, 99_999_999).map(lambda n: f"0482{n:08}")

# Each kind by name: the question, and the answers proper it may be given.
KINDS: Mapping[str, tuple[object, st.SearchStrategy[object]]] = {
    "choice": (Choice("what", *NAMES, others=("unknown", "skip")), st.sampled_from(NAMES)),
    "yes or no as a choice": (Choice("agree", "yes", "no", others=("read_more",)), st.sampled_from(["yes", "no"])),
    "choices": (
        Choices("needs", *NAMES, alone=("none_of_them",), others=("unknown", "nothing")),
        st.sets(st.sampled_from(NAMES[:3]), min_size=1).map(lambda s: tuple(n for n in NAMES if n in s))
        | st.just(("none_of_them",)),
    ),
    "yes or no": (kinds.YesNo("has_pension", others=("unknown",)), st.booleans()),
    "number": (kinds.Number("people", least=0, most=30, offered=(1, 2), others=("unknown",)), st.integers(0, 30)),
    "money": (kinds.Money("pension", others=("unknown", "skip")), st.integers(0, 10**12)),
    "year": (kinds.Year("birth_year", others=("forgotten",)), st.integers(1900, TODAY.year)),
    "day": (kinds.Day("since", others=("unknown",)), st.dates(date(1900, 1, 1), date(2099, 12, 31))),
    "time of day": (kinds.TimeOfDay("hour"), st.times().map(lambda t: t.replace(second=0, microsecond=0))),
    "phone": (kinds.Phone("phone", others=("no_phone",)), PHONES),
    "contact": (kinds.OwnPhone("phone", others=("no_phone",)), PHONES),
    "national id": (kinds.NationalId("id", others=("none", "later")), IDS),
    "unit": (kinds.UnitQuestion("unit", others=("unknown",)), st.sampled_from(sorted(units.all_units()))),
    "how many": (
        kinds.HowMany("how_many", others=("unknown",)),
        st.builds(Quantity, st.integers(1, 10**7), st.sampled_from(("", *MEASURES))),
    ),
    "months": (
        kinds.Months("season", others=("unknown",)),
        st.sets(st.integers(1, 12), min_size=1).map(lambda found: tuple(sorted(found))),
    ),
    "words": (kinds.Words("story", others=("skip", "photos")), FREE),
    "name": (kinds.Name("name", others=("unknown",)), NAMED),
}
LIKE_PHOTOS = kinds.Photos("photos", others=("skip",))
SUPPLIED = cast("Question[object]", Choice("which", supplied=my_codes, others=("none",)))


def kind(name: str) -> Question[object]:
    return cast("Question[object]", KINDS[name][0])


EVERY: Mapping[str, Question[object]] = {
    **{name: kind(name) for name in KINDS},
    "photos": cast("Question[object]", LIKE_PHOTOS),
    "supplied choice": SUPPLIED,
}


def buttons(question: Question[object]) -> tuple[Option, ...]:
    """The buttons as they would be shown, labelled with plain words."""
    own = [Option(f"Nút {c.written}", c.written) for c in question.choices(Answers({}, TODAY))]
    others = [Option(f"Khác {name}", f"#{name}") for name in question.others]
    ours = [Option("Xong", "@done"), Option("Sửa lại", "@again"), Option("Gặp cán bộ", None, "officer")]
    return (*own, *others, *ours)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_an_answer_written_down_is_heard_and_read_back(name: str, data: st.DataObject) -> None:
    question, value = kind(name), data.draw(KINDS[name][1])

    written = question.write(value)

    assert question.read(written) == value
    assert question.hear(Said(written, today=TODAY)) == value


@for_each(("name", "other"), [(name, other) for name, question in EVERY.items() for other in question.others])
def test_every_other_answer_written_down_is_heard_and_read_back(name: str, other: str) -> None:
    question = EVERY[name]

    written = question.write(Other(other))

    assert question.read(written) == Other(other)
    assert question.hear(Said(written, today=TODAY)) == Other(other)
    assert question.hear(Said(f"khác {other}", shown=buttons(question), today=TODAY)) == Other(other)


@given(st.lists(st.from_regex("[0-9a-f]{24}", fullmatch=True), min_size=1, max_size=5).map(tuple))
def test_photos_are_read_back_and_heard_from_what_was_sent_alone(ids: tuple[str, ...]) -> None:
    written = LIKE_PHOTOS.write(ids)

    assert LIKE_PHOTOS.read(written) == ids
    assert LIKE_PHOTOS.hear(Said(photos=ids)) == ids
    # Whoever types the id of a file does not come by somebody else's photo.
    assert LIKE_PHOTOS.hear(Said(written)) == Misheard()


@pytest.mark.parametrize("code", ["HS-1", "HS-2"])
def test_an_option_from_the_facts_is_heard_only_where_it_was_shown(code: str) -> None:
    assert SUPPLIED.hear(Said(code, shown=buttons(SUPPLIED))) == code
    assert SUPPLIED.read(code) == code
    assert SUPPLIED.hear(Said(code)) == Misheard()


@pytest.mark.parametrize("name", EVERY)
@given(typed=TYPED, shown=st.booleans())
@example(typed="\ud800", shown=True)
@example(typed="a" * 10_000, shown=True)
@example(typed="=" + "9" * 10_000, shown=False)
@example(typed="9" * 10_000, shown=True)
@example(typed="²", shown=True)
@example(typed="district:", shown=False)
@example(typed="", shown=True)
def test_hearing_never_raises_and_what_it_takes_can_be_read_again(name: str, typed: str, shown: bool) -> None:
    question = EVERY[name]

    heard = question.hear(Said(typed, contact=typed, shown=buttons(question) if shown else (), today=TODAY))

    if isinstance(heard, Unsure):
        assert 1 <= len(heard.candidates) <= 9
    elif not isinstance(heard, Misheard):
        assert question.read(question.write(heard)) == heard
        assert isinstance(heard, Other) or question.show(heard)


@pytest.mark.parametrize("name", EVERY)
@given(typed=TYPED)
def test_each_candidate_of_a_doubt_settles_it_or_narrows_it(name: str, typed: str) -> None:
    question = EVERY[name]
    shown = buttons(question)

    heard = question.hear(Said(typed, shown=shown, today=TODAY))

    for candidate in heard.candidates if isinstance(heard, Unsure) else ():
        again = question.hear(Said(candidate.written, shown=shown, today=TODAY))
        assert not isinstance(again, Misheard) or candidate.written.startswith("@")


@pytest.mark.parametrize("name", EVERY)
@given(written=TYPED)
@example(written="1" * 10_000)
def test_reading_something_foreign_raises_a_value_error_at_most(name: str, written: str) -> None:
    try:
        value = EVERY[name].read(written)
    except ValueError:
        return
    assert value is not None


@for_each(
    ("question", "written"),
    [
        pytest.param(Choice("q", "food"), "house", id="an option that is gone"),
        pytest.param(Choice("q", supplied=my_codes), "#none", id="an other that is gone, options from facts"),
        pytest.param(Choices("q", "food"), "food+house", id="one of several that is gone"),
        pytest.param(kinds.YesNo("q"), "maybe", id="no yes or no"),
        pytest.param(kinds.Number("q", most=9), "10", id="beyond what may be counted now"),
        pytest.param(kinds.Number("q", least=1), "0", id="below what may be counted now"),
        pytest.param(kinds.Money("q", most=1000), "=1001", id="more than may be named now"),
        pytest.param(kinds.Year("q"), "#forgotten", id="a year that was forgotten, where that is gone"),
        pytest.param(kinds.Day("q"), "15/3/1961", id="a day as typed"),
        pytest.param(kinds.Phone("q"), "#no_phone", id="no phone, where that is gone"),
        pytest.param(kinds.NationalId("q"), "#later", id="an id for later, where that is gone"),
        pytest.param(kinds.UnitQuestion("q"), "phuong_khong_co", id="a ward that is gone"),
        pytest.param(kinds.Words("q"), "#skip", id="skipped, where that is gone"),
        pytest.param(kinds.Photos("q"), "#skip", id="no photos, where that is gone"),
    ],
)
def test_an_answer_the_question_would_not_write_now_is_not_read(question: Question[object], written: str) -> None:
    with pytest.raises(ValueError, match=r"q|int|iso"):
        question.read(written)


@pytest.mark.parametrize(
    ("question", "old"),
    [
        pytest.param(Choice("q", "food"), Option("Nhà", "house"), id="choice"),
        pytest.param(Choice("q", "food"), Option("Bỏ qua", "#skip"), id="choice, an other"),
        pytest.param(Choices("q", "food"), Option("Nhà", "house"), id="choices"),
        pytest.param(kinds.Words("q"), Option("Bỏ qua", "#skip"), id="words, an other"),
    ],
)
def test_a_button_of_an_option_that_is_gone_is_not_heard(question: Question[object], old: Option) -> None:
    for typed in (old.written or "", old.label, "1"):
        heard = question.hear(Said(typed, shown=(old,), today=TODAY))
        # Free words may well be the words of a label that nobody sees any more, but never an answer beside them.
        assert isinstance(heard, Misheard) or (question.takes_anything and heard == typed)


@for_each(
    ("name", "typed", "heard"),
    [
        pytest.param("choice", "2", "house", id="the number of a button"),
        pytest.param("choice", "5", Other("unknown"), id="the number of an other"),
        pytest.param("choice", "NUT WATER", "water", id="a label without accents"),
        pytest.param("choice", "không biết", Other("unknown"), id="don't know"),
        pytest.param("choice", "9", Misheard(), id="a number that no button has"),
        pytest.param("choice", "house nhà", Misheard(), id="words about it"),
        pytest.param("yes or no as a choice", "dạ có", "yes", id="yes"),
        pytest.param("choices", "1 3", ("food", "water"), id="numbers with a space"),
        pytest.param("choices", "3, 1", ("food", "water"), id="numbers with a comma, in any order"),
        pytest.param("choices", "1 và 2", ("food", "house"), id="numbers with and"),
        pytest.param("choices", "nut water, nut food", ("food", "water"), id="labels"),
        pytest.param("choices", "4", ("none_of_them",), id="none of them"),
        pytest.param("choices", "1 4", Misheard("misheard.alone"), id="none of them and another"),
        pytest.param("choices", "6", Other("nothing"), id="the number of an other among several"),
        pytest.param("choices", "1 77", Misheard(), id="one number too many"),
        pytest.param("yes or no", "dung", True, id="dung is yes where yes or no is asked"),
        pytest.param("yes or no", "2", False, id="the number of no"),
        pytest.param("number", "2", 2, id="digits are the answer itself"),
        pytest.param("number", "31", Misheard(), id="too many"),
        pytest.param("year", "1954", 1954, id="a sure year"),
        pytest.param("year", "không nhớ", Other("forgotten"), id="forgotten"),
        pytest.param("year", "1899", Misheard(), id="too long ago"),
        pytest.param("day", "15/3/2026", date(2026, 3, 15), id="a day"),
        pytest.param("phone", "0905 123 456", "+84905123456", id="a phone number"),
        pytest.param("phone", "không có", Other("no_phone"), id="no phone"),
        pytest.param("unit", "phường Hòa Khánh", "phuong_hoa_khanh", id="a ward"),
        pytest.param("words", "  nhà\u200b dột  ", "nhà dột", id="words are tidied"),
        pytest.param("words", "...", Misheard(), id="no words at all"),
        pytest.param("words", "a" * 2_001, Misheard("misheard.too_long"), id="too many words"),
        pytest.param("words", "khac skip", Other("skip"), id="the label of a button at free words"),
        pytest.param("name", "Huy", "Huy", id="a name like a command"),
        pytest.param("name", "Nguyễn\n Thị  Lan", "Nguyễn Thị Lan", id="a name in two lines"),
        pytest.param("name", "Lan 1954", Misheard(), id="a name with digits"),
    ],
)
def test_what_people_type_is_heard_with_the_buttons_in_view(name: str, typed: str, heard: object) -> None:
    question = kind(name)

    assert question.hear(Said(typed, shown=buttons(question), today=TODAY)) == heard


@pytest.mark.parametrize(
    ("name", "typed", "written"),
    [
        pytest.param("money", "500.000đ", ["=500000"], id="an amount is echoed before it counts"),
        pytest.param("money", "2", ["=2000000", "=2000"], id="an amount without a unit"),
        pytest.param("year", "54", ["1954"], id="two digits"),
        pytest.param("year", "12", ["2012", "1912"], id="two digits of two centuries"),
        pytest.param("day", "1/2/26", ["2026-02-01", "1926-02-01"], id="a day of two centuries"),
        pytest.param("choice", "nut", list(NAMES), id="a word that four buttons share"),
        pytest.param("choice", "chắc là nut water ạ", ["water"], id="a button's label among other words"),
    ],
)
def test_what_is_not_sure_is_given_back_as_candidates(name: str, typed: str, written: list[str]) -> None:
    question = kind(name)

    heard = question.hear(Said(typed, shown=buttons(question), today=TODAY))

    assert isinstance(heard, Unsure)
    assert [candidate.written for candidate in heard.candidates] == written


@pytest.mark.parametrize(
    ("question", "value", "shown"),
    [
        (Choice("what", "food"), "food", Phrase("options.what.food")),
        (kinds.YesNo("sure"), True, Phrase("options.sure.yes")),
        (kinds.Money("pension"), 500_000, Dong(500_000)),
        (kinds.Phone("phone"), "+84905123456", "0905123456"),
        (kinds.NationalId("id"), "048254123456", "0482••••••56"),
        (kinds.UnitQuestion("unit"), "phuong_hoa_khanh", "Phường Hòa Khánh"),
        (LIKE_PHOTOS, ("a", "b"), Phrase("photos.count", {"count": 2})),
    ],
)
def test_an_answer_is_shown_back_in_words(question: Question[object], value: object, shown: object) -> None:
    assert question.show(value) == shown

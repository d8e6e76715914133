"""A test over many cases tries each of them, and names every one that is broken."""

import pytest

from tests.kit.cases import for_each


def test_every_case_is_tried_and_every_broken_one_is_named() -> None:
    tried = []

    @for_each("number", [1, pytest.param(2, id="the second"), 3])
    def is_odd(number: int) -> None:
        tried.append(number)
        assert number % 2, "even"

    @for_each(("words", "letters"), [("a", 1), ("bc", 1), ("d", 2)])
    def has_letters(words: str, letters: int) -> None:
        assert len(words) == letters

    with pytest.RaisesGroup(pytest.RaisesExc(AssertionError, match="even"), match="1 of 3 cases") as one:
        is_odd()
    with pytest.RaisesGroup(AssertionError, AssertionError, match="2 of 3 cases") as two:
        has_letters()

    assert tried == [1, 2, 3]
    assert [error.__notes__[-1] for error in one.value.exceptions] == ["the case: the second"]
    assert [error.__notes__[-1] for error in two.value.exceptions] == ["the case: 'bc', 1", "the case: 'd', 2"]


def test_what_should_have_raised_and_did_not_is_broken_too() -> None:
    @for_each("value", ["1", "x"])
    def is_refused(value: str) -> None:
        with pytest.raises(ValueError, match="invalid"):
            int(value)

    with pytest.RaisesGroup(pytest.fail.Exception, match="1 of 2 cases"):
        is_refused()


def test_each_is_tried_with_each() -> None:
    tried = []

    @for_each("right", "ab")
    @for_each("left", [1, 2])
    def pair(left: int, right: str) -> None:
        tried.append(f"{left}{right}")
        assert tried[-1] == "1a"

    with pytest.RaisesGroup(
        pytest.RaisesGroup(AssertionError), pytest.RaisesGroup(AssertionError, AssertionError), match="2 of 2"
    ):
        pair()

    assert tried == ["1a", "2a", "1b", "2b"]


def test_no_case_or_another_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="no case"):
        for_each("value", [])
    with pytest.raises(TypeError, match="is no plain function"):

        @for_each("value", [1])
        def of_another_name(number: int) -> None: ...

    with pytest.raises(TypeError, match="is no plain function"):

        @for_each("value", [1])  # type: ignore[arg-type]  # what is refused at run time
        async def waits(value: int) -> None: ...

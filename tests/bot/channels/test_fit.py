"""Fitting a message to what a channel can show: nothing is lost, nothing changes places."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Button, Limits
from bot.channels.fit import fit

TEXTS = st.text(max_size=300) | st.text(st.sampled_from("aấ \n🙂"), max_size=300)
LABELS = st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=40), max_size=20)
LIMITS = st.builds(
    Limits, text=st.integers(20, 200), buttons=st.integers(0, 12), label=st.integers(1, 40)
)  # fmt: skip


def body(text: str, labels: list[str]) -> dict[str, object]:
    return {"text": text, "options": [{"label": label, "press": f"n.{n}"} for n, label in enumerate(labels)]}


def numbered(labels: list[str]) -> list[str]:
    return [f"{n}. {label}" for n, label in enumerate(labels, start=1)]


@given(TEXTS, LABELS, LIMITS)
def test_the_pieces_in_order_are_the_text_and_then_either_buttons_or_numbered_lines(
    text: str, labels: list[str], limits: Limits
) -> None:
    pieces = fit(body(text, labels), limits)

    together = "".join(piece.text for piece in pieces)
    if pieces[-1].buttons or not labels:
        assert together == text
        assert pieces[-1].buttons == tuple(Button(label, f"n.{n}") for n, label in enumerate(labels))
    else:
        assert together == "\n".join((text, *numbered(labels)))


@given(TEXTS, LABELS, LIMITS)
def test_every_piece_is_within_every_limit(text: str, labels: list[str], limits: Limits) -> None:
    pieces = fit(body(text, labels), limits)

    assert all(len(piece.text) <= limits.text for piece in pieces)
    assert all(len(piece.buttons) <= limits.buttons for piece in pieces)
    assert all(len(button.label) <= limits.label for piece in pieces for button in piece.buttons)


@given(TEXTS, LABELS, LIMITS)
def test_buttons_become_lines_only_where_they_do_not_fit(text: str, labels: list[str], limits: Limits) -> None:
    pieces = fit(body(text, labels), limits)

    fits = len(labels) <= limits.buttons and all(len(label) <= limits.label for label in labels)
    assert len(pieces[-1].buttons) == (len(labels) if fits else 0)


@given(TEXTS, LABELS, LIMITS)
def test_only_the_last_piece_has_buttons_and_picture(text: str, labels: list[str], limits: Limits) -> None:
    *before, last = fit(body(text, labels) | {"card": {"kind": "code"}}, limits)

    assert all(piece.buttons == () and piece.card is None for piece in before)
    assert last.card == {"kind": "code"}


@given(TEXTS, LABELS, st.integers(50, 200))
def test_a_numbered_line_stands_whole_in_one_piece(text: str, labels: list[str], most: int) -> None:
    pieces = fit(body(text, labels), Limits(most, 0, 0))

    for line in numbered(labels):
        assert any(f"\n{piece.text}\n".find(f"\n{line}\n") >= 0 for piece in pieces)


@given(st.lists(st.text(st.sampled_from("abcấ"), min_size=1, max_size=19), max_size=40))
def test_words_are_not_cut_where_they_fit(words: list[str]) -> None:
    pieces = fit({"text": " ".join(words)}, Limits(20, 5, 20))

    assert [word for piece in pieces for word in piece.text.split()] == words


def test_a_text_without_any_gap_is_cut_in_the_middle() -> None:
    pieces = fit({"text": "a" * 50}, Limits(20, 5, 20))

    assert [len(piece.text) for piece in pieces] == [20, 20, 10]


def test_an_empty_text_is_still_one_message() -> None:
    pieces = fit({"text": ""}, Limits(20, 5, 20))

    assert [piece.text for piece in pieces] == [""]

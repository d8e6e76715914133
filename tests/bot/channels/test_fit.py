"""Fitting a message to what a channel can show: nothing is lost, nothing changes places."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Button, Limits, Picture
from bot.channels.fit import fit

TEXTS = st.text(max_size=300) | st.text(st.sampled_from("aấ \n🙂"), max_size=300)
LABELS = st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=40), max_size=20)
LIMITS = st.builds(
    Limits, text=st.integers(20, 200), buttons=st.integers(0, 12), label=st.integers(2, 40), caption=st.integers(0, 200)
)


def body(text: str, labels: list[str]) -> dict[str, object]:
    return {"text": text, "options": [{"label": label, "press": f"n.{n}"} for n, label in enumerate(labels)]}


def fits(labels: list[str], limits: Limits) -> bool:
    return len(labels) <= limits.buttons and all(len(label) <= limits.label for label in labels)


def numbered(labels: list[str]) -> list[str]:
    return [f"{n}. {label}" for n, label in enumerate(labels, start=1)]


@given(TEXTS, LABELS, LIMITS)
def test_the_pieces_in_order_are_the_text_and_then_numbered_lines_if_need_be(
    text: str, labels: list[str], limits: Limits
) -> None:
    pieces = fit(body(text, labels), limits)

    lines = [] if fits(labels, limits) else numbered(labels)
    assert "".join(piece.text for piece in pieces) == "\n".join((text, *lines))


@given(TEXTS, LABELS, LIMITS)
def test_every_button_is_there_by_its_label_or_its_number_unless_there_are_too_many(
    text: str, labels: list[str], limits: Limits
) -> None:
    shown = fit(body(text, labels), limits)[-1].buttons

    names = labels if fits(labels, limits) else [str(n) for n in range(1, len(labels) + 1)]
    wanted = tuple(Button(name, f"n.{n}") for n, name in enumerate(names))
    assert shown == (wanted if len(labels) <= limits.buttons else ())


@given(TEXTS, LABELS, LIMITS)
def test_every_piece_is_within_every_limit(text: str, labels: list[str], limits: Limits) -> None:
    pieces = fit(body(text, labels) | {"card": {"kind": "code", "values": {}}}, limits)

    assert all(len(piece.text.encode("utf-16-le", "surrogatepass")) // 2 <= limits.text for piece in pieces)
    assert all(len(piece.buttons) <= limits.buttons for piece in pieces)
    assert all(len(button.label) <= limits.label for piece in pieces for button in piece.buttons)
    assert len(pieces[-1].text.encode("utf-16-le", "surrogatepass")) // 2 <= limits.caption


@given(TEXTS, LABELS, LIMITS)
def test_only_the_last_piece_has_buttons_and_picture(text: str, labels: list[str], limits: Limits) -> None:
    *before, last = fit(body(text, labels) | {"card": {"kind": "code", "values": {}}}, limits)

    assert all(piece.buttons == () and piece.card is None for piece in before)
    assert last.card == Picture("code", {})


@given(TEXTS, LABELS, LIMITS)
def test_only_a_message_of_one_piece_takes_the_place_of_another(text: str, labels: list[str], limits: Limits) -> None:
    pieces = fit(body(text, labels) | {"instead_of": "7"}, limits)

    assert [piece.instead_of for piece in pieces] == (["7"] if len(pieces) == 1 else [""] * len(pieces))


@given(TEXTS, LABELS, st.integers(50, 200))
def test_a_numbered_line_stands_whole_in_one_piece(text: str, labels: list[str], most: int) -> None:
    pieces = fit(body(text, labels), Limits(text=most, buttons=0, label=0, caption=0))

    for line in numbered(labels):
        assert any(f"\n{piece.text}\n".find(f"\n{line}\n") >= 0 for piece in pieces)


@given(st.lists(st.text(st.sampled_from("abcấ"), min_size=1, max_size=19), max_size=40))
def test_words_are_not_cut_where_they_fit(words: list[str]) -> None:
    pieces = fit({"text": " ".join(words)}, Limits(text=20, buttons=5, label=20, caption=20))

    assert [word for piece in pieces for word in piece.text.split()] == words


def test_a_text_without_any_gap_is_cut_in_the_middle() -> None:
    pieces = fit({"text": "a" * 50}, Limits(text=20, buttons=5, label=20, caption=20))

    assert [len(piece.text) for piece in pieces] == [20, 20, 10]


def test_an_empty_text_is_still_one_message() -> None:
    pieces = fit({"text": ""}, Limits(text=20, buttons=5, label=20, caption=20))

    assert [piece.text for piece in pieces] == [""]

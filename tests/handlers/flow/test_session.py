"""Where a person is: forms and sessions, and that they come back from storage as they went in."""

from datetime import date

import orjson
from hypothesis import given
from hypothesis import strategies as st

from handlers.flow.session import REVIEW, Form, Session, load, store

TODAY = date(2026, 11, 25)
WORDS = st.text(max_size=20)
WRITTEN = st.dictionaries(WORDS, WORDS, max_size=5)
FORMS = st.builds(
    Form,
    conversation=WORDS,
    day=st.dates(),
    id=WORDS,
    answers=WRITTEN,
    spoken=st.frozensets(WORDS, max_size=3),
    drafts=WRITTEN,
    misses=st.integers(0, 9),
    urgent=st.booleans(),
)
NUMBERS = st.integers(0, 2**53)
SESSIONS = st.builds(
    Session,
    form=st.none() | FORMS,
    asked=WORDS,
    paused=st.lists(FORMS, max_size=3).map(tuple),
    offered=WORDS,
    pressed=NUMBERS,
    minute=NUMBERS,
    messages=NUMBERS,
)
FORM = Form(
    conversation="made_up",
    day=TODAY,
    id="1",
    answers={"name": "Lan", REVIEW: "send"},
    drafts={"needs": "food", "name": "x"},
    misses=2,
)


@given(SESSIONS)
def test_a_session_comes_back_from_storage_as_it_was(session: Session) -> None:
    assert load(orjson.loads(orjson.dumps(store(session)))) == session


@given(SESSIONS)
def test_the_order_of_answers_is_kept(session: Session) -> None:
    again = load(orjson.loads(orjson.dumps(store(session))))

    if session.form is not None and again.form is not None:
        assert list(again.form.answers) == list(session.form.answers)


def test_an_answer_ends_the_review_its_draft_and_the_misses() -> None:
    form = FORM.with_answer("name", "Hoa")

    assert (dict(form.answers), dict(form.drafts), form.misses) == ({"name": "Hoa"}, {"needs": "food"}, 0)


def test_the_answer_given_last_stands_last() -> None:
    form = Form(conversation="made_up", day=TODAY, answers={"a": "1", "b": "2"}).with_answer("a", "3")

    assert list(form.answers) == ["b", "a"]


def test_forgetting_an_answer_ends_the_review_too() -> None:
    form = FORM.without("name")

    assert (dict(form.answers), dict(form.drafts), form.misses) == ({}, {"needs": "food"}, 0)


def test_a_form_itself_never_changes() -> None:
    FORM.with_answer("name", "Hoa").without("name")

    assert FORM.answers["name"] == "Lan"


def test_pausing_lays_the_open_form_before_the_others() -> None:
    earlier = Form(conversation="earlier", day=TODAY, answers={"a": "1"})

    session = Session(form=FORM, asked="nonce", paused=(earlier,)).pausing(keep=True)

    assert (session.form, session.asked) == (None, "")
    assert session.paused == (FORM, earlier)


def test_one_form_is_kept_of_each_conversation_the_latest() -> None:
    older = Form(conversation="made_up", day=TODAY, answers={"name": "Hoa"})

    session = Session(form=FORM, asked="nonce", paused=(older,)).pausing(keep=True)

    assert session.paused == (FORM,)


def test_a_form_without_answers_is_not_kept() -> None:
    assert Session(form=Form(conversation="made_up", day=TODAY)).pausing(keep=True) == Session()


def test_a_conversation_not_worth_keeping_is_dropped() -> None:
    assert Session(form=FORM).pausing(keep=False) == Session()


def test_pausing_nothing_changes_nothing() -> None:
    session = Session(paused=(FORM,))

    assert session.pausing(keep=True) == session


def test_a_paused_form_is_found_and_dropped_by_its_conversation() -> None:
    session = Session(paused=(FORM, Form(conversation="other", day=TODAY, answers={"a": "1"})))

    assert session.paused_form("made_up") == FORM
    assert session.paused_form("unknown") is None
    assert session.dropping("made_up").paused_form("made_up") is None
    assert session.dropping("made_up").paused_form("other") is not None


def test_forms_are_forgotten_by_their_conversations_open_or_laid_aside() -> None:
    other = Form(conversation="other", day=TODAY, answers={"a": "1"})

    assert Session(form=FORM, asked="nonce", paused=(other,)).forgetting({"made_up"}) == Session(paused=(other,))
    assert Session(form=other, asked="nonce", paused=(FORM,)).forgetting({"made_up"}) == Session(
        form=other, asked="nonce"
    )
    assert Session(form=FORM, asked="nonce").forgetting(()) == Session(form=FORM, asked="nonce")

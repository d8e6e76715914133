"""Moving about in a made-up conversation: back, edit, review, another item, and resuming after the script changed."""

from dataclasses import replace
from typing import cast

import pytest

from handlers.flow.conversation import Ask, Conversation
from handlers.flow.message import Asking, Incoming, Lines, Option, Phrase, Press, Say
from handlers.flow.questions import Choice, Question, YesNo
from handlers.flow.session import REVIEW
from tests.handlers.flow import talk
from tests.handlers.flow.talk import WAY, Talk

REVIEWED = ["lives_here", "has_pension", "illness", "child.0.child_name", "child.0.child_year", "child.0.another_child"]


def reviewed(at: Talk) -> list[tuple[object, object]]:
    """The lines of the review: each label's key, and the value."""
    lines = at.asks.prompt.values["lines"]
    assert isinstance(lines, Lines)
    phrases = [cast(Phrase, part) for part in lines.parts]
    return [(cast(Phrase, p.values["label"]).key, p.values["value"]) for p in phrases]


def without(question: Question[object]) -> Conversation[None]:
    """The script of a release in which a question is no longer asked."""
    script = talk.conversation.script
    kept = tuple(step for step in script if not (isinstance(step, Ask) and step.question is question))
    return replace(talk.conversation, script=kept)


def with_step(step: Ask | Say, before: str) -> Conversation[None]:
    """The script of a release with something put in before a question."""
    script = talk.conversation.script
    place = next(n for n, s in enumerate(script) if isinstance(s, Ask) and s.question.key == before)
    return replace(talk.conversation, script=(*script[:place], step, *script[place:]))


# Going back and editing


def test_back_forgets_the_latest_answer_and_asks_it_again() -> None:
    lan = Talk().walks("yes", "yes")

    assert lan.goes_back()

    assert (lan.at, dict(lan.answers)) == ("has_pension", {"lives_here": "yes"})


def test_back_at_the_first_question_leads_nowhere() -> None:
    assert not Talk().goes_back()


def test_back_passes_over_what_may_not_be_asked_abroad() -> None:
    lan = Talk(abroad=True).walks("yes", "no")

    lan.goes_back()

    assert lan.at == "has_pension"


def test_back_from_the_review_asks_the_last_question() -> None:
    lan = Talk().walks(*WAY)

    lan.goes_back()

    assert lan.at == "story"


def test_back_never_takes_an_answer_that_no_longer_counts() -> None:
    lan = Talk().walks("yes", "yes", "=500000")
    earlier = Asking(
        nonce="old",
        conversation="made_up",
        form="",
        slot="has_pension",
        mode="ask",
        options=(Option("yes", "yes"), Option("no", "no")),
    )
    lan.hears(earlier, Incoming(kind="press", press=Press("old", 1)))
    assert lan.at == "illness"

    lan.goes_back()

    assert lan.at == "has_pension"


def test_edit_asks_one_answer_again_and_keeps_all_others() -> None:
    lan = Talk().walks(*WAY)
    before = dict(lan.answers)

    lan.edits(3)

    assert lan.at == "illness"
    assert dict(lan.answers) == {slot: written for slot, written in before.items() if slot != "illness"}


@pytest.mark.parametrize("number", [-1, 0, 8, 99])
def test_edit_with_a_number_that_no_line_has_changes_nothing(number: int) -> None:
    lan = Talk().walks(*WAY)

    assert not lan.edits(number)


def test_the_numbers_of_edit_are_those_of_the_review() -> None:
    slots = [*REVIEWED, "needs"]
    for number, slot in enumerate(slots, start=1):
        lan = Talk().walks(*WAY)
        lan.edits(number)
        assert lan.at == slot


def test_changing_pension_to_no_forgets_its_amount() -> None:
    lan = Talk().walks("yes", "yes", "=500000", *WAY[2:])
    assert lan.answers["pension"] == "=500000"

    lan.edits(2)
    lan.types("no")

    assert lan.at == REVIEW
    assert "pension" not in lan.answers


# Review


def test_the_review_lists_labels_and_values_but_not_what_is_hidden() -> None:
    lan = Talk().walks(*WAY)

    assert reviewed(lan)[:3] == [
        ("label.lives_here", Phrase("options.lives_here.yes")),
        ("label.has_pension", Phrase("options.has_pension.no")),
        ("label.illness", Phrase("options.illness.none")),
    ]
    assert [label for label, _ in reviewed(lan)][-1] == "label.needs"


def test_any_edit_makes_the_review_be_read_again() -> None:
    lan = Talk().walks(*WAY)
    lan.presses("send")

    lan.edits(3)
    lan.types("unknown")

    assert lan.at == REVIEW


def test_an_earlier_answer_changed_makes_the_review_be_read_again() -> None:
    lan = Talk().walks(*WAY)
    lan.presses("send")

    lan.form = lan.form.with_answer("illness", "some")
    lan.go_on()

    assert lan.at == "treatment"
    assert REVIEW not in lan.answers


@pytest.mark.parametrize(
    ("typed", "at"), [("đúng", "finished"), ("có", "finished"), ("1", "finished"), ("gì cơ", REVIEW), ("", REVIEW)]
)
def test_the_review_is_answered_in_words_too(typed: str, at: str) -> None:
    lan = Talk().walks(*WAY)

    lan.types(typed)

    assert lan.at == at


# Several times round


def test_another_item_is_asked_for_and_its_answers_are_its_own() -> None:
    lan = Talk().walks(*WAY[:5], "yes", "Bé Bình", "2021", "no")

    items = list(lan.known.items(talk.children))
    assert [(i[talk.child_name], i[talk.child_year]) for i in items] == [("Bé An", 2019), ("Bé Bình", 2021)]
    assert lan.at == "needs"


def test_back_removes_a_second_item_that_was_begun() -> None:
    lan = Talk().walks(*WAY[:5], "yes")
    assert lan.at == "child.1.child_name"

    lan.goes_back()

    assert lan.at == "child.0.another_child"
    assert len(list(lan.known.items(talk.children))) == 1


def test_wanting_no_second_item_after_all_forgets_what_was_said_of_it() -> None:
    lan = Talk().walks(*WAY[:5], "yes", "Bé Bình", "2021", *WAY[5:])
    lan.edits(REVIEWED.index("child.0.another_child") + 1)
    lan.types("no")

    assert lan.at == REVIEW
    assert not [slot for slot in lan.answers if slot.startswith("child.1")]


def test_no_more_items_are_asked_for_than_there_may_be() -> None:
    lan = Talk().walks(*WAY[:5], "yes", "Bé Bình", "2021", "yes", "Bé Chi", "2022")

    assert lan.at == "needs"
    assert len(list(lan.known.items(talk.children))) == 3


# Resuming after the script changed


def test_resuming_repeats_only_the_open_question() -> None:
    lan = Talk().walks(*WAY[:4])

    again = lan.comes_back_to(talk.conversation)

    assert (again.said, again.at) == ([], "child.0.child_year")


def test_resuming_where_a_question_was_removed_goes_on_without_it() -> None:
    lan = Talk().walks(*WAY[:2])
    assert lan.at == "illness"

    again = lan.comes_back_to(without(cast("Question[object]", talk.illness)))

    assert again.at == "child.0.child_name"


def test_resuming_where_a_question_was_put_in_between_asks_only_that() -> None:
    lan = Talk().walks(*WAY)

    again = lan.comes_back_to(with_step(Ask(YesNo("owns_a_house")), before="illness"))
    assert again.at == "owns_a_house"
    again.types("yes")

    assert again.at == REVIEW


def test_resuming_where_an_option_was_removed_asks_that_question_again() -> None:
    lan = Talk().walks("yes", "no", "some", "thuốc")
    fewer = Ask(Choice("illness", "none", others=("unknown",)), private=True)
    script = tuple(fewer if isinstance(s, Ask) and s.question is talk.illness else s for s in talk.conversation.script)

    again = lan.comes_back_to(replace(talk.conversation, script=script))

    assert again.at == "illness"


def test_resuming_where_something_new_is_said_says_it_once() -> None:
    lan = Talk().walks(*WAY[:3])

    again = lan.comes_back_to(with_step(Say("news"), before="has_pension"))
    again.walks("Bé An")

    assert again.said == ["news"]


def test_what_an_opening_brought_along_is_kept_to_the_end() -> None:
    lan = Talk()
    lan.form = replace(lan.form, answers={**lan.form.answers, "next": "giving"})

    lan.walks(*WAY)
    lan.presses("send")

    assert lan.known.given("next") == "giving"

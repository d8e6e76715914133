"""The engine on a made-up conversation: what is asked next, and what is heard against what was shown."""

from collections.abc import Mapping

import pytest

from handlers.flow import engine
from handlers.flow.conversation import Answers, Ask, Conversation, Review
from handlers.flow.message import Asking, Incoming, Press
from handlers.flow.questions import Words
from handlers.flow.session import REVIEW, Form
from tests.handlers.flow import talk
from tests.handlers.flow.talk import TODAY, WAY, Open, Talk


def test_the_first_question_comes_after_what_is_said_before_it() -> None:
    lan = Talk()

    assert (lan.said, lan.at) == (["welcome"], "lives_here")


def test_a_whole_walk_ends_at_the_review_and_then_with_nothing_left_to_ask() -> None:
    lan = Talk().walks(*WAY)
    assert lan.at == REVIEW

    lan.presses("send")

    assert lan.at == "finished"
    assert lan.said == ["welcome", "about_children"]


def test_what_the_answers_let_be_known_is_said_once_and_where_nothing_is_known_nothing() -> None:
    without = Talk().walks("yes", "no")
    lan = Talk().walks("yes", "yes", "2 triệu", "đúng")
    assert without.said == ["welcome"]
    assert (lan.said, lan.at) == (["welcome", "so_rich"], "illness")
    assert lan.turn.says[0].phrase.values == {"pension": 2_000_000}

    lan.walks("none")

    assert lan.said == ["welcome", "so_rich", "about_children"]


def test_an_early_end_says_so() -> None:
    lan = Talk().walks("no")

    assert (lan.at, lan.said) == ("ended", ["welcome", "not_here"])


def test_a_question_is_asked_only_if_its_condition_holds() -> None:
    assert Talk().walks("yes", "no").at == "illness"
    assert Talk().walks("yes", "yes").at == "pension"


def test_not_knowing_is_not_a_yes() -> None:
    assert Talk().walks("yes", "không biết").at == "illness"


def test_options_and_conditions_may_depend_on_facts() -> None:
    lan = Talk(facts=Open(("CD-1", "CD-2"))).walks(*WAY[:-1])

    assert lan.at == "campaign"
    assert [option.written for option in lan.asks.options] == ["CD-1", "CD-2", "#none"]


def test_a_question_whose_facts_are_gone_is_forgotten_with_its_answer() -> None:
    lan = Talk(facts=Open(("CD-1",))).walks(*WAY[:-1], "1")
    assert lan.answers["campaign"] == "CD-1"

    lan.facts = Open()
    lan.go_on()

    assert lan.at == "story"
    assert "campaign" not in lan.answers


def test_a_private_question_counts_as_not_known_abroad_and_is_not_asked() -> None:
    lan = Talk(abroad=True).walks("yes", "no")

    assert lan.at == "child.0.child_name"
    assert lan.known.said(talk.illness, "unknown")


def test_a_private_answer_given_at_home_stays_when_the_person_writes_from_abroad() -> None:
    lan = Talk().walks("yes", "no", "some", "thuốc")

    lan.abroad = True
    lan.walks("Bé An")

    assert (lan.answers["illness"], lan.answers["treatment"]) == ("some", "thuốc")


def test_a_private_question_must_know_the_answer_it_gets_abroad() -> None:
    with pytest.raises(ValueError, match="unknown"):
        Ask(Words("treatment"), private=True)


def test_every_kind_of_step_is_in_the_made_up_conversation() -> None:
    kinds = {type(step).__name__ for step in talk.conversation.script}

    assert kinds == {"Say", "Tell", "Ask", "EndIf", "Repeat", "Review"}


# Doubts and several choices


def test_an_amount_counts_only_after_it_was_confirmed() -> None:
    lan = Talk().walks("yes", "yes", "500k")
    assert (lan.at, lan.asks.mode, "pension" in lan.answers) == ("pension", "sure", False)

    lan.types("đúng")

    assert lan.answers["pension"] == "=500000"


@pytest.mark.parametrize("typed", ["không", "options.change"])
def test_an_amount_that_was_not_meant_is_asked_for_again(typed: str) -> None:
    lan = Talk().walks("yes", "yes", "500k")

    heard = lan.types(typed)

    assert heard == engine.Missed(lan.form, "ask_again")
    assert (lan.at, lan.asks.mode) == ("pension", "ask")


def test_another_amount_typed_at_the_echo_is_echoed_in_its_turn() -> None:
    lan = Talk().walks("yes", "yes", "500k", "600k", "có")

    assert lan.answers["pension"] == "=600000"


def test_of_two_readings_one_is_chosen() -> None:
    lan = Talk().walks("yes", "yes", "2")
    assert (lan.asks.mode, len(lan.asks.options)) == ("which", 3)

    lan.presses("=2000")

    assert lan.answers["pension"] == "=2000"


def test_each_press_adds_one_choice_and_done_ends_it() -> None:
    lan = Talk().walks(*WAY[:6])

    for written in ("house", "food", "house", "school", engine.DONE):
        lan.presses(written)

    assert lan.answers["needs"] == "food+school"


def test_done_may_be_typed() -> None:
    for typed in ("options.done", "6"):
        lan = Talk().walks(*WAY[:6])
        lan.presses("house")

        lan.types(typed)

        assert lan.answers["needs"] == "house"


def test_done_with_nothing_chosen_is_no_answer() -> None:
    lan = Talk().walks(*WAY[:6])

    heard = lan.presses(engine.DONE)

    assert heard == engine.Missed(lan.form, "misheard.choose_one")


@pytest.mark.parametrize("written", ["nothing", "#unknown"])
def test_what_stands_alone_settles_at_once(written: str) -> None:
    lan = Talk().walks(*WAY[:6])
    lan.presses("house")

    lan.presses(written)

    assert lan.answers["needs"] == written


def test_chosen_buttons_are_marked() -> None:
    lan = Talk().walks(*WAY[:6])

    lan.presses("house")

    marked = [option.written for option in lan.asks.options if option.label.key == "options.chosen"]
    assert marked == ["house"]


# Hearing


def test_misses_are_counted_until_an_answer_comes() -> None:
    lan = Talk()

    lan.walks("gì cơ", "gì cơ")
    assert lan.form.misses == 2

    lan.types("có")
    assert lan.form.misses == 0


def test_the_same_answer_again_says_so() -> None:
    lan = Talk()
    first = lan.showing()
    lan.types("có")

    heard = lan.hears(first, Incoming(kind="press", press=Press("nonce", 0)))

    assert isinstance(heard, engine.AnswerTaken)
    assert heard.again


def test_a_press_beyond_the_buttons_is_no_answer() -> None:
    lan = Talk()

    heard = lan.hears(lan.showing(), Incoming(kind="press", press=Press("nonce", 7)))

    assert isinstance(heard, engine.Missed)


def test_a_showing_of_a_question_that_no_longer_exists_is_no_answer() -> None:
    lan = Talk()

    heard = lan.hears(
        Asking(nonce="old", conversation="made_up", form="", slot="gone", mode="ask", options=()),
        Incoming(kind="text", text="có"),
    )

    assert heard == engine.Missed(lan.form, "")


def test_a_review_may_name_further_values_from_answers_and_facts() -> None:
    def beside(a: Answers) -> Mapping[str, object]:
        return {"preview": f"{a[title]} {a.facts(Open).campaigns}"}

    title = Words("title")
    conversation = Conversation[None]("shown", (Ask(title), Review(beside=beside)), talk.finish)

    turn = engine.ask(conversation, Form(conversation="shown", day=TODAY, answers={"title": "Lan"}), Open(("CD-1",)))

    assert turn.asks is not None
    assert turn.asks.prompt.values["preview"] == "Lan ('CD-1',)"

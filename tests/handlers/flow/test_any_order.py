"""Whatever somebody presses, types, takes back or edits, in any order: the engine holds its promises."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from handlers.flow import engine
from handlers.flow.conversation import Answers
from handlers.flow.message import Asking, Incoming, Press
from handlers.flow.session import REVIEW, Form
from tests.handlers.flow import talk
from tests.handlers.flow.talk import TODAY, Open, Talk

NASTY = ("", "\ud800", "1", "2", "99", "có", "không", "không biết", "500k", "2", "1954", "54", "Bé An", "1 2", "xong")
TYPED = st.sampled_from(NASTY) | st.text(st.characters(codec=None), max_size=20)
# An answer to each question that leads on.
FITTING = {
    "lives_here": "có",
    "has_pension": "có",
    "pension": "=500000",
    "illness": "some",
    "treatment": "thuốc",
    "child_name": "Bé An",
    "child_year": "2019",
    "another_child": "có",
    "needs": "food+house",
    "campaign": "CD-1",
    "story": "nhà dột",
    REVIEW: "edit",
}
PRIVATE = ("illness", "treatment")
FACTS = st.sampled_from([Open(), Open(("CD-1",)), Open(("CD-1", "CD-2"))])


def settled(answers: Mapping[str, str]) -> dict[str, str]:
    return {slot: written for slot, written in answers.items() if slot != REVIEW}


class AnyOrder(RuleBasedStateMachine):
    """Somebody who does anything at all, and keeps every showing to press on it later."""

    def __init__(self) -> None:
        super().__init__()
        self.lan = Talk()
        self.shown: list[Asking] = []

    def is_asked(self) -> bool:
        return self.lan.doubt is not None or self.lan.turn.asks is not None

    def answer(self, asking: Asking, incoming: Incoming) -> None:
        """Answer one showing, and see that no other answer was touched."""
        self.shown.append(asking)
        before = settled(self.lan.answers)

        heard = engine.hear(talk.conversation, self.lan.form, asking, incoming, TODAY)
        after = settled(heard.form.answers)
        assert {s: w for s, w in after.items() if s != asking.slot} == {
            s: w for s, w in before.items() if s != asking.slot
        }
        if not isinstance(heard, engine.AnswerTaken):
            assert after == before

        self.lan.hears(asking, incoming)
        self.only_forgot(after)

    def only_forgot(self, before: Mapping[str, str]) -> None:
        """The walk changes no answer: it forgets what no longer counts, and notes what may not be asked abroad."""
        for slot, written in settled(self.lan.answers).items():
            not_asked_abroad = self.lan.abroad and slot in PRIVATE and written == "#unknown"
            assert before.get(slot) == written or not_asked_abroad

    @precondition(is_asked)
    @rule(typed=TYPED)
    def type(self, typed: str) -> None:
        self.answer(self.lan.showing(), Incoming(kind="text", text=typed))

    @precondition(is_asked)
    @rule(questions=st.integers(1, 6))
    def answer_some_as_wished(self, questions: int) -> None:
        for _ in range(questions):
            if self.is_asked():
                fitting = FITTING[self.lan.asks.slot.rpartition(".")[2]]
                self.answer(self.lan.showing(), Incoming(kind="text", text=fitting))

    @precondition(is_asked)
    @rule(place=st.integers(0, 7))
    def press(self, place: int) -> None:
        self.answer(self.lan.showing(), Incoming(kind="press", press=Press("nonce", place)))

    @precondition(lambda self: self.shown and self.is_asked())
    @rule(which=st.integers(0, 50), place=st.integers(0, 3))
    def press_an_earlier_one(self, which: int, place: int) -> None:
        asking = self.shown[which % len(self.shown)]
        self.answer(asking, Incoming(kind="press", press=Press("nonce", place)))

    @precondition(is_asked)
    @rule()
    def go_back(self) -> None:
        before = settled(self.lan.answers)
        if self.lan.goes_back():
            assert len(settled(self.lan.answers)) < len(before)
            assert self.lan.at not in (REVIEW, "finished", "ended")
        self.only_forgot(before)

    @precondition(is_asked)
    @rule(number=st.integers(-1, 20))
    def edit(self, number: int) -> None:
        before = settled(self.lan.answers)
        if self.lan.edits(number):
            assert len(settled(self.lan.answers)) < len(before) or self.lan.abroad
        self.only_forgot(before)

    @precondition(is_asked)
    @rule(facts=FACTS, abroad=st.booleans())
    def come_back_later(self, facts: Open, abroad: bool) -> None:
        before = settled(self.lan.answers)
        self.lan.facts, self.lan.abroad = facts, abroad
        self.lan.go_on()
        self.only_forgot(before)

    @precondition(lambda self: not self.is_asked())
    @rule()
    def start_afresh(self) -> None:
        self.shown, self.lan = [], Talk(facts=self.lan.facts)

    @invariant()
    def position_follows_from_the_answers_alone(self) -> None:
        lan = self.lan
        backwards = dict(reversed(list(lan.form.answers.items())))
        bare = Form(conversation="made_up", day=TODAY, answers=backwards, drafts=lan.form.drafts)

        turn = engine.ask(talk.conversation, bare, lan.facts, abroad=lan.abroad)

        assert (turn.asks, turn.ended) == (lan.turn.asks, lan.turn.ended)
        assert turn.form.answers == lan.form.answers

    @invariant()
    def walking_again_changes_nothing_and_says_nothing_again(self) -> None:
        lan = self.lan

        turn = engine.ask(talk.conversation, lan.form, lan.facts, abroad=lan.abroad)

        assert turn == replace(lan.turn, form=lan.form, says=turn.says)
        assert not turn.says or turn.ended

    @invariant()
    def nothing_is_said_twice_but_the_end(self) -> None:
        said = [key for key in self.lan.said if key != "not_here"]
        assert len(said) == len(set(said))

    @invariant()
    def the_review_and_the_end_come_only_when_all_that_counts_is_answered(self) -> None:
        if self.lan.at not in (REVIEW, "finished"):
            return
        answers = Answers(self.lan.form.answers, TODAY, self.lan.facts)
        assert answers[talk.lives_here]
        assert (talk.pension in answers) == talk.draws_a_pension(answers)
        assert all(talk.child_name in child for child in answers.items(talk.children))
        assert (talk.campaign in answers) == talk.there_are_campaigns(answers)


AnyOrder.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase

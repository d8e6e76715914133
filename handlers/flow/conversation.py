"""A conversation is data: what it says and asks, in order, and one function for when all is answered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast

from handlers.flow.answers import UNKNOWN, Answers, Condition
from handlers.flow.message import Opening, Phrase, Say
from handlers.flow.questions import Question

__all__ = [
    "PASSES",
    "Answers",
    "Ask",
    "Condition",
    "Conversation",
    "Done",
    "EndIf",
    "FinishIf",
    "Open",
    "Reask",
    "Repeat",
    "Review",
    "Step",
    "Tell",
]

T = TypeVar("T")
D = TypeVar("D")


PASSES = (UNKNOWN.name, "skip")


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a question, perhaps only if something holds; conditions see the answers given before, and no later ones.

    private: about health, or photos of homes; never asked through a channel abroad, but on a page of ours where there
    is one. fits: what must hold with the answer, or it is asked again, with the text `<key>_misfit`.
    """

    question: Question[object]
    only_if: Condition | None = None
    private: bool = False
    fits: Condition | None = None

    def __init__(
        self,
        question: Question[T],
        *,
        only_if: Condition | None = None,
        private: bool = False,
        fits: Condition | None = None,
    ) -> None:
        if private and not set(PASSES) & set(question.others):
            raise ValueError(f"{question.key}: not asked abroad, so one of {PASSES} has to be an answer")
        object.__setattr__(self, "question", question)
        object.__setattr__(self, "only_if", only_if)
        object.__setattr__(self, "private", private)
        object.__setattr__(self, "fits", fits)

    def asks(self, slot: str) -> bool:
        """Whether an answer belongs here."""
        return slot == self.question.key

    def passed(self) -> str:
        """What counts as the answer where a private question is passed over."""
        return next(f"#{name}" for name in PASSES if name in self.question.others)


@dataclass(frozen=True, slots=True)
class Tell:
    """Say once what the answers given before let be known. values: what its text names; None where nothing is known."""

    key: str
    values: Callable[[Answers], Mapping[str, object] | None]

    def said(self, told: Answers) -> Say | None:
        """What is said; None where nothing is known yet."""
        values = self.values(told)
        return None if values is None else Say(Phrase(self.key, values))


@dataclass(frozen=True, slots=True)
class FinishIf:
    """Ask nothing more if something holds, and go straight to `finish`."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class EndIf:
    """End the conversation here if something holds, saying so. `finish` is not called."""

    condition: Condition
    say: str
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """Ask some questions again and again, as long as `add` is answered with yes."""

    name: str
    questions: tuple[Question[object], ...]
    add: Question[bool]
    most: int = 9

    def __init__(self, name: str, *questions: Question[Any], add: Question[bool], most: int = 9) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "questions", questions)
        object.__setattr__(self, "add", add)
        object.__setattr__(self, "most", most)

    def asks(self, slot: str) -> bool:
        """Whether an answer belongs to one of the times round."""
        return slot.startswith(f"{self.name}.")

    def all(self) -> "tuple[Question[object], ...]":
        """What is asked each time round, `add` last."""
        return (*self.questions, cast("Question[object]", self.add))

    def count(self, written: Mapping[str, str]) -> int:
        """How many times round have begun; at least one."""
        times = 1
        while times < self.most and written.get(f"{self.name}.{times - 1}.{self.add.key}") == "yes":
            times += 1
        return times


@dataclass(frozen=True, slots=True)
class Review:
    """Show everything answered and ask whether to go on; any later change asks again.

    hidden: questions whose answers are not listed. beside: further values its text may name, from answers and facts.
    """

    hidden: tuple[Question[object], ...] = ()
    beside: Callable[[Answers], Mapping[str, object]] | None = None

    def __init__(self, *hidden: Question[Any], beside: Callable[[Answers], Mapping[str, object]] | None = None) -> None:
        object.__setattr__(self, "hidden", hidden)
        object.__setattr__(self, "beside", beside)


Step = Say | Tell | Ask | EndIf | FinishIf | Repeat | Review


@dataclass(frozen=True, slots=True)
class Open:
    """Go on with another conversation, some of whose answers are already known."""

    conversation: str
    answers: Mapping[str, str] = field(default_factory=dict)


class Done:
    """The conversation is over: what is said, and perhaps what opens next.

    forgets: a purpose whose consent was taken back; whatever is under way that needs it is dropped.
    """

    __slots__ = ("forgets", "says", "then")

    def __init__(self, *says: Say, then: Open | None = None, forgets: str = "") -> None:
        self.says = says
        self.then = then
        self.forgets = forgets


@dataclass(frozen=True, slots=True)
class Reask:
    """Ask one question again, keeping all other answers. because: the key of the reason."""

    question: Question[object]
    because: str

    def __init__(self, question: Question[T], *, because: str) -> None:
        object.__setattr__(self, "question", question)
        object.__setattr__(self, "because", because)


@dataclass(frozen=True)
class Conversation(Generic[D]):
    """A script and its end.

    opens_with: slash commands. finish: a plain function in one transaction. facts: what a turn looks up first, reading
    only. recalls: written answers known from before, when it is opened. needs: the purpose whose consent must be in
    force. keeps_paused: whether it is worth taking up again later. quiet: its end does not offer what was laid aside.
    texts: the conversation whose words it uses, if not its own. acts: what has to be true of a chat that does this for
    an official, as the desk calls it; empty where anybody may.
    """

    name: str
    script: tuple[Step, ...]
    finish: Callable[[Answers, D], Done | Reask]
    opens_with: tuple[str, ...] = ()
    facts: Callable[[D, Answers], object] | None = None
    recalls: Callable[[D], Mapping[str, str]] | None = None
    needs: str | None = None
    keeps_paused: bool = False
    quiet: bool = False
    texts: str = ""
    acts: Literal["", "awake", "reads", "checked"] = ""

    @property
    def scope(self) -> str:
        """Where its words are looked for first."""
        return self.texts or self.name

    def question(self, slot: str) -> Question[object] | None:
        """The question that a slot belongs to, or None if this script has no such question."""
        key = slot.rpartition(".")[2]
        for step in self.script:
            if isinstance(step, Ask) and step.asks(slot):
                return step.question
            if isinstance(step, Repeat) and step.asks(slot):
                return next((q for q in step.all() if q.key == key), None)
        return None

    def questions(self) -> Iterator[Question[object]]:
        """Every question of the script, in order."""
        for step in self.script:
            if isinstance(step, Ask):
                yield step.question
            elif isinstance(step, Repeat):
                yield from step.all()

"""A made-up conversation with every kind of step, and somebody who talks to the engine alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from handlers.flow import engine, moving
from handlers.flow.conversation import Answers, Ask, Conversation, Done, EndIf, Repeat, Review, Tell
from handlers.flow.message import Asking, Incoming, Option, Phrase, Press, Say
from handlers.flow.questions import Candidate, Choice, Choices, Money, Name, Words, Year, YesNo
from handlers.flow.session import Form

TODAY = date(2026, 11, 25)


@dataclass(frozen=True, slots=True)
class Open:
    """The campaigns that were open when the turn began."""

    campaigns: tuple[str, ...] = ()


def open_campaigns(a: Answers) -> tuple[Candidate, ...]:
    return tuple(Candidate(code, Phrase("plain", {"words": code})) for code in a.facts(Open).campaigns)


lives_here = YesNo("lives_here")
has_pension = YesNo("has_pension", others=("unknown",))
pension = Money("pension")
illness = Choice("illness", "none", "some", others=("unknown",))
treatment = Words("treatment", others=("unknown",))
child_name = Name("child_name")
child_year = Year("child_year")
another_child = YesNo("another_child")
needs = Choices("needs", "food", "school", "house", "nothing", alone=("nothing",), others=("unknown",))
campaign = Choice("campaign", supplied=open_campaigns, others=("none",))
story = Words("story", others=("skip",))


def lives_elsewhere(a: Answers) -> bool:
    return not a[lives_here]


def draws_a_pension(a: Answers) -> bool:
    return a.get(has_pension) is True


def is_ill(a: Answers) -> bool:
    return a.get(illness) == "some"


def there_are_campaigns(a: Answers) -> bool:
    return bool(a.facts(Open).campaigns)


def what_a_pension_makes(a: Answers) -> Mapping[str, object] | None:
    return {"pension": a[pension]} if a.get(pension) else None


def finish(a: Answers, desk: None) -> Done:
    """Nothing is done: the engine never calls this."""
    return Done()


children = Repeat("child", child_name, child_year, add=another_child, most=3)
conversation = Conversation[None](
    "made_up",
    script=(
        Say("welcome"),
        Ask(lives_here),
        EndIf(lives_elsewhere, say="not_here"),
        Ask(has_pension),
        Ask(pension, only_if=draws_a_pension),
        Tell("so_rich", what_a_pension_makes),
        Ask(illness, private=True),
        Ask(treatment, only_if=is_ill, private=True),
        Say("about_children"),
        children,
        Ask(needs),
        Ask(campaign, only_if=there_are_campaigns),
        Ask(story),
        Review(story),
    ),
    finish=finish,
)

# Presses that lead from the first question to the review; a text where there is no button.
WAY = ("yes", "no", "none", "Bé An", "2019", "no", "food+school", "#skip")


@dataclass
class Talk:
    """Somebody who answers what is asked. turn: what was last said and asked."""

    conversation: Conversation[None] = conversation
    facts: Open = Open()
    abroad: bool = False
    form: Form = field(default_factory=lambda: Form(conversation="made_up", day=TODAY))
    doubt: engine.Asks | None = None
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.go_on()

    @property
    def asks(self) -> engine.Asks:
        """What is on the screen."""
        asks = self.doubt or self.turn.asks
        assert asks is not None, "nothing is asked"
        return asks

    @property
    def at(self) -> str:
        """The slot that is asked for, or how it ended."""
        if self.doubt or self.turn.asks:
            return self.asks.slot
        return "ended" if self.turn.ended else "finished"

    @property
    def answers(self) -> Mapping[str, str]:
        return self.form.answers

    @property
    def known(self) -> Answers:
        return Answers(self.form.answers, self.form.day, self.facts)

    def go_on(self) -> None:
        """Walk to what comes next."""
        self.turn = engine.ask(self.conversation, self.form, self.facts, abroad=self.abroad)
        self.form, self.doubt = self.turn.form, None
        self.said += [say.phrase.key for say in self.turn.says]

    def showing(self) -> Asking:
        """The open question as it would be shown, its buttons labelled by the keys of their words."""
        options = tuple(Option(c.label.key, c.written) for c in self.asks.options)
        return Asking(
            nonce="nonce",
            conversation=self.conversation.name,
            form="",
            slot=self.asks.slot,
            mode=self.asks.mode,
            options=options,
            once=self.asks.once,
        )

    def hears(self, asking: Asking, incoming: Incoming) -> engine.AnswerTaken | engine.Doubt | engine.Missed:
        """Answer one showing of a question, and go on as far as that leads."""
        heard = engine.hear(self.conversation, self.form, asking, incoming, TODAY)
        self.form = heard.form
        if isinstance(heard, engine.Doubt) and heard.asks.prompt.key:
            self.doubt = heard.asks
        else:
            self.go_on()
        return heard

    def types(self, text: str) -> engine.AnswerTaken | engine.Doubt | engine.Missed:
        """Type an answer."""
        return self.hears(self.showing(), Incoming(kind="text", text=text))

    def presses(self, written: str) -> engine.AnswerTaken | engine.Doubt | engine.Missed:
        """Press the button that stands for an answer."""
        place = [option.written for option in self.asks.options].index(written)
        return self.hears(self.showing(), Incoming(kind="press", press=Press("nonce", place)))

    def walks(self, *answers: str) -> "Talk":
        """Type some answers, one after the other."""
        for answer in answers:
            self.types(answer)
        return self

    def goes_back(self) -> bool:
        """Take the latest answer back; False if there is none."""
        return self._takes(moving.back(self.conversation, self.form, abroad=self.abroad))

    def edits(self, number: int) -> bool:
        """Take back the answer with this number in the review; False if there is none."""
        return self._takes(moving.edit(self.conversation, self.form, number))

    def _takes(self, form: Form | None) -> bool:
        if form is not None:
            self.form = form
            self.go_on()
        return form is not None

    def comes_back_to(self, changed: Conversation[None]) -> "Talk":
        """Take the form up again in another release of the script."""
        return Talk(changed, self.facts, self.abroad, replace(self.form))

"""A question of the hour: when on a day something is to be."""

from datetime import time

from handlers.flow import hours
from handlers.flow.message import Phrase
from handlers.flow.questions.question import Candidate, Misheard, Question, Said, Unsure


class TimeOfDay(Question[time]):
    """A time of day, to the minute; «3 giờ» may be in the night or in the afternoon, and is confirmed."""

    expects = "time"
    digits_are_answers = True

    def understand(self, said: Said) -> time | Unsure | Misheard:
        heard = hours.time_of_day(said.text)
        if len(heard) == 1:
            return heard[0]
        if not heard:
            return Misheard()
        return Unsure(tuple(Candidate(self.spell(t), Phrase("plain", {"words": t})) for t in heard))

    def spell(self, value: time) -> str:
        return f"{value:%H:%M}"

    def parse(self, written: str) -> time:
        return time.fromisoformat(written)

    def show(self, value: time) -> object:
        return value

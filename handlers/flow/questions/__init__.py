"""The kinds of question: each hears what people type, writes an answer down, and reads it back.

Why an answer is kept as it was written: `hear(write(v)) == v` for every kind, so a stored session needs no other form,
and a question that changed since simply does not understand the old answer and is asked again.
"""

from handlers.flow.questions.chosen import Choice, Choices, YesNo
from handlers.flow.questions.counted import HowMany, Months, counted_in_words
from handlers.flow.questions.hours import TimeOfDay
from handlers.flow.questions.question import MEANS_NO, UNKNOWN, Candidate, Misheard, Other, Question, Said, Unsure
from handlers.flow.questions.typed import (
    MOST_WORDS,
    Contact,
    Day,
    Money,
    Name,
    NationalId,
    Number,
    Phone,
    Photos,
    Unit,
    Words,
    Year,
)

__all__ = [
    "MEANS_NO",
    "MOST_WORDS",
    "UNKNOWN",
    "Candidate",
    "Choice",
    "Choices",
    "Contact",
    "Day",
    "HowMany",
    "Misheard",
    "Money",
    "Months",
    "Name",
    "NationalId",
    "Number",
    "Other",
    "Phone",
    "Photos",
    "Question",
    "Said",
    "TimeOfDay",
    "Unit",
    "Unsure",
    "Words",
    "Year",
    "YesNo",
    "counted_in_words",
]

"""The kinds of question: each hears what people type, writes an answer down, and reads it back.

Why an answer is kept as it was written: `hear(write(v)) == v` for every kind, so a stored session needs no other form,
and a question that changed since simply does not understand the old answer and is asked again.
"""

from handlers.flow.answers import UNKNOWN, Other
from handlers.flow.questions.chosen import Choice, Choices, YesNo
from handlers.flow.questions.counted import HowMany, Months, counted_in_words
from handlers.flow.questions.hours import TimeOfDay
from handlers.flow.questions.question import MEANS_NO, Candidate, Misheard, Question, Said, Unsure
from handlers.flow.questions.typed import (
    MOST_WORDS,
    Day,
    Money,
    Name,
    NationalId,
    Number,
    OwnPhone,
    Phone,
    Photos,
    UnitQuestion,
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
    "Day",
    "HowMany",
    "Misheard",
    "Money",
    "Months",
    "Name",
    "NationalId",
    "Number",
    "Other",
    "OwnPhone",
    "Phone",
    "Photos",
    "Question",
    "Said",
    "TimeOfDay",
    "UnitQuestion",
    "Unsure",
    "Words",
    "Year",
    "YesNo",
    "counted_in_words",
]

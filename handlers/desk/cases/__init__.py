"""Cases: opened, worked on, answered, listed, found again; households and changes of the law."""

from handlers.desk.cases.acts import ACTS, OPEN, UNDECIDED, CaseActs
from handlers.desk.cases.answers import CaseAnswers
from handlers.desk.cases.cases import OFFICE_ALONE, WITHDRAWABLE, Cases, OpenedCase, OwnCase
from handlers.desk.cases.casework import CaseOutcome, Casework
from handlers.desk.cases.decision_words import in_words
from handlers.desk.cases.decisions import CLASSES, MOST_MONEY, MOST_WORDS, Decisions, Recognition, Support, meant_by
from handlers.desk.cases.events import CaseClosed, CasePlaced
from handlers.desk.cases.file import CaseFile, CaseFiles
from handlers.desk.cases.form_reminders import FormReminders
from handlers.desk.cases.households import Households, Kept
from handlers.desk.cases.law_changes import LawChangeOutcome, LawChanges, Upcoming, told
from handlers.desk.cases.list import MOST_LETTERS, CaseFilter, CaseList, FoundCases, ListedCase, WaitingCases
from handlers.desk.cases.question_reminders import QuestionReminders
from handlers.desk.cases.refusals import reasons
from handlers.desk.cases.registration import Registration
from handlers.desk.cases.sheets import Applicant, SheetLink, Sheets
from handlers.desk.cases.view import CaseContent, CaseHappened, CaseViews, Glance, hide_ids
from handlers.desk.cases.worklist import CaseLine, Worklist
from storage.queries.cases import CLOSED, FOLLOWS

__all__ = [
    "ACTS",
    "CLASSES",
    "CLOSED",
    "FOLLOWS",
    "MOST_LETTERS",
    "MOST_MONEY",
    "MOST_WORDS",
    "OFFICE_ALONE",
    "OPEN",
    "UNDECIDED",
    "WITHDRAWABLE",
    "Applicant",
    "CaseActs",
    "CaseAnswers",
    "CaseClosed",
    "CaseContent",
    "CaseFile",
    "CaseFiles",
    "CaseFilter",
    "CaseHappened",
    "CaseLine",
    "CaseList",
    "CaseOutcome",
    "CasePlaced",
    "CaseViews",
    "Cases",
    "Casework",
    "Decisions",
    "FormReminders",
    "FoundCases",
    "Glance",
    "Households",
    "Kept",
    "LawChangeOutcome",
    "LawChanges",
    "ListedCase",
    "OpenedCase",
    "OwnCase",
    "QuestionReminders",
    "Recognition",
    "Registration",
    "SheetLink",
    "Sheets",
    "Support",
    "Upcoming",
    "WaitingCases",
    "Worklist",
    "hide_ids",
    "in_words",
    "meant_by",
    "reasons",
    "told",
]

"""The registrant's answers to what officials ask and decide: a paper, that she has none, more papers, a complaint.

Why a complaint takes the case from its officer: whoever refused must not be the one who looks at it again alone.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.desk.cases.news import CaseNews
from storage.tables import Case

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class CaseAnswers:
    """Answers of the person who speaks. Each is False where the case is not hers, or does not wait for this."""

    desk: "Desk"

    def is_asked(self, code: str) -> bool:
        """Whether an officer waits for an answer of hers."""
        return self._in(code, "need_info") is not None

    def is_refused(self, code: str) -> bool:
        """Whether her request was refused, and is not looked at again yet."""
        return self._in(code, "refused") is not None

    def answer(self, code: str, words: str) -> bool:
        """Answer in words what an officer asked; where nothing is asked any more, they are added to the case."""
        case = self._in(code, "need_info")
        if case is None:
            return self.desk.cases.add_words(code, words)
        self._back(case, "answered", words, reason="answered by the registrant")
        return True

    def give_paper(self, code: str, photos: tuple[str, ...], words: str = "") -> bool:
        """Give the paper that was asked for."""
        case = self._in(code, "need_info")
        return case is not None and self._add_papers(case, photos, words)

    def have_no_paper(self, code: str) -> bool:
        """Say that she has not got the paper that was asked for."""
        case = self._in(code, "need_info")
        if case is None:
            return False
        self._back(case, "no_paper", reason="the registrant has no such paper")
        return True

    def add_papers(self, code: str, photos: tuple[str, ...], words: str = "") -> bool:
        """Give more papers after a refusal: it is looked at again."""
        case = self._in(code, "refused")
        return case is not None and self._add_papers(case, photos, words)

    def complain(self, code: str, words: str) -> bool:
        """Complain of a refusal: it is looked at again, and everybody who decides for the unit is told."""
        case = self._in(code, "refused")
        if case is None:
            return False
        case.officer_id = None
        self._back(case, "complained", words, reason="the registrant complained")
        self.desk.cases.add_task(case, "complaint")
        CaseNews(self.desk).complained(case)
        return True

    # Inside

    def _in(self, code: str, state: str) -> Case | None:
        case = self.desk.cases.own(code)
        return case if case is not None and case.state == state and case.body is not None else None

    def _add_papers(self, case: Case, photos: tuple[str, ...], words: str) -> bool:
        self.desk.files.attach(photos, case.id)
        self._back(case, "paper_added", words, reason="the registrant sent papers")
        return True

    def _back(self, case: Case, kind: str, words: str = "", *, reason: str) -> None:
        """Bring a case back into review, with the office's days before it again, and tell its officer."""
        case.due = max(case.due, self.desk.cases.first_contact_due())
        self.desk.cases.move_to(case, "in_review", kind, note=words, reason=reason)
        CaseNews(self.desk).answered(case)

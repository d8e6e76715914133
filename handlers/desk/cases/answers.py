"""The registrant's answers to what officials ask and decide: a paper, that she has none, more papers, a complaint.

Why a complaint takes the case from its officer: whoever refused must not be the one who looks at it again alone.
"""

from dataclasses import dataclass

from handlers.desk.cases.cases import Cases
from handlers.desk.cases.news import CaseNews
from handlers.desk.messages import Files
from handlers.desk.office import Context
from storage.tables import Case


@dataclass(frozen=True, slots=True)
class CaseAnswers:
    """Answers of the person who speaks. Each is False where the case is not hers, or does not wait for this."""

    context: Context

    def asked(self) -> str | None:
        """The code of her newest request of which an officer asked something; None where nobody waits for her."""
        waiting = (case.code for case in Cases(self.context).mine() if case.state == "need_info")
        return next(waiting, None)

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
            return Cases(self.context).add_words(code, words)
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
        Cases(self.context).add_task(case, "complaint")
        CaseNews(self.context).complained(case)
        return True

    # Inside

    def _in(self, code: str, state: str) -> Case | None:
        case = Cases(self.context).own(code)
        return case if case is not None and case.state == state and case.body is not None else None

    def _add_papers(self, case: Case, photos: tuple[str, ...], words: str) -> bool:
        Files(self.context).attach(photos, case.id)
        self._back(case, "paper_added", words, reason="the registrant sent papers")
        return True

    def _back(self, case: Case, kind: str, words: str = "", *, reason: str) -> None:
        """Bring a case back into review, with the office's days before it again, and tell its officer."""
        case.due = max(case.due, Cases(self.context).first_contact_due())
        Cases(self.context).move_to(case, "in_review", kind, note=words, reason=reason)
        CaseNews(self.context).answered(case)

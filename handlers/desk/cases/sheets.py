"""Sheets for the counter: what is known of who asks, and the link by which she fetches hers, once.

Why a link and not a file in the chat: name and address on it would pass through a platform's servers, perhaps abroad.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import delete, update
from sqlmodel import col, select

from handlers.desk.cases.cases import Cases
from handlers.desk.cases.households import Households, Kept
from handlers.desk.consents import Consents
from handlers.desk.office import Context
from storage.ids import new_nonce
from storage.queries.cases import CLOSED
from storage.tables import Case, OneTimeToken, Person
from storage.vault import KeyGone

KIND = "sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who asks, as it was told; empty words and None mean not told. phone: in international form.

    code: of the request. check: of her own family, on the day she gave it.
    """

    code: str = ""
    name: str = ""
    birth_year: int | None = None
    phone: str = ""
    place: str = ""
    unit_id: str | None = None
    check: Kept | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLink:
    """What a link opens. about: which sheet; language: hers; used: it was fetched already."""

    person_id: str
    language: str
    about: str
    code: str
    used: bool


@dataclass(frozen=True, slots=True)
class Sheets:
    """Sheets of one transaction."""

    context: Context

    def mine(self, code: str = "") -> Applicant | None:
        """Who speaks: by a request of hers or, without a code, the newest open one for her own family, and her check.

        None where she neither sent a request nor gave a check.
        """
        return self.of_person(self.context.here().person_id, code)

    def of_person(self, person_id: str, code: str = "") -> Applicant | None:
        """The same for a person by her id."""
        case = self._case(person_id, code)
        # A request for another family has nothing to do with what she told of her own.
        check = None if case is not None and case.for_other else Households(self.context).of(person_id)
        if code and case is None:
            return None
        return self._applicant(case, check) if case is not None or check is not None else None

    def of_case(self, case: Case) -> Applicant:
        """Who asks by a request, for the official at the desk, who has to have found it; it is noted.

        The check is read only where that was promised: of the registrant's own family.
        """
        may_read = not case.for_other and Consents(self.context).in_force("register", case.person_id)
        self.context.note("case.sheet_printed", f"case:{case.id}")
        return self._applicant(case, Households(self.context).of(case.person_id) if may_read else None)

    def link(self, about: str, code: str) -> str:
        """Make a link by which she fetches a sheet, once, for fifteen minutes; a new one ends the old."""
        context, person_id, token = self.context, self.context.here().person_id, new_nonce()
        old = delete(OneTimeToken).where(col(OneTimeToken.person_id) == person_id, col(OneTimeToken.kind) == KIND)
        context.unit.execute(old)
        row = OneTimeToken(
            token=context.vault.look_up("one-time token", token), kind=KIND, person_id=person_id,
            until=context.office.retention("one_time_link").after(context.now),
        )  # fmt: skip
        row.body = self._seal(row, {"about": about, "code": code})
        context.unit.add(row)
        context.note("person.sheet_link", f"person:{person_id}", sheet=about)
        return f"{context.public_url}/p/{token}"

    def look(self, token: str) -> SheetLink | None:
        """What a link opens; None once it has run out."""
        row = self._row(token)
        if row is None:
            return None
        content = self._open(row)
        language = self.context.unit.get_one(Person, row.person_id).language or "vi"
        return SheetLink(
            person_id=row.person_id, language=language, about=content["about"], code=content["code"],
            used=content.get("used") == "yes",
        )  # fmt: skip

    def use(self, token: str) -> bool:
        """Note that the sheet is fetched, of several who try at once by one alone. False for all others."""
        row = self._row(token)
        if row is None or (content := self._open(row)).get("used"):
            return False
        used = self._seal(row, {**content, "used": "yes"})
        unchanged = (col(OneTimeToken.token) == row.token, col(OneTimeToken.body) == row.body)
        done = self.context.unit.change(update(OneTimeToken).where(*unchanged).values(body=used)) == 1
        if done:
            self.context.note("person.sheet_fetched", f"person:{row.person_id}", sheet=content["about"])
        return done

    # Inside

    def _case(self, person_id: str, code: str) -> Case | None:
        query = select(Case).where(Case.person_id == person_id, col(Case.body).is_not(None))
        if code:
            query = query.where(Case.code == code)
        else:
            query = query.where(col(Case.for_other).is_(False), col(Case.state).not_in(CLOSED))
        return self.context.unit.scalars(query.order_by(col(Case.id).desc()).limit(1)).first()

    def _applicant(self, case: Case | None, check: Kept | None) -> Applicant:
        checked_unit = (check.answers.get("unit") if check else "") or None
        try:
            said = Cases(self.context).read(case.id) if case is not None else {}
        except KeyGone:
            said = {}
        year = said.get("birth_year")
        return Applicant(
            code=case.code if case is not None else "",
            name=str(said.get("name") or ""),
            birth_year=year if isinstance(year, int) else None,
            phone=str(said.get("phone") or ""),
            place=str(said.get("place") or ""),
            unit_id=(case.unit_id if case is not None else None) or checked_unit,
            check=check,
        )

    def _row(self, token: str) -> OneTimeToken | None:
        row = self.context.unit.get(OneTimeToken, self.context.vault.look_up("one-time token", token))
        usable = row is not None and row.kind == KIND and row.until >= self.context.now and row.body is not None
        return row if usable else None

    def _seal(self, row: OneTimeToken, content: Mapping[str, str]) -> bytes:
        return self.context.vault.seal(f"person:{row.person_id}", f"one_time_token.body:{row.token.hex()}", content)

    def _open(self, row: OneTimeToken) -> Mapping[str, str]:
        where = f"one_time_token.body:{row.token.hex()}"
        return cast("Mapping[str, str]", self.context.vault.open(f"person:{row.person_id}", where, row.body or b""))

"""One-time ways in: the link by which an official takes up her account, and the code by which her chat acts for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, update
from sqlmodel import col

from handlers.desk.office import Context
from storage.ids import new_code, new_nonce, read_code
from storage.tables import Invitation

LIVE = timedelta(minutes=15)
CODE_PREFIX = "LK"
Kind = Literal["account", "chat"]


@dataclass(frozen=True, slots=True)
class Invitations:
    """Invitations of one transaction. Of each kind an account has one; a new one ends the old."""

    context: Context

    def link(self, official_id: str) -> str:
        """The token of a new one-time link to an account; with it is kept which official is shown it."""
        token, me = new_nonce(), self.context.official
        self._make(self._token(token), official_id, "account", me.id if me is not None else None)
        return token

    def chat_code(self, official_id: str) -> tuple[str, datetime]:
        """A code to be typed into a chat of hers after /lienket, and until when it is good."""
        code = new_code(CODE_PREFIX)
        until = self._make(self._code(code), official_id, "chat")
        self.context.note("official.chat_code", f"official:{official_id}")
        return code.removeprefix(f"{CODE_PREFIX}-"), until

    def link_leads_to(self, token: str) -> str | None:
        """The account that a link is to, as long as it is good."""
        return self._leads_to(self._token(token), "account")

    def code_leads_to(self, typed: str) -> str | None:
        """The account that a typed code is of, as long as it is good. Count wrong ones with `Links`."""
        code = read_code(typed, CODE_PREFIX)
        return self._leads_to(self._code(code), "chat") if code else None

    def use(self, token: str) -> Invitation | None:
        """Use a link up: of many that redeem it at once, one finds it unused."""
        found = self.context.unit.get(Invitation, self._token(token))
        unused = update(Invitation).where(
            col(Invitation.token) == self._token(token), col(Invitation.used_at).is_(None)
        )
        return found if self.context.unit.change(unused.values(used_at=self.context.now)) == 1 else None

    def end(self, official_id: str, kind: Kind | None = None) -> None:
        """End those of an account. kind: None for both."""
        hers = delete(Invitation).where(col(Invitation.official_id) == official_id)
        self.context.unit.execute(hers.where(col(Invitation.kind) == kind) if kind else hers)

    # Inside

    def _make(self, hidden: bytes, official_id: str, kind: Kind, shown_to: str | None = None) -> datetime:
        until = self.context.now + LIVE
        self.end(official_id, kind)
        made = Invitation(token=hidden, official_id=official_id, kind=kind, until=until, shown_to=shown_to)
        self.context.unit.add(made)
        return until

    def _leads_to(self, hidden: bytes, kind: Kind) -> str | None:
        found = self.context.unit.get(Invitation, hidden)
        if found is None or found.kind != kind or found.used_at is not None or found.until < self.context.now:
            return None
        return found.official_id

    def _token(self, token: str) -> bytes:
        return self.context.vault.look_up("invitation", token)

    def _code(self, code: str) -> bytes:
        return self.context.vault.look_up("official chat code", code)

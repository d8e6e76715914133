"""What officials are told of accounts, at once and in every chat they have: a theft is not told to the thief alone."""

from dataclasses import dataclass

from handlers.desk.messages import Messages
from handlers.desk.office import Context, Official
from handlers.desk.officials.officials import Officials
from handlers.flow.message import Phrase, Say
from storage.queries.incoming import chats
from storage.queries.outgoing import windows

ALERT = "alert"


@dataclass(frozen=True, slots=True)
class AccountNews:
    """News of accounts, in one transaction. Whoever does something to another's account is not told that she did."""

    context: Context

    def asks(self, asked_by: str) -> None:
        """Tell the admins who may confirm it that a change of an account waits."""
        for admin in self._admins():
            if not self.context.are_same_hands(asked_by, admin):
                self._tell(
                    admin, Say("account_news.waits", link=f"{self.context.public_url}/console/officials"), "waits"
                )

    def tell(self, official_id: str, what: str) -> None:
        """Tell an account's owner and all admins that it was changed. what: as the texts call it."""
        officials = Officials(self.context)
        owner, me = officials.acting(official_id), self.context.official
        by = officials.name_of(me.id) if me is not None else Phrase("account_news.machine")
        if owner is not None:
            self._tell(owner, Say(f"account_news.own.{what}", by=by), what)
        for admin in self._admins():
            if admin.id not in (official_id, me.id if me is not None else ""):
                say = Say(f"account_news.other.{what}", name=officials.name_of(official_id), by=by)
                self._tell(admin, say, what)

    def attacked(self, count: int) -> None:
        """Tell all admins that signing in fails more often than people mistype."""
        for admin in self._admins():
            self._tell(admin, Say("account_news.attacked", count=count), "attacked")

    def tell_own(self, official_id: str, what: str, *, but: str = "") -> None:
        """Tell an account's owner alone, in every chat she has except one."""
        owner = Officials(self.context).acting(official_id)
        if owner is not None:
            self._tell(owner, Say(f"account_news.own.{what}", at=self.context.now), what, but)

    # Inside

    def _admins(self) -> list[Official]:
        officials = Officials(self.context)
        return [admin for one in sorted(officials.admins()) if (admin := officials.acting(one)) is not None]

    def _tell(self, official: Official, say: Say, what: str, but: str = "") -> None:
        if official.person_id is None:
            return
        context = self.context
        closed = windows.closed(context.windows, ALERT, context.now)
        for chat in chats.all_of(context.unit, official.person_id, closed):
            if chat.address_id != but:
                place = f"account/{what}/{official.id}/{chat.address_id}"
                Messages(context).say(chat, say, kind=ALERT, place=place)

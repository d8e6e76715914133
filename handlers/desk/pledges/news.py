"""News of promises: to the officials they concern, and to who gave them, as long as she agrees to be told.

Why an offer for where it is needed most goes to few: everybody's news is read by nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.desk.consents import Consents
from handlers.desk.messages import Disclosures, Messages
from handlers.desk.money import GiftAccounts
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.desk.pledges.kinds import kind_of
from handlers.desk.pledges.pledges import MONEY
from handlers.flow.message import MENU, Dong, Opening, Phrase, Say
from handlers.flow.questions import counted_in_words
from handlers.vietnamese.units import unit_name
from storage.tables import Pledge

OFFICER = Opening("doors.officer", "officer")
GIVEN_ON = ("allocated", "handed_over")  # states that are told by kind


@dataclass(frozen=True, slots=True)
class PledgeNews:
    """News of pledges, each to one person."""

    context: Context

    # Officials

    def offered(self, pledge: Pledge) -> int:
        """Tell who takes offers of this kind and place; returns how many were told."""
        return self._tell_officials(self._concerned(pledge), "offered", pledge)

    def told_sent(self, pledge: Pledge) -> int:
        """Tell those who receive it that its giver says it is on its way."""
        return self._tell_officials(self._concerned(pledge), "told_sent", pledge)

    def _concerned(self, pledge: Pledge) -> list[Official]:
        """Treasurers of money; of the rest who takes gifts for its unit; without one, treasurers and admins."""
        officials = Officials(self.context)
        if pledge.kind == "money":
            return officials.of_unit(pledge.unit_id, "gift.receive")
        if pledge.unit_id is not None:
            return officials.of_unit(pledge.unit_id, "gift.take")
        return [o for o in officials.of_unit(None, "gift.see") if {"treasurer", "admin"} & set(o.roles)]

    def _tell_officials(self, officials: Iterable[Official], what: str, pledge: Pledge) -> int:
        """Tell officials in their chats; never who gives, nor herself of her own gift."""
        told = 0
        say = Say(f"pledge_news.{what}", code=pledge.code, unit=_place(pledge), kind=_kind(pledge))
        for official in officials:
            if official.person_id is not None and official.person_id != pledge.person_id:
                place = f"pledge/{pledge.id}/{what}/{official.id}"
                told += Messages(self.context).tell(official.person_id, say, place=place)
        return told

    # The giver

    def accepted(self, pledge: Pledge, appointment: str = "") -> bool:
        """Tell the giver that her offer is accepted. appointment: an official's words on when, where and what next."""
        key = "pledge_news.accepted_with_words" if appointment else "pledge_news.accepted"
        return self._tell(pledge, Say(key, code=pledge.code, words=appointment, openings=_where(pledge)))

    def verified(self, pledge: Pledge, day: date) -> bool:
        """Tell an employer or buyer that an official has verified who they are."""
        return self._tell(pledge, Say("pledge_news.verified", code=pledge.code, day=day, openings=_where(pledge)))

    def received(self, pledge: Pledge, amount: int, day: date) -> bool:
        """Thank the giver for what has come."""
        told = {"code": pledge.code, "amount": how_much(amount, pledge.measure), "day": day}
        phrase = Phrase("pledge_news.received", {**told, "receiver": self.receiver(pledge)})
        return self._tell(pledge, Say(phrase, openings=_where(pledge)), f"received/{pledge.received}")

    def allotted(self, pledge: Pledge, unit_id: str | None, allocation_id: str) -> bool:
        """Tell the giver to which unit her gift or help goes; never to whom. Of jobs and links see may_meet."""
        key = f"pledge_news.{told_as(pledge)}.allotted"
        say = Say(key, code=pledge.code, unit=unit_name(unit_id), openings=_where(pledge))
        return self._tell(pledge, say, f"allotted/{allocation_id}")

    def handed_over(self, pledge: Pledge, allocation_id: str) -> bool:
        """Tell the giver that it was handed over, or done."""
        say = Say(f"pledge_news.{told_as(pledge)}.handed_over", code=pledge.code, openings=_where(pledge))
        return self._tell(pledge, say, f"handed_over/{allocation_id}")

    def confirmed(self, pledge: Pledge, allocation_id: str) -> bool:
        """Tell the giver that who got it says so."""
        say = Say(f"pledge_news.{told_as(pledge)}.confirmed", code=pledge.code, openings=_where(pledge))
        return self._tell(pledge, say, f"confirmed/{allocation_id}")

    def checked(self, pledge: Pledge, allocation_id: str) -> bool:
        """Tell the giver that it is being looked into whether all is as it was written down."""
        say = Say("giver_news.checked", code=pledge.code, openings=_where(pledge))
        return self._tell(pledge, say, f"checked/{allocation_id}")

    def settled(self, pledge: Pledge, allocation_id: str) -> bool:
        """Tell the giver that what was looked into is settled."""
        say = Say("giver_news.settled", code=pledge.code, openings=_where(pledge))
        return self._tell(pledge, say, f"settled/{allocation_id}")

    def may_meet(self, pledge: Pledge, allocation_id: str, under: str, name: str, phone: str) -> None:
        """Tell an employer or buyer whom to ring up, once the household said yes; through servers abroad no name goes.

        under: the data key that name and phone are kept under, so that they are taken out with it.
        """
        if Consents(self.context).in_force("give", pledge.person_id):
            told = {"code": pledge.code, "name": name, "phone": phone or Phrase("giver_news.no_phone")}
            say, where = Say(Phrase("giver_news.may_meet", told)), f"pledge/{pledge.id}/may_meet/{allocation_id}"
            Disclosures(self.context).tell(pledge.person_id, say, under=under, kind="notice", place=where)

    def idea_shown(self, pledge: Pledge) -> bool:
        """Tell the giver that what her idea led to is shown to everybody now."""
        return self._tell(pledge, Say("pledge_news.idea_shown", code=pledge.code, openings=_where(pledge)))

    def account_ended(self, pledge: Pledge) -> bool:
        """Tell the giver not to pay to the account that she was told of."""
        return self._tell(pledge, Say("giver_news.account_ended", code=pledge.code, openings=_where(pledge)))

    def lapsed(self, pledge: Pledge) -> bool:
        """Tell the giver that her promise is no longer waited for."""
        return self._tell(pledge, Say("pledge_news.lapsed", code=pledge.code, openings=(OFFICER, MENU)))

    def _tell(self, pledge: Pledge, say: Say, place: str = "") -> bool:
        """Tell the giver; False if she took her consent back, or can't be reached."""
        if not Consents(self.context).in_force("give", pledge.person_id):
            return False
        where = f"pledge/{pledge.id}/{place or say.phrase.key}"
        return Messages(self.context).tell(pledge.person_id, say, place=where)

    def receiver(self, pledge: Pledge) -> str:
        """Who receives a gift for the office: the owner of its account, or whoever is responsible for the service."""
        account = GiftAccounts(self.context).shown(pledge.account_id) if pledge.account_id else None
        owner = self.context.owner()
        return account.owner if account else owner.body if owner else unit_name(pledge.unit_id)


def told_as(pledge: Pledge) -> str:
    """As what a pledge is told of: step of a gift, meet of a job or a link, help of time."""
    return kind_of(pledge.kind).told_as


def state(pledge: Pledge) -> Phrase:
    """How far a pledge has come, in one word or a few."""
    told = told_as(pledge)
    of_kind = f".{told}" if told != "step" and pledge.state in GIVEN_ON else ""
    return Phrase(f"gift.state{of_kind}.{pledge.state}")


def how_much(amount: int, measure: str) -> object:
    """How much of a gift, as it is said: an amount of money, or so many of something."""
    return Dong(amount) if measure == MONEY else counted_in_words(amount, measure)


def _place(pledge: Pledge) -> object:
    return unit_name(pledge.unit_id) if pledge.unit_id else Phrase("gift.most_needed")


def _kind(pledge: Pledge) -> object:
    return Phrase(f"gift.kind.{pledge.kind}")


def _where(pledge: Pledge) -> tuple[Opening, ...]:
    return (Opening("doors.my_gift", "my_gifts", {"typed": pledge.code}), OFFICER, MENU)

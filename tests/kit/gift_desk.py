"""Officials who bring gifts and needs together in a house that serves, while people walk in their chats."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from handlers.banking.statements import Statement, StatementLine
from handlers.desk import Desk
from handlers.desk.allocations import ListedGrievance
from tests.kit import gifts
from tests.kit.giving import DAY, Front
from tests.kit.house import House
from tests.kit.private_page import TownOf

PLACE = "phuong_hoa_khanh"  # where Hòa Sơn belongs now


@dataclass(frozen=True, slots=True)
class GiftDesk:
    """Officials of one walk, by their ids: an officer and a lead of one place, and who keeps the accounts."""

    town: TownOf
    officer: str
    lead: str
    treasurer: str
    admin: str

    @property
    def front(self) -> Front:
        """The two who need each other for accounts and campaigns."""
        return Front(self.town, self.treasurer, self.admin)

    async def does(self, who: str, work: Callable[[Desk], object]) -> None:
        """Let an official do something that has to be done then."""
        assert await self.town.as_official(who, work) == "done"

    async def accepts(self, code: str, words: str) -> None:
        """Accept an offer. words: the appointment."""
        await self.does(self.officer, lambda desk: desk.pledge_work.accept(code, words))

    async def verifies(self, code: str) -> None:
        """Write down that an employer or buyer is who it says."""
        await self.does(self.officer, lambda desk: desk.pledge_work.verify(code, "đã gọi, xem giấy đăng ký"))

    async def receives(self, code: str, amount: int) -> None:
        """Write down that so much came, of money with a receipt."""
        await self.does(self.treasurer, lambda desk: desk.pledge_work.receive(code, amount, f"phiếu thu {code}"))

    async def reads_a_statement(self, account_id: str, code: str, amount: int) -> None:
        """Read in a statement of the bank in which one transfer names a pledge."""
        line = StatementLine(
            reference=f"FT{code}", day=DAY, amount=amount, text=f"MBVCB.1.{code.replace('-', '')} ung ho.CT tu 0011"
        )

        def read(desk: Desk) -> int:
            found = desk.bank.read_in(account_id, Statement((line,), 0, ()))
            return found.matched if found else 0

        assert await self.town.as_official(self.treasurer, read) == 1

    async def gives(self, code: str, case_code: str, kind: str, amount: int) -> str:
        """Open a need of a request, and give it so much of a pledge; returns the allocation's id."""
        slot = await gifts.needs(self.town, self.officer, case_code, kind, amount)
        assert await gifts.gives(self.town, self.officer, code, slot, amount) == "done"
        [given] = [one for one in (await gifts.books(self.town)).allocations if one.slot_id == slot]
        return given.id

    async def hands_over(self, allocation_id: str, amount: int) -> None:
        """Write down that so much was handed over."""
        assert await gifts.brings(self.town, self.officer, allocation_id, amount) == "done"

    async def grievance(self, allocation_id: str) -> ListedGrievance:
        """What has to be looked into, as the lead sees it."""
        listed = await self.town.as_official(self.lead, lambda desk: desk.grievances.listed())
        [found] = [one for one in listed if one.allocation_id == allocation_id]
        return found

    async def closes(self, who: str, grievance_id: str, outcome: str) -> str:
        """Close it; returns how that went."""
        return await self.town.as_official(
            who, lambda desk: desk.grievances.close(grievance_id, outcome, "đã hỏi hai bên")
        )

    async def contact(self, allocation_id: str) -> tuple[str, str] | None:
        """The household that the desk may name to an employer or buyer."""
        found = await self.town.as_official(self.officer, lambda desk: desk.allocations.contact(allocation_id))
        return (found.name, found.phone) if found else None

    async def balances(self, code: str) -> dict[str, int]:
        """The sums of a pledge, once the ledger came to the same for every pledge there is."""
        found = await gifts.books(self.town)
        assert found.wrong() == []
        return found.sums(code)


async def gift_desk(house: House) -> GiftDesk:
    """Officials that no other walk has."""
    town, walk = TownOf(house), secrets.token_hex(3)
    return GiftDesk(
        town,
        await town.official(f"officer-{walk}", "officer", places=(PLACE,)),
        await town.official(f"lead-{walk}", "lead", places=(PLACE,)),
        await town.official(f"treasurer-{walk}", "treasurer"),
        await town.official(f"admin-{walk}", "admin"),
    )

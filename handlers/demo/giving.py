"""Plainly synthetic giving: an account that can't be paid, a campaign, and gifts on every step of their way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.desk import Actor, Desk
from handlers.desk.money import AccountEntry, CampaignDraft, stamp
from handlers.desk.office import Official
from handlers.desk.pledges import MONEY, Offer
from storage.queries.incoming import chats

if TYPE_CHECKING:
    from storage.queries.incoming.chats import Chat

ORGANISER = "Ban vận động Quỹ mẫu (mẫu)"
BANK = "Ngân hàng Mẫu (không có thật)"
NUMBER = "MAU0000000000"
TITLE = {"vi": "Mái nhà trước Tết (mẫu)", "en": "A roof before Tet (sample)"}
ABOUT = {
    "vi": "Đây là dữ liệu mẫu: sửa nhà dột cho các gia đình ở xã, phường mẫu trước Tết.",
    "en": "This is sample data: mending leaking roofs in sample communes before Tet.",
}
GOAL = 100_000_000
# Name in Vietnamese and English, need, kind, how many of what.
ITEMS = (
    ({"vi": "Tôn lợp (mẫu)", "en": "Roofing sheets (sample)"}, "house", "goods", 120, "tấm"),
    ({"vi": "Công thợ (mẫu)", "en": "Days of work (sample)"}, "house", "time", 60, "ngày công"),
    ({"vi": "Tiền vật liệu (mẫu)", "en": "Money for material (sample)"}, "house", "money", GOAL, MONEY),
)
MATERIAL = 12_500_000  # of what has come, given to the item above and handed over
# What was promised in money, and what of it has come.
PROMISED = (
    (30_000_000, 20_000_000),
    (12_500_000, 12_500_000),
    (5_000_000, 0),
    (2_000_000, 2_000_000),
    (1_000_000, 1_000_000),
    (500_000, 500_000),
)
LASTS = timedelta(days=60)
WORDS = "Dữ liệu mẫu."


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleGift:
    """What somebody promised, and how far it went. offer.name: without the number of the giver.

    case: the number of the resident whose need it meets; 0 for none. part: how much of it goes there. said: how much
    the resident says she has got; 0 if she has not answered. days: ago.
    """

    offer: Offer
    days: int
    accepted: bool = True
    need: str = ""
    case: int = 0
    part: int = 0
    handed: bool = False
    said: int = 0


GIFTS = (
    # Handed over, and the resident has confirmed it.
    SampleGift(
        offer=Offer(
            kind="goods",
            giver="group",
            amount=50,
            name="Nhóm Mẫu",
            measure="kg",
            what="gạo (mẫu)",
            topic="food",
            named=True,
            unit_id="xa_tay_giang",
        ),
        days=8,
        need="food",
        case=2,
        part=20,
        handed=True,
        said=20,
    ),
    # Allotted, and to be handed over.
    SampleGift(
        offer=Offer(
            kind="goods",
            giver="enterprise",
            amount=20,
            name="Nhà sách Mẫu",
            measure="bộ",
            what="sách vở (mẫu)",
            topic="school",
            unit_id="xa_tay_giang",
        ),
        days=3,
        need="school",
        case=2,
        part=2,
    ),
    # Handed over, and waiting for the resident's word.
    SampleGift(
        offer=Offer(
            kind="goods",
            giver="person",
            amount=12,
            name="Người Tặng Mẫu",
            measure="cái",
            what="chăn ấm (mẫu)",
            topic="clothes",
            unit_id="xa_thang_binh",
        ),
        days=2,
        need="house",
        case=3,
        part=4,
        handed=True,
    ),
    # Handed over, and the resident has got less: to be looked into.
    SampleGift(
        offer=Offer(
            kind="goods",
            giver="enterprise",
            amount=30,
            name="Công ty Mẫu",
            measure="thùng",
            what="nước uống (mẫu)",
            topic="food",
            named=True,
            unit_id="phuong_thanh_khe",
        ),
        days=5,
        need="water",
        case=4,
        part=10,
        handed=True,
        said=6,
    ),
    # A job whose employer was verified, offered to a resident; and a buyer with its months, not yet brought together.
    SampleGift(
        offer=Offer(
            kind="job",
            giver="enterprise",
            amount=20,
            name="Công ty May Mẫu",
            measure="người",
            what="may công nghiệp (mẫu)",
            unit_id="phuong_hoa_khanh",
            details={
                "job_place": "khu công nghiệp (mẫu)",
                "wage": "7.500.000 đ",
                "wage_per": "Một tháng",
                "contract": "Có hợp đồng và bảo hiểm",
            },
        ),
        days=4,
        need="work",
        case=1,
        part=1,
    ),
    SampleGift(
        offer=Offer(
            kind="link",
            giver="cooperative",
            amount=200,
            name="Hợp tác xã Mẫu",
            measure="kg",
            what="gừng (mẫu)",
            months=(1, 2, 11, 12),
            unit_id="xa_thang_binh",
            details={"wants": "Thu mua", "floor_price": "15.000 đ, một ki-lô-gam", "pick_up": "Tại ruộng, tại nhà"},
        ),
        days=1,
        need="trade",
        case=11,
    ),
    # Not answered by an official yet.
    SampleGift(
        offer=Offer(
            kind="time",
            giver="person",
            amount=1,
            name="Giáo Viên Mẫu",
            measure="người",
            what="Dạy học, kèm trẻ (mẫu)",
            unit_id="phuong_hoa_khanh",
            details={"free_when": "chiều thứ bảy (mẫu)"},
        ),
        days=0,
        accepted=False,
    ),
)


def fill(desk: "Desk", officials: Mapping[str, str], cases: Sequence[str]) -> None:
    """Fill in a campaign with its account, and gifts to residents. cases: the codes of their requests, in order."""
    roles = ("treasurer", "admin", "officer")
    treasurer, admin, officer = (desk.officials.acting(officials[role]) for role in roles)
    if treasurer is None or admin is None or officer is None:
        return
    _campaign(desk, treasurer, admin, officer)
    for number, given in enumerate(GIFTS, start=len(PROMISED) + 1):
        _gift(replace(desk, now=desk.now - timedelta(days=given.days)), number, given, officer, cases)


def chat_of(desk: "Desk", who: str, number: int) -> "Chat":
    """The chat of an invented person."""
    return chats.arrive(desk.unit, desk.vault, "webchat", desk.vault.look_up(f"demo {who}", str(number)), desk.now)


def _campaign(desk: "Desk", treasurer: "Official", admin: "Official", officer: "Official") -> None:
    """An account and a campaign, each by the treasurer and then by the admin, and what was promised since."""
    enters, confirms = desk.of(treasurer), desk.of(admin)
    account = enters.gift_accounts.enter(
        AccountEntry(owner=ORGANISER, bank=BANK, number=NUMBER, first_day=desk.today())
    )
    if account is None:
        return
    confirms.gift_accounts.confirm(account)
    last_day = desk.today() + LASTS
    draft = CampaignDraft(
        title=TITLE,
        about=ABOUT,
        organiser=ORGANISER,
        basis="fund_for_the_poor",
        first_day=desk.today(),
        last_day=last_day,
        account_id=account,
        goal=GOAL,
    )
    code = enters.campaigns.write(draft)
    seen = confirms.campaigns.read(code or "")
    if seen is None:
        return
    slots = [
        enters.needs.open_for_campaign(seen.code, need, kind, amount, title, measure).slot_id
        for title, need, kind, amount, measure in ITEMS
    ]
    confirms.campaigns.open(seen.code, stamp(seen))
    for number, (promised, came) in enumerate(PROMISED, start=1):
        pledged = _offer(
            desk,
            number,
            Offer(kind="money", giver="person", amount=promised, name="Người Ủng Hộ Mẫu", campaign_id=seen.id),
        )
        if came:
            enters.pledge_work.receive(pledged, came, f"MAU{number:06}")
        if came == MATERIAL:
            enters.allocations.allocate(pledged, slots[-1], MATERIAL)
            for one in enters.allocations.listed(pledge_code=pledged):
                desk.of(officer).allocations.hand_over(one.id, MATERIAL, WORDS)


def _offer(desk: "Desk", number: int, offer: Offer) -> str:
    """Promise something as an invented giver; returns the code."""
    chat = chat_of(desk, "giver", number)
    at_desk = replace(desk, chat=chat, actor=Actor("person", chat.person_id), cause=f"demo:giver:{number}")
    at_desk.people.speak("vi")
    at_desk.consents.give("give", "give/1")
    return at_desk.pledges.offer(replace(offer, name=f"{offer.name} Số {number}")).code


def _gift(desk: "Desk", number: int, given: SampleGift, officer: "Official", cases: Sequence[str]) -> None:
    """Bring a gift as far on its way as it has come."""
    offer, works = given.offer, desk.of(officer)
    code = _offer(desk, number, offer)
    if not given.accepted:
        return
    if offer.kind in ("job", "link"):
        works.pledge_work.verify(code, WORDS)
    else:
        works.pledge_work.accept(code, "8 giờ, tại nhà văn hóa (mẫu)")
        works.pledge_work.receive(code, offer.amount)
    wanted = given.part or offer.amount
    opened = works.needs.open_for_case(
        cases[given.case - 1], given.need, offer.kind, wanted, offer.measure, offer.topic, offer.months, WORDS
    )
    if given.part:
        works.allocations.allocate(code, opened.slot_id, given.part)
    if given.handed:
        _hand_over(desk, works, code, given)


def _hand_over(desk: "Desk", works: "Desk", code: str, given: SampleGift) -> None:
    """Hand over what was allotted, and let the resident say what she has got of it."""
    chat = chat_of(desk, "resident", given.case)
    resident = replace(desk, chat=chat, actor=Actor("person", chat.person_id), cause=f"demo:{given.case}")
    for one in works.allocations.listed(pledge_code=code):
        works.allocations.hand_over(one.id, given.part, WORDS)
        if given.said:
            all_of_it = given.said == given.part
            resident.household_gifts.confirm(one.id, "all" if all_of_it else "less", None if all_of_it else given.said)

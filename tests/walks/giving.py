"""Walks of giving, from a promise to the word of who got it: givers and households at their phones, officials between.

Why each is one act: two or three people walk in turn, and an official's click makes the one hear what the other did.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from io import BytesIO

import zxingcpp
from PIL import Image

from tests.kit.gift_desk import GiftDesk, gift_desk
from tests.kit.giving import DRAFT, ENTRY
from tests.kit.phones import Phone, web_phone
from tests.kit.telegram_phone import TelegramPhone, telegram_phone
from tests.kit.transfers import transfer
from tests.kit.zalo_bot_phone import ZaloBotPhone, zalo_bot_phone
from tests.kit.zalo_oa_phone import ZaloOaPhone, zalo_oa_phone
from tests.walks.steps import Step, by_itself, follow, walk
from tests.walks.table import HERSELF, RECEIVED, REVIEW, TO_NEEDS, sees_the_card

VIETCOMBANK = "970436"
PERSON = ("ung ho", "< với tư cách nào?", "ca nhan", "[Ở Việt Nam]", "noi can nhat", "< giúp bằng gì?")
FIRM = ("muon giup ba con", "[Doanh nghiệp]", "o viet nam", "mot xa phuong", "Hoa Son", "< giúp bằng gì?")
TO_REVIEW = "< Xin anh/chị xem lại"
CONSENT = ("< Trước khi ghi, xin phép", "dong y")
BY_NAME = ("Tran Van Cho", "0905 111 222", "2", TO_REVIEW)
BY_FIRM = ("Cong ty Mau", "Tran Van Ba", "0905 111 222", "ghi ten", TO_REVIEW)
SENT = "[Gửi đăng ký ủng hộ]"
GOT_IT = "Có một việc cần ông/bà xác nhận"


def registered(*needs: str) -> tuple[Step, ...]:
    """A household registers, and agrees to be told. needs: the answer, and what is asked because of it."""
    where = ("< xã, phường nào?", "hoa son", "to 3, gan cho", *HERSELF)
    return (
        *TO_NEEDS, *needs, *where, "[Bỏ qua]", "[Đến nhà]", REVIEW, "gui yeu cau", RECEIVED, "[Có, nhắn cho tôi]",
    )  # fmt: skip


POOR = registered("1 8")
SEEKS_WORK = registered("2", "xong", "< Ai cần việc", "con trai toi, tho may, di trong thanh pho")
SELLS = registered("7", "xong", "< Gia đình làm ra gì", "mang kho, mua mua, 20 kg, thieu nguoi mua")


@asynccontextmanager
async def beside(phone: Phone, *names: str) -> AsyncIterator[tuple[Phone, ...]]:
    """More phones of the same make, one for each name."""
    async with AsyncExitStack() as stack:
        if isinstance(phone, TelegramPhone):
            yield tuple(telegram_phone(phone.house, phone.telegram, name) for name in names)
        elif isinstance(phone, ZaloBotPhone):
            yield tuple(zalo_bot_phone(phone.house, phone.zalo, name) for name in names)
        elif isinstance(phone, ZaloOaPhone):
            yield tuple(zalo_oa_phone(phone.house, phone.zalo, name) for name in names)
        else:
            yield tuple([await stack.enter_async_context(web_phone(phone.house)) for _ in names])


def code(phone: Phone, prefix: str) -> str:
    """The last code of a kind, UH or HS, that was told on a phone."""
    found = re.findall(rf"{prefix}-\w{{4}}-\w{{4}}", "\n".join(line for line in phone.diary if line.startswith("<")))
    assert found, f"no code {prefix} was told"
    return str(found[-1])


async def scans(phone: Phone) -> bytes:
    """Read the code in the picture as it reached the phone."""
    [found] = zxingcpp.read_barcodes(Image.open(BytesIO(await phone.picture())))
    return bytes(found.bytes)


async def reaches_everybody(phone: Phone, desk: GiftDesk, gift: str, amount: int) -> None:
    """All of a gift arrived: its giver sees it, no name in it, and the ledger says the same."""
    nameless = ("<! nguyen thi lan", "<! HS-")
    await follow(
        phone, by_itself("Người nhận đã xác nhận phần ủng hộ"), *nameless, f"/monqua {gift}", "< đã xong",
        "< • Đã đăng ký", "< • Đã phân", "< cho phường Hòa Khánh", "< • Đã trao", "< • Người nhận xác nhận", *nameless,
    )  # fmt: skip
    sums = await desk.balances(gift)
    assert (sums["allocated"], sums["handed"], sums["confirmed"]) == (amount,) * 3


async def money_by_its_code(giver: Phone) -> None:
    desk = await gift_desk(giver.house)
    account = await desk.front.has(replace(ENTRY, number="0011 223344"))
    promise = (
        *PERSON, "tien", *CONSENT, "0", "< từ một nghìn đồng trở lên", "0905123456", "< giống số điện thoại",
        "mot ty dua thoi", "< nói đùa", "1000000000000000", "< chưa ghi được số này",
        "1 trieu ruoi", "< 1.500.000 đ", "dung", "trong tuan", "Tran Van Cho",
        "123", "< chưa thấy số điện thoại đúng", "0905 111 222", "2", TO_REVIEW, "< 1.500.000 đ", SENT,
        "< Đã ghi nhận đăng ký ủng hộ, mã UH-", "< chưa phải chuyển tiền",
        "< Đơn vị vận động: Ban vận động thử", "< /so-cong-khai",
    )  # fmt: skip
    async with beside(giver, "Lan") as (lan,):
        await asyncio.gather(follow(giver, *promise, name="giver"), follow(lan, *POOR, name="Lan"))
        gift = code(giver, "UH")
        assert await scans(giver) == transfer(VIETCOMBANK, "0011223344", 1_500_000, gift)
        await follow(giver, "< Số tài khoản: 0011223344", f"< Nội dung chuyển: {gift}")

        await desk.reads_a_statement(account, gift, 1_500_000)
        await follow(giver, by_itself("Ban vận động thử đã nhận 1.500.000 đ"))
        given = await desk.gives(gift, code(lan, "HS"), "money", 1_500_000)
        await desk.hands_over(given, 1_500_000)
        await follow(lan, by_itself(GOT_IT), "< đã trao 1.500.000 đ", "[Nhận đủ]", "< Nhận đủ. Cảm ơn ông/bà")
        await reaches_everybody(giver, desk, gift, 1_500_000)
        await sees_the_card(giver)


async def goods_in_two_parts(giver: Phone) -> None:
    desk = await gift_desk(giver.house)
    promise = (
        *PERSON, "2", *CONSENT, "gao", "0", "< chưa rõ bao nhiêu", "2 ta", "moi",
        "1/1/2020", "< hết hạn", "30/12", "12 duong Bach Dang", "mai", *BY_NAME,
        "< 200 kg", "sua 4", "< ủng hộ gì", "gao te", TO_REVIEW, "< gao te", SENT, "< đừng chở tới khi chưa có hẹn",
    )  # fmt: skip
    async with beside(giver, "Lan", "Mai") as (lan, mai):
        await asyncio.gather(follow(giver, *promise, name="giver"), follow(lan, *POOR), follow(mai, *POOR))
        gift = code(giver, "UH")
        await desk.accepts(gift, "Sáng thứ Sáu, 8 giờ, xe của phường tới lấy.")
        await follow(giver, by_itself("Sáng thứ Sáu, 8 giờ"))
        await desk.receives(gift, 200)

        first = await desk.gives(gift, code(lan, "HS"), "goods", 120)
        second = await desk.gives(gift, code(mai, "HS"), "goods", 80)
        await desk.hands_over(first, 120)
        await desk.hands_over(second, 80)
        await follow(lan, by_itself(GOT_IT), "< 120 kg", "[Nhận đủ]", "< Nhận đủ. Cảm ơn ông/bà")
        await follow(giver, by_itself("đã xác nhận phần ủng hộ"), f"/monqua {gift}", "< 120 kg", "<! đã xong")
        await follow(
            mai, by_itself(GOT_IT), "/danhan", "nhan du", "< Nhận đủ. Cảm ơn ông/bà", "/danhan", "< không có việc gì"
        )
        await reaches_everybody(giver, desk, gift, 200)


async def a_job_until_yes(lan: Phone) -> None:
    desk = await gift_desk(lan.house)
    offer = (
        *FIRM, "viec lam", *CONSENT, "may cong nghiep", "may nguoi cung duoc", "< Xin gõ một con số", "3",
        "da nang", "KCN Hoa Khanh", "1 3", "0", "< chưa ghi được tiền lương", "7 trieu", "dung",
        "[Theo tháng]", "1", "quanh nam", *BY_FIRM[:2], "khong co", "< chưa thấy số", *BY_FIRM[2:], "< 7.000.000 đ",
        SENT, "< Cán bộ xác minh nơi tuyển rồi mới giới thiệu",
    )  # fmt: skip
    async with web_phone(lan.house) as firm:
        await asyncio.gather(follow(firm, *offer, name="firm"), follow(lan, *SEEKS_WORK, name="Lan"))
        gift, request = code(firm, "UH"), code(lan, "HS")
        await desk.verifies(gift)
        await follow(firm, by_itself("Cán bộ đã xác minh"))
        given = await desk.gives(gift, request, "job", 1)
        assert await desk.contact(given) is None
        await follow(
            lan, by_itself("Có một việc làm muốn hỏi ông/bà"), "< Cong ty Mau", "< Lương: 7.000.000 đ (theo tháng)",
            "<! 0905 111 222", "/loimoi", "< Cong ty Mau", "[Muốn gặp]", "< Đã ghi là ông/bà muốn gặp", name="Lan",
        )  # fmt: skip

        await follow(firm, by_itself("một gia đình muốn gặp"), "< nguyen thi lan", "< +84905123456", name="firm")
        assert await desk.contact(given) == ("nguyen thi lan", "+84905123456")
        await desk.hands_over(given, 1)
        await follow(lan, by_itself(GOT_IT), "[Đúng vậy, đã xong]", "< Cảm ơn ông/bà")
        await follow(firm, by_itself("Gia đình đã xác nhận"), "/monqua", "< • Gia đình xác nhận 1 người")
        await desk.balances(gift)


async def a_link_bought(lan: Phone) -> None:
    desk = await gift_desk(lan.house)
    offer = (
        *FIRM, "6", *CONSENT, "[Thu mua]", "mang kho", "luc nao co", "< chưa rõ tháng nào", "thang 8 den 11", "50 kg",
        "khong can", "90 nghin", "dung", "moi kg", "sau may ngay", "0", "< số ngày", "15",
        "noi nao cung duoc", "1", *BY_FIRM, "< 90.000 đ", SENT, "< Tên gia đình chỉ được báo khi",
    )  # fmt: skip
    async with beside(lan, "Ba") as (buyer,):
        await asyncio.gather(follow(buyer, *offer, name="buyer"), follow(lan, *SELLS, name="Lan"))
        gift = code(buyer, "UH")
        await desk.verifies(gift)
        await follow(buyer, by_itself("Cán bộ đã xác minh"))
        given = await desk.gives(gift, code(lan, "HS"), "link", 20)
        await follow(
            lan, by_itself("Có một nơi muốn làm ăn với bà con"), "< mang kho", "< 20 kg", "< Giá thấp nhất: 90.000 đ",
            "[Muốn gặp]", "< Đã ghi là ông/bà muốn gặp", name="Lan",
        )  # fmt: skip

        await follow(buyer, by_itself("một gia đình muốn gặp"), name="buyer")
        # Through servers abroad goes no name.
        await follow(buyer, ("<! " if isinstance(buyer, TelegramPhone) else "< ") + "nguyen thi lan", name="buyer")
        await desk.hands_over(given, 20)
        await follow(lan, by_itself(GOT_IT), "[Đúng vậy, đã xong]", "< Cảm ơn ông/bà")
        await follow(buyer, by_itself("Gia đình đã xác nhận"), f"/monqua {gift}", "< • Gia đình xác nhận 20 kg")
        await desk.balances(gift)


async def a_link_together(partner: Phone) -> None:
    desk = await gift_desk(partner.house)
    offer = (
        "ung ho", "[Hợp tác xã]", "1", "[Một xã, phường]", "hoa son", "[Thu mua, liên kết làm ăn]", *CONSENT,
        "cung lam", "nam rom", "quanh nam", "2 ta", "[Không cần]", "chua dinh gia", "[Ngay khi nhận hàng]", "Hoa Khanh",
        "lay tai xa", "HTX Mau", "Tran Van Ba", "0905 111 222", "[Ghi tên]", TO_REVIEW,
        "< Cùng làm: giống, vật tư, kỹ thuật", SENT, "< mời gia đình phù hợp",
    )  # fmt: skip
    async with beside(partner, "Lan") as (lan,):
        await asyncio.gather(follow(partner, *offer, name="partner"), follow(lan, *SELLS, name="Lan"))
        gift = code(partner, "UH")
        await desk.verifies(gift)
        given = await desk.gives(gift, code(lan, "HS"), "link", 30)
        await follow(
            lan, by_itself("Có một nơi muốn làm ăn với bà con"), "< Cách làm: Cùng làm",
            "< Giá thấp nhất: Chưa định giá", "[Hỏi cán bộ trước]", "< Đã báo cán bộ là ông/bà muốn hỏi trước",
            "/loimoi", "[Muốn gặp]", "< Đã ghi là ông/bà muốn gặp", "/loimoi",
            "< Ông/bà đã trả lời lời mời này rồi: muốn gặp", name="Lan",
        )  # fmt: skip

        await follow(partner, by_itself("một gia đình muốn gặp"))
        await desk.hands_over(given, 30)
        await follow(lan, by_itself(GOT_IT), "[Đúng vậy, đã xong]", "< Cảm ơn ông/bà")
        await follow(partner, by_itself("Gia đình đã xác nhận"), f"/monqua {gift}", "< • Gia đình xác nhận 30 kg")
        await desk.balances(gift)


async def from_abroad(ann: Phone) -> None:
    desk = await gift_desk(ann.house)
    account = await desk.front.enters(replace(ENTRY, number="9988776655", swift="BIC MAUXVNVX"))
    # A drive for a disaster has its account for itself, so that this one is never the general one.
    draft = await desk.front.writes(replace(DRAFT, basis="disaster", account_id=account))
    await desk.front.confirms(account)
    await desk.front.lets_open(draft)

    await follow(
        ann, "/start", "[English]", f"/campaigns {draft}", "< Organiser: Ban vận động thử", "< A roof before Tet",
        "[Give to this campaign]", "< Who is giving?", "Person", "abroad", "[Money]", "< I need your consent",
        "I agree", "a lot", "< could not note this amount", "-5", "< could not note this amount",
        "2 million", "< 2.000.000 đ", "[Right]", "Not known yet", "Ann Lee",
        "555", "< can't read this as a phone number", "+1 415 555 2671", "anonymous",
        "< Please check", "edit 5", "< Your full name?", "Ann B. Lee", "< Ann B. Lee", "[Send promise]",
        "< Your promise is noted", "< VietQR usually works only in the apps of banks in Viet Nam", "< BIC MAUXVNVX",
        "< Account number: 9988776655",
    )  # fmt: skip
    gift = code(ann, "UH")
    assert await scans(ann) == transfer(VIETCOMBANK, "9988776655", 2_000_000, gift)
    await desk.reads_a_statement(account, gift, 2_000_000)
    await follow(ann, by_itself("Ban vận động thử received"), "/mygifts", "< Received", sees_the_card)


async def a_mismatch(lan: Phone) -> None:
    desk = await gift_desk(lan.house)
    promise = (
        *PERSON, "[Tiền]", *CONSENT, "500 nghin", "dung", "chon ngay", "hom qua", "< Ngày này đã qua", "mai", *BY_NAME,
        "< 500.000 đ", SENT,
    )  # fmt: skip
    async with beside(lan, "Cho") as (giver,):
        await asyncio.gather(follow(giver, *promise, name="giver"), follow(lan, *POOR, name="Lan"))
        gift = code(giver, "UH")
        await desk.receives(gift, 500_000)
        given = await desk.gives(gift, code(lan, "HS"), "money", 500_000)
        await desk.hands_over(given, 500_000)
        await follow(
            lan, by_itself(GOT_IT), "[Nhận thiếu]", "< bao nhiêu tiền?", "500 nghin", "dung",
            "< phải ít hơn số cán bộ ghi", "300 nghin", "dung", "< Một cán bộ khác, không phải người đã ghi", "/danhan",
            "< không có việc gì", name="Lan",
        )  # fmt: skip
        await follow(giver, by_itself("đang được kiểm tra lại"))

        grievance = await desk.grievance(given)
        assert (grievance.cause, grievance.said, grievance.amount) == ("less", 300_000, 500_000)
        assert await desk.closes(desk.officer, grievance.id, "received") == "own"
        assert await desk.closes(desk.lead, grievance.id, "made_good") == "done"
        await follow(lan, by_itself("phần thiếu đã được trao bù"))
        await follow(giver, by_itself("việc kiểm tra đã xong"), "/monqua", "< đã xong", "<! nguyen thi lan")
        assert (await desk.balances(gift))["confirmed"] == 500_000


GIVING = (
    walk("gives money by its code", money_by_its_code),
    walk("gives goods in two parts to two homes", goods_in_two_parts),
    walk("is offered a job and says yes", a_job_until_yes),
    walk("sells to a buyer", a_link_bought),
    walk("produces together with a household", a_link_together),
    walk("gives from abroad in English", from_abroad),
    walk("got less than was written down", a_mismatch),
)

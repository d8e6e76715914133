"""Every walk, in the words of people: without accents, with wrong answers, with numbers and with buttons."""

import re

from tests.kit.phones import Phone, web_phone
from tests.kit.private_page import jpeg, press_page
from tests.kit.telegram_phone import TelegramPhone
from tests.kit.zalo_oa_phone import ZaloOaPhone
from tests.walks.steps import apart, old, on_a_handset, on_telegram, sends, shows, twice, until, walk

RECEIVED = "< Đã nhận yêu cầu của ông/bà. Mã: HS-"
REVIEW = "< Xin ông/bà xem lại"
RESULT = "< Kết quả sơ bộ, tính ngày"
TO_NEEDS = ("/dangky", "[Gia đình tôi]", "< Ông/bà có đồng ý không?", "[Đồng ý gửi]", "< Cần giúp việc gì?")
HERSELF = ("nguyen thi lan", "1954", "0905 123 456")
TO_STORY = (*TO_NEEDS, "1 4", "hoa son", "to 3, gan cho", *HERSELF)
REGISTERED = (*TO_STORY, "[Bỏ qua]", "[Đến nhà]", REVIEW, "[Gửi yêu cầu]", RECEIVED)
NO_NEWS = "khong"
CHECK = ("/kiemtra", "< Trước khi hỏi", "[Đồng ý]", "< Gia đình đang ở xã, phường nào?")


HOME = jpeg()
WITH_BUTTONS = "webchat telegram zalo_oa"
HANDSETS = "telegram zalo_oa"


async def shares_her_contact(phone: TelegramPhone | ZaloOaPhone) -> None:
    await phone.shares_contact("+84905123456")


async def sends_a_sticker(phone: TelegramPhone | ZaloOaPhone) -> None:
    await phone.sends_sticker()


async def sends_a_voice_message(phone: TelegramPhone | ZaloOaPhone) -> None:
    await phone.sends_voice()


async def changes_her_words(phone: TelegramPhone) -> None:
    await phone.edits("nguyen thi hoa")


async def sees_the_card(phone: Phone) -> None:
    """The code comes as a picture too."""
    assert any(heard.picture for heard in phone.heard)


async def opens_the_download(phone: Phone) -> None:
    """What is stored is read off the page, its name included."""
    found = re.search(r"https?://\S+/p/\S+", phone.told())
    assert found
    page = await press_page(found[0])
    assert (page.status, "Nguyễn" in page.html or "nguyen thi lan" in page.html) == (200, True), page.html


async def joins_the_web_chat(phone: Phone) -> None:
    """A request sent on the web chat is hers here, once the code from there is typed here."""
    async with web_phone(phone.house) as web:
        for step in REGISTERED:
            if step.startswith("["):
                await web.presses(step[1:-1])
            elif not step.startswith("<"):
                await web.says(step)
        [case] = re.findall(r"HS-\w{4}-\w{4}", web.heard[0].text)
        await web.says(NO_NEWS)
        await web.says("/lienket")
        [code] = re.findall(r"/lienket (\S+)", web.told())
        await phone.says(f"/lienket {code}")
        await phone.presses("Có, liên kết")
        phone.hears("Đã liên kết")
        await phone.says("/hoso")
        phone.hears(case)
        await web.says("ho so cua toi")
        web.hears(case)
        # The news of the joining came to her there meanwhile.
        web.hears("Telegram" if isinstance(phone, TelegramPhone) else "Zalo")


WALKS = (
    # The beginning
    walk(
        "begins in Vietnamese", "/start", "< Which language", "[Tiếng Việt]", "< Chào ông/bà", "< Ông/bà cần việc gì?",
    ),
    walk("begins in English", "/start", "[English]", "< What do you need?", "5", "[Menu]", "< What do you need?"),
    walk("begins with words nobody understands", "abc xyz", "< chưa hiểu", "[English]", "< What do you need?"),
    walk("is not understood", "/start", "1", "hom nay troi dep", "< Tôi chưa hiểu", "cam on", "< không có gì ạ"),
    walk(
        "changes the language in the middle", *TO_NEEDS, "1", "xong", "hoa son", "< Ở thôn, tổ nào", "/language",
        "[English]",
        "< I speak English",
    ),
    # Registration
    walk(
        "registers by pressing", *TO_NEEDS, "[Học hành]", "[Nhà ở]", "[Xong]", "< xã, phường nào?", "Hòa Sơn",
        "tổ 3", "Nguyễn Thị Lan", "[Không nhớ]", "[Không có điện thoại]", "[Bỏ qua]", "[Gọi điện]", REVIEW,
        "< Nhà ở", "[Gửi yêu cầu]", RECEIVED, sees_the_card, "[Có, nhắn cho tôi]",
    ),
    walk(
        "registers by typing, goes back and edits", "dang ky", "gia dinh toi", "dong y gui", "hoc hanh",
        "khong biet o dau",
        "< chưa tìm thấy nơi này", "hoa son", "to 3 gan cho", "< Họ và tên", "quay lai", "< Ở thôn, tổ nào",
        "to 4", "lan", "nam ngoai", "< năm sinh đủ bốn số", "1954", "khong co dien thoai", "bo qua", "den nha", REVIEW,
        "sua 5", "< Họ và tên", "nguyen thi lan", REVIEW, "< nguyen thi lan", "gui yeu cau", RECEIVED,
    ),
    walk(
        "registers somebody who agreed", "/dangky", "[Giúp người khác]", "2", "< đã biết và đồng ý chưa?",
        "[Đã hỏi, đồng ý]", "< Tôi sẽ gửi những gì ông/bà kể về người ấy", "[Đồng ý gửi]", "1", "xong", "hoa son",
        "cuoi xom",
        *HERSELF, "[Bỏ qua]", "1", REVIEW, "[Gửi yêu cầu]", RECEIVED, "< hỏi lại chính người ấy",
    ),
    walk("is told to ask first", "/dangky", "2", "1", "[Chưa hỏi]", "< hỏi người ấy trước", "[Đăng ký hỗ trợ]"),
    walk(
        "registers somebody who can't answer", "/dangky", "2", "1", "3", "1", "xong", "hoa son", "cuoi xom",
        "< người báo tin",
        "tran van ba", "khong co so", "[Không có điện thoại]", REVIEW, "[Gửi yêu cầu]", RECEIVED,
    ),
    walk(
        "gives her number by the button", *TO_NEEDS, "1", "xong", "hoa son", "to 3", "lan", "1954", "< Cán bộ gọi số",
        on_a_handset(shares_her_contact), "< nói thêm", "[Bỏ qua]", "1", REVIEW, "< 0905123456", on=HANDSETS,
    ),
    walk(
        "shows her home", *TO_STORY, "[Gửi ảnh chỗ ở]", "< riêng", shows(HOME), "< liên hệ cách nào", "1", REVIEW,
        "< Ảnh: đã trả lời ở trang riêng", "[Gửi yêu cầu]", RECEIVED, on="telegram",
    ),
    walk(
        "shows her home in the chat", *TO_STORY, "[Gửi ảnh chỗ ở]", "< ảnh chỗ ở", shows(HOME, HOME),
        "< liên hệ cách nào", "1", REVIEW, "< 2 ảnh", "[Gửi yêu cầu]", RECEIVED, on="webchat zalo_oa zalo_bot",
    ),
    walk(
        "asks after her request, adds to it and stops it", *REGISTERED, "[Không]", "/hoso", "< đã gửi", "[Nói thêm]",
        "mai nha dot", "< Đã thêm", "ho so cua toi", "< nói thêm", "[Dừng yêu cầu]", "[Có, dừng lại]", "< Đã dừng",
        "[Mở lại yêu cầu]", "< Đã mở lại",
    ),
    walk("has no request yet", "/hoso", "< chưa có yêu cầu nào"),
    # The check
    walk(
        "checks with a certificate", *CHECK, "hoa khanh", "[Hộ nghèo]", "1 2", "khong", "1", "khong", RESULT,
        "< có Giấy chứng nhận hộ nghèo", "[Căn cứ]", "< Giấy chứng nhận: Hộ nghèo",
    ),
    walk(
        "checks with three lacks", *CHECK, "xa tay giang", "khong co", "3", "1", "2 6", "0", "khong", "3 trieu", "dung",
        "khong", "khong co, di nho", "co", "khong", "song, suoi, ao, gieng ho", RESULT, "< có khả năng thuộc hộ nghèo",
        "[Có thể được gì?]", "< •",
    ),
    walk(
        "checks above every line, and once more", *CHECK, "xa viet an", "[Không có]", "2", "0",
        "[Không có ai như trên]",
        "90 trieu", "dung", RESULT, "< chưa thuộc hộ nghèo", "/kiemtra", "< Giấy chứng nhận", "<! xã, phường nào",
        "[Hộ cận nghèo]", RESULT, "< hộ cận nghèo",
    ),
    walk("checks and knows nothing", *CHECK, until("Việc tiếp theo", "khong biet"), "[Nhờ cán bộ giúp]"),
    walk(
        "checks in English", "/start", "[English]", "/check", "[I agree]", "xa Tay Giang", "None", "3", "1", "2 6", "0",
        "No", "3 million", "right", "no", "None, we use others'", "yes", "no", "River, stream, pond, open well",
        "< likely a poor household",
    ),
    walk(
        "is asked about a child's health in private", *CHECK, "xa tay giang", "khong co", "4", "1",
        "[Con cháu đang đi học]",
        "[Xong]", "3 trieu", "dung", "co", "khong co, di nho", "khong", "khong", "1", "khong", "1 2 3", "khong", "100",
        apart("Có"), RESULT, "< thiếu hụt",
    ),
    walk(
        "refuses the check", *CHECK[:2], "[Không đồng ý]", "< danh sách hỗ trợ chung",
        "< Hỗ trợ chung, ai cũng hỏi được",
        "[Xem thêm]", "< •",
    ),
    walk("lives elsewhere", *CHECK, "[Không ở Đà Nẵng]", "< chỉ biết về Đà Nẵng"),
    # Help
    walk(
        "needs help at once", "/gap", "< 115", "to 3 hoa son", "nha sap roi", "< gọi lại được?", "123",
        "< số điện thoại đúng",
        "[Không có điện thoại]", "< Đã ghi lại", "< KC-",
    ),
    walk("cries for help first of all", "nha toi bi ngap nha roi", "< cần giúp gấp", "co", "< 115"),
    walk(
        "asks for an officer", "gap can bo", "< xã, phường nào?", "xã Tây Giang", "< muốn gặp cán bộ",
        "/canbo", "< đã được ghi rồi", "[Về danh mục]",
    ),
    # Privacy
    walk(
        "sees what is kept, and erases it", *REGISTERED, "[Không]", "rieng tu", "< 1 yêu cầu", "[Xem, tải về]",
        opens_the_download, "/riengtu", "[Xóa hết]", "[Không xóa]", "< chưa xóa gì", "/riengtu", "[Xóa hết]",
        "[Xóa hết]",
        "< Đã xóa hết", "/hoso", "< chưa có yêu cầu nào",
    ),
    walk("joins the web chat", joins_the_web_chat, on=HANDSETS),
    # What phones do
    walk(
        "presses the same twice", "/dangky", twice("Gia đình tôi"), "< Ông/bà có đồng ý không?", "1", "< Cần giúp",
        on=WITH_BUTTONS,
    ),
    walk(
        "presses an old button", "/dangky", old("Gia đình tôi", "/huy", "co", "menu"), "< Ông/bà cần việc gì",
        on=WITH_BUTTONS,
    ),
    walk(
        "sends a sticker and a voice message", *TO_NEEDS, "1", "xong", on_a_handset(sends_a_sticker),
        "< chưa nghe (xem) được", "< xã, phường nào?", on_a_handset(sends_a_voice_message), "< gõ chữ giúp",
        "hoa son", "< Ở thôn", on=HANDSETS,
    ),
    walk(
        "changes words that were read", *TO_NEEDS, "1", "xong", "hoa son", "to 3", "nguyen thi lan",
        on_telegram(changes_her_words),
        "< trước khi ông/bà sửa", "1954", "< Cán bộ gọi số", on="telegram",
    ),
    walk("sends a photo that nobody asked for", "/start", "1", sends(HOME), "< chưa cần ảnh"),
)  # fmt: skip

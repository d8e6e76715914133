"""Walks of news: chosen, stopped and taken up again; and of messages that somebody asks about."""

import secrets
from dataclasses import replace

from handlers.desk.announcing import Audience, BroadcastDraft
from tests.kit.news import Press
from tests.kit.phones import Phone
from tests.kit.private_page import TownOf
from tests.walks.steps import follow, until, walk

CHOICE = ("/tintuc", "< những tin ông/bà chọn", "dong y", "< muốn nhận tin gì")
STORM = BroadcastDraft(
    kind="news",
    title={"vi": "Gió mạnh chiều nay"},
    words={"vi": "Bà con chằng chống nhà cửa trước ba giờ chiều, tàu thuyền về bến."},
    audience=Audience(),
    topic="weather",
)


async def asks_about_the_news_she_got(phone: Phone) -> None:
    """News comes; she asks about it, then about words of somebody else's under its code, and stops that topic."""
    town, name = TownOf(phone.house), "".join(secrets.choice("bghklmntx") for _ in range(8))
    office = Press(town, await town.official(f"{name}a", "editor"), await town.official(f"{name}b", "admin"))
    title = f"Gió mạnh {name}"  # a hundred walk at once, and each hears the news of all
    draft = replace(STORM, title={"vi": title})
    await follow(
        phone, *CHOICE, "[Việc làm]", "[Thời tiết]", "[Xong]", "[Cả thành phố]", "[Có tin là nhận]",
        "< Từ nay ông/bà nhận", "< • thời tiết, thiên tai – cả thành phố, có tin là nhận",
    )  # fmt: skip

    code = await office.approves(title, draft.words["vi"], draft.topic)
    await town.announces()
    await phone.is_told(title)
    text = next(heard.text for heard in phone.heard if title in heard.text)

    swindle = text.replace("tàu thuyền về bến", "nộp phí cứu hộ vào số tài khoản dưới đây")
    await follow(
        phone, f"tin {code}", f"< Mã này đúng là của tin UBND phường Thử gửi ngày 25/11/2026: “{title}”",
        "< tàu thuyền về", "/tin", "< gửi lại cả tin ấy", text, "< Đúng, UBND phường Thử gửi", f"< “{title}”",
        "tin nay co that khong", "< gửi lại cả tin ấy", swindle, f"< mã này là của một tin khác, “{title}”",
        "< đừng chuyển tiền", "DUNG", "< Đã dừng tin “thời tiết, thiên tai”", "/tintuc", "< việc làm", "<! thời tiết",
        "nhan", "< nhận lại: thời tiết, thiên tai",
    )  # fmt: skip


NEWS = (
    walk(
        "chooses news with bare words, stops it, and takes it up again", *CHOICE, "3 5", "< Tin của nơi nào?",
        "hoa son", "< Bao lâu nhận một lần?", "moi tuan mot lan", "< • việc làm – Phường Hòa Khánh, mỗi tuần một lần",
        "< • sức khỏe", "dung", "< Đã dừng. Ông/bà không còn nhận tin tức nào", "DUNG", "< Đã dừng",
        "Nhan", "< nhận lại: việc làm, sức khỏe", "nhận", "< Không có tin nào đang dừng", "/tintuc",
        "< Ông/bà đang nhận", "dung het", "< Đã dừng mọi tin tức", "NHẬN", "< nhận lại: việc làm",
    ),
    walk(
        "wants no news after all", "/menu", "[Việc khác]", "[Nhận tin]", "< những tin ông/bà chọn", "khong",
        "< tôi không gửi tin nào", "NHAN", "< Không có tin nào đang dừng",
    ),
    walk(
        "changes what she gets", *CHOICE, "1", "xong", "ca thanh pho", "1", "< • tin chung", "tin tuc",
        "[Chọn lại tin]",
        "< muốn nhận tin gì", "8", "[Xong]", "[Cả thành phố]", "2",
        "< • cách làm ăn hay – cả thành phố, mỗi ngày một lần",
        "<! tin chung", "/tintuc", "[Thôi nhận tin tức]", "< không còn nhận tin tức nào",
    ),
    walk(
        "in English", "/start", "[English]", "get news", "< Do you agree?", "yes", "3", "[Done]",
        "[The whole city]", "3",
        "< • jobs – the whole city, once a week", "STOP", "< Stopped.", "receive", "< you get again: jobs",
    ),
    walk(
        "asks about a swindler's message", "/menu", "[Việc khác]", "[Tin này có thật không?]", "< gửi lại cả tin ấy",
        "Chuc mung bac trung thuong xe may, nop phi truoc vao so tai khoan nay", "< không tìm thấy tin này",
        "< đừng bấm đường dẫn, đừng chuyển tiền", "[Tin này có thật không?]", "UH-0000-0000",
        "< mã của một đăng ký ủng hộ", "/verify tin TB-0000-0000", "< không tìm thấy tin này",
    ),
    walk(
        "asks about too many", "/menu", until("vừa hỏi nhiều tin lạ", "/tin Nop tien gap de nhan qua Tet"),
    ),
    walk("asks about the news she got", asks_about_the_news_she_got),
)  # fmt: skip

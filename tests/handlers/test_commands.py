"""Commands, urgent words and keywords as people type them: with accents, without, in capitals, composed or not."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers import texts
from handlers.dialogue.commands import Command, alone, keyword, urgent
from tests.kit.cases import for_each

TEXTS = texts.load()
ANY_TEXT = st.text(st.characters(codec=None))

SPELT = {
    "menu": "menu; danh mục; Về danh mục; trang chủ; /menu",
    "back": "quay lại; trở lại; câu trước; back; /quaylai; /back",
    "edit": "sửa; sửa lại; edit; /sua; /edit",
    "cancel": "hủy; huỷ; hủy bỏ; thoát; thôi không ủng hộ nữa; không tặng nữa; cancel; /huy; /cancel",
    "later": "để sau; tạm dừng; later",
    "continue": "tiếp tục; làm tiếp; continue",
    "stop": "dừng; dừng tin; stop; /dung",
    "stop_all": "dừng hết; dừng tất cả; stop all",
    "receive": "nhận; nhận tin; receive",
    "urgent_help": "cần giúp gấp; giúp gấp; khẩn cấp; cứu; urgent; /gap; /urgent",
    "officer": "gặp cán bộ; gặp người; gọi cho tôi; /canbo; /officer",
    "help": "trợ giúp; giúp; hướng dẫn; help; /trogiup; /help",
    "language": "ngôn ngữ; language; /ngonngu; /language",
    "privacy": "riêng tư; privacy; /riengtu; /privacy",
}
COMMANDS = [(name, typed) for name, all_spelt in SPELT.items() for typed in all_spelt.split("; ")]

URGENT = (
    "nhà tôi hết gạo rồi; nha toi het gao roi; HẾT GẠO; cháy nhà cứu với; nha chay; nhà bị sập mái; mẹ cần cấp cứu; "
    "chồng tôi bị đánh; con toi bi tai nan; mấy ngày rồi không có gì ăn; ko co gi an; đói quá; toi dang doi; "
    "nước cuốn trôi; ngập nhà; sat lo nui; muốn chết; tôi muốn tự tử; toi muon tu tu; cứu tôi; khẩn cấp!!!; "
    "nguy hiểm lắm; our house collapsed; nothing to eat; my father had an accident; I want to die; "
    "thằng chồng nó đang đập cửa đòi giết tao; no cam dao duoi hai me con; thằng con tôi nó đánh tôi; "
    "chong toi danh toi; nhà bên cạnh đang cháy; my neighbour is beating his wife; "
    "tôi không muốn sống nữa; con co giật mà không có xe; bé khó thở tím tái; con cái đói lả; con toi bi sot cao; "
    "there is a fire in the alley; I don't want to be alive anymore"
)
CALM = (
    "xin chào; tôi muốn đăng ký; nói từ từ thôi; tôi đang đợi; tôi đợi quá lâu; gia đình dời qua phường mới; "
    "nhà có một lô đất; nhà sắp xây xong; tôi đổi quà; chạy nhà hàng xóm; bí danh của tôi là Ba; "
    "đã hết ạn; tại Nam Giang; gạo hết rồi thì nấu khoai; cấp thẻ; tôi ăn cơm rồi; thoát nghèo; "
    "Nguyễn Văn Đói; con tôi đang đội mũ; endangered; no foodie; 113; đói; đánh; nhà; chết; "
    "cháu dạo này khỏe; cầm đồ; đánh tổ tôm; ông ấy đòi gặp cán bộ; con tôi sốt ruột; "
)
KEYWORDS = {
    "registration": "tôi muốn đăng ký; toi muon dang ky; cho tôi xin hỗ trợ; nhà tôi khó khăn lắm; làm hồ sơ ở đâu; "
    "tôi thuộc hộ nghèo; I want to register",
    "eligibility": "nhà tôi được hỗ trợ gì; duoc ho tro gi; quyền lợi của người già; am I eligible",
    "my_cases": "hồ sơ của tôi tới đâu rồi; ho so toi dau roi; có kết quả chưa; tra cứu; khieu nai; my request please",
    "pledge": "tôi muốn ủng hộ; ung ho; tôi muốn đăng ký ủng hộ; dang ky ung ho; "
    "tôi muốn làm từ thiện; cho tôi quyên góp; I would like to donate",
    "pledge_goods": "toi muon tang gao; tặng quần áo cũ; donate clothes",
    "pledge_time": "tôi muốn làm tình nguyện; volunteer",
    "pledge_job": "toi can tuyen nguoi lam; tuyển người làm",
    "pledge_link": "muốn thu mua ớt; nhan bao tieu san pham",
    "my_gifts": "quà của tôi đâu; ủng hộ của tôi tới đâu rồi; Lời hứa của tôi; "
    "dang ky ung ho cua toi; where is my gift",
    "officer": "cho tôi gặp cán bộ; gọi lại cho tôi; please call me",
    "privacy": "xóa dữ liệu của tôi đi; xoa thong tin; delete my data",
    "help": "cách dùng thế nào; giúp tôi với",
    "news": "tôi muốn nhận tin; dang ky nhan tin viec lam; xem tin tức; get news please",
    "verify": "tin này có thật không ạ; tin nay co that khong; kiểm tra tin; có phải lừa đảo không; is this real",
    "thanks": "cảm ơn nhé; cam on em; thank you",
}
NO_KEYWORDS = "trời hôm nay đẹp; tôi ăn cơm rồi; 12; 🙂; ; Cẩm Ôn; which; nha may; ửng hồ; tử thiên"


def rows(typed: str) -> list[str]:
    return [text.strip() for text in typed.split(";")]


def bare(typed: str) -> str:
    """Without accents, as many people type."""
    marks = (c for c in unicodedata.normalize("NFD", typed) if unicodedata.category(c) != "Mn")
    return "".join(marks).replace("đ", "d").replace("Đ", "D")


@for_each(("name", "typed"), COMMANDS)
def test_a_command_fully_accented_is_known_even_where_words_are_asked(name: str, typed: str) -> None:
    for spelt in (typed, typed.upper(), f"  {typed} ", unicodedata.normalize("NFD", typed)):
        assert alone(TEXTS, spelt, accented=True) == Command(name)


@for_each(("name", "typed"), COMMANDS)
def test_a_command_is_known_without_accents_in_capitals_and_with_signs(name: str, typed: str) -> None:
    for spelt in (typed, bare(typed), bare(typed).upper(), f"{typed}!", unicodedata.normalize("NFD", typed)):
        assert alone(TEXTS, spelt, accented=False) == Command(name)


@for_each("typed", ["huy", "Huy", "dung", "Dung", "sua", "SUA", "sữa", "giup", "Nhân", "cuu", "Dừng lại đi Nam"])
def test_names_and_milk_are_no_commands_where_words_are_asked(typed: str) -> None:
    assert alone(TEXTS, typed, accented=True) is None


@for_each(
    ("typed", "name"),
    [
        ("quay lai", "back"),
        ("Quay Lai.", "back"),
        ("lam lai", "edit"),
        ("gap can bo", "officer"),
        ("danh muc", "menu"),
        ("huy bo", "cancel"),
        ("de sau", "later"),
        ("rieng tu", "privacy"),
    ],
)
def test_two_bare_words_are_a_command_where_words_are_asked_too(typed: str, name: str) -> None:
    assert alone(TEXTS, typed, accented=True) == Command(name)


@pytest.mark.parametrize("typed", ["Huy Bộ", "Nhân Tín", "quay lại đi Nam", "Lại Văn Quay", "huy dung"])
def test_two_words_with_other_accents_or_more_words_are_none(typed: str) -> None:
    assert alone(TEXTS, typed, accented=True) is None


@pytest.mark.parametrize(
    ("typed", "name"), [("huy", "cancel"), ("dung", "stop"), ("sua", "edit"), ("giup", "help"), ("nhan", "receive")]
)
def test_bare_words_are_commands_where_no_words_are_asked(typed: str, name: str) -> None:
    assert alone(TEXTS, typed, accented=False) == Command(name)


@for_each("typed", ["sữa", "Dũng", "đúng", "đừng", "đứng", "nhẫn", "cừu", "sứa", "huý", "bạc", "giúp tôi"])
def test_an_accent_that_was_typed_is_believed(typed: str) -> None:
    assert alone(TEXTS, typed, accented=False) is None


@for_each("typed", ["sửa 2", "Sửa 2", "edit 2", "/sua 2", "/edit 2", unicodedata.normalize("NFD", "sửa 2")])
@for_each("accented", [True, False])
def test_edit_names_a_number(typed: str, accented: bool) -> None:
    assert alone(TEXTS, typed, accented=accented) == Command("edit", 2)


@pytest.mark.parametrize(
    ("typed", "accented", "command"),
    [
        pytest.param("sua 12", False, Command("edit", 12), id="without accents"),
        pytest.param("sua 12", True, None, id="without accents where words are asked"),
        pytest.param("sữa 2", False, None, id="two milks"),
        pytest.param("sửa 123", False, None, id="no review is as long"),
        pytest.param("sửa 2 3", False, None, id="two numbers"),
        pytest.param("sửa hai", False, None, id="a number in words"),
        pytest.param("tôi muốn sửa 2", False, None, id="not standing alone"),
    ],
)
def test_edit_with_other_things(typed: str, accented: bool, command: Command | None) -> None:
    assert alone(TEXTS, typed, accented=accented) == command


@for_each("typed", ["", " ", "/", "🙂", "//huy//x", "hủy đi", "không hủy", "/khong", "dừng lại", "menu menu"])
@for_each("accented", [True, False])
def test_what_is_no_command(typed: str, accented: bool) -> None:
    assert alone(TEXTS, typed, accented=accented) is None


@for_each("typed", ["TB-4K7M-92QX", "tin TB-4K7M-92QX", "TIN tb 4k7m 92qx.", "“tin TB-4K7M-92QX”"])
@for_each("accented", [True, False])
def test_the_code_of_an_announcement_asks_whether_it_is_ours(typed: str, accented: bool) -> None:
    assert alone(TEXTS, typed, accented=accented) == Command("verify", code=typed)


def test_a_message_sent_on_with_a_code_in_it_does_too_where_no_words_are_asked() -> None:
    sent_on = "Hộ nghèo nộp phí khẩn cấp. Mã tin TB-4K7M-92QX: nhắn “tin TB-4K7M-92QX”."

    assert alone(TEXTS, sent_on, accented=False) == Command("verify", code=sent_on)
    assert alone(TEXTS, sent_on, accented=True) is None


@pytest.mark.parametrize("typed", ["HS-4K7M-92QX", "tin", "TB", "tb 12 nam", "thông báo 2026", "xTB-4K7M-92QX"])
def test_other_codes_and_words_do_not(typed: str) -> None:
    assert alone(TEXTS, typed, accented=False) is None


@for_each("typed", rows(URGENT))
def test_somebody_in_need_is_heard(typed: str) -> None:
    assert urgent(TEXTS, typed)


@for_each("typed", rows(CALM))
def test_nobody_is_taken_to_be_in_need_who_is_not(typed: str) -> None:
    assert not urgent(TEXTS, typed)


@for_each(("name", "typed"), [(name, typed) for name, all_ in KEYWORDS.items() for typed in rows(all_)])
def test_a_wish_is_heard_in_a_sentence(name: str, typed: str) -> None:
    for spelt in (typed, typed.upper(), unicodedata.normalize("NFD", typed)):
        named = keyword(TEXTS, spelt)
        assert named is not None
        assert named.conversation == name


@for_each("typed", rows(NO_KEYWORDS))
def test_no_wish_is_heard_where_there_is_none(typed: str) -> None:
    assert keyword(TEXTS, typed) is None


def test_the_longest_wish_decides() -> None:
    named = keyword(TEXTS, "tôi muốn ủng hộ và xem hồ sơ của tôi")

    assert named is not None
    assert (named.conversation, named.alone) == ("my_cases", False)


def test_a_wish_alone_is_told_from_one_in_a_sentence() -> None:
    named = keyword(TEXTS, "Đăng ký!")

    assert named is not None
    assert (named.conversation, named.alone) == ("registration", True)


@given(ANY_TEXT)
@example("\ud800")
@example("hết gạo " * 1_500)
def test_no_words_whatever_make_it_fail(typed: str) -> None:
    alone(TEXTS, typed, accented=True)
    alone(TEXTS, typed, accented=False)
    urgent(TEXTS, typed)
    keyword(TEXTS, typed)


@given(st.sampled_from(rows(URGENT)), ANY_TEXT, ANY_TEXT)
def test_an_urgent_word_is_heard_anywhere_in_a_text(typed: str, before: str, after: str) -> None:
    assert urgent(TEXTS, f"{before} \n{typed}\n {after}")


@for_each("accented", [True, False])
@for_each(
    ("typed", "name"),
    [
        ("/dung TB-4K7M-92QX", "stop_announcement"),
        ("/stop tb 4k7m 92qx", "stop_announcement"),
        ("dừng TB-4K7M-92QX", "stop_announcement"),
        ("DUNG TB4K7M92QX", "stop_announcement"),
        ("stop TB-4K7M-92QX", "stop_announcement"),
        ("/dung 4K7M-92QX", "stop_announcement"),
        ("/dung cái này", "stop_announcement"),
        ("duyệt TB-4K7M-92QX", "announcement"),
        ("approve TB-4K7M-92QX", "announcement"),
        ("tin TB-4K7M-92QX", "verify"),
        ("TB-4K7M-92QX", "verify"),
        ("/dung hết", "stop_all"),
        ("/dung", "stop"),
    ],
)
def test_a_code_behind_the_word_names_one_announcement(typed: str, name: str, *, accented: bool) -> None:
    found = alone(TEXTS, typed, accented=accented)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("typed", ["đúng TB-4K7M-92QX", "đừng tb 4k7m 92qx", "Dung Hoài Linh", "dung 4K7M-92QX"])
def test_other_words_before_a_code_stop_nothing(typed: str) -> None:
    for accented in (True, False):
        found = alone(TEXTS, typed, accented=accented)
        assert found is None or found.name != "stop_announcement"

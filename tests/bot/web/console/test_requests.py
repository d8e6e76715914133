"""The page of requests: what it lists to whom, how it is narrowed and searched, and that reading names is noted."""

from tests.kit.audit import details
from tests.kit.console import clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, LAN, THERE, asks

OPEN = 50


async def test_an_officer_sees_the_requests_of_her_unit_and_that_she_read_names_is_noted(
    house: House, town: TownOf
) -> None:
    code, far = await asks(town, "lan"), await asks(town, "ba", name="Lê Văn Ba", phone="", unit_id=THERE)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        page, program = await tam.opens("/requests"), await tam.opens("/api/requests")
        again = await tam.opens("/requests", X_Live="1")

        assert all(words in text(page) for words in (code, "Nguyễn Thị Lan", "Xã Tây Giang", "Mới", "còn 7 ngày"))
        assert far not in text(page)
        lines = program.json["lines"]
        assert isinstance(lines, list)
        assert [(line["code"], line["name"], line["state"]) for line in lines] == [(code, "Nguyễn Thị Lan", "Mới")]
        assert again.status == 200
        assert await details(house, "case.listed") == [{"count": 1}] * 3


async def test_a_list_is_narrowed_by_its_address_and_goes_on_after_fifty(house: House, town: TownOf) -> None:
    lan = town.citizen("lan")
    await asks(town, "lan", phone="")
    for _ in range(OPEN):
        await lan.at_desk(lambda desk: desk.cases.open(LAN))
    async with clerk(house, "an", "lead", places=(HERE, THERE)) as an:
        first = await an.opens("/requests")
        further = first.body.decode().partition('class="action" href="/console')[2].partition('"')[0]
        second = await an.opens(further.replace("&amp;", "&"))
        late = await an.opens("/requests?overdue=1")
        twins = await an.opens(f"/requests?twins=1&unit={HERE}&state=submitted")

        assert (first.body.count(b"<tr>"), second.body.count(b"<tr>")) == (OPEN + 1, 2)
        assert "Không có yêu cầu nào như vậy" in text(late)
        assert b"<tr>" in twins.body
        assert f'<option value="{HERE}" selected>'.encode() in twins.body
        assert b"xa_ba_na" not in first.body, "only units within reach are offered"


async def test_the_search_takes_what_is_typed_and_keeps_it_out_of_addresses(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    await asks(town, "ba", name="Lê Văn Ba", phone="", unit_id=THERE)
    async with clerk(house, "tam", "officer", places=(HERE, THERE)) as tam:
        await tam.opens("/requests")

        for typed in ("nguyen lan", "0905 123 456", code, "xã A Tiêng"):
            found = await tam.sends("/requests/search", {"q": typed})
            assert (found.status, code in text(found), "Lê Văn Ba" in text(found)) == (200, True, False), typed
        nothing = await tam.sends("/requests/search", {"q": '%<script>alert(1)</script>"'})
        empty = await tam.sends("/requests/search", {"q": " "})

        assert "Không tìm thấy" in text(nothing)
        assert b"<script>alert" not in nothing.body
        assert (empty.status, empty.headers["Location"]) == (303, "/console/requests")


async def test_who_has_nothing_to_see_is_taught_or_turned_away(house: House) -> None:
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam, clerk(house, "kiem", "auditor") as kiem:
        page = await tam.opens("/requests")
        refused = await kiem.opens("/requests")

        assert "Chưa có yêu cầu nào đang mở" in text(page)
        assert refused.status == 403
        assert "/console/requests" not in (await kiem.opens("")).body.decode()

"""Finding one of the 94 units by the names people use."""

import csv
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.vietnamese import units
from handlers.vietnamese.units import District, NamedCommune, all_units, find, units_of
from handlers.vietnamese.words import fold, sort_key
from tests.kit.cases import for_each

UNITS = list(all_units().values())
OLD = [(unit, old) for unit in UNITS for old in unit.old]
DISTRICTS = sorted({old.district for _, old in OLD})
SAME_OLD_NAME_IN_TWO_UNITS = {"Xã Hòa Liên"}


def names(typed: str) -> list[str]:
    return [c.unit.name if isinstance(c, NamedCommune) else c.name for c in find(typed).candidates]


def slug(name: str) -> str:
    return fold(name).replace(" ", "_")


def test_there_are_23_wards_70_communes_and_one_special_zone() -> None:
    kinds = [unit.kind for unit in UNITS]

    assert {kind: kinds.count(kind) for kind in kinds} == {"phường": 23, "xã": 70, "đặc khu": 1}
    assert len({unit.code for unit in UNITS}) == 94


def test_units_come_in_vietnamese_order() -> None:
    assert [unit.name for unit in UNITS] == sorted((unit.name for unit in UNITS), key=sort_key)


def test_the_data_file_has_every_old_unit_once_but_for_the_split_one() -> None:
    with Path(units.__file__).with_name("units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["old"]]

    twice = {
        row["old"] for row in rows if sum((r["old"], r["district"]) == (row["old"], row["district"]) for r in rows) > 1
    }

    assert len(rows) == 281
    assert twice == SAME_OLD_NAME_IN_TWO_UNITS
    assert sorted(row["old"] for row in rows if row["part"]) == [
        *("Thị trấn Thạnh Mỹ", "Xã Hòa Liên", "Xã Hòa Liên", "Xã Tam Hải", "Xã Tân Hiệp")
    ]


@for_each("unit", UNITS)
def test_a_present_full_name_is_sure_however_it_is_written(unit: units.Commune) -> None:
    decomposed = unicodedata.normalize("NFD", unit.name)
    sentence = f"Nhà tôi ở {unit.name.lower()}, thành phố Đà Nẵng."

    for typed in (unit.name, unit.name.upper(), fold(unit.name), decomposed, sentence):
        assert find(typed) == units.PossiblePlaces((NamedCommune(unit, None),), sure=True), typed


@for_each(("unit", "old"), OLD)
def test_an_old_name_with_its_district_leads_to_its_unit(unit: units.Commune, old: units.OldUnit) -> None:
    found = find(f"{old.name}, {old.district}")

    places = [c.unit for c in found.candidates if isinstance(c, NamedCommune)]
    assert unit in places
    assert found.sure == (old.name not in SAME_OLD_NAME_IN_TWO_UNITS)


@for_each("district", DISTRICTS)
def test_a_former_district_is_never_sure_and_has_at_most_nine_units(district: str) -> None:
    found = find(district)

    assert found == units.PossiblePlaces((District(slug(district), district),), sure=False)
    made_of_it = units_of(slug(district))
    assert 1 <= len(made_of_it) <= 9
    assert [p.unit for p in made_of_it] == [u for u in UNITS if any(o.district == district for o in u.old)]


@for_each("name", sorted({d.split(" ", 2)[-1] if d[:2] == "Th" else d.split(" ", 1)[1] for d in DISTRICTS}))
def test_a_bare_name_of_a_unit_and_a_district_gives_both(name: str) -> None:
    found = find(name)

    assert not found.sure
    assert isinstance(found.candidates[-1], District)
    if name not in ("Bắc Trà My", "Phước Sơn"):
        assert isinstance(found.candidates[0], NamedCommune)
        assert len(found.candidates) == 2


@for_each(
    ("typed", "name"),
    {
        "nhà tôi ở xã Hòa Sơn": "Phường Hòa Khánh",
        "thon 2 xa hoa tien": "Xã Hòa Tiến",
        "Hòa Sơn, Hòa Vang": "Phường Hòa Khánh",
        "hoa son hoa vang": "Phường Hòa Khánh",
        "Hòa Vang, Hòa Sơn": "Phường Hòa Khánh",
        "xã Tây Giang": "Xã Tây Giang",
        "x. tay giang": "Xã Tây Giang",
        "P.Hoà Khánh": "Phường Hòa Khánh",
        "p hai chau": "Phường Hải Châu",
        "hoakhanh": "Phường Hòa Khánh",
        "Hoa Khanh ward": "Phường Hòa Khánh",
        "tt ái nghĩa": "Xã Đại Lộc",
        "tt. nui thanh": "Xã Núi Thành",
        "prao": "Xã Đông Giang",
        "P'rao": "Xã Đông Giang",
        "chơm": "Xã Hùng Sơn",
        "Tr'Hy": "Xã Hùng Sơn",
        "a vương": "Xã Avương",
        "laee": "Xã La Êê",
        "tam xuân 1": "Xã Tam Xuân",
        "Tam Xuân II": "Xã Tam Xuân",
        "que xuan 2": "Xã Xuân Phú",
        "xã ba": "Xã Sông Vàng",
        "ba na": "Xã Bà Nà",
        "Hoàng Sa": "Đặc khu Hoàng Sa",
        "xã Tam Thanh": "Phường Quảng Phú",
        "Tam Thành": "Xã Tây Hồ",
        "Tam Thạnh": "Xã Đức Phú",
        "tam thanh, tam ky": "Phường Quảng Phú",
        "tam thanh nui thanh": "Xã Đức Phú",
        "Trà Don": "Xã Nam Trà My",
        "Trà Dơn": "Xã Trà Leng",
        "Tam Dân": "Xã Phú Ninh",
        "Tam Đàn": "Xã Chiên Đàn",
        "Thanh Bình": "Phường Hải Châu",
        "Thạnh Bình": "Xã Thạnh Bình",
        "phường Phước Ninh": "Phường Hải Châu",
        "xa phuoc ninh": "Xã Quế Phước",
        "phuoc my son tra": "Phường An Hải",
        "Hòa Liên, phường Hải Vân": "Phường Hải Vân",
        "tổ 5, phường An Khê, quận Thanh Khê": "Phường An Khê",
        "đường Núi Thành, phường Hòa Cường": "Phường Hòa Cường",
        "binh duong thang binh": "Xã Thăng An",
        "xã Bà Nà (huyện Hòa Vang cũ)": "Xã Bà Nà",
        "điện bàn đông": "Phường Điện Bàn Đông",
        "nại hiên đông": "Phường Sơn Trà",
    }.items(),
)
def test_a_name_that_fits_one_unit_is_sure(typed: str, name: str) -> None:
    assert (names(typed), find(typed).sure) == ([name], True)


@for_each(
    ("typed", "expected"),
    {
        "o tay giang": ["Xã Tây Giang", "Huyện Tây Giang"],
        "tam thanh": ["Phường Quảng Phú", "Xã Đức Phú", "Xã Tây Hồ"],
        "tra don": ["Xã Nam Trà My", "Xã Trà Leng"],
        "tam dan": ["Xã Chiên Đàn", "Xã Phú Ninh"],
        "thanh binh": ["Xã Thạnh Bình", "Phường Hải Châu"],
        "phước ninh": ["Phường Hải Châu", "Xã Quế Phước"],
        "phuoc my": ["Phường An Hải", "Xã Phước Năng"],
        "Xã Hòa Liên, Hòa Vang": ["Phường Hải Vân", "Phường Liên Chiểu"],
        "Hải Châu 1": ["Phường Hải Châu"],
        "phường Hải Châu II": ["Phường Hải Châu"],
        "phường Hòa Sơn": ["Phường Hòa Khánh"],
        "huyện Hòa Sơn": ["Phường Hòa Khánh"],
        "Hóa Khánh": ["Phường Hòa Khánh"],
        "An Hải Tây": ["Phường An Hải"],
        "Hòa Thọ": ["Phường Cẩm Lệ"],
        "Hòa Thuận Đông": ["Phường Bàn Thạch", "Phường Hòa Cường"],
        "quận Hải Châu": ["Quận Hải Châu"],
        "tp hoi an": ["Thành phố Hội An"],
        "thôn Phú Thuận": ["Xã Phú Thuận"],
        "xã Hòa Sơn hoặc xã Hòa Nhơn": ["Phường Hòa Khánh", "Xã Bà Nà"],
        "xa hoa ninhh": ["Xã Bà Nà", "Phường Hòa Khánh"],
        "ngu hanh sn": ["Phường Ngũ Hành Sơn", "Quận Ngũ Hành Sơn", "Xã Núi Thành"],
    }.items(),
)
def test_a_name_in_doubt_gives_candidates_and_is_not_sure(typed: str, expected: list[str]) -> None:
    found = find(typed)

    assert sorted(names(typed)) == sorted(expected)
    assert names(typed)[0] == expected[0] or len(expected) > 2
    assert not found.sure


@pytest.mark.parametrize("typed", ["hoa khanhh", "thang bin", "lien chiu", "hoi ann", "dai loccc", "ban thacj"])
def test_a_misspelt_name_gives_at_most_three_candidates(typed: str) -> None:
    found = find(typed)

    assert 1 <= len(found.candidates) <= 3
    assert not found.sure


@for_each(
    "typed",
    [
        *("", "k", "hc", "🙂", "123", "xin chào", "không biết", "tôi không nhớ", "Đà Nẵng", "thành phố Đà Nẵng"),
        *("Hà Nội", "Sài Gòn", "Huế", "Quảng Ngãi", "Quảng Nam", "toi la nguoi ngheo can giup do gap", "bà ba tôi"),
    ],
)
def test_what_names_no_place_of_ours_finds_nothing(typed: str) -> None:
    assert find(typed) == units.PossiblePlaces((), sure=False)


def test_the_old_name_that_led_here_is_told() -> None:
    (place,) = find("xã Hòa Sơn").candidates

    assert isinstance(place, NamedCommune)
    assert place.was == "Xã Hòa Sơn, Huyện Hòa Vang"


def test_an_unknown_district_has_no_units() -> None:
    assert units_of("huyen_dien_bien") == ()


@given(
    st.text(st.characters(codec=None))
    | st.lists(st.sampled_from(["xã", "hoa", "thanh", "tam", "1", "i", ","])).map(" ".join)
)
def test_any_text_is_taken_with_at_most_nine_candidates(text: str) -> None:
    found = find(text)

    assert len(found.candidates) <= 9
    assert not found.sure or len(found.candidates) == 1


@pytest.mark.parametrize("text", ["a " * 50_000, "hoa " * 25_000, "xã" * 50_000, "," * 100_000, "1" * 100_000])
def test_a_very_long_text_is_cut_before_it_is_read(text: str) -> None:
    began = time.process_time()

    find(text)

    assert time.process_time() - began < 2

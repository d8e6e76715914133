"""Support programmes: who is told of which on which day, in what order, and what each figure stands on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import cast, get_args

import pytest

from handlers.rules.book import rows_of_file
from handlers.rules.conditions import CONDITIONS, all_true, any_true
from handlers.rules.entitlements import general, offers
from handlers.rules.household import Certificate, Degree, Household, Pension, Range, Someone
from handlers.rules.programmes import EVERY_CLASS
from handlers.rules.rows import RuleRow, is_hidden
from tests.kit.cases import for_each

TODAY, ONE_DAY = date(2026, 11, 24), timedelta(days=1)
NOBODY = dict.fromkeys(get_args(Someone), False)
UNKNOWN: Mapping[str, bool | None] = dict.fromkeys(get_args(Someone), None)
# Everything is known, and nobody lives there for whom a programme is.
EMPTY = Household(
    unit_id="phuong_thanh_khe",
    certificate="none",
    children=0,
    allowances=Range.exactly(0),
    living_here=NOBODY | {"no_labour": True},
    pension="all",
)
DRAWING = replace(EMPTY, allowances=Range(1, 1))
WITH_CHILD = replace(EMPTY, children=1)

ROWS = rows_of_file("programmes")
PROGRAMMES = [row for row in ROWS if row.id.startswith("programme.")]
TOLD = [row for row in PROGRAMMES if not is_hidden(row)]
PARTS = ("", "condition_", "form_", "where_", "decided_by_", "papers_", "also_")
KEYS = {
    "classes", "who", "of", "instead_of", "instead_of_alone", "area", "base", "per", "by_list", "working_days",
    "condition_asked", "official_form",
}  # fmt: skip
KINDS = {
    "monthly", "one_off", "one_off_min", "max", "max_monthly", "max_percent_of_costs", "collateral_above",
    "rate_per_10000", "percent_of_poor_rate", "share_percent", "share_min_percent", "poor_commune_share_percent",
    "tuition_percent", "yearly", "benefit_percent", "months", "months_a_year", "kg_monthly", "works", "fee", "daily",
    "each_course",
}  # fmt: skip


def having(*someone: Someone, pension: Pension | None = "all") -> Household:
    return replace(EMPTY, living_here=NOBODY | {"no_labour": True} | dict.fromkeys(someone, True), pension=pension)


def with_paper(degree: Degree) -> Household:
    return replace(having("disabled"), disability=degree)


CARED_FOR = replace(with_paper("especially_severe"), disabled_age="child", cared_for=True)
UNSUPPORTED = replace(having("aged_60"), unsupported=True)


def told(family: Household, day: date = TODAY, *likely: str) -> dict[str, tuple[str, bool]]:
    return {offer.id: (offer.status, offer.sure) for offer in offers(family, day, likely=frozenset(likely))}


def shown(day: date) -> list[RuleRow]:
    return [offer.row for offer in general(day)]


def amounts(programme: str, day: date = TODAY) -> dict[str, RuleRow]:
    found = next(offer for offer in general(day) if offer.id == programme)
    return {row.id.removeprefix(f"amount.{programme}."): row for row in found.amounts}


def words(row: RuleRow) -> Mapping[str, object]:
    return row.value if isinstance(row.value, Mapping) else {}


def classes(row: RuleRow) -> frozenset[object]:
    needed = words(row)["classes"]
    return frozenset(needed if isinstance(needed, tuple) else ("no list",))


@for_each(
    ("family", "certificate", "programme", "sure"),
    [
        pytest.param(having("orphan"), "none", "tcxh_tre_mat_nguon", True, id="orphan"),
        pytest.param(having("disabled"), "none", "tcxh_khuyet_tat_nang", False, id="how severely, not known"),
        pytest.param(with_paper("severe"), "none", "tcxh_khuyet_tat_nang", True, id="severe"),
        pytest.param(with_paper("none"), "none", "tcxh_khuyet_tat_nang", False, id="no paper yet"),
        pytest.param(with_paper("especially_severe"), "none", "tcxh_khuyet_tat_dac_biet_nang", True, id="especially"),
        pytest.param(with_paper("especially_severe"), "none", "tcxh_cham_soc_khuyet_tat", False, id="who cares?"),
        pytest.param(CARED_FOR, "none", "tcxh_cham_soc_khuyet_tat", True, id="the family cares"),
        pytest.param(having("aged_75", pension="none"), "none", "mai_tang_huu_tri", False, id="may be a pensioner"),
        pytest.param(having("pupil"), "none", "hoc_phi", True, id="pupil"),
        pytest.param(WITH_CHILD, "none", "hoc_phi", False, id="child who may go to a preschool"),
        pytest.param(having("pupil"), "none", "ban_tru_dtts", False, id="hard areas, no confirmed list"),
        pytest.param(having("pupil", "orphan"), "none", "chi_phi_hoc_tap_tre", False, id="orphaned pupil, perhaps"),
        pytest.param(having("pupil", "orphan"), "none", "vay_hssv_mo_coi", False, id="orphaned student, perhaps"),
        pytest.param(DRAWING, "none", "tien_dien_tro_cap", True, id="electricity on an allowance"),
        pytest.param(having("single_parent"), "none", "tgpl_tro_cap", False, id="may draw an allowance"),
        pytest.param(replace(EMPTY, living_here=NOBODY), "none", "vay_viec_lam", True, id="worker"),
        pytest.param(replace(EMPTY, unit_id="xa_tay_giang"), "none", "vay_nuoc_sach", True, id="commune"),
        pytest.param(having("single_parent"), "near_poor", "tcxh_don_than", True, id="single parent"),
        pytest.param(having("aged_60"), "poor", "tcxh_nguoi_cao_tuoi", False, id="older, perhaps alone"),
        pytest.param(UNSUPPORTED, "poor", "tcxh_nguoi_cao_tuoi", True, id="older, nobody to support them"),
        pytest.param(having("under_3"), "near_poor", "tcxh_tre_duoi_3", False, id="small child, where the list says"),
        pytest.param(having("under_3"), "none", "bhyt_tre_duoi_6", True, id="a card for every small child"),
        pytest.param(having("orphan"), "near_poor", "bhyt_tro_cap", True, id="a free card with an allowance"),
        pytest.param(having("pupil"), "poor", "chi_phi_hoc_tap", True, id="pupil of the poor"),
        pytest.param(having("pupil"), "near_poor", "hoc_phi_dtts", False, id="student, perhaps"),
        pytest.param(having("pupil"), "near_poor", "vay_hssv", False, id="student who borrows, perhaps"),
    ],
)
def test_a_programme_is_for_whom_it_is_for(
    family: Household, certificate: Certificate, programme: str, sure: bool
) -> None:
    assert told(replace(family, certificate=certificate))[programme] == ("now", sure)
    assert programme not in told(replace(EMPTY, certificate=certificate))


def test_what_nobody_is_asked_stays_and_is_not_sure() -> None:
    assert told(EMPTY) == dict.fromkeys(
        (
            "khan_cap", "dn_tro_giup_xa_hoi", "bhyt_dtts_vung_kho", "tcxh_nhan_nuoi_cao_tuoi",
            "tcxh_nhan_nuoi_khuyet_tat",
        ),
        ("now", False),
    )  # fmt: skip


@pytest.mark.parametrize("certificate", [*get_args(Certificate), None])
def test_what_is_not_known_never_excludes(certificate: Certificate | None) -> None:
    family = Household(certificate=certificate)
    open_to_them = [row for row in TOLD if row.holds(TODAY) and (not classes(row) or certificate in classes(row))]
    # What they get better elsewhere is not told twice; the poor get their electricity as the poor.
    better = [name for row in open_to_them for name in cast("tuple[str, ...]", words(row).get("instead_of", ()))]
    twice = {f"programme.{name}" for name in better}
    twice |= {"programme.tien_dien_tro_cap"} if certificate == "poor" else set()

    assert {f"programme.{name}" for name in told(family)} == {row.id for row in open_to_them} - twice
    assert told(replace(family, living_here=UNKNOWN)) == told(family)


@for_each("name", [name for name in CONDITIONS if name])
def test_no_condition_is_settled_by_silence(name: str) -> None:
    assert CONDITIONS[name](Household()) is None
    assert CONDITIONS[name](Household(living_here=UNKNOWN)) is None


@pytest.mark.parametrize(
    ("told_of_each", "both", "either"),
    [
        ((True, True), True, True),
        ((True, False), False, True),
        ((True, None), None, True),
        ((False, None), False, None),
        ((False, False), False, False),
    ],
)
def test_what_is_known_in_part_settles_what_it_can(
    told_of_each: tuple[bool | None, ...], both: bool | None, either: bool | None
) -> None:
    assert (all_true(*told_of_each), any_true(*told_of_each)) == (both, either)


@pytest.mark.parametrize("unit", ["phuong_hoa_khanh", "xa_dai_loc", None])
def test_where_part_of_a_unit_was_of_the_other_type_the_countryside_is_not_sure(unit: str | None) -> None:
    assert told(replace(EMPTY, unit_id=unit))["vay_nuoc_sach"] == ("now", False)


@pytest.mark.parametrize(
    ("certificate", "there", "missing"),
    [
        ("poor", {"bhyt_ngheo", "tien_dien", "vay_ngheo", "tgpl", "sinh_ke", "dn_qua_tet"}, {"bhyt_can_ngheo"}),
        ("near_poor", {"bhyt_can_ngheo", "vay_can_ngheo", "tgpl_can_ngheo", "sinh_ke"}, {"tien_dien", "tgpl"}),
        ("escaped", {"vay_moi_thoat", "sinh_ke"}, {"bhyt_can_ngheo", "dn_qua_tet"}),
        ("none", {"khan_cap"}, {"bhyt_ngheo", "vay_moi_thoat", "sinh_ke"}),
    ],
)
def test_a_certificate_opens_its_own(certificate: Certificate, there: set[str], missing: set[str]) -> None:
    found = told(replace(EMPTY, certificate=certificate))

    assert found.keys() >= there
    assert not found.keys() & missing
    assert {status for status, _ in found.values()} == {"now"}


def test_a_near_poor_family_with_someone_of_72_without_pension() -> None:
    family = replace(having("aged_70", pension="none"), certificate="near_poor")

    sure = [name for name, (_, known) in told(family).items() if known]

    assert sure[:3] == ["huu_tri_70", "bhyt_tro_cap", "bhyt_can_ngheo"]


def test_a_family_likely_to_be_poor_is_told_what_is_open_now_and_what_follows() -> None:
    found = told(replace(having("aged_70", "pupil", pension="none"), children=1), TODAY, "poor")

    assert found["hoc_phi"] == ("now", True)
    for name in ("bhyt_ngheo", "huu_tri_70", "tien_dien", "chi_phi_hoc_tap"):
        assert found[name] == ("recognised", True)
    assert "bhyt_can_ngheo" not in found


def test_a_certificate_held_counts_before_a_class_that_is_likely() -> None:
    found = told(replace(EMPTY, certificate="near_poor"), TODAY, "poor")

    assert (found["sinh_ke"], found["tien_dien"]) == (("now", True), ("recognised", True))


@for_each(
    ("someone", "pension", "expected"),
    [
        pytest.param(("aged_75",), "none", {"huu_tri_75": True}, id="75, without"),
        pytest.param(("aged_75",), "some", {"huu_tri_75": True}, id="several of 75, some without"),
        pytest.param(("aged_75",), None, {"huu_tri_75": False}, id="75, not known"),
        pytest.param(("aged_75",), "all", {}, id="75, with"),
        pytest.param(("aged_70",), "none", {"huu_tri_70": True}, id="70, without"),
        pytest.param(("aged_70",), None, {"huu_tri_70": False}, id="70, not known"),
        pytest.param(("aged_70",), "all", {}, id="70, with"),
        pytest.param(("aged_75", "aged_70"), "none", {"huu_tri_75": True, "huu_tri_70": True}, id="both, without"),
        pytest.param(("aged_75", "aged_70"), "some", {"huu_tri_75": False, "huu_tri_70": False}, id="one of both"),
        pytest.param(("aged_60",), None, {}, id="60 only"),
    ],
)
def test_the_social_pension(someone: tuple[Someone, ...], pension: Pension | None, expected: dict[str, bool]) -> None:
    found = told(replace(having(*someone, pension=pension), certificate="near_poor"))

    assert {name: sure for name, (_, sure) in found.items() if name.startswith("huu_tri")} == expected


def test_at_75_no_certificate_is_needed_and_below_one_is() -> None:
    family = having("aged_75", "aged_70", pension="none")

    assert told(family)["huu_tri_75"] == ("now", True)
    assert told(family, TODAY, "poor")["huu_tri_70"] == ("recognised", True)
    assert "huu_tri_70" not in told(family)


@for_each("row", TOLD)
def test_a_programme_is_told_from_its_first_day_to_its_last(row: RuleRow) -> None:
    first, last = row.valid_from or date(2000, 1, 1), row.valid_to or date(2040, 1, 1)

    assert [row in shown(day) for day in (first, last)] == [True, True]
    assert row.valid_from is None or row not in shown(first - ONE_DAY)
    assert row.valid_to is None or row not in shown(last + ONE_DAY)


@pytest.mark.parametrize("row", [row for row in PROGRAMMES if row not in TOLD], ids=lambda row: row.id)
def test_a_programme_too_unsure_to_show_is_told_on_no_day(row: RuleRow) -> None:
    days = (row.valid_from or TODAY, TODAY, date(2027, 1, 1))

    assert not any(row.id == told_row.id for day in days for told_row in shown(day))


def test_legal_aid_opens_for_the_near_poor_in_2027() -> None:
    family = replace(EMPTY, certificate="near_poor")

    assert "tgpl" not in told(family, date(2026, 12, 31))
    assert told(family, date(2027, 1, 1))["tgpl"] == ("now", True)


def test_in_general_all_is_told_once_in_the_order_of_the_file() -> None:
    in_force = [row for row in ROWS.under("programme.", TODAY) if row in TOLD]
    open_now = [row for row in in_force if not classes(row)]

    assert shown(TODAY) == in_force
    assert [offer.status for offer in general(TODAY)].count("now") == len(open_now)
    assert all(offer.amounts for offer in general(TODAY))


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2021, 7, 1), 540_000),
        (date(2024, 6, 30), 540_000),
        (date(2024, 7, 1), 750_000),
        (date(2026, 6, 30), 750_000),
        (date(2026, 7, 1), 810_000),
        (TODAY, 810_000),
    ],
)
def test_monthly_assistance_is_the_base_of_the_day_times_a_coefficient(day: date, amount: int) -> None:
    assert amounts("tcxh_tre_mat_nguon", day)["from_4.monthly"].value == amount


@for_each(
    ("group", "monthly"),
    [
        ("tre_mat_nguon", {"under_4": 1_350_000, "from_4": 810_000}),
        ("khuyet_tat_nang", {"adult": 810_000, "child_or_older": 1_080_000}),
        ("khuyet_tat_dac_biet_nang", {"adult": 1_080_000, "child_or_older": 1_350_000}),
        ("cham_soc_khuyet_tat", {"carer": 540_000}),
        ("don_than", {"each_child": 540_000}),
        ("nguoi_cao_tuoi", {"from_60_to_74": 810_000, "from_75": 1_080_000}),
        ("cham_soc_tai_cong_dong", {"in_the_community": 1_620_000}),
        ("tre_duoi_3", {"under_3": 810_000}),
        ("hiv", {"under_4_with_hiv": 1_350_000, "from_4_with_hiv": 1_080_000, "adult_with_hiv": 810_000}),
    ],
)
def test_the_groups_of_monthly_assistance(group: str, monthly: dict[str, int]) -> None:
    found = {tier.removesuffix(".monthly"): row.value for tier, row in amounts(f"tcxh_{group}").items()}

    assert found == monthly


def test_a_product_is_as_sure_as_the_less_sure_of_the_two_and_names_both_laws() -> None:
    row = amounts("tien_dien")["kwh.monthly"]

    assert (row.value, row.confidence) == (59_520, "recalled_medium")
    assert row.source == "QĐ 14/2025/QĐ-TTg Điều 4 khoản 1, 2; Biểu giá bán lẻ điện từ 10/05/2025, bậc 1, chưa VAT"


@pytest.mark.parametrize("kind", ["sinh_ke.one_off", "dn_tro_giup_xa_hoi.monthly", "vay_viec_lam.rate_per_10000"])
def test_an_amount_nobody_knows_has_no_figure(kind: str) -> None:
    row = ROWS.on(f"amount.{kind}", TODAY)

    assert (row.value, row.confidence) == (None, "unknown")


@for_each("row", [row for row in PROGRAMMES if row.value is not None])
def test_a_programme_is_complete_in_both_languages_and_names_what_there_is(row: RuleRow) -> None:
    said = words(row)

    assert all(bool(said.get(f"{name}vi")) == bool(said.get(f"{name}en")) for name in PARTS)
    assert classes(row) <= EVERY_CLASS
    assert said["who"] in CONDITIONS
    assert set(said) <= {"vi", "en", *KEYS, *(f"{name}{language}" for name in PARTS for language in ("vi", "en"))}
    assert said.get("area", "rural") in {"rural", "special_hardship"}
    assert said.get("base", "parameter.social_base") in ROWS.series


def test_every_figure_has_a_source_and_belongs_to_a_programme_and_is_of_a_known_kind() -> None:
    figures = [row for row in ROWS if row.id.startswith(("amount.", "coefficient."))]

    assert all(row.source for row in ROWS if row.value is not None)
    assert {f"programme.{row.id.split('.')[1]}" for row in figures} <= ROWS.series.keys()
    assert {row.id.split(".")[-1] for row in figures if row.id.startswith("amount.")} <= KINDS
    assert all(row.value is None or isinstance(row.value, int) for row in figures)

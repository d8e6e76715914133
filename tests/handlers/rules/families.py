"""Made-up families of every kind, for what must hold for any of them, and the days around the change of law."""

from datetime import date

from hypothesis import strategies as st

from handlers.rules.examples import SOMEONE
from handlers.rules.household import Household, Income, Range
from handlers.rules.poverty import DEPENDANTS, standard

TODAY, LAST_DAY, NEW_YEAR = date(2026, 11, 24), date(2026, 12, 31), date(2027, 1, 1)
CODES = [code for code in standard(TODAY).lacks if code != DEPENDANTS]

told = st.sampled_from([True, False, None])
amounts = st.integers(0, 40_000_000)
incomes = st.none() | amounts.map(lambda n: Income(Range.exactly(n))) | st.tuples(amounts, amounts).map(
    lambda pair: Income(Range(min(pair), max(pair)))
)  # fmt: skip
households = st.builds(
    Household,
    unit_id=st.sampled_from(["xa_tay_giang", "phuong_thanh_khe", "phuong_hoa_khanh", "dac_khu_hoang_sa", None]),
    members=st.none() | st.integers(1, 12),
    children=st.none() | st.integers(0, 5),
    allowances=st.none() | st.integers(0, 3).map(Range.exactly),
    living_here=st.fixed_dictionaries(dict.fromkeys(SOMEONE, told)),
    income=incomes,
    lacks=st.fixed_dictionaries(dict.fromkeys(CODES, told)),
)
days = st.sampled_from([TODAY, LAST_DAY, NEW_YEAR])

# Families that say they hold a certificate, or none, on the days around each act.
holders = st.builds(
    Household,
    unit_id=st.sampled_from(["xa_tay_giang", "phuong_thanh_khe", None]),
    certificate=st.sampled_from(["poor", "near_poor", "escaped", "none", None]),
    members=st.none() | st.integers(1, 6),
    children=st.none() | st.integers(0, 4),
    allowances=st.none() | st.integers(0, 3).map(Range.exactly),
    living_here=st.fixed_dictionaries(dict.fromkeys(SOMEONE, told)),
    pension=st.sampled_from(["all", "none", "some", None]),
    disability=st.sampled_from(["especially_severe", "severe", "light", "none", None]),
    disabled_age=st.sampled_from(["child", "adult", "older", None]),
    cared_for=told,
    unsupported=told,
    raised_alone=st.none() | st.integers(1, 4),
)
days_of_acts = st.sampled_from([
    date(2024, 7, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 10, 4),
    date(2026, 10, 5), date(2026, 12, 1), date(2027, 1, 1),
])  # fmt: skip

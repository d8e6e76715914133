"""What a row of law is called on the console, and its value as an official reads and enters it."""

from collections.abc import Mapping
from typing import Literal

from handlers.desk import Desk
from handlers.flow.message import Dong
from handlers.rules.book import rows_of_file
from handlers.rules.programmes import kind, label
from handlers.rules.rows import RuleRow
from handlers.texts import Phrase
from handlers.verdicts import offers
from handlers.vietnamese import units

# How a figure is entered: VND, per cent, ten-thousandths, thousandths, hundredths of a base, or a plain count.
Entered = Literal["money", "percent", "per_10000", "permille", "hundredths", "count"]

# What is called after a programme, after what it is itself, after a basis of campaigns, and by a text of its own.
OF_PROGRAMME = ("programme", "amount", "coefficient")
OF_BASIS = ("basis", "longest", "distribute", "own_account")
NAMED_IN_ROW = ("lack",)
IN_MONEY = ("standard.line.", "standard.middle_cap.", "city.line.", "parameter.")
_WORDS = ("urban", "rural", "ind_2022", "individual")
_MONEY = frozenset({
    "monthly", "yearly", "one_off", "one_off_min", "max", "max_monthly", "daily", "each_course", "fee",
    "collateral_above",
})  # fmt: skip


def name(desk: Desk, row: RuleRow) -> Phrase:
    """What a figure is called."""
    first, _, rest = row.id.partition(".")
    values: dict[str, object] = {"name": row.id}
    if first in OF_PROGRAMME:
        values = {"name": _programme(rest.partition(".")[0], row) or row.id}
    elif first in NAMED_IN_ROW:
        values = {"name": Phrase(f"lack.{rest}")}
    elif first in OF_BASIS:
        values = {"name": Phrase(f"drive_bases.{rest}")}
    elif first == "changed":
        unit = units.all_units().get(rest)
        values = {"name": unit.name if unit else rest}
    own = f"console.law_changes.figure.{row.id.replace('.', '_')}"
    key = own if desk.texts.has(own) else f"console.law_changes.of.{first}"
    return Phrase(key, values) if desk.texts.has(key) else Phrase("plain", {"words": row.id})


def full_name(desk: Desk, row: RuleRow) -> Phrase:
    """What a figure is called, with which of several of its programme it is."""
    tier = f"tier.{row.id.split('.')[2] if row.id.startswith('coefficient.') else label(row)}"
    if not row.id.startswith(("amount.", "coefficient.")) or not desk.texts.has(tier):
        return name(desk, row)
    return Phrase("console.rules.labelled", {"name": name(desk, row), "label": Phrase(tier)})


def entered(row: RuleRow) -> Entered:
    """How a row's figure is entered."""
    how = kind(row) if row.id.startswith("amount.") else ""
    if row.id == "parameter.insurance_permille":
        return "permille"
    if row.id.startswith("coefficient."):
        return "hundredths"
    if how in _MONEY or row.id.startswith(IN_MONEY):
        return "money"
    if "percent" in how or row.id == "threshold.dependants_share":
        return "percent"
    return "per_10000" if how == "rate_per_10000" else "count"


def value(desk: Desk, row: RuleRow | None) -> Phrase:
    """What a row says, without any caution; that nobody knows it, if so."""
    if row is None or row.value is None:
        return Phrase("console.rules.unknown")
    if isinstance(row.value, int):
        return figure(desk, row, row.value)
    if isinstance(row.value, Mapping):
        return Phrase("plain", {"words": offers.name(row) or str(row.value.get("vi", row.value.get("places", "")))})
    word = str(row.value)
    return Phrase(f"console.rules.word.{word}") if word in _WORDS else Phrase("plain", {"words": word})


def figure(desk: Desk, row: RuleRow, number: int) -> Phrase:
    """A figure that a row holds, or might."""
    how = entered(row)
    shown: object = Dong(number) if how == "money" else number
    if how in ("hundredths", "per_10000"):
        shown = f"{number / 100:g}".replace(".", ",")
    per = f"amount.{kind(row)}" if row.id.startswith("amount.") and how in ("money", "count") else ""
    key = per if per and desk.texts.has(per) else f"console.rules.figure.{how}"
    return Phrase(key, {"figure": shown})


def _programme(programme: str, at: RuleRow) -> object:
    """A programme's name, as its row says it at some time."""
    series = rows_of_file("programmes").series.get(f"programme.{programme}", ())
    rows: list[RuleRow] = [row for row in (*series, at) if isinstance(row.value, Mapping)]
    return next((found for row in rows if (found := offers.name(row))), "")

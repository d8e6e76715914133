"""What a row of law is called on the console."""

from collections.abc import Mapping

from handlers.desk import Desk
from handlers.rules.book import rows_of_file
from handlers.rules.rows import RuleRow
from handlers.texts import Phrase
from handlers.verdicts import offers
from handlers.vietnamese import units

# What is called after a programme, after what it is itself, after a basis of campaigns, and by a text of its own.
OF_PROGRAMME = ("programme", "amount", "coefficient")
OF_BASIS = ("basis", "longest", "distribute", "own_account")
NAMED_IN_ROW = ("lack",)


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


def _programme(programme: str, at: RuleRow) -> object:
    """A programme's name, as its row says it at some time."""
    series = rows_of_file("programmes").series.get(f"programme.{programme}", ())
    rows: list[RuleRow] = [row for row in (*series, at) if isinstance(row.value, Mapping)]
    return next((found for row in rows if (found := offers.name(row))), "")

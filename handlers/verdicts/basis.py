"""Puts into words what a result stands on, reasons of one source together, and what would make it another one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from handlers.flow.message import Lines, Phrase
from handlers.rules.changes import Change
from handlers.rules.poverty import Assessment, Verdict
from handlers.rules.reasons import COMING, OTHER, Reason
from handlers.rules.rows import RuleRow
from handlers.verdicts import figures, offers

PRIVATE = ("nutrition",)  # through servers abroad not even its number is told


def lines(found: Assessment, reasons: Iterable[Reason], told: Mapping[str, Phrase]) -> Lines:
    """Source after source: what is from there, with the answers that led to it, then time and how sure it is.

    told: the answers that may be read back, by the question's key.
    """
    sources: dict[tuple[object, ...], list[Reason]] = {}
    for reason in reasons:
        sources.setdefault((_law(reason.row), reason.row.valid_from, reason.row.valid_to), []).append(reason)
    return Lines(tuple(line for same in sources.values() for line in ("", _group(found, same, told))))


def _group(found: Assessment, same: list[Reason], told: Mapping[str, Phrase]) -> Phrase:
    row, alike = same[0].row, len({reason.row.confidence for reason in same}) == 1
    # Who reads them one below the other reads the same answers once.
    first = {reason.answers: reason for reason in reversed(same)}
    said = [
        (_answered(found, reason, told if first[reason.answers] is reason else {}), _sure(reason.row))
        for reason in same
    ]
    values = {
        "reasons": Lines(tuple(words if alike else Phrase("basis.unlike", {"reason": words, "sure": sure})
                               for words, sure in said)),
        "source": _law(row) or figures.CONFIRM,
        "since": row.valid_from or Phrase("basis.open_start"),
        "until": row.valid_to or Phrase("basis.open_end"),
    }  # fmt: skip
    group = Phrase("basis.group", values)
    return Phrase("basis.alike", {"group": group, "sure": _sure(row)}) if alike else group


def _law(row: RuleRow) -> str:
    """The source without the number of the indicator, which is said beside the lack's name."""
    return row.source.partition(", chỉ số ")[0]


def _sure(row: RuleRow) -> Phrase:
    return Phrase(f"basis.{row.confidence}")


def _answered(found: Assessment, reason: Reason, told: Mapping[str, Phrase]) -> Phrase:
    what = _what(found, reason)
    if reason.about.endswith("min_deprived"):
        # Each lack has its own line; here only what was found to be none still has to be said.
        names = _met(_verdict(found, reason.about))
        return Phrase("basis.reason_met" if names else "basis.reason", {"what": what, "names": names})
    answers = tuple(told[key] for key in reason.answers if key in told)
    return Phrase("basis.reason_answered" if answers else "basis.reason", {"what": what, "answers": answers})


def _met(verdict: Verdict) -> tuple[Phrase, ...]:
    """What is no lack, as long as that kept the family from being a poor one."""
    if verdict.outcome == "poor":
        return ()
    met = (code for code in verdict.standard.lacks if code not in (*verdict.found, *verdict.open))
    return tuple(Phrase(f"lack.{code}") for code in met)


def _verdict(found: Assessment, about: str) -> Verdict:
    """The verdict that a reason belongs to."""
    if about.startswith(COMING) and found.coming is not None:
        return found.coming.verdict
    return found.other if about.startswith(OTHER) and found.other is not None else found.verdict


def _what(found: Assessment, reason: Reason) -> Phrase:
    """What a reason says, in a few words."""
    row, about = reason.row, reason.about
    if about == "area":
        return Phrase("basis.area", {"area": Phrase(f"area.{row.value}")}) if row.value else Phrase("basis.area_open")
    if about == "changed" and isinstance(row.value, Mapping):
        return Phrase("basis.changed", {"places": row.value["places"], "area": Phrase(f"area.{row.value['was']}")})
    if about.startswith("programme."):
        return Phrase("plain", {"words": offers.name(row)})
    told = about.removeprefix(COMING).removeprefix(OTHER)
    said = _of_a_verdict(_verdict(found, about), row, told, found.day)
    if found.coming is None or not about.startswith(COMING):
        return said
    return Phrase("basis.coming", {"day": found.coming.day, "what": said})


def _of_a_verdict(verdict: Verdict, row: RuleRow, about: str, today: date) -> Phrase:
    area = Phrase(f"area.{verdict.area}")
    match about:
        case "line":
            return Phrase(f"basis.income.{verdict.income}", {"line": figures.money(row, today), "area": area})
        case "middle_cap":
            return Phrase("basis.middle_cap", {"cap": figures.money(row, today), "area": area})
        case "indicators":
            return Phrase("basis.indicators")
        case "min_deprived":
            key = "basis.counted_open" if verdict.open else "basis.counted"
            counts = {"count": len(verdict.found), "open": len(verdict.open)}
            return Phrase(key, {"needed": figures.count(row, today), **counts})
    number = row.value["number"] if isinstance(row.value, Mapping) else ""
    key = "basis.private_lack" if about in PRIVATE else "basis.lack"
    return Phrase(key, {"name": Phrase(f"lack.{about}"), "number": number})


# What would change it


def changes(found: Assessment, possible: Iterable[Change]) -> Lines:
    """Outcome after outcome: what would lead there, all lacks together, then income, then place."""
    outcomes: dict[str, list[Change]] = {}
    for change in possible:
        outcomes.setdefault(change.to, []).append(change)
    return Lines(tuple(line for to, same in outcomes.items() for line in _leading_to(found, to, same)))


def _leading_to(found: Assessment, to: str, same: list[Change]) -> Iterator[Phrase]:
    yield Phrase("basis.change.result", {"result": Phrase(f"verdict.short.{to}")})
    for how in ("lacking", "met"):
        if names := tuple(Phrase(f"lack.{change.about}") for change in same if change.how == how):
            yield Phrase(f"basis.change.{how}" if len(names) > 1 else f"basis.change.{how}_alone", {"names": names})
    for change in same:
        if change.about in ("income", "place"):
            verdict = found.other if found.other is not None and change.how == found.other.area else found.verdict
            line = figures.money(verdict.standard.line[verdict.area], found.day)
            key = "place" if change.about == "place" else change.how
            yield Phrase(f"basis.change.{key}", {"line": line, "area": Phrase(f"area.{verdict.area}")})

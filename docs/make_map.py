"""Draw the maps of the house from its imports: `make map`; `make check` says whether what is committed still holds.

Three drawings, since one of all rooms is a thicket of 31 boxes and 155 arrows: `map.svg` is the whole house, in which a
newcomer looks for the office's rooms, so only those of `handlers` are drawn and `bot` and `storage` are one box each;
`bot.svg` and `desk.svg` open the two boxes that most lines live in. The floors are those of the contracts in
`pyproject.toml`, so what is drawn is what is proven: an arrow is an import, at most one a pair, and points down.

Why a room tells its files and not its lines: a drawing that is stale after every edited line would be redrawn unread.
Why arrows to one room share a lane in its colour: sixty lines of their own can't be followed by any eye. An arrow that
other arrows lead to anyway is thin.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from docs.imports import ROOT, hiding, imports, modules, reached

MOST_ROOMS, MOST_ARROWS = 16, 75
# Of a lightness between those of a light and a dark page, so that each is seen on both.
COLOURS = (
    *("#3b82c4", "#d9662b", "#2f9e66", "#b4539e", "#a88410", "#d64a56", "#1f9aa8"),
    *("#8267d8", "#6f9a1e", "#c2609a", "#5f7fa8", "#b0704a", "#3f9f8f", "#9a78b8"),
)
BOX, TALL, LANE, GAP, FLOOR, EDGE = 128, 40, 15, 26, 100, 26


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn: its title, and its floors from the top, each with the full names of its rooms."""

    title: str
    floors: tuple[tuple[str, ...], ...]

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms, from the top and the left."""
        return tuple(room for floor in self.floors for room in floor)

    def floor(self, room: str) -> int:
        """The floor a room stands on, 0 at the top."""
        return next(at for at, floor in enumerate(self.floors) if room in floor)

    def room(self, module: str) -> str | None:
        """The room a module lives in."""
        return next((room for room in self.rooms if module == room or module.startswith(f"{room}.")), None)

    def arrows(self) -> frozenset[tuple[str, str]]:
        """Every room that imports another, with that other."""
        pairs = ((self.room(one.by), self.room(one.of)) for one in imports())
        return frozenset((by, of) for by, of in pairs if by and of and by != of)


def drawings() -> Mapping[str, Drawing]:
    """What is drawn, by the name of its file."""
    return {
        "map.svg": Drawing("The house: bot carries, handlers is the office, storage remembers", _house()),
        "bot.svg": Drawing("The rooms of bot", _floors("bot")),
        "desk.svg": Drawing("The rooms of handlers/desk", _floors("handlers.desk")),
    }


def _house() -> tuple[tuple[str, ...], ...]:
    return (("bot",), *_floors("handlers"), ("storage",))


def _floors(container: str) -> tuple[tuple[str, ...], ...]:
    """Read the floors of a package from its contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers: list[str] = next(one["layers"] for one in contracts if one.get("containers") == [container])
    floors = ([f"{container}.{room}" for room in re.findall(r"\w+", layer)] for layer in layers)
    kept = (tuple(room for room in floor if room in modules()) for floor in floors)
    return tuple(floor for floor in kept if floor)


def wrong() -> Iterator[str]:
    """Say all that makes the maps or what they show wrong, a line each."""
    for name, drawing in drawings().items():
        arrows = drawing.arrows()
        for by, of in sorted(arrows):
            if drawing.floor(by) >= drawing.floor(of):
                yield f"{name}: {by} imports {of}, which stands no lower"
        if len(drawing.rooms) > MOST_ROOMS or len(arrows) > MOST_ARROWS:
            yield f"{name}: {len(drawing.rooms)} rooms, {len(arrows)} arrows; at most {MOST_ROOMS} and {MOST_ARROWS}"
        file = ROOT / "docs" / name
        if not file.exists() or file.read_text() != drawn(drawing):
            yield f"{name} is no longer what the imports are: run `make map`"
    for one in hiding(imports()):
        if one.by.startswith("handlers.desk"):
            yield f"{one.by}:{one.line} hides a circle: it imports {one.of}, which leads back"


Spot = tuple[str, int]  # a room, and a floor on which it, or the lane that leads down to it, passes


def drawn(drawing: Drawing) -> str:
    """Draw it as SVG, the same to the byte whenever the imports are the same."""
    arrows = drawing.arrows()
    tops = {of: min(drawing.floor(by) for by, to in arrows if to == of) for _, of in sorted(arrows)}
    rows: list[list[Spot]] = [[] for _ in drawing.floors]
    for room in drawing.rooms:
        at = drawing.floor(room)
        for level in range(min(tops.get(room, at) + 1, at), at + 1):
            rows[level].append((room, level))
    links = [((of, at), (of, at + 1)) for of, top in tops.items() for at in range(top + 1, drawing.floor(of))]
    links += [((by, drawing.floor(by)), (of, drawing.floor(by) + 1)) for by, of in sorted(arrows)]
    boxes = {(room, drawing.floor(room)) for room in drawing.rooms}
    _order(rows, links)
    across = _place(rows, links, boxes)
    left = min(across[spot] - (BOX / 2 if spot in boxes else 0) for spot in across)
    place = {spot: round(x - left + EDGE) for spot, x in across.items()}
    return _svg(drawing, arrows, place)


def _neighbours(links: Sequence[tuple[Spot, Spot]]) -> dict[Spot, list[Spot]]:
    found: dict[Spot, list[Spot]] = {}
    for upper, lower in links:
        found.setdefault(upper, []).append(lower)
        found.setdefault(lower, []).append(upper)
    return found


def _order(rows: list[list[Spot]], links: Sequence[tuple[Spot, Spot]]) -> None:
    """Put each floor in the order that crosses the fewest lines, as far as sweeping up and down finds it."""
    near = _neighbours(links)
    best, fewest = [list(row) for row in rows], _crossings(rows, links)
    for sweep in range(24):
        down = sweep % 2 == 0
        for at in range(len(rows)) if down else reversed(range(len(rows))):
            middle = {spot: (place + 0.5) / len(row) for row in rows for place, spot in enumerate(row)}
            side = at - 1 if down else at + 1
            ahead = {spot: [middle[one] for one in near.get(spot, []) if one[1] == side] for spot in rows[at]}
            rows[at].sort(key=lambda spot: sum(ahead[spot]) / len(ahead[spot]) if ahead[spot] else middle[spot])
        if (now := _crossings(rows, links)) < fewest:
            best, fewest = [list(row) for row in rows], now
    rows[:] = best


def _crossings(rows: Sequence[Sequence[Spot]], links: Sequence[tuple[Spot, Spot]]) -> int:
    place = {spot: at for row in rows for at, spot in enumerate(row)}
    ends = [[(place[a], place[b]) for a, b in links if a[1] == level] for level in range(len(rows))]
    return sum((a - c) * (b - d) < 0 for level in ends for at, (a, b) in enumerate(level) for c, d in level[:at])


def _place(rows: Sequence[Sequence[Spot]], links: Sequence[tuple[Spot, Spot]], boxes: set[Spot]) -> dict[Spot, float]:
    """Put every spot as near as can be below what leads to it and above what it leads to; nothing overlaps."""
    near = _neighbours(links)
    across = dict.fromkeys((spot for row in rows for spot in row), 0.0)
    for sweep in range(40):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted, shifts, shift = [], [], 0.0
            for before, spot in zip((None, *row), row, strict=False):
                if before is not None:
                    shift += sum(BOX / 2 + GAP / 2 if one in boxes else LANE / 2 for one in (before, spot))
                # A lane would rather be straight than near.
                pulls = [(across[one], 4 if one[0] == spot[0] else 1) for one in near.get(spot, [])]
                weight = sum(pull for _, pull in pulls)
                wanted.append(sum(x * pull for x, pull in pulls) / weight - shift if weight else -shift)
                shifts.append(shift)
            for spot, x, moved in zip(row, _rising(wanted), shifts, strict=True):
                across[spot] = x + moved
    return across


def _rising(wanted: Sequence[float]) -> list[float]:
    """The nearest numbers to these, by least squares, of which none is below the one before."""
    blocks: list[tuple[float, int]] = []
    for one in wanted:
        total, count = one, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before = blocks.pop()
            total, count = total + before[0], count + before[1]
        blocks.append((total, count))
    return [total / count for total, count in blocks for _ in range(count)]


def _svg(drawing: Drawing, arrows: frozenset[tuple[str, str]], place: Mapping[Spot, int]) -> str:
    wide, high = max(place.values()) + BOX // 2 + EDGE, len(drawing.floors) * FLOOR - FLOOR + TALL + EDGE * 4
    colour = {room: COLOURS[at % len(COLOURS)] for at, room in enumerate(reversed(drawing.rooms))}
    told = (
        drawing.title,
        f"{len(drawing.rooms)} rooms, {len(arrows)} arrows: a room imports the one its arrow points at",
        "thin: other arrows lead there too; lines of one colour lead to one room",
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img"'
        ' font-family="system-ui, sans-serif" text-anchor="middle">',
        f"<title>{escape('; '.join(told))}</title>",
        *(
            f'<text x="{wide // 2}" y="{high - 46 + 18 * at}" font-size="13" fill="#808080">{escape(line)}</text>'
            for at, line in enumerate(told)
        ),
        '<g fill="none" stroke-linecap="round">',
    ]
    for by, of in sorted(arrows, key=lambda arrow: (_direct(arrow, arrows), arrow)):
        width = 2.4 if _direct((by, of), arrows) else 1
        path = _path(drawing, by, of, place)
        said = f"{by} imports {of}"
        lines.append(f'<path d="{path}" stroke="{colour[of]}" stroke-width="{width}"><title>{said}</title></path>')
    lines.append("</g>")
    for room in drawing.rooms:
        spot = (place[room, drawing.floor(room)], EDGE + drawing.floor(room) * FLOOR)
        files = sum(drawing.room(module) == room for module in modules())
        lines += _box(room, files, spot, colour[room], reached=any(of == room for _, of in arrows))
    return "\n".join((*lines, "</svg>", ""))


def _box(room: str, files: int, spot: tuple[int, int], colour: str, *, reached: bool) -> list[str]:
    x, y = spot
    size = f"{files} files" if files > 1 else "1 file"
    head = [f'<path d="M{x - 5} {y - 8}h10l-5 8z" fill="{colour}"/>'] if reached else []
    return [
        *head,
        f'<rect x="{x - BOX // 2}" y="{y}" width="{BOX}" height="{TALL}" rx="6" fill="#22303f"'
        f' stroke="{colour}" stroke-width="2"/>',
        f'<text x="{x}" y="{y + 18}" font-size="14" font-weight="600" fill="#fff">{room.rpartition(".")[2]}</text>',
        f'<text x="{x}" y="{y + 33}" font-size="11" fill="#cdd6df">{size}</text>',
    ]


def _direct(arrow: tuple[str, str], arrows: frozenset[tuple[str, str]]) -> bool:
    """Whether no other arrows lead there too."""
    by, of = arrow
    leads: dict[str, set[str]] = {}
    for start, end in arrows:
        if (start, end) != arrow:
            leads.setdefault(start, set()).add(end)
    return of not in reached(leads, by)


def _path(drawing: Drawing, by: str, of: str, place: Mapping[Spot, int]) -> str:
    """Lead from the foot of one box along the lane of the other to its head."""
    start, end = drawing.floor(by), drawing.floor(of)
    x, y = place[by, start], EDGE + start * FLOOR + TALL
    # Lines leave a box side by side, in the order in which they part.
    x += max(-BOX // 2 + 8, min(BOX // 2 - 8, (place[of, start + 1] - x) // 4))
    steps = [f"M{x} {y}"]
    for level in range(start + 1, end + 1):
        lane, top = place[of, level], EDGE + level * FLOOR - (8 if level == end else 0)
        middle = (y + top) // 2
        steps.append(f"C{x} {middle} {lane} {middle} {lane} {top}")
        x, y = lane, top
        if level < end:
            y += TALL
            steps.append(f"V{y}")
    return "".join(steps)


def main() -> int:
    """Draw, or with --check only say what is wrong; the exit code tells whether anything is."""
    if "--check" not in sys.argv:
        for name, drawing in drawings().items():
            (ROOT / "docs" / name).write_text(drawn(drawing))
    found = list(wrong())
    hidden = [one for one in imports() if one.hidden]
    circles = [f"  {one.by}:{one.line} imports {one.of}" for one in hiding(imports())]
    counts = (f"{name} {len(one.rooms)} rooms, {len(one.arrows())} arrows" for name, one in drawings().items())
    told = f"Imports inside functions or for types alone: {len(hidden)}; of these hide a circle: {len(circles)}"
    sys.stdout.write("\n".join(("; ".join(counts), told, *circles, *found, "")))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

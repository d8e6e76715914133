"""Cut Be Vietnam Pro down to the letters our pages use; run by `make fonts`.

Why: the whole face is 130 KB a weight, too much for slow 3G. Two weights, Vietnamese and Latin only,
without hinting, are under 40 KB each. The result is committed, so nothing is cut at run time.
"""

from importlib import resources
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FACES = {"BeVietnamPro-Regular.ttf": "regular", "BeVietnamPro-SemiBold.ttf": "semibold"}
# ASCII, Latin-1, the Vietnamese letters of Latin Extended, combining tones, dashes, quotes, bullets, minus,
# comparisons and the đồng sign. The face has no arrows and no tick: the pages draw those.
LETTERS = (
    "U+0020-007E,U+00A0-00FF,U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,"
    "U+0300-0301,U+0303,U+0306,U+0309,U+031B,U+0323,U+1EA0-1EF9,U+2010-2015,U+2018-201E,U+2022,U+2026,"
    "U+20AB,U+2212,U+2248,U+2264-2265"
)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]
LARGEST = 40 * 1024  # bytes


def cut(source: Path, target: Path) -> int:
    """Write one weight as WOFF2 and return its size in bytes. Raises ValueError when it is over 40 KB."""
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, recalc_timestamp=False)
    font: TTFont = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(LETTERS))
    subsetter.subset(font)
    subset.save_font(font, target, options)
    size = target.stat().st_size
    if size > LARGEST:
        raise ValueError(f"{target.name} is {size} bytes, more than {LARGEST}")
    return size


def main() -> None:
    """Cut every weight and put the licence of the face beside them."""
    package = Path(str(resources.files("fontpkg_be_vietnam_pro")))
    target = Path(__file__).parent.parent / "bot" / "web" / "static" / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    for source, weight in FACES.items():
        cut(package / "files" / source, target / f"be-vietnam-pro-{weight}.woff2")
    (target / "OFL.txt").write_bytes((package / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()

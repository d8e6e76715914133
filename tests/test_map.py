"""The maps of `docs/` are drawn from the imports, and show nothing that has changed since."""

from docs.imports import Import, hiding, read
from docs.make_map import Drawing, drawings, drawn, wrong


def test_the_maps_show_what_the_imports_are() -> None:
    said = list(wrong())

    assert said == []


def test_a_map_is_the_same_whenever_it_is_drawn() -> None:
    drawing = drawings()["desk.svg"]

    assert drawn(drawing) == drawn(drawing)


def test_a_map_brings_no_script_and_fetches_nothing() -> None:
    texts = [drawn(drawing) for drawing in drawings().values()]

    assert not [text for text in texts if "<script" in text or "href" in text or text.count("://") > 1]


def test_each_room_of_a_map_is_a_box() -> None:
    drawing = drawings()["map.svg"]

    assert drawn(drawing).count("<rect ") == len(drawing.rooms)


def test_an_import_counts_wherever_it_stands() -> None:
    text = "import a\nif TYPE_CHECKING:\n    from b import C\ndef f():\n    from b import c\n"

    found = {(one.of, one.hidden) for one in read("x", text, {"a": 0, "b": 0, "b.c": 0})}

    assert found == {("a", False), ("b", True), ("b.c", True)}


def test_an_import_inside_a_function_that_leads_back_is_told() -> None:
    back = Import(by="b", of="a", line=7, hidden=True)
    found = [Import(by="a", of="b", line=1, hidden=False), back, Import(by="c", of="a", line=1, hidden=True)]

    assert list(hiding(found)) == [back]


def test_an_import_runs_the_packages_above_it() -> None:
    inner = Import(by="low", of="high.inner", line=3, hidden=True)
    found = [Import(by="high", of="low", line=1, hidden=False), inner]

    assert list(hiding(found)) == [inner]


def test_a_module_lives_in_the_room_above_it() -> None:
    drawing = Drawing("", (("bot.web",), ("bot.webs",)))

    assert (drawing.room("bot.web.chat"), drawing.room("bot.webs"), drawing.room("bot")) == (
        "bot.web",
        "bot.webs",
        None,
    )

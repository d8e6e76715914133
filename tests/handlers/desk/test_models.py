"""Good models: written by one official, shown after another's yes, and found by what a household has."""

from dataclasses import replace

import pytest

from handlers.demo.models import WRITINGS
from handlers.desk import Desk
from handlers.desk.allocations import LAND, WORK, Means, Wording
from handlers.desk.cases import CaseOutcome
from handlers.desk.pledges import Offer
from storage.verify import broken
from tests.kit.audit import actions
from tests.kit.gifts import books, promises
from tests.kit.on_duty import clerk, listening
from tests.kit.requests import HERE
from tests.kit.town import Town

ANYTHING = Means()
CHICKENS, BASKETS, MUSHROOMS = WRITINGS
IDEA = Offer(
    kind="idea",
    giver="person",
    amount=1,
    name="Trần Văn Nghĩ",
    measure="ý tưởng",
    what="nuôi ong trong vườn",
    phone="+84905111222",
    details={"done_where": "ở quê"},
)


@pytest.fixture
async def editor(town: Town) -> str:
    return await town.official("bien", "editor")


@pytest.fixture
async def lead(town: Town) -> str:
    return await town.official("an", "lead", places=(HERE,))


async def begins(town: Town, who: str, writing: object = CHICKENS) -> str:
    made = await town.as_official(who, lambda desk: desk.models.begin(writing))  # type: ignore[arg-type]  # a writing
    assert made
    return made


async def does(town: Town, who: str, act: str, model: str, *more: object) -> CaseOutcome:
    """An act on a model as it stands now."""

    def run(desk: Desk) -> CaseOutcome:
        found = desk.models.find(model)
        assert found is not None
        done: CaseOutcome = getattr(desk.models, act)(model, *more, found.seen)
        return done

    return await town.as_official(who, run)


async def shown(town: Town, means: Means = ANYTHING) -> list[str]:
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return await citizen.at_desk(lambda desk: [one.writing.vi.title for one in desk.models.fitting(means)])


async def test_a_model_is_shown_once_a_second_official_approved_it(town: Town, editor: str, lead: str) -> None:
    model = await begins(town, editor)
    before = await shown(town)

    assert await does(town, lead, "approve", model) == "done"

    assert (before, await shown(town)) == ([], [CHICKENS.vi.title])


async def test_nobody_approves_what_she_wrote_herself(town: Town, lead: str) -> None:
    model = await begins(town, lead)

    assert await does(town, lead, "approve", model) == "own"

    assert await shown(town) == []
    assert "model.own_approval_refused" in await actions(town)


async def test_a_model_that_is_changed_waits_for_approval_again(town: Town, editor: str, lead: str) -> None:
    model = await begins(town, editor)
    await does(town, lead, "approve", model)

    assert await does(town, lead, "write", model, BASKETS) == "done"

    assert await shown(town) == []
    assert await does(town, lead, "approve", model) == "own"


async def test_a_hidden_model_is_shown_to_nobody(town: Town, editor: str, lead: str) -> None:
    model = await begins(town, editor)
    await does(town, lead, "approve", model)

    assert await does(town, lead, "hide", model) == "done"

    assert await shown(town) == []


async def test_of_two_the_second_is_told_that_it_changed(town: Town, editor: str, lead: str) -> None:
    model = await begins(town, editor)
    found = await town.as_official(lead, lambda desk: desk.models.find(model))
    assert found is not None
    seen = found.seen
    town.clock.move(seconds=1)
    await does(town, editor, "write", model, BASKETS)

    assert await town.as_official(lead, lambda desk: desk.models.approve(model, seen)) == "outdated"


async def test_an_idea_is_written_up_without_who_had_it_and_its_giver_is_told(
    town: Town, editor: str, lead: str
) -> None:
    told = {**IDEA.details, "contact_name": "Lê Thị Liên"}
    code = await promises(town, "Nghĩ", IDEA, accepted=False, details=told)
    giver = town.citizen("Nghĩ")
    await giver.at_desk(lambda desk: desk.consents.give("give", "give/1"))

    said = await town.as_official(editor, lambda desk: desk.models.idea(code))
    model = await town.as_official(editor, lambda desk: desk.models.take_up(code))
    again = await town.as_official(editor, lambda desk: desk.models.take_up(code))
    assert model
    assert await does(town, lead, "approve", model) == "not_now", "nothing is written yet"
    assert await does(town, editor, "write", model, BASKETS) == "done"
    async with listening(giver):
        assert await does(town, lead, "approve", model) == "done"

    assert said is not None
    assert (said.name, said.phone, said.what, said.details) == ("", "", IDEA.what, IDEA.details)
    assert again is None
    assert (await books(town)).pledges[code].state == "received"
    giver.hears_last("pledge_news.idea_shown")
    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []


async def test_nobody_writes_up_or_approves_her_own_idea(town: Town, editor: str) -> None:
    an = await clerk(town, "An", "lead", places=(HERE,))
    code = await promises(town, "An", IDEA)

    hers = await town.as_official(an.id, lambda desk: desk.models.take_up(code))
    model = await town.as_official(editor, lambda desk: desk.models.take_up(code))
    assert model
    await does(town, editor, "write", model, CHICKENS)

    assert hers is None
    assert await does(town, an.id, "approve", model) == "own"


@pytest.mark.parametrize(
    "writing",
    [
        pytest.param(replace(CHICKENS, vi=replace(CHICKENS.vi, risk=" ")), id="a risk that is not told"),
        pytest.param(replace(CHICKENS, vi=replace(CHICKENS.vi, title="x" * 81)), id="a long title"),
        pytest.param(replace(CHICKENS, en=Wording(title="Only a title")), id="half in English"),
        pytest.param(replace(CHICKENS, cost=-1), id="less than nothing"),
        pytest.param(replace(CHICKENS, cost=10**15), id="more than anybody has"),
        pytest.param(replace(CHICKENS, land="sea"), id="land we don't know"),
    ],
)
async def test_what_is_not_complete_is_not_kept(town: Town, editor: str, writing: object) -> None:
    assert await town.as_official(editor, lambda desk: desk.models.begin(writing)) is None  # type: ignore[arg-type]  # a writing


@pytest.mark.parametrize("role", ["officer", "helper", "treasurer", "auditor", "admin"])
async def test_who_may_not_write_does_not(town: Town, editor: str, role: str) -> None:
    who = await town.official("x", role, places=(HERE,))
    code = await promises(town, "Nghĩ", IDEA)
    model = await begins(town, editor)

    found = await town.as_official(
        who,
        lambda desk: (
            desk.models.begin(CHICKENS), desk.models.ideas(), desk.models.idea(code), desk.models.take_up(code),
            desk.models.write(model, BASKETS, ""),
        ),
    )  # fmt: skip

    assert found == (None, [], None, None, "absent")


@pytest.mark.parametrize(
    ("means", "titles"),
    [
        pytest.param(Means(), [BASKETS, CHICKENS, MUSHROOMS], id="nothing is known"),
        pytest.param(Means(land="none"), [BASKETS], id="no land"),
        pytest.param(Means(land="garden"), [BASKETS, CHICKENS], id="a garden"),
        pytest.param(Means(work="one"), [BASKETS, CHICKENS], id="one strong person"),
        pytest.param(Means(money=0), [BASKETS], id="no money"),
        pytest.param(Means(money=5_000_000), [BASKETS, CHICKENS], id="a little money"),
        pytest.param(Means("field", "two", 20_000_000), [BASKETS, CHICKENS, MUSHROOMS], id="a field"),
    ],
)
async def test_a_household_is_shown_what_it_can_begin_with_the_cheapest_first(
    town: Town, editor: str, lead: str, means: Means, titles: list[object]
) -> None:
    for writing in WRITINGS:
        await does(town, lead, "approve", await begins(town, editor, writing))

    assert await shown(town, means) == [one.vi.title for one in titles]  # type: ignore[attr-defined]  # a writing


def test_what_is_asked_knows_every_level_that_is_written() -> None:
    assert {one.land for one in WRITINGS} == set(LAND)
    assert {one.work for one in WRITINGS} <= set(WORK)

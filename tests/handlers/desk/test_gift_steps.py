"""The steps of a gift as its giver follows them: what went where, and what came back again."""

from datetime import timedelta

from handlers.desk import Desk
from tests.kit.gifts import books, brings, gives, needs, promises
from tests.kit.requests import HERE, asks
from tests.kit.town import Town


async def units_of(town: Town, code: str) -> tuple[str, ...]:
    def look(desk: Desk) -> tuple[str, ...]:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        return next(step.units for step in desk.gift_steps.of(pledge) if step.kind == "allotted")

    return await town.citizen("Cho").at_desk(look)


async def test_a_part_that_is_free_again_leaves_the_unit_that_got_the_rest(town: Town) -> None:
    tam = await town.official("tam", "officer", places=(HERE,))
    code = await promises(town, "Cho")
    await gives(town, tam, code, await needs(town, tam, await asks(town, "Lan")))

    await brings(town, tam, (await books(town)).allocation.id, 4)

    assert await units_of(town, code) == (HERE,)


async def test_what_was_given_back_went_nowhere(town: Town) -> None:
    tam = await town.official("tam", "officer", places=(HERE,))
    code = await promises(town, "Cho")
    await gives(town, tam, code, await needs(town, tam, await asks(town, "Lan")))
    given = (await books(town)).allocation.id

    await town.as_official(tam, lambda desk: desk.allocations.give_back(given, "nhà đã có"))

    assert await units_of(town, code) == ()


async def test_late_are_those_of_which_nothing_was_heard_for_a_week(town: Town) -> None:
    tam = await town.official("tam", "officer", places=(HERE,))
    for name in ("Lan", "Mai"):
        await gives(town, tam, await promises(town, "Cho"), await needs(town, tam, await asks(town, name)))
        await brings(town, tam, (await books(town)).allocation.id)
        town.clock.move(days=5)
    first, _ = (await books(town)).allocations

    late = await town.as_official(tam, lambda desk: desk.hand_overs.part("late", most=1))

    assert [one.id for one in late] == [first.id]
    assert town.clock.now() - late[0].handed_at > timedelta(days=7)  # type: ignore[operator]  # it was handed over

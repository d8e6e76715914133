"""News on its way: who subscribes, and two officials of whom one writes what the other approves."""

from collections.abc import Callable
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.announcing import Audience, BroadcastDraft, BroadcastOutcome, Kind, SeenBroadcast
from tests.kit.town import Citizen, Town


async def subscriber(town: Town, name: str, *topics: str, rhythm: str = "daily", language: str = "vi") -> Citizen:
    """Somebody who wants topics of the whole city."""
    citizen = town.citizen(name, language=language)
    await citizen.says("/menu")
    await citizen.at_desk(lambda desk: desk.subscriptions.subscribe(topics or ("health",), rhythm=rhythm))
    return citizen


@dataclass(frozen=True, slots=True)
class Press:
    """An editor and an admin, by their ids."""

    town: Town
    editor: str
    admin: str

    async def approves(
        self, title: str, words: str, topic: str = "health", *, kind: Kind = "news", **others: object
    ) -> str:
        """An announcement that a second official approved; its code. others: fields of the draft."""
        draft = BroadcastDraft(
            kind=kind,
            title={"vi": title},
            words={"vi": words},
            audience=Audience(),
            topic=topic,
            **others,  # type: ignore[arg-type]  # as said
        )
        code = await self.town.as_official(self.editor, lambda desk: desk.broadcasts.write(draft))
        assert code is not None
        assert await self.acts(self.editor, code, lambda desk, seen: desk.broadcasts.submit(code, seen.stamp)) == "done"
        assert await self.acts(self.admin, code, lambda desk, seen: desk.broadcasts.approve(code, seen.stamp)) == "done"
        return code

    async def announces(self, title: str, words: str = "Xin xem bảng tin.", topic: str = "health") -> str:
        """The same, and it goes out; its code."""
        code = await self.approves(title, words, topic)
        await self.town.announces()
        return code

    async def acts(
        self, official: str, code: str, act: Callable[[Desk, SeenBroadcast], BroadcastOutcome]
    ) -> BroadcastOutcome:
        """Do something to an announcement as the official sees it."""

        def run(desk: Desk) -> BroadcastOutcome:
            seen = desk.broadcasts.read(code)
            assert seen is not None
            return act(desk, seen)

        return await self.town.as_official(official, run)


async def press(town: Town) -> Press:
    """The two of a town."""
    return Press(town, await town.official("bientap", "editor"), await town.official("duyet", "admin"))

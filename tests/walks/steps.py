"""Walks written down: what she types, [what she presses], < what she must hear then, and what needs more than words."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.kit.phones import Phone
from tests.kit.telegram_phone import TelegramPhone
from tests.kit.zalo_oa_phone import ZaloOaPhone

CHANNELS = frozenset({"webchat", "telegram", "zalo_oa", "zalo_bot"})
Act = Callable[[Phone], Awaitable[None]]
Step = str | Act


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk of a new person. on: the channels it is walked on.

    A step is words to type, "[a label]" to press, "< words" that the last answer must hold, "<! words" that it must
    not, or something to be done.
    """

    name: str
    steps: tuple[Step, ...]
    on: frozenset[str] = CHANNELS

    async def walked_by(self, phone: Phone) -> None:
        """Walk it. Raises AssertionError with the step and all that was said until then."""
        await follow(phone, *self.steps, name=self.name)


async def follow(phone: Phone, *steps: Step, name: str = "beside") -> None:
    """Take some steps with a phone. name: of the walk, or who walks. Raises AssertionError as a walk does."""
    for number, step in enumerate(steps, start=1):
        try:
            await _take(phone, step)
        except Exception as error:
            told = "\n  ".join(phone.diary[-40:])
            where = f"{name}, step {number} {_named(step)}: {type(error).__name__}: {error}"
            raise AssertionError(f"{where}\n  {told}") from error


def walk(name: str, *steps: Step, on: str = "") -> Walk:
    """Write down a walk. on: the channels it is walked on, with spaces between; else all."""
    return Walk(name, steps, frozenset(on.split()) if on else CHANNELS)


async def _take(phone: Phone, step: Step) -> None:
    if not isinstance(step, str):
        await step(phone)
    elif step.startswith("<! "):
        # A code of another kind may hold the letters that this one begins with.
        assert not re.search(rf"(?<!\w){re.escape(step[3:])}", phone.told()), f"{step[3:]!r} was heard"
    elif step.startswith("< "):
        phone.hears(step[2:])
    elif step.startswith("["):
        await phone.presses(step[1:-1])
    else:
        await phone.says(step)


def _named(step: Step) -> str:
    return step if isinstance(step, str) else getattr(step, "__name__", "an act")


def apart(label: str) -> Act:
    """Answer a private question."""

    async def answers_apart(phone: Phone) -> None:
        await phone.answers_apart(label)

    return answers_apart


def shows(*photos: bytes) -> Act:
    """Answer a private question by photos."""

    async def shows_apart(phone: Phone) -> None:
        await phone.shows_apart(*photos)

    return shows_apart


def sends(*photos: bytes) -> Act:
    """Send photos in the chat."""

    async def sends_photos(phone: Phone) -> None:
        await phone.sends_photo(*photos)

    return sends_photos


def by_itself(part: str) -> Act:
    """Wait for these words, which nothing was said for."""

    async def is_told(phone: Phone) -> None:
        await phone.is_told(part)

    return is_told


def until(part: str, words: str, *, most: int = 20) -> Act:
    """Say the same words again and again until these are heard."""

    async def says_until(phone: Phone) -> None:
        for _ in range(most):
            if part in phone.told():
                return
            await phone.says(words)
        raise AssertionError(f"{part!r} was never heard")

    return says_until


def twice(label: str) -> Act:
    """Press a button, and press it once more: the second press says and does nothing."""

    async def presses_twice(phone: Phone) -> None:
        press = phone.kept(label)
        await phone.presses(label)
        first = list(phone.heard)
        await phone.presses_again(press)
        assert phone.heard == [], "the second press was answered"
        phone.heard = first

    return presses_twice


def old(label: str, *steps: str) -> Act:
    """Keep a button, say something else, and then press it."""

    async def presses_an_old_one(phone: Phone) -> None:
        press = phone.kept(label)
        for words in steps:
            await phone.says(words)
        await phone.presses_again(press)

    return presses_an_old_one


def on_telegram(act: Callable[[TelegramPhone], Awaitable[None]]) -> Act:
    """What only Telegram's phone can do."""

    async def acts(phone: Phone) -> None:
        assert isinstance(phone, TelegramPhone)
        await act(phone)

    return acts


def on_a_handset(act: Callable[[TelegramPhone | ZaloOaPhone], Awaitable[None]]) -> Act:
    """What Telegram's phone and the Official Account's can do."""

    async def acts(phone: Phone) -> None:
        assert isinstance(phone, TelegramPhone | ZaloOaPhone)
        await act(phone)

    return acts

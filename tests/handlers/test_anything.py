"""Whatever somebody sends, in whatever order, she gets an answer, and the data stay whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import func, select

from handlers.dialogue.reception import DOUBLE_PRESS
from storage import verify
from storage.database import Unit
from storage.queries.chains import chain
from storage.tables import DeadLetter
from storage.vault import Vault
from tests.kit.town import Citizen, Town

COMMANDS = (
    "/start; /dangky; /ungho; /monqua; /gap; /hoso; /riengtu; /canbo; /ngonngu; /kiemtra; /huy; /quaylai; /sua 1; /dung"
)
PLAIN = (
    "1; 2; 3; 9; 0; 99; 1 4; có; không; đúng; huy; dung; sua; menu; quay lại; sửa 2; để sau; tiếp tục; dừng hết; nhận; "
    "giúp; hết gạo rồi; từ từ thôi; Nguyễn Thị Lan; Hòa Sơn; Thanh Khê; 1954; 0905 123 456; tổ 3, gần chợ; Bỏ qua; "
    "Xong; Gửi yêu cầu; không biết; 2tr5; cảm ơn; hello; English"
)
ODD = "🙂; \u202eabc; {hotline}; {; %s; <b>Lan</b>; '--; #skip; =5; @menu; @done; district:; HS-0000-0000; null; ²"
POOL = [typed for kind in (COMMANDS, PLAIN, ODD) for typed in kind.split("; ")]
NASTY = ("", " ", "\n", "\x00", "a" * 10_000, "á\u0301" * 500, "9" * 5_000, "=" + "9" * 5_000)
KINDS = ("sticker", "voice", "file", "location", "other", "photos", "contact")


@dataclass(frozen=True)
class Thing:
    """One thing sent: its kind and body; a press with the number of a button among all she was ever shown."""

    kind: str
    body: Mapping[str, object]
    button: int | None = None


# A lone surrogate can't come in: every channel reads strict JSON.
TEXTS = st.sampled_from(POOL) | st.sampled_from(NASTY) | st.text(max_size=30)
THINGS = st.one_of(
    TEXTS.map(lambda text: Thing("text", {"text": text})),
    st.integers(0, 200).map(lambda n: Thing("press", {}, n)),
    st.integers(0, 200).map(lambda n: Thing("press", {}, -1 - n)),
    st.sampled_from(["", "x", "x.1", ".0", "-1", "x.-1", "x.99999999999999999999", "²"]).map(
        lambda press: Thing("press", {"press": press})
    ),
    st.tuples(st.sampled_from(KINDS), TEXTS).map(lambda it: Thing(it[0], {"text": it[1]})),
    st.lists(st.sampled_from(["f1", "f2"]), max_size=2).map(lambda ids: Thing("photos", {"photos": ids})),
    TEXTS.map(lambda text: Thing("contact", {"contact": text})),
)


def dead_letters(unit: Unit) -> int:
    return unit.scalar(select(func.count()).select_from(DeadLetter)) or 0


def broken(unit: Unit, _: Vault, town: Town) -> list[str]:
    return list(verify.broken(unit, town.clock.now()))


class Sender:
    """A citizen who remembers every button she was ever shown."""

    def __init__(self, town: Town, number: int, language: str) -> None:
        self.lan: Citizen = town.citizen(f"Lan {number}", language=language)
        self.town = town
        self.buttons: list[str] = []
        self.pressed, self.pressed_at = "", town.clock.now()

    async def send(self, thing: Thing) -> None:
        """Send one thing, and see that it was answered unless it is the same press twice within five seconds."""
        body = dict(thing.body)
        if thing.button is not None:
            body["press"] = self.buttons[thing.button % len(self.buttons)] if self.buttons else "none.0"
        now = self.town.clock.now()
        twice = thing.kind == "press" and body["press"] == self.pressed and now - self.pressed_at < DOUBLE_PRESS
        await self.lan.sends(thing.kind, body)
        if thing.kind == "press":
            self.pressed, self.pressed_at = str(body["press"]), now
        assert self.lan.heard or twice, f"{thing} was not answered"
        self.buttons += [press for message in self.lan.heard for press in message.presses]


CITIZENS = iter(range(1_000_000))


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    # One town serves all examples: each has a citizen of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    things=st.lists(THINGS, min_size=1, max_size=12),
    pauses=st.lists(st.integers(0, 60), min_size=12, max_size=12),
    language=st.sampled_from(["vi", "en", ""]),
)
async def test_nobody_is_left_without_an_answer(
    town: Town, things: list[Thing], pauses: list[int], language: str
) -> None:
    sender = Sender(town, next(CITIZENS), language)

    for thing, pause in zip(things, pauses, strict=False):
        await sender.send(thing)
        town.clock.move(seconds=pause)

    await town.database.write(chain.seal)
    assert await town.database.read(dead_letters) == 0
    assert await town.read(lambda unit, vault: broken(unit, vault, town)) == []

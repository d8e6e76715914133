"""A resident who registers: she sees only sentences and labels, answers in her own way, and remembers.

Why she knows questions by the wording of the texts: no chat shows anybody a key. What she answered is what the
case must say in the end, whatever happened to the service meanwhile.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from random import Random

from handlers import texts
from handlers.conversations.residents.registration import NEEDS
from handlers.vietnamese import units
from tests.kit.visitor import Line, Writes

GIVEN = (
    "start.language", "menu", "consent_register.for_whom", "consent_register.relation", "consent_register.told",
    "consent_register.agree_own", "consent_register.agree_other", "registration.needs", "registration.work",
    "registration.goods", "registration.unit", "registration.place", "registration.name", "registration.birth_year",
    "registration.phone", "registration.helper_name", "registration.helper_phone", "registration.story",
    "registration.reach", "registration.tongue", "review", "is_it", "which_one", "consent_case_news.agree_news",
)  # fmt: skip
ENDS = ("consent_case_news.will_tell", "consent_case_news.will_not_tell")
CHOICES = {
    "for_whom": ("family", "family", "other"),
    "relation": ("kin", "neighbour", "head", "official", "someone"),
    "told": ("agreed", "agreed", "cannot"),
    "reach": ("call", "message", "visit", "interpreter"),
    "agree_own": ("yes",),
    "agree_other": ("yes",),
    "agree_news": ("yes", "no"),
}
WAYS = ("press", "number", "plain")
BACK_AT = ("place", "name", "birth_year", "phone", "story", "reach")
EDITED = ("place", "name", "phone", "needs", "reach")
FIRST = ("Nguyễn Thị", "Trần Văn", "Alăng", "Bh'riu", "Lê")
LAST = ("Lan", "Huy", "Dung", "Dừng lại đi Nam", "Sửa Quý", "Đỗ Ưng", "Ƣớc")
STORIES = ("Nhà dột, mưa là ướt hết.", "Hết gạo từ hôm qua rồi.", "Con nghỉ học vì chưa có tiền.\nMong được giúp.")


class Resident:
    """One resident with her own chance. own: what she says to a question, where it must be that.

    answers: by question, in the form that the case keeps; code: of her case, once she has it.
    """

    def __init__(self, visitor: Writes, seed: int, own: Mapping[str, str] | None = None) -> None:
        self.visitor, self.own = visitor, own or {}
        self.rng = Random(seed)  # noqa: S311  # it only has to be the same again for the same seed
        self.answers: dict[str, object] = {}
        self.code = ""
        self.language = self.rng.choice(("vi", "vi", "en"))
        self._way = self.rng.choice(WAYS)
        self._back_at = self.rng.choice((*BACK_AT, *[""] * 4))
        self._edited = self.rng.choice((*EDITED, *[""] * 4))
        self._to_press: list[str] = []
        self._accents = self.rng.random() < 0.5
        self._unit = self.rng.choice(list(units.all_units().values()))

    async def register(self) -> None:
        """Walk from the first word to the end, and answer each question once it is asked."""
        await self.visitor.arrive()
        await self.visitor.send(text=self.rng.choice(("/start", "xin chào")))
        async with aclosing(self.visitor.listen()) as lines:
            async for line in lines:
                if line.sender == "us" and await self._hear(line):
                    return

    async def _hear(self, line: Line) -> bool:
        """Answer what is asked, if anything is; True at the end of the walk."""
        if code := re.search(r"HS-\w{4}-\w{4}", line.text):
            self.code = code[0]
        key = question(line.text, self.language)
        if key:
            slot = key.rpartition(".")[2]
            if slot == self._back_at:
                self._back_at = ""
                await self.visitor.send(text="quay lại")
            else:
                await self._answer(slot, line)
        return key in ENDS

    async def _answer(self, slot: str, line: Line) -> None:
        own_ways: dict[str, Callable[[Line], Awaitable[None]]] = {
            "language": self._at_language, "menu": self._at_menu, "needs": self._at_needs, "work": self._at_work,
            "goods": self._at_goods, "unit": self._at_unit, "is_it": self._at_is_it, "which_one": self._at_which_one,
            "place": self._at_place, "name": self._at_name, "birth_year": self._at_birth_year,
            "phone": self._at_phone, "helper_name": self._at_helper_name, "helper_phone": self._at_helper_phone,
            "story": self._at_story, "tongue": self._at_tongue, "review": self._at_review,
        }  # fmt: skip
        if slot in CHOICES:
            await self._choose(line, slot)
        elif slot in own_ways:
            await own_ways[slot](line)

    # Ways to answer

    async def _pick(self, line: Line, key: str, *, scope: str = "", numbered: bool = True) -> None:
        """Choose a button by its label: press it, type its number, or type its words without accents."""
        label = texts.load().sentence(self.language, key, scope)
        await self._pick_label(line, label, numbered=numbered)

    async def _pick_label(self, line: Line, label: str, *, numbered: bool = True) -> None:
        labels = [shown.removeprefix("✓ ") for shown, _ in line.options]
        index = labels.index(label)
        if self._way == "press" or (self._way == "number" and not numbered):
            await self.visitor.send(press=line.options[index][1])
        else:
            await self.visitor.send(text=str(index + 1) if self._way == "number" else plain(label))

    async def _choose(self, line: Line, slot: str) -> None:
        """Answer a question with named options."""
        self.answers[slot] = self.own.get(slot) or self.rng.choice(CHOICES[slot])
        scope = {"agree_news": "consent_case_news", "reach": "registration"}.get(slot, "consent_register")
        await self._pick(line, f"options.{slot}.{self.answers[slot]}", scope=scope)

    async def _say(self, slot: str, typed: str, kept: object = None) -> None:
        self.answers[slot] = typed if kept is None else kept
        await self.visitor.send(text=typed)

    async def _say_or(self, line: Line, slot: str, typed: str, other: str, *, numbered: bool = True) -> None:
        """Say something, or now and then what stands beside it, such as "skip"."""
        if slot not in self.own and self.rng.random() < 0.3:
            self.answers[slot] = ""
            await self._pick(line, f"options.{slot}.{other}", scope="registration", numbered=numbered)
        else:
            await self._say(slot, typed)

    # One method for each question that is no plain choice

    async def _at_language(self, line: Line) -> None:
        await self._pick(line, f"options.language.{self.language}")

    async def _at_menu(self, line: Line) -> None:
        await self._pick(line, "doors.registration")

    async def _at_needs(self, line: Line) -> None:
        """Press one after the other and then [Done], type the numbers, or type the labels."""
        if not self._to_press:
            chosen = (
                self.own["needs"].split("+") if "needs" in self.own else self.rng.sample(NEEDS, self.rng.randint(1, 3))
            )
            self.answers["needs"] = sorted(chosen)
            labels = [texts.load().sentence(self.language, f"options.needs.{need}") for need in chosen]
            done = texts.load().sentence(self.language, "options.done")
            if self._way != "press":
                shown = [label for label, _ in line.options]
                numbers = " ".join(str(shown.index(label) + 1) for label in labels)
                if self._way == "number" and len(labels) == 1:  # one alone may not be all that she wants
                    self._to_press = [done]
                await self.visitor.send(text=numbers if self._way == "number" else plain(", ".join(labels)))
                return
            self._to_press = [*labels, done]
        await self._pick_label(line, self._to_press.pop(0))

    async def _at_work(self, line: Line) -> None:
        await self._say_or(line, "work", "2 người, biết làm thợ hồ", "officer_asks")

    async def _at_goods(self, line: Line) -> None:
        await self._say_or(line, "goods", "măng khô, mùa mưa", "officer_asks")

    async def _at_unit(self, line: Line) -> None:
        name = self._unit.name
        self.answers["unit"] = self._unit.id
        await self.visitor.send(text=name if self._accents else plain(name))
        self._accents = True

    async def _at_is_it(self, line: Line) -> None:
        await self._pick(line, "options.right" if self._unit.name in line.text else "options.change")

    async def _at_which_one(self, line: Line) -> None:
        labels = [label for label, _ in line.options]
        mine = [label for label in labels if label == self._unit.name or label.startswith(f"{self._unit.name} (")]
        await self._pick_label(line, mine[0] if mine else labels[-1])

    async def _at_place(self, line: Line) -> None:
        await self._say("place", self.own.get("place") or f"tổ {self.rng.randint(1, 90)}, gần chợ")

    async def _at_name(self, line: Line) -> None:
        await self._say("name", self.own.get("name") or self._some_name())

    async def _at_birth_year(self, line: Line) -> None:
        year = self.rng.randint(1930, 2005)
        if self.rng.random() < 0.1:
            self.answers["birth_year"] = None
            await self._pick(line, "options.birth_year.forgotten", scope="registration", numbered=False)
        else:
            await self._say("birth_year", str(year), year)

    async def _at_phone(self, line: Line) -> None:
        await self._say_phone(line, "phone")

    async def _at_helper_name(self, line: Line) -> None:
        await self._say("helper_name", self._some_name())

    async def _at_helper_phone(self, line: Line) -> None:
        await self._say_phone(line, "helper_phone")

    async def _at_story(self, line: Line) -> None:
        await self._say_or(line, "story", self.own.get("story") or self.rng.choice(STORIES), "skip")

    async def _at_tongue(self, line: Line) -> None:
        await self._say_or(line, "tongue", "Cơ Tu", "skip")

    async def _at_review(self, line: Line) -> None:
        label = texts.load().sentence(self.language, f"label.{self._edited}") if self._edited else ""
        found = re.search(rf"^(\d+)\. {re.escape(label)}: ", line.text, re.MULTILINE) if label else None
        self._edited = ""
        if found:
            await self.visitor.send(text=f"sửa {found[1]}")
        else:
            await self._pick(line, "options.review.send")

    async def _say_phone(self, line: Line, slot: str) -> None:
        digits = self.own.get(slot) or f"0905{self.rng.randrange(10**6):06d}"
        await self._say_or(line, slot, f"{digits[:4]} {digits[4:7]} {digits[7:]}", "no_phone", numbered=False)
        if self.answers[slot]:
            self.answers[slot] = f"+84{digits[1:]}"

    def _some_name(self) -> str:
        return self.rng.choice((f"{self.rng.choice(FIRST)} {self.rng.choice(LAST)}", self.rng.choice(LAST)))

    # What must come of it

    def expected(self) -> dict[str, object]:
        """What her case must say."""
        a = self.answers
        other = a["for_whom"] == "other"
        asked = not (other and a["told"] == "cannot")
        needs = a["needs"] if asked else ["something"]
        assert isinstance(needs, list)
        return {
            "needs": needs,
            "unit_id": a["unit"],
            "place": a["place"],
            "name": a["name"] if asked else "",
            "birth_year": a["birth_year"] if asked else None,
            "phone": a["phone"] if asked else "",
            "story": a["story"] if asked else "",
            "work": a["work"] if asked and "work" in needs else "",
            "goods": a["goods"] if asked and "trade" in needs else "",
            "reach": a["reach"] if asked else "",
            "tongue": a["tongue"] if asked and a["reach"] == "interpreter" else "",
            "for_other": other,
            "relation": a["relation"] if other else "",
            "told": a["told"] if other else "",
            "helper_name": "" if asked else a["helper_name"],
            "helper_phone": "" if asked else a["helper_phone"],
        }

    def quarrel(self, lines: Sequence[Line]) -> str:
        """What is wrong with her chat as read from the beginning; empty if all is well.

        Each of her messages must stand there once, in order, and be followed by one question, or at last by the end.
        """
        clients = [line.client for line in lines if line.sender == "you"]
        if clients != self.visitor.sent:
            return f"sent {len(self.visitor.sent)}, kept {len(clients)} ({len(set(clients))} different)"
        asked: list[int] = []
        for line in lines:
            if line.sender == "you":
                asked.append(0)
            elif question(line.text, self.language):
                asked[-1] += 1
        wrong = [number for number, count in enumerate(asked) if count != 1]
        return f"message {wrong[0]} of {len(asked)} was followed by {asked[wrong[0]]} questions" if wrong else ""


def question(text: str, language: str) -> str:
    """The key of the question that a sentence asks, perhaps after a hint; empty if it asks none."""
    return next((key for key, pattern in _PATTERNS[language].items() if pattern.fullmatch(text)), "")


def plain(text: str) -> str:
    """The same words without any accent."""
    letters = unicodedata.normalize("NFD", text.translate(str.maketrans("đĐ", "dD")))
    return "".join(c for c in letters if not unicodedata.category(c).startswith("M"))


def _pattern(language: str, key: str) -> re.Pattern[str]:
    scope, _, own = key.rpartition(".")
    template = texts.load().sentence(language, own, scope)
    words = ".*".join(re.escape(piece) for piece in re.split(r"\{\w+\}", template))
    return re.compile(rf"(?:.*\n\n)?{words}", re.DOTALL)


_PATTERNS = {language: {key: _pattern(language, key) for key in (*GIVEN, *ENDS)} for language in ("vi", "en")}

"""Every conversation prints itself as a script; the prints in docs/scripts are what officials read and sign.

Renew them all with: .venv/bin/python -m tests.handlers.test_printing
"""

from pathlib import Path

import pytest

from handlers import texts
from handlers.conversations import ALL
from handlers.desk import Desk
from handlers.flow import printing
from handlers.flow.conversation import Conversation
from handlers.texts.loader import LANGUAGES
from tests.kit.cases import for_each

SCRIPTS = Path(__file__).parents[2] / "docs" / "scripts"
WITH_A_SCRIPT = [conversation for conversation in ALL if conversation.script]


def script_file(conversation: Conversation[Desk], language: str) -> Path:
    """Where the print of a conversation stands."""
    return SCRIPTS / f"{conversation.name}.{language}.txt"


def printed(conversation: Conversation[Desk], language: str) -> str:
    return printing.script(conversation, texts.load(), language)


@for_each("language", LANGUAGES)
@for_each("conversation", WITH_A_SCRIPT)
def test_the_script_reads_as_it_was_signed(conversation: Conversation[Desk], language: str) -> None:
    assert printed(conversation, language) == script_file(conversation, language).read_text("utf-8")


def test_there_is_no_print_of_a_conversation_that_is_gone() -> None:
    wanted = {script_file(conversation, language) for conversation in WITH_A_SCRIPT for language in LANGUAGES}

    assert set(SCRIPTS.iterdir()) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_every_button_is_printed(language: str) -> None:
    registration = next(c for c in ALL if c.name == "registration")
    known = texts.load()

    script = printed(registration, language)

    for question in registration.questions():
        assert known.sentence(language, question.key, registration.name).split("\n")[0] in script
        for other in question.others:
            assert f"[{known.sentence(language, f'options.{question.key}.{other}', registration.name)}]" in script


def renew() -> None:
    """Print every script anew, and drop those of conversations that are gone."""
    SCRIPTS.mkdir(exist_ok=True)
    for old in SCRIPTS.iterdir():
        old.unlink()
    for conversation in WITH_A_SCRIPT:
        for language in LANGUAGES:
            script_file(conversation, language).write_text(printed(conversation, language), "utf-8")


if __name__ == "__main__":
    renew()

"""Which passwords are accepted, and that an account that is not there costs as long as one that is."""

import random

from argon2 import PasswordHasher

from bot.web.console.passwords import MOST, NOBODYS, fault, hash_password, is_right
from tests.kit.cases import for_each

GOOD = "bốn quả bưởi chín"


def test_a_password_is_right_and_another_is_not() -> None:
    kept = hash_password(GOOD)

    assert kept.startswith("$argon2id$")
    assert [is_right(kept, typed) for typed in (GOOD, GOOD.upper(), "", GOOD * 50)] == [True, False, False, False]


def test_an_account_that_is_not_there_has_no_right_password() -> None:
    assert not is_right(None, GOOD)


def test_judging_nobodys_password_is_as_much_work_as_a_real_one() -> None:
    assert not PasswordHasher().check_needs_rehash(NOBODYS)


def test_what_is_no_hash_is_never_right() -> None:
    assert not is_right("not a hash", GOOD)


# As long as may be, and nothing in it comes twice.
LONG = "".join(chr(0x1E00 + n) for n in random.Random(7).sample(range(MOST), MOST))  # noqa: S311  # nobody is let in by it


@for_each(
    ("password", "wrong"),
    [
        (GOOD, None),
        ("x" * 11, "too_short"),
        ("x" * 12, "common"),
        (LONG, None),
        ("x" * (MOST + 1), "too_long"),
        ("Le.Van.Tam@example.test", "is_email"),
        ("LE.VAN.TAM.9", "common"),
        (" le.van.tam@example.test ", "is_email"),
    ],
)
def test_a_password_that_is_too_easy_is_refused(password: str, wrong: str | None) -> None:
    assert fault(password, "le.van.tam@example.test") == wrong

"""`chungtay officials`: what the operator does with accounts, and what a start says of them."""

import argparse
import asyncio
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot import accounts, config
from bot.accounts import Reply
from bot.setup import CannotStart
from bot.web.console.passwords import is_right
from handlers.desk import Desk
from handlers.desk.officials import Invited, OfficialAccount
from tests.kit.process import Process

EMAIL = "tam@example.test"
CREATE = ("create", "--email", EMAIL)


@pytest.fixture
async def process(tmp_path: Path) -> Process:
    """A process on SQLite that was prepared and not started."""
    process = Process(tmp_path)
    await process.prepare()
    return process


def account(process: Process) -> OfficialAccount:
    found = process.at_desk(lambda desk: desk.officials.by_email(EMAIL))
    assert found is not None
    return found


def token_in(out: str) -> str:
    found = re.search(r"/console/invitation/(\S+)", out)
    assert found is not None, out
    return found[1]


def invited(process: Process, out: str) -> Invited | None:
    return process.at_desk(lambda desk: desk.signing_in.invited(token_in(out)))


def signs_in(process: Process, email: str, password: str, code: str) -> bool:
    """Whether password and code let a browser in."""

    def run(desk: Desk) -> bool:
        login = desk.signing_in.login(email)
        return login is not None and is_right(login.password, password) and bool(desk.signing_in.sign_in(login, code))

    return process.at_desk(run)


def officials(process: Process, *arguments: str) -> Reply:
    """Run `chungtay officials` in this process, which takes less time than a process of its own. Raises CannotStart."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    accounts.add_arguments(parser)
    return accounts.run(parser.parse_args(arguments), config.load(process.settings, None))


def test_an_account_is_made_and_its_link_printed(process: Process) -> None:
    process.settings["PUBLIC_URL"] = "https://chungtay.example"

    done = officials(
        process, *CREATE, "--role", "lead", "--role", "officer", "--unit", "Hòa Khánh", "--unit", "xa_tay_giang",
        "--name", "Tâm",
    )  # fmt: skip

    made = account(process)
    assert done.well
    assert done.said.startswith("https://chungtay.example/console/invitation/")
    assert "15 minutes" in done.said
    assert (made.state, made.name, made.roles) == ("invited", "Tâm", ("lead", "officer"))
    assert made.units == ("phuong_hoa_khanh", "xa_tay_giang")
    link = invited(process, done.said)
    assert link is not None
    assert (link.official_id, link.email) == (made.id, EMAIL)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param((*CREATE, "--role", "lead", "--unit", "Hòa"), "--unit", id="a unit that may be several"),
        pytest.param((*CREATE, "--role", "lead", "--unit", "Paris"), "no ward", id="a unit that is none"),
        pytest.param(("create", "--email", "tam at example", "--role", "lead"), "--email", id="no e-mail"),
        pytest.param(("code", "--email", EMAIL), "no demonstration", id="a code, without a demonstration"),
    ],
)
def test_what_can_not_be_is_said_and_makes_no_account(process: Process, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CannotStart, match=said):
        officials(process, *arguments)

    assert process.at_desk(lambda desk: desk.officials.accounts()) == []


def test_an_e_mail_that_has_an_account_is_invited_again(process: Process) -> None:
    first = officials(process, *CREATE, "--role", "admin")

    same = officials(process, *CREATE, "--role", "admin")
    again = officials(process, "invite-again", "--email", EMAIL.upper())

    assert (same.well, "invite-again" in same.said) == (False, True)
    assert [invited(process, done.said) is not None for done in (first, again)] == [False, True]


def test_an_account_is_disabled(process: Process) -> None:
    officials(process, *CREATE, "--role", "lead")

    went = [officials(process, "disable", "--email", EMAIL, "--reason", "moved") for _ in range(2)]

    assert [done.well for done in went] == [True, False]
    assert account(process).state == "disabled"
    assert not officials(process, "invite-again", "--email", EMAIL).well


def test_the_last_admin_is_not_disabled(process: Process) -> None:
    officials(process, *CREATE, "--role", "admin", "--print-credentials")

    done = officials(process, "disable", "--email", EMAIL, "--reason", "left")

    assert (done.well, account(process).state) == (False, "active")
    assert "last admin" in done.said


def test_printed_credentials_sign_in(process: Process) -> None:
    said = officials(process, *CREATE, "--role", "admin", "--print-credentials").said

    password = re.search(r"password +(\S+)", said)
    uri = urlsplit(said.splitlines()[-1])
    secret = parse_qs(uri.query)["secret"][0]
    made = account(process)
    told = process.at_desk(lambda desk: desk.signing_in.unused_code(made.id))
    assert password is not None
    assert "demonstrations and tests only" in said
    assert (uri.scheme, uri.netloc, secret in said) == ("otpauth", "totp", True)
    assert signs_in(process, EMAIL, password[1], told or "")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"PUBLIC_URL": "https://chungtay.example"}, id="an address of its own"),
        pytest.param({"TELEGRAM_BOT_TOKEN": f"100001:{'T' * 35}"}, id="a real channel"),
    ],
)
def test_credentials_are_not_printed_where_people_are_served(process: Process, settings: dict[str, str]) -> None:
    process.settings |= settings

    with pytest.raises(CannotStart, match="--print-credentials"):
        officials(process, *CREATE, "--role", "admin", "--print-credentials")

    assert process.at_desk(lambda desk: desk.officials.by_email(EMAIL)) is None


async def test_the_command_prints_lists_and_ends_with_its_code(process: Process) -> None:
    made = await process.run("officials", *CREATE, "--role", "lead", "--unit", "Phường Hòa Khánh")
    same, listed, rows, none = await asyncio.gather(
        process.run("officials", *CREATE, "--role", "lead"),
        process.run("officials", "list"),
        process.run("officials", "list", "--json"),
        process.run("officials", "create", "--email", EMAIL, "--role", "mayor"),
    )

    row = account(process).id, EMAIL, "invited", "lead", "Phường Hòa Khánh"
    assert [ended.code for ended in (made, same, listed, rows, none)] == [0, 1, 0, 0, 2]
    assert [ended.err for ended in (made, same, listed, rows)] == [""] * 4
    assert invited(process, made.out) is not None
    assert listed.out == f"{'  '.join(row)}\n1 rows\n"
    assert json.loads(rows.out) == [dict(zip(("id", "email", "state", "roles", "units"), row, strict=True))]


# What a start says


async def greeting(process: Process, *arguments: str) -> str:
    """What serving prints until it listens; it is ended then."""
    await process.start(*arguments)
    assert await process.stop() == 0
    return process.greeting


async def test_a_start_without_an_admin_says_how_to_make_one(process: Process) -> None:
    without = await greeting(process)
    officials(process, *CREATE, "--role", "admin", "--print-credentials")

    with_one = await greeting(process)

    assert "no admin yet: chungtay officials create --email … --role admin" in without
    assert "no admin yet" not in with_one
    assert "/console/invitation/" not in without


LOG_IN = re.compile(r"(\S+@example\.test) +mật khẩu (\S+) +khóa mã ([A-Z2-7]+)")


async def test_a_demonstration_prints_log_ins_that_work_and_new_ones_at_each_start(tmp_path: Path) -> None:
    process = Process(tmp_path)
    first = LOG_IN.findall(await greeting(process, "--demo"))

    said = await greeting(process, "--demo")

    second = LOG_IN.findall(said)
    assert [email for email, _, _ in second] == [email for email, _, _ in first]
    assert len(second) == 4
    assert "no admin yet" not in said
    for (email, password, _), (_, old, _) in zip(second, first, strict=True):
        told = officials(process, "code", "--email", email).said
        assert re.fullmatch(r"\d{6}", told)
        assert not signs_in(process, email, old, told)
        assert signs_in(process, email, password, told)

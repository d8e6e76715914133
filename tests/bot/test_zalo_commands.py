"""The command `zalo`: what it keeps, what it prints, and what it never prints."""

import argparse
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot import config
from bot.channels.zalo_oa import consent
from bot.channels.zalo_oa.buttons import FACT, REFUSED
from bot.channels.zalo_oa.renewals import CHANNEL
from bot.channels.zalo_oa.signature import mac
from bot.cli import zalo
from bot.setup import CannotStart
from fakes.zalo_oa.tokens import challenge_of
from handlers.desk import Desk
from storage.queries import machine
from storage.queries.outgoing import tokens
from storage.queries.outgoing.tokens import Pair
from tests.bot.channels.zalo_oa.test_signature import MAC, OF_HMAC, RAW, SECRETS
from tests.kit.process import Process

ACCESS, REFRESH = "fake-access-of-a-test", "fake-refresh-of-a-test"
SAID = json.dumps({"access_token": ACCESS, "refresh_token": REFRESH})
OA = {
    "ZALO_OA_ID": SECRETS.oa_id,
    "ZALO_OA_APP_ID": SECRETS.app_id,
    "ZALO_OA_APP_SECRET": SECRETS.app_secret,
    "ZALO_OA_SECRET_KEY": SECRETS.secret_key,
}


def kept(process: Process) -> Pair:
    def read(desk: Desk) -> Pair:
        found = tokens.find(desk.unit, desk.vault, CHANNEL)
        assert found is not None
        return found

    return process.at_desk(read)


# Seeding


async def test_tokens_are_taken_before_the_first_start(tmp_path: Path) -> None:
    process = Process(tmp_path)

    ended = await process.run("zalo", "seed-tokens", said=SAID)

    found = kept(process)
    assert (ended.code, found.access, found.refresh, found.expires_at) == (0, ACCESS, REFRESH, None)
    assert not any(token in ended.out + ended.err for token in (ACCESS, REFRESH))


async def test_tokens_are_taken_beside_a_service_at_work(database_url: str, tmp_path: Path) -> None:
    process = Process.on(database_url, tmp_path)
    await process.prepare()
    await process.start()

    said = await process.succeed("zalo", "seed-tokens", "--access", ACCESS, "--refresh", REFRESH)
    again = await process.run("zalo", "seed-tokens", said=SAID.replace("of-a-test", "of-today"))

    found = kept(process)
    await process.close()
    assert "ten seconds" in said
    assert (again.code, found.access, found.number) == (0, "fake-access-of-today", 2)


BAD = {
    "nothing": "",
    "no JSON": "access",
    "no object": "[]",
    "one of two": json.dumps({"access_token": ACCESS}),
    "a number": json.dumps({"access_token": 12345678, "refresh_token": REFRESH}),
    "a space within": json.dumps({"access_token": f"{ACCESS} x", "refresh_token": REFRESH}),
    "twice the same": json.dumps({"access_token": ACCESS, "refresh_token": ACCESS}),
}


@pytest.mark.parametrize("said", BAD.values(), ids=BAD.keys())
async def test_what_are_no_tokens_is_refused_without_being_told(tmp_path: Path, said: str) -> None:
    ended = await Process(tmp_path).run("zalo", "seed-tokens", said=said)

    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    assert not any(token in ended.err for token in (ACCESS, REFRESH, "12345678"))


async def test_one_token_alone_is_refused(tmp_path: Path) -> None:
    ended = await Process(tmp_path).run("zalo", "seed-tokens", "--access", ACCESS)

    assert ended.code == 2
    assert ACCESS not in ended.err


async def test_tokens_live_through_backup_and_restore(tmp_path: Path) -> None:
    process, other = Process(tmp_path / "one"), Process(tmp_path / "other")
    await process.prepare()
    await process.succeed("zalo", "seed-tokens", "--access", ACCESS, "--refresh", REFRESH)
    await process.succeed("backup", str(tmp_path / "first.backup"))
    other.data.mkdir(parents=True)
    (other.data / "encryption.key").write_bytes((process.data / "encryption.key").read_bytes())

    await other.succeed("restore", str(tmp_path / "first.backup"))

    assert (kept(other).access, kept(other).refresh) == (ACCESS, REFRESH)


# A captured webhook


def verified(folder: Path, captured: bytes, **settings: str) -> tuple[int, str]:
    file = folder / "sample.txt"
    file.write_bytes(captured)
    loaded = config.load(OA | settings, None)
    return zalo.run(argparse.Namespace(what="verify-sample", file=file), loaded)


def captured(code: str, body: bytes = RAW, end: str = "\n") -> bytes:
    lines = ("POST /hooks/zalo-oa HTTP/1.1", "Host: example.vn", f"X-ZEvent-Signature: mac={code}", "", "")
    return end.join(lines).encode() + body


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_captured_webhook_that_is_right_is_said_to_be(tmp_path: Path, end: str) -> None:
    code, said = verified(tmp_path, captured(MAC, end=end))

    assert (code, said.partition(":")[0]) == (0, "fits_body")


def test_a_line_s_end_that_an_editor_added_does_no_harm(tmp_path: Path) -> None:
    assert verified(tmp_path, captured(MAC, RAW + b"\n"))[0] == 0


@pytest.mark.parametrize(
    ("code", "named"),
    [
        (OF_HMAC, "hmac"),
        (mac(SECRETS.app_id, RAW, "1732400000000", SECRETS.app_secret), "app_secret"),
        (mac(SECRETS.app_id, RAW, "1732400000000", "another"), "secret_or_bytes"),
    ],
)
def test_the_wrong_ingredient_is_named(tmp_path: Path, code: str, named: str) -> None:
    found, said = verified(tmp_path, captured(code))

    assert (found, said.partition(":")[0]) == (1, named)
    assert not any(secret in said for secret in (SECRETS.secret_key, SECRETS.app_secret))


def test_the_probe_is_known(tmp_path: Path) -> None:
    code, said = verified(tmp_path, b"Host: example.vn\n\n{}\n")

    assert code == 0
    assert "probe" in said


def test_what_is_no_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="blank line"):
        verified(tmp_path, b"{}")
    loaded = config.load(OA, None)
    with pytest.raises(CannotStart, match="can't be read"):
        zalo.run(argparse.Namespace(what="verify-sample", file=tmp_path / "none"), loaded)
    with pytest.raises(CannotStart, match="ZALO_OA_APP_ID"):
        zalo.run(argparse.Namespace(what="verify-sample", file=tmp_path), config.load({}, None))


# Consent


def test_the_challenge_is_that_of_the_contract() -> None:
    verifier = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3Ab4C"

    assert consent.challenge(verifier) == "Yw0c84gYHM1LIXK54H2eOQaPK4RKHXHBv4tCeac-ZWY"
    assert consent.is_verifier(consent.new_verifier())


def test_the_link_stays_the_same_as_the_console_keeps_it(tmp_path: Path) -> None:
    settings = OA | {"DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "https://chungtay.example"}
    loaded = config.load(settings, None)
    given = argparse.Namespace(what="consent-link", verifier=None)

    first, again = zalo.run(given, loaded), zalo.run(given, loaded)

    lines = dict(line.split(None, 1) for line in first[1].replace("Callback URL", "Callback").splitlines() if line)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(lines["Link"]).query).items()}
    assert first == again
    assert lines["Link"].startswith("https://oauth.zaloapp.com/v4/oa/permission?")
    assert asked["app_id"] == SECRETS.app_id
    assert asked["redirect_uri"] == lines["Callback"] == "https://chungtay.example/zalo/consent"
    assert asked["code_challenge"] in first[1]


def test_a_verifier_of_the_console_s_may_be_given(tmp_path: Path) -> None:
    settings = OA | {"DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "https://chungtay.example"}
    loaded = config.load(settings, None)
    verifier = consent.new_verifier()

    _, said = zalo.run(argparse.Namespace(what="consent-link", verifier=verifier), loaded)

    assert challenge_of(verifier) in said
    assert verifier not in said
    with pytest.raises(CannotStart):
        zalo.run(argparse.Namespace(what="consent-link", verifier="short"), loaded)


# Buttons


async def test_refused_buttons_are_allowed_again(tmp_path: Path) -> None:
    process = Process(tmp_path, **OA)
    process.at_desk(lambda desk: machine.set_fact(desk.unit, FACT, REFUSED))

    said = await process.succeed("zalo", "allow-buttons")

    assert "ten seconds" in said
    assert process.at_desk(lambda desk: machine.fact(desk.unit, FACT)) != REFUSED

"""What a call to Zalo becomes when the other end does each of the things that ends do."""

import asyncio
import hmac
import json
import logging
import socket
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.contract import (
    Misconfigured,
    NeedsToken,
    NotSent,
    PersonGone,
    Refused,
    SendError,
    TryLater,
    Unclear,
    WindowClosed,
)
from bot.channels.zalo_oa.client import App, Bases, RefreshRefused, ZaloClient
from bot.channels.zalo_oa.errors import BUSINESS, LATER, OPENAPI, refusal
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from tests.kit.clock import MORNING, HandClock
from tests.kit.other_end import WORDS, Deed, Platform, answers, closes, failure, hangs, leads, page, resets

CS = "/v3.0/oa/message/cs"
BODY = {"recipient": {"user_id": "U1"}, "message": {"text": WORDS}}
ACCESS, REFRESH = "access-token-of-a-test", "refresh-token-of-a-test"


def says(status: int = 200, **envelope: object) -> Deed:
    return answers(status, json.dumps(envelope).encode())


ENDS = {
    "no envelope": (says(data={}), Unclear, "no_envelope"),
    "a code in words": (says(error="0"), Unclear, "no_envelope"),
    "true for a code": (says(error=True), Unclear, "no_envelope"),
    "a list": (answers(200, b"[]"), Unclear, "no_envelope"),
    "200 page": (page(200), Unclear, "no_envelope"),
    "200 half a JSON": (answers(200, b'{"error":0,'), Unclear, "no_envelope"),
    "200 cut off": (answers(200, b'{"error":0', more=100), Unclear, "cut"),
    "hangs": (hangs, Unclear, "read_timeout"),
    "hangs up": (closes, Unclear, "disconnected"),
    "breaks off": (resets, Unclear, "reset"),
    "500 with a code": (says(500, error=-216), Unclear, "http_500"),
    "502 page": (page(502), Unclear, "http_502"),
    "503 page": (page(503), Unclear, "http_503"),
    "503 with a code": (says(503, error=-32), Unclear, "http_503"),
    "302": (leads("/elsewhere"), Unclear, "http_307"),
    "401 page": (page(401), Unclear, "http_401"),
    "401 with a code": (says(401, error=-216), NeedsToken, "token_invalid"),
    "400 with success": (says(400, error=0), Unclear, "http_400"),
    "429 page": (page(429), TryLater, "http_429"),
    "413 page": (page(413), Refused, "http_413"),
    "unknown code": (says(error=-987), Refused, "code_-987"),
    "token": (says(error=-216), NeedsToken, "token_invalid"),
    "expired": (says(error=-220), NeedsToken, "token_expired"),
    "window": (says(error=-230), WindowClosed, "no_interaction"),
    "gone": (says(error=-227), PersonGone, "banned_or_idle"),
    "rate": (says(error=-32), TryLater, "rate"),
    "no money": (says(error=-321), Misconfigured, "no_money"),
}


@pytest.mark.parametrize(("deed", "meaning", "reason"), [pytest.param(*row, id=name) for name, row in ENDS.items()])
async def test_what_the_other_end_does_decides_what_becomes_of_the_message(
    platform: Platform, caller: ZaloClient, deed: Deed, meaning: type[SendError], reason: str
) -> None:
    platform.deed = deed

    error = await failure(caller.call(CS, BODY, ACCESS))

    assert len(platform.calls) == 1
    assert isinstance(error, SendError)
    assert (type(error), error.reason) == (meaning, reason)


class Listening(logging.Handler):
    """Keeps what is logged, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage() + repr(record.__dict__))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every line that anybody logs, from DEBUG on."""
    root, handler = logging.getLogger(), Listening()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.setLevel(before)
    root.removeHandler(handler)


TOKEN_ENDS = {
    "refused with 200": (says(error_name="Invalid", error_reason="used", error=-14014), RefreshRefused, "oauth_-14014"),
    "refused without a number": (says(400, error_name="Invalid refresh token"), RefreshRefused, "oauth_refused"),
    "half a pair": (says(access_token="A2"), Unclear, "no_tokens"),
    "an empty pair": (says(access_token="", refresh_token=""), Unclear, "no_tokens"),
    "page": (page(200), Unclear, "no_json"),
    "502 page": (page(502), Unclear, "http_502"),
    "500 with an error": (says(500, error=-1), Unclear, "http_500"),
    "hangs": (hangs, Unclear, "read_timeout"),
    "breaks off": (resets, Unclear, "reset"),
}


@pytest.mark.parametrize(
    ("deed", "meaning", "reason"), [pytest.param(*row, id=name) for name, row in TOKEN_ENDS.items()]
)  # fmt: skip
async def test_a_renewal_is_done_only_with_both_tokens(
    platform: Platform, caller: ZaloClient, deed: Deed, meaning: type[SendError], reason: str
) -> None:
    platform.deed = deed

    error = await failure(caller.renew(REFRESH))

    assert isinstance(error, SendError)
    assert (type(error), error.reason) == (meaning, reason)


@pytest.mark.parametrize(
    ("said", "life"), [("90000", 90000), (90000, 90000), ("x", 90000), (None, 90000), ("0", 90000), ("600", 600)]
)
async def test_seconds_come_as_a_word(platform: Platform, caller: ZaloClient, said: object, life: int) -> None:
    platform.deed = says(access_token="A2", refresh_token="R2", expires_in=said)

    fresh = await caller.renew(REFRESH)

    assert (fresh.access, fresh.refresh, fresh.life) == ("A2", "R2", timedelta(seconds=life))
    call = platform.calls[0]
    assert (call.path, call.headers["secret_key"]) == ("/v4/oa/access_token", "app-secret")
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    assert call.body == f"app_id=1&refresh_token={REFRESH}&grant_type=refresh_token".encode()
    assert "A2" not in repr(fresh)


async def test_a_call_carries_the_bare_token_and_the_proof(platform: Platform, caller: ZaloClient) -> None:
    platform.deed = says(error=0, data={"message_id": "m1"})

    data = await caller.call(CS, BODY, ACCESS)

    call = platform.calls[0]
    assert (call.path, call.json, data) == (CS, BODY, {"message_id": "m1"})
    assert call.headers["access_token"] == ACCESS
    assert call.headers["appsecret_proof"] == hmac.digest(b"app-secret", ACCESS.encode(), "sha256").hex()
    assert "authorization" not in call.headers
    assert "cookie" not in call.headers


@pytest.mark.parametrize("deed", [hangs, resets, page(500), says(error=-201, message=ACCESS)])
async def test_no_failure_tells_a_secret(platform: Platform, caller: ZaloClient, logged: list[str], deed: Deed) -> None:
    platform.deed = deed

    for call in (caller.call(CS, BODY, ACCESS), caller.renew(REFRESH), caller.call(CS, BODY, f"{ACCESS}\n")):
        told = "".join(traceback.format_exception(await failure(call))) + repr(caller)
        assert not any(secret in told for secret in (ACCESS, REFRESH, "app-secret", "0905"))
    assert not any(ACCESS in line or REFRESH in line for line in logged)


async def test_what_zalo_says_of_tokens_is_logged_without_them(
    platform: Platform, caller: ZaloClient, logged: list[str]
) -> None:
    platform.deed = says(
        error=-14014, error_name="Invalid refresh token", error_reason=f"{REFRESH} is used, app-secret"
    )

    error = await failure(caller.renew(REFRESH))

    assert (type(error), str(error)) == (RefreshRefused, "oauth_-14014")
    assert any("Invalid refresh token … is used, …" in line for line in logged)
    assert not any(REFRESH in line or "app-secret" in line for line in logged)


async def test_nobody_at_the_address_is_not_sent(clock: HandClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = ZaloClient(Bases(origin, "http://nowhere.invalid", origin), App("1", "s"), clock)
        await client.open()

        errors = [await failure(client.call(CS, BODY, ACCESS)), await failure(client.renew(REFRESH))]

        await client.close()
    assert [(type(error), getattr(error, "reason", "")) for error in errors] == [(NotSent, "connect"), (NotSent, "dns")]


async def test_words_that_are_no_text_are_refused_and_not_sent(platform: Platform, caller: ZaloClient) -> None:
    error = await failure(caller.call(CS, {"text": "\ud83d"}, ACCESS))

    assert (type(error), platform.calls) == (Refused, [])


def test_every_code_of_the_contract_is_in_its_table() -> None:
    assert (len(OPENAPI), len(BUSINESS)) == (43, 53)
    for host, table in (("openapi", OPENAPI), ("business", BUSINESS)):
        for code, (kind, reason) in table.items():
            error = refusal(host, code, MORNING)  # type: ignore[arg-type]  # one of the hosts
            assert type(error) is kind
            assert not isinstance(error, TryLater) or (reason in LATER and error.after_s > 0)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 25, 16, 5, tzinfo=UTC), 7),  # 23:05 in Đà Nẵng
        (datetime(2026, 11, 25, 22, 5, tzinfo=UTC), 1),
        (datetime(2026, 11, 25, 23, 5, tzinfo=UTC), 24),
    ],
)
def test_what_may_not_leave_at_night_leaves_five_past_six(now: datetime, hours: int) -> None:
    error = refusal("openapi", -234, now)

    assert isinstance(error, TryLater)
    assert error.after_s == hours * 3600


async def test_our_own_zalo_takes_what_we_send(zalo: FakeZaloOa, client: ZaloClient) -> None:
    lan = zalo.user("Lan")
    lan.says("Chào")
    zalo.world.limiter.limit = 50
    access = zalo.seed.access

    sent = await client.call(CS, {"recipient": {"user_id": lan.id}, "message": {"text": "Chào bà"}}, access)
    picture = await client.upload("image", b"\xff\xd8\xff picture", "the.jpg", "image/jpeg", access)
    about = await client.ask("/v2.0/oa/getoa", {}, access)
    detail = await client.ask("/v3.0/oa/user/detail", {"user_id": lan.id}, access)

    assert lan.heard[-1].id == sent["message_id"]
    assert picture in zalo.world.files.uploads
    assert about["oa_id"] == zalo.world.account.oa_id
    assert detail["user_id"] == lan.id
    assert client.remaining is not None
    assert client.remaining < 50


async def test_a_hundred_calls_at_once_share_the_session(zalo: FakeZaloOa, client: ZaloClient) -> None:
    found = await asyncio.gather(*(client.ask("/v2.0/oa/getoa", {}, zalo.seed.access) for _ in range(100)))

    assert len(found) == 100


async def test_the_proof_is_taken_by_our_own_zalo(zalo: FakeZaloOa, clock: HandClock, client: ZaloClient) -> None:
    account = zalo.world.account
    account.proof_required = True
    bases = Bases(zalo.openapi, zalo.oauth, zalo.business)
    proving = ZaloClient(bases, App(account.app_id, account.app_secret, proof=True), clock)
    await proving.open()

    without = await failure(client.ask("/v2.0/oa/getoa", {}, zalo.seed.access))
    with_proof = await proving.ask("/v2.0/oa/getoa", {}, zalo.seed.access)

    await proving.close()
    assert (type(without), getattr(without, "reason", "")) == (Misconfigured, "proof")
    assert with_proof["oa_id"] == account.oa_id


async def test_an_app_that_is_not_active_is_a_clear_refusal(zalo: FakeZaloOa, client: ZaloClient) -> None:
    zalo.faults.add(faults.oauth_code(-14002), path=faults.TOKEN)

    error = await failure(client.renew(zalo.seed.refresh))

    assert (type(error), getattr(error, "reason", "")) == (RefreshRefused, "oauth_-14002")

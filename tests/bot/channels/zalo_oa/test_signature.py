"""The MAC of Zalo's webhook: the contract's vectors, those that must fail, and what is said of each of them."""

import hashlib
import hmac
import json

import pytest

from bot.channels.zalo_oa.signature import Secrets, explain, mac, matched

SECRETS = Secrets("1234567890123456789", "3885000000000000002", "oa-secret-demo-key", "app-secret-demo-key")
RAW = (
    '{"app_id":"1234567890123456789","sender":{"id":"8421000000000000001"},"user_id_by_app":"5521000000000000009",'
    '"recipient":{"id":"3885000000000000002"},"event_name":"user_send_text","message":{"text":"Xin chào",'
    '"msg_id":"96d3cdf3af150460909"},"timestamp":"1732400000000"}'
).encode()
AT = "1732400000000"
MAC = "3b2ac8826f0947fd15fafc4435585aa270ac97d15ae4fbb0dc24ee5ae2aab43b"
OF_DUMPS = "be0b28013367e629b4ba0d063c446fa035b44177f4435c59d46dc279f85eff3a"
OF_HMAC = "64a823e3151270007cd4fee029333c2bbf23784d1a94670c7ae7e06f80575fa9"
OTHER_AT = "1732400000777"
BY_HEADER = mac(SECRETS.app_id, RAW, OTHER_AT, SECRETS.secret_key)


def header(code: str, timestamp: str = "") -> dict[str, str]:
    return {"X-ZEvent-Signature": f"mac={code}"} | ({"X-ZEvent-Timestamp": timestamp} if timestamp else {})


def test_the_contract_s_vector_fits() -> None:
    assert (len(RAW), mac(SECRETS.app_id, RAW, AT, SECRETS.secret_key)) == (270, MAC)
    assert matched(RAW, f"mac={MAC}", "", SECRETS) == "body"


@pytest.mark.parametrize("written", [MAC, f"mac={MAC}", f"mac={MAC.upper()}", f" mac= {MAC} "])
def test_the_header_may_be_bare(written: str) -> None:
    assert matched(RAW, written, "", SECRETS) == "body"


def test_the_header_s_timestamp_is_the_second_that_is_tried() -> None:
    assert matched(RAW, f"mac={BY_HEADER}", OTHER_AT, SECRETS) == "header"
    assert matched(RAW, f"mac={MAC}", OTHER_AT, SECRETS) == "body"
    assert matched(RAW, f"mac={BY_HEADER}", "", SECRETS) is None


MUST_FAIL = {
    "JSON written anew": OF_DUMPS,
    "HMAC": OF_HMAC,
    "another secret": mac(SECRETS.app_id, RAW, AT, "another"),
    "the app's secret": mac(SECRETS.app_id, RAW, AT, SECRETS.app_secret),
    "another app": mac("999", RAW, AT, SECRETS.secret_key),
    "the OA's id first": mac(SECRETS.oa_id, RAW, AT, SECRETS.secret_key),
    "no timestamp": mac(SECRETS.app_id, RAW, "", SECRETS.secret_key),
    "one letter more": MAC + "0",
    "one letter fewer": MAC[:-1],
    "none": "",
}


@pytest.mark.parametrize("code", MUST_FAIL.values(), ids=MUST_FAIL.keys())
def test_what_must_fail_fails(code: str) -> None:
    assert matched(RAW, f"mac={code}", AT, SECRETS) is None
    assert matched(RAW, code, "", SECRETS) is None


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", RAW + b" ", RAW.replace(b"\xc3\xa0", b"a\xcc\x80")])
def test_other_bytes_never_fit(raw: bytes) -> None:
    assert matched(raw, f"mac={MAC}", AT, SECRETS) is None
    # A MAC without any moment would be good for ever.
    assert matched(raw, mac(SECRETS.app_id, raw, "", SECRETS.secret_key), "", SECRETS) is None


def test_an_event_of_another_app_made_with_our_key_is_zalo_s() -> None:
    raw = RAW.replace(SECRETS.app_id.encode(), b"77")

    assert matched(raw, mac("77", raw, AT, SECRETS.secret_key), "", SECRETS) == "body"


DUMPED = json.dumps(json.loads(RAW)).encode()
EXPLAINED = {
    "right": (RAW, header(MAC), "fits_body"),
    "right, by the header": (RAW, header(BY_HEADER, OTHER_AT), "fits_header"),
    "small letters": (RAW, {"x-zevent-signature": MAC}, "fits_body"),
    "no header": (RAW, {}, "no_signature"),
    "no MAC in it": (RAW, header("xyz"), "bad_signature"),
    "no timestamp": (b"{}", header(MAC), "no_timestamp"),
    "JSON written anew": (RAW, header(OF_DUMPS), "other_bytes"),
    "a body written anew": (DUMPED, header(MAC), "other_bytes"),
    "a body in lines": (json.dumps(json.loads(RAW), indent=2).encode(), header(MAC), "other_bytes"),
    "a line's end too many": (RAW + b"\n", header(MAC), "other_bytes"),
    "HMAC": (RAW, header(OF_HMAC), "hmac"),
    "HMAC over all": (
        RAW,
        header(hmac.new(b"oa-secret-demo-key", SECRETS.app_id.encode() + RAW + AT.encode(), "sha256").hexdigest()),
        "hmac",
    ),
    "the app's secret": (RAW, header(MUST_FAIL["the app's secret"]), "app_secret"),
    "the OA's id first": (RAW, header(MUST_FAIL["the OA's id first"]), "oa_id_first"),
    "another secret": (RAW, header(MUST_FAIL["another secret"]), "secret_or_bytes"),
    "nothing like it": (RAW, header(hashlib.sha256(b"x").hexdigest()), "secret_or_bytes"),
    "another app": (
        RAW.replace(SECRETS.app_id.encode(), b"77"),
        header(mac("77", RAW.replace(SECRETS.app_id.encode(), b"77"), AT, SECRETS.secret_key)),
        "other_app",
    ),
    "another app and its secret": (RAW.replace(SECRETS.app_id.encode(), b"77"), header(MAC), "other_app"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "headers", "code"), EXPLAINED.values(), ids=EXPLAINED.keys())
def test_a_captured_call_is_explained(raw: bytes, headers: dict[str, str], code: str) -> None:
    found = explain(raw, headers, SECRETS)

    assert (found.code, found.fits) == (code, code.startswith("fits"))
    assert SECRETS.secret_key not in found.said
    assert SECRETS.app_secret not in found.said

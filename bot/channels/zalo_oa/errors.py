"""What a refused or failed call to Zalo means for the message: each code as one of the contract's, by host.

Why codes per host: the same number means other things where templates are sent by phone. Zalo answers 200 also when it
refuses; a page with another status is not its own word, and then nobody knows.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.channels.contract import (
    Misconfigured,
    NeedsToken,
    PersonGone,
    Refused,
    SendError,
    TryLater,
    Unclear,
    WindowClosed,
)

Host = Literal["openapi", "business", "oauth"]
# A minute is what Zalo counts in; an hour for what its next day or month brings, so that we learn of it in time.
A_MINUTE_S, AN_HOUR_S, A_MOMENT_S = 60.0, 3600.0, 5.0
MORNING, CITY = time(6, 5), ZoneInfo("Asia/Ho_Chi_Minh")
# How often a message may be repeated after this refusal, by its reason.
REPEATS: Mapping[str, int] = {"send_failed": 3}
AT_NIGHT, RATE = "at_night", "rate"
# What concerns the whole account for a while; all else that is put off is about one person, or one template.
OF_THE_ACCOUNT = frozenset({RATE, "out_of_quota", "reply_quota"})
Meaning = tuple[type[SendError], str]
LATER: Mapping[str, float] = {
    RATE: A_MINUTE_S, "send_failed": A_MOMENT_S, "article_processing": A_MINUTE_S, "unknown_error": A_MOMENT_S,
    "receive_limit": AN_HOUR_S, "out_of_quota": AN_HOUR_S, "reply_quota": AN_HOUR_S, "daily_quota": AN_HOUR_S,
    "template_quota": AN_HOUR_S, "monthly_quota": AN_HOUR_S, AT_NIGHT: AN_HOUR_S,
}  # fmt: skip

# openapi.zalo.me. Those marked old are in no page of today, and may come all the same.
OPENAPI: Mapping[int, Meaning] = {
    -32: (TryLater, RATE),
    -100: (Refused, "attachment_expired"),
    -200: (TryLater, "send_failed"),
    -201: (Refused, "invalid_field"),
    -202: (Misconfigured, "mac"),  # old
    -204: (Misconfigured, "oa_disabled"),
    -205: (Misconfigured, "oa_unknown"),
    -207: (Misconfigured, "oa_not_third_party"),  # old
    -208: (Misconfigured, "oa_no_secret"),  # old
    -209: (Misconfigured, "app_inactive"),
    -210: (Refused, "over_limit"),
    -211: (TryLater, "out_of_quota"),
    -212: (Misconfigured, "api_not_registered"),
    -213: (WindowClosed, "not_following"),
    -214: (TryLater, "article_processing"),
    -215: (Misconfigured, "app_id"),  # old
    -216: (NeedsToken, "token_invalid"),
    -217: (PersonGone, "blocked"),
    -218: (TryLater, "receive_limit"),
    -219: (Misconfigured, "app_disabled"),
    -220: (NeedsToken, "token_expired"),
    -221: (Misconfigured, "oa_unverified"),
    -223: (Misconfigured, "api_not_authorised"),
    -224: (Misconfigured, "oa_package"),
    -227: (PersonGone, "banned_or_idle"),
    -230: (WindowClosed, "no_interaction"),
    -232: (WindowClosed, "never_interacted"),
    -233: (Refused, "unsupported_type"),
    -234: (TryLater, AT_NIGHT),
    -235: (Misconfigured, "oa_type"),
    -237: (Misconfigured, "group_disabled"),
    -238: (Refused, "asset_used"),
    -240: (Misconfigured, "old_api"),
    -241: (Refused, "asset_used"),
    -242: (Misconfigured, "proof"),
    # She restricted this kind of message from us: kept until she writes, as if her window were closed.
    -244: (WindowClosed, "restricted"),
    -248: (Refused, "against_standards"),
    -249: (Refused, "not_by_uid"),
    -305: (WindowClosed, "reply_window"),  # old
    -311: (TryLater, "reply_quota"),  # old
    -320: (Misconfigured, "no_cloud_account"),
    -321: (Misconfigured, "no_money"),
    -403: (Refused, "not_in_group"),
}

# business.openapi.zalo.me: templates by phone. A person who is gone here has no Zalo by this number.
BUSINESS: Mapping[int, Meaning] = {
    -100: (TryLater, "unknown_error"),
    -124: (NeedsToken, "token_invalid"),
    -126: (TryLater, "out_of_quota"),
    -133: (TryLater, AT_NIGHT),
    -144: (TryLater, "daily_quota"),
    -147: (TryLater, "template_quota"),
    -1441: (TryLater, "monthly_quota"),
    -1471: (TryLater, "template_quota"),
    -1472: (TryLater, "template_quota"),
    **dict.fromkeys((-108, -110, -114, -118, -119, -139, -140, -141), (PersonGone, "no_zalo_by_phone")),
    **dict.fromkeys((-101, -102, -103, -104, -105), (Misconfigured, "app")),
    **dict.fromkeys((-131, -145, -146), (Misconfigured, "template_disabled")),
    -115: (Misconfigured, "no_money"),
    -117: (Misconfigured, "api_not_authorised"),
    **dict.fromkeys(
        (-120, -125, -135, -1351, -136, -137, -138, -1381), (Misconfigured, "account")
    ),
    -1121: (Refused, "value_too_long"),
    -1122: (Refused, "value_missing"),
    **dict.fromkeys(
        (-106, -107, -109, -111, -112, -1124, -113, -1131, -116, -121, -122, -127, -130, -132, -161, -162),
        (Refused, "bad_template_call"),
    ),
}  # fmt: skip
TABLES: Mapping[Host, Mapping[int, Meaning]] = {"openapi": OPENAPI, "business": BUSINESS, "oauth": {}}


def refusal(host: Host, code: int, now: datetime) -> SendError:
    """What a code other than 0 means. An unknown one is a refusal of this message, by its number."""
    kind, reason = TABLES[host].get(code, (Refused, f"code_{code}"))
    if kind is not TryLater:
        return kind(reason)
    later = LATER[reason]
    if reason == AT_NIGHT:
        later = _until_morning_s(now)
    elif reason == RATE:
        later = rest_of_minute_s(now)
    account = reason in OF_THE_ACCOUNT and (host == "openapi" or reason == RATE)
    return TryLater(reason, later, account=account, alone=not account, most=REPEATS.get(reason, 0))


def by_status(status: int) -> SendError:
    """What an answer means that is not in Zalo's own form."""
    code = f"http_{status}"
    match status:
        case 429:
            return TryLater(code, A_MINUTE_S)
        case 413:
            return Refused(code)
    return Unclear(code)


def rest_of_minute_s(now: datetime) -> float:
    """Seconds until the next minute, in which Zalo counts anew; one of them for a clock that differs."""
    return A_MINUTE_S - now.second + 1


def _until_morning_s(now: datetime) -> float:
    local = now.astimezone(CITY)
    morning = datetime.combine(local.date(), MORNING, CITY)
    if morning <= local:
        morning += timedelta(days=1)
    return (morning.astimezone(UTC) - now).total_seconds()

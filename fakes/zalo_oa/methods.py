"""The calls of the OpenAPI host, as strict as the real ones: what Zalo refuses is refused with its code."""

import re
from collections.abc import Awaitable, Callable

from fakes.wire import Json, Upload
from fakes.zalo_oa import windows
from fakes.zalo_oa.messages import read
from fakes.zalo_oa.users import Shown
from fakes.zalo_oa.wire import Refusal, invalid, take
from fakes.zalo_oa.world import ZaloOaCall, ZaloOaWorld

MOST_COUNT, MOST_OFFSET = 50, 9951
_PERIOD = re.compile(r"TODAY|YESTERDAY|L7D|L30D|\d{4}_\d\d_\d\d:\d{4}_\d\d_\d\d")


async def send(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Send a consultation message."""
    body = take(given, "body", {"recipient": dict, "message": dict})
    person = world.person(take(body["recipient"], "recipient", {"user_id": str})["user_id"])
    draft = await read(world, person, body["message"])
    person.check_reachable()
    spending = windows.spend(world.account, person, world.now())
    shown = Shown(
        world.new_id(), False, draft.kind, draft.text, draft.buttons, draft.picture, draft.quote, at=world.now()
    )
    world.show(call, person, shown, paid=spending.paid)
    data: Json = {"message_id": shown.id, "user_id": person.id, "sent_time": world.date()}
    return data | ({"quota": spending.quota} if spending.quota else {})


async def send_template(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Send an approved template by a user's id, whatever the window."""
    body = take(given, "body", {"user_id": str, "template_id": str, "template_data": dict})
    person, account = world.person(body["user_id"]), world.account
    template = account.templates.get(body["template_id"])
    if template is None or not template.approved:
        raise invalid("template_id")
    if not template.by_uid:
        raise Refusal(-249)
    data = body["template_data"]
    if set(data) != set(template.params):
        raise invalid("template_data")
    for name, most in template.params.items():
        if not isinstance(data[name], str) or not 1 <= len(data[name]) <= most:
            raise invalid(f"template_data.{name}")
    person.check_reachable()
    if account.out_of_money:
        raise Refusal(-321)
    if account.template_quota <= 0:
        raise Refusal(-211)
    account.template_quota -= 1
    shown = Shown(world.new_id(), False, "template", f"[{template.id}]", at=world.now(), params=data)
    world.show(call, person, shown, paid=True)
    quota = {"quota_type": "purchase_quota", "remain": account.template_quota}
    return {"message_id": shown.id, "user_id": person.id, "sent_time": world.date(), "quota": quota}


async def react(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Put a reaction on a message; plain messages are refused here since the third version."""
    if "message" in given:
        raise Refusal(-240)
    body = take(given, "body", {"recipient": dict, "sender_action": dict})
    person = world.person(take(body["recipient"], "recipient", {"user_id": str})["user_id"])
    action = take(body["sender_action"], "sender_action", {"react_icon": str, "react_message_id": str})
    if person.find(action["react_message_id"]) is None:
        raise invalid("react_message_id")
    person.check_reachable()
    return {"message_id": world.new_id(), "user_id": person.id}


async def about(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Tell about the account."""
    take(given, "data", {})
    return world.account.about(sum(person.status == "follower" for person in world.people.values()))


async def detail(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Tell about somebody who did not go."""
    person = world.person(take(given, "data", {"user_id": str})["user_id"])
    if person.status == "gone":
        raise Refusal(-213)
    return person.detail(f"https://s120-ava-talk.zadn.vn/{person.id}.jpg")


async def followers(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """List people."""
    may: dict[str, type] = {"is_follower": bool, "tag_name": str, "last_interaction_period": str}
    given = take(given, "data", {"offset": int, "count": int}, may)
    if not 0 <= given["offset"] <= MOST_OFFSET:
        raise invalid("offset")
    if not 1 <= given["count"] <= MOST_COUNT:
        raise invalid("count")
    if not _PERIOD.fullmatch(given.get("last_interaction_period", "L7D")):
        raise invalid("last_interaction_period")
    found = [
        {"user_id": person.id}
        for person in world.people.values()
        if person.last and given.get("is_follower", person.status == "follower") == (person.status == "follower")
    ]
    shown = found[given["offset"] : given["offset"] + given["count"]]
    return {"total": len(found), "count": len(shown), "offset": given["offset"], "users": shown}


async def quota(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Tell whether somebody can be written to."""
    person = world.person(take(given, "body", {"user_id": str})["user_id"])
    return windows.tell(world.account, person, world.now())


async def tag(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Put a tag on a follower."""
    body = take(given, "body", {"user_id": str, "tag_name": str})
    tags = world.person(body["user_id"]).tags
    if body["tag_name"] not in tags:
        tags.append(body["tag_name"])
    return {}


async def untag(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Take a tag off a follower."""
    body = take(given, "body", {"user_id": str, "tag_name": str})
    tags = world.person(body["user_id"]).tags
    if body["tag_name"] not in tags:
        raise invalid("tag_name")
    tags.remove(body["tag_name"])
    return {}


def upload(world: ZaloOaWorld, path: str, given: Upload) -> Json:
    """Keep a file for seven days."""
    kind = path.rpartition("/")[2]
    number = world.files.upload(kind, given)
    return {"token" if kind == "file" else "attachment_id": number}


Handler = Callable[[ZaloOaWorld, ZaloOaCall, Json], Awaitable[Json]]
POSTS: dict[str, Handler] = {
    "/v3.0/oa/message/cs": send,
    "/v3.0/oa/message/template": send_template,
    "/v2.0/oa/message": react,
    "/v3.0/oa/quota/message": quota,
    "/v2.0/oa/tag/tagfollower": tag,
    "/v2.0/oa/tag/rmfollowerfromtag": untag,
}
GETS: dict[str, Handler] = {
    "/v2.0/oa/getoa": about,
    "/v3.0/oa/user/detail": detail,
    "/v3.0/oa/user/getlist": followers,
}
UPLOADS = ("/v2.0/oa/upload/image", "/v2.0/oa/upload/gif", "/v2.0/oa/upload/file")

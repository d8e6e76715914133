"""The calls of the business host: approved templates by phone number, with codes of its own."""

import hashlib
import re

from fakes.wire import Json
from fakes.zalo_oa.methods import Handler
from fakes.zalo_oa.settings import Template
from fakes.zalo_oa.users import Person, Shown
from fakes.zalo_oa.wire import Refusal, take
from fakes.zalo_oa.world import ZaloOaCall, ZaloOaWorld

MOST_TRACKING = 48
DAILY = 500
_MAY: dict[str, type] = {"mode": str, "sending_mode": str}


async def send(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Send a template to a number; the same tracking id again is answered as before, and shows nothing."""
    needs: dict[str, type] = {"phone": str, "template_id": str, "template_data": dict, "tracking_id": str}
    body = take(given, "body", needs, _MAY)
    phone = body["phone"].removeprefix("+")
    if not re.fullmatch(r"84\d{9}", phone):
        raise Refusal(-108, "Phone number is invalid")
    return _send(world, call, body, phone, phone)


async def send_hashed(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """The same, by the number's SHA-256."""
    needs: dict[str, type] = {"hash_phone": str, "template_id": str, "template_data": dict, "tracking_id": str}
    body = take(given, "body", needs, _MAY)
    hashed = body["hash_phone"]
    if not re.fullmatch(r"[0-9a-f]{64}", hashed):
        raise Refusal(-108, "Phone number is invalid")
    known = {hashlib.sha256(person.phone.encode()).hexdigest(): person.phone for person in world.people.values()}
    return _send(world, call, body, known.get(hashed, ""), hashed)


async def status(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Tell how far a message came: 1 for delivered, -1 for none."""
    shown = any(person.find(str(given.get("message_id", ""))) for person in world.people.values())
    return {"delivery_time": world.date() if shown else "", "status": 1 if shown else -1, "message": ""}


async def quota(world: ZaloOaWorld, call: ZaloOaCall, given: Json) -> Json:
    """Tell how many may be sent today."""
    return _quota(world)


def _send(world: ZaloOaWorld, call: ZaloOaCall, body: Json, phone: str, named: str) -> Json:
    tracking = body["tracking_id"]
    if not 1 <= len(tracking) <= MOST_TRACKING:
        raise Refusal(-132, "tracking_id is invalid")
    if body.get("mode", "development") != "development" or body.get("sending_mode", "1") not in ("1", "3"):
        raise Refusal(-132, "mode is invalid")
    if known := world.phone_answers.get((tracking, named)):
        return known
    template = _template(world, body)
    person = next((person for person in world.people.values() if phone and person.phone == phone), None)
    if person is None:
        raise Refusal(-118, "Zalo account does not exist")
    if "mode" in body and not person.admin:
        raise Refusal(-127, "A test template is for administrators alone")
    if person.refusal:
        raise Refusal(person.refusal)
    _spend(world)
    shown = Shown(world.new_id(), False, "template", f"[{template.id}]", at=world.now(), params=body["template_data"])
    person.shown.append(shown)
    call.shown, call.paid, call.user = shown, True, named
    answer: Json = {"msg_id": shown.id, "sent_time": world.date(), "sending_mode": body.get("sending_mode", "1")}
    answer["quota"] = _quota(world)
    world.phone_answers[tracking, named] = answer
    _receipt(world, person, named, shown, tracking)
    return answer


def _template(world: ZaloOaWorld, body: Json) -> Template:
    """The template, its values checked. Raises Refusal."""
    template = world.account.templates.get(body["template_id"])
    if template is None or not template.by_phone:
        raise Refusal(-109, "Template ID is invalid")
    if not template.approved:
        raise Refusal(-131, "Template is not approved")
    data = body["template_data"]
    for name, most in template.params.items():
        if name not in data:
            raise Refusal(-1122, f"Template data is missing {name}")
        if not isinstance(data[name], str) or not data[name]:
            raise Refusal(-112, f"Template data contains an invalid {name}")
        if len(data[name]) > most:
            raise Refusal(-1121, f"{name} is too long")
    if set(data) - set(template.params):
        raise Refusal(-112, "Template data contains an invalid parameter")
    return template


def _spend(world: ZaloOaWorld) -> None:
    if world.account.out_of_money:
        raise Refusal(-115, "Out of balance")
    if world.account.template_quota <= 0:
        raise Refusal(-144, "Out of the daily quota")
    world.account.template_quota -= 1


def _quota(world: ZaloOaWorld) -> Json:
    return {"dailyQuota": str(DAILY), "remainingQuota": str(world.account.template_quota)}


def _receipt(world: ZaloOaWorld, person: Person, named: str, shown: Shown, tracking: str) -> None:
    if not world.account.receipts:
        return
    event: Json = {
        "app_id": world.account.app_id,
        "sender": {"id": world.account.oa_id},
        "recipient": {"id": named},
        "event_name": "user_received_message",
        "message": {"msg_id": shown.id, "delivery_time": world.date(), "tracking_id": tracking},
        "timestamp": world.date(),
    }
    world.tell(event, person.id, server="ZNS")


POSTS: dict[str, Handler] = {"/message/template": send, "/message/template/hashphone": send_hashed}
GETS: dict[str, Handler] = {"/message/status": status, "/message/quota": quota}

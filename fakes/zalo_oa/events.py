"""The events of Zalo's webhook, each in the shape that was seen or documented."""

from fakes.wire import Json
from fakes.zalo_oa.users import Person, Shown

ECHOES = {"text": "oa_send_text", "image": "oa_send_image", "gif": "oa_send_gif", "sticker": "oa_send_sticker"}
ECHOES |= {"file": "oa_send_file", "info": "oa_send_template", "template": "oa_send_template"}


def from_person(app_id: str, oa_id: str, person: Person, name: str, message: Json, at: str) -> Json:
    """Something that a person sent."""
    return {
        "app_id": app_id,
        "sender": {"id": person.id},
        "user_id_by_app": person.by_app,
        "recipient": {"id": oa_id},
        "event_name": name,
        "message": message,
        "timestamp": at,
    }


def from_account(app_id: str, oa_id: str, person: Person, name: str, message: Json, at: str, admin: str = "") -> Json:
    """An echo of what the account sent, or a receipt for it. admin: the official who wrote it in Zalo's own tool."""
    sender: Json = {"id": oa_id} | ({"admin_id": admin} if admin else {})
    return {
        "app_id": app_id,
        "sender": sender,
        "user_id_by_app": person.by_app,
        "recipient": {"id": person.id},
        "event_name": name,
        "message": message,
        "timestamp": at,
    }


def following(app_id: str, oa_id: str, person: Person, name: str, at: str) -> Json:
    """`follow` or `unfollow`."""
    return {
        "oa_id": oa_id,
        "follower": {"id": person.id},
        "user_id_by_app": person.by_app,
        "event_name": name,
        "source": "oa_profile",
        "app_id": app_id,
        "timestamp": at,
    }


def submitted(app_id: str, oa_id: str, person: Person, info: Json, at: str) -> Json:
    """`user_submit_info`."""
    return {
        "app_id": app_id,
        "sender": {"id": person.id},
        "recipient": {"id": oa_id},
        "event_name": "user_submit_info",
        "info": info,
        "timestamp": at,
    }


def echo(shown: Shown) -> tuple[str, Json]:
    """The name and the message of the echo of something that was sent."""
    message: Json = {"msg_id": shown.id} | ({"text": shown.text} if shown.text else {})
    if shown.kind in ("image", "gif", "sticker", "file"):
        message["attachments"] = [{"type": shown.kind, "payload": {}}]
    return ECHOES[shown.kind], message

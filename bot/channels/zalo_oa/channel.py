"""The Official Account as a channel: how a fitted message is shown there, and how what people send is fetched.

Why a tapped button is not shown as her words: what it sends names a button of ours, and nobody should have to read it.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.channels.contract import (
    Button,
    Fitted,
    Limits,
    NotSent,
    PersonGone,
    Picture,
    Refused,
    SendError,
    TryLater,
    Unclear,
    WindowClosed,
)
from bot.channels.media import Media
from bot.channels.payload import Fields
from bot.channels.zalo_oa.attachments import Attachments
from bot.channels.zalo_oa.buttons import Buttons
from bot.channels.zalo_oa.client import ZaloClient
from bot.channels.zalo_oa.errors import RATE, Host, rest_of_minute_s
from bot.channels.zalo_oa.renewals import CHANNEL
from bot.channels.zalo_oa.templates import Template
from bot.channels.zalo_oa.tokens import Tokens
from bot.clock import Clock
from handlers.vietnamese.words import composed

log = logging.getLogger(__name__)
# The contract, part A4: 2000 letters, 5 buttons; a title may have 100 letters, of which a phone shows so many.
LIMITS = Limits(text=2000, buttons=5, label=35, caption=0, apart=True)
CS, BY_UID, BY_PHONE, ABOUT = "/v3.0/oa/message/cs", "/v3.0/oa/message/template", "/message/template", "/v2.0/oa/getoa"
EXPIRED, NOT_BY_UID = "attachment_expired", "not_by_uid"


@dataclass(frozen=True, slots=True)
class NumberRequest:
    """How her number is asked for: two lines, and the address of a picture, without which Zalo doesn't ask."""

    title: str
    subtitle: str
    picture: str


class ZaloOa:
    """One Official Account.

    phone: her number as Zalo wants it, by the outbox's number of a message to her; empty for none. learned: told that
    there can be no buttons. hold: lets nothing leave for so many seconds. leaves: waits until a call may be made.
    """

    name = CHANNEL
    abroad = False

    def __init__(
        self, client: ZaloClient, tokens: Tokens, media: Media, clock: Clock, templates: Mapping[str, Template],
        *, wish: NumberRequest, phone: Callable[[int], Awaitable[str]], learned: Callable[[], Awaitable[None]],
        hold: Callable[[float], None], leaves: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._client, self._tokens, self._media, self._clock = client, tokens, media, clock
        self._templates, self._wish, self._phone = templates, wish, phone
        self._learned, self._hold, self._leaves = learned, hold, leaves
        self._attachments = Attachments(clock, self._upload)
        self.buttons = Buttons()
        self.oa_id = self.title = ""

    @property
    def limits(self) -> Limits:
        """What one message may hold; no buttons once they were refused."""
        return replace(LIMITS, buttons=0) if self.buttons.refused else LIMITS

    async def send(self, chat: str, message: Fitted) -> str:
        """Send one message, picture, question for her number, or template; returns its id. Raises SendError.

        Returns nothing where there is nothing to be sent.
        """
        if message.template:
            return await self._template(chat, message)
        if message.card is not None:
            return await self._picture(chat, message.card)
        if message.contact:
            return await self._ask_number(chat)
        if not message.text:
            return ""
        return await self._words(chat, message)

    async def _words(self, chat: str, message: Fitted) -> str:
        has_buttons = bool(message.buttons)
        said: dict[str, object] = {"text": composed(message.text)}
        if has_buttons:
            buttons = [_button(button) for button in message.buttons]
            said["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
        try:
            number = await self._show(chat, said)
        except Refused as refused:
            if self.buttons.was_refused(chat, refused.reason, with_buttons=has_buttons):
                log.error("Zalo takes no buttons: what can be chosen is numbered from now on")
                await self._learned()
            raise
        self.buttons.shown(chat, with_buttons=has_buttons)
        return number

    async def _picture(self, chat: str, picture: Picture) -> str:
        """Send a picture; uploaded once more if what we uploaded has expired."""
        try:
            return await self._show(chat, _image(await self._attachments.of(picture)))
        except Refused as refused:
            if refused.reason != EXPIRED:
                raise
        return await self._show(chat, _image(await self._attachments.of(picture, anew=True)))

    async def _ask_number(self, chat: str) -> str:
        """Ask for her own number. She was asked in words already, and can type it: no refusal keeps those back."""
        if not self._wish.picture:
            return ""
        element = {"title": self._wish.title, "subtitle": self._wish.subtitle, "image_url": self._wish.picture}
        payload = {"template_type": "request_user_info", "elements": [element]}
        try:
            return await self._show(chat, {"attachment": {"type": "template", "payload": payload}})
        except Refused as refused:
            log.warning("Zalo does not ask for numbers", extra={"channel": CHANNEL, "reason": refused.reason})
            return ""

    async def _show(self, chat: str, said: Fields) -> str:
        body = {"recipient": {"user_id": chat}, "message": said}
        return _id(await self._call(CS, body), "message_id")

    async def _template(self, chat: str, message: Fitted) -> str:
        """Send the template of a kind of message, by a phone number where it can't be by her id.

        What becomes of it concerns it alone: the words it stands for wait until she writes.
        """
        template = self._templates[message.template]
        about = {"template_id": template.id, "template_data": dict(template.words)}
        try:
            return _id(await self._call(BY_UID, {"user_id": chat, **about}), "message_id")
        except Refused as refused:
            if refused.reason != NOT_BY_UID:
                raise _put_off(refused) from None
        except TryLater as later:
            raise _alone(later) from None
        phone = await self._phone(message.row)
        if not phone:
            raise WindowClosed("no_phone")
        try:
            by_phone = {"phone": phone, **about, "tracking_id": str(message.row)}
            return _id(await self._call(BY_PHONE, by_phone, host="business"), "msg_id")
        except (Refused, PersonGone) as refused:
            raise _put_off(refused) from None
        except TryLater as later:
            raise _alone(later) from None

    async def probe(self) -> None:
        """Ask who we are. Raises SendError."""
        found = await self._tokens.use(lambda access: self._client.ask(ABOUT, {}, access))
        self.oa_id, self.title = str(found.get("oa_id") or found.get("oaid") or ""), str(found.get("name", ""))

    async def fetch(self, file: str, most: int) -> bytes:
        """A photo's bytes, from the address it came with. Raises SendError, Refused with "too_big" above `most`."""
        return await self._media.fetch(file, most)

    async def _call(self, path: str, body: Fields, *, host: Host = "openapi") -> Fields:
        known = self._tokens.known

        async def call(access: str) -> Fields:
            # All who waited for another token would call at once; the turn of each was before.
            if access != known:
                await self._leaves()
            return await self._client.call(path, body, access, host=host)

        try:
            return await self._tokens.use(call)
        finally:
            self._spare()

    async def _upload(self, content: bytes, name: str, kind: str) -> str:
        try:
            return await self._tokens.use(lambda access: self._client.upload("image", content, name, kind, access))
        except Unclear as unclear:
            raise NotSent(unclear.reason) from None  # nobody was shown anything
        finally:
            self._spare()

    def _spare(self) -> None:
        """Spread the calls that are left in this minute over the rest of it."""
        left = self._client.remaining
        if left is not None:
            rest_s = rest_of_minute_s(self._clock.now())
            self._hold(rest_s / left if left else rest_s)


def _button(button: Button) -> Fields:
    """What it sends is hidden, but for words that she could have typed."""
    if not button.press:
        return {"title": button.label, "type": "oa.query.show", "payload": button.label}
    return {"title": button.label, "type": "oa.query.hide", "payload": f"#{button.press}"}


def _image(number: str) -> Fields:
    element = {"media_type": "image", "attachment_id": number}
    return {"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}}}


def _id(data: Fields, name: str) -> str:
    """The id of what was sent. Raises Unclear: it was taken, and we don't know as what."""
    found = data.get(name)
    if not isinstance(found, str | int) or isinstance(found, bool):
        raise Unclear("no_message_id")
    return str(found)


def _put_off(error: SendError) -> WindowClosed:
    log.error("a template was refused", extra={"channel": CHANNEL, "reason": error.reason})
    return WindowClosed(f"template_{error.reason}")


def _alone(later: TryLater) -> TryLater:
    """A quota of templates is not one of the account."""
    if later.reason == RATE:
        return later
    return TryLater(later.reason, later.after_s, alone=True, most=later.most)

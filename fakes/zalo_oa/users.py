"""People as Zalo knows them: who they are, what is on their screen, and whether the account may write to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fakes.wire import Json
from fakes.zalo_oa.wire import Refusal

Status = Literal["stranger", "follower", "gone"]


@dataclass(slots=True, eq=False)
class Shown:
    """One message on a screen. mine: she wrote it. kind: text, image, sticker, file, info, template and more.

    buttons: as they were sent. picture: bytes, if it came with one. quote: the id of the message it answers.
    hidden: it was sent by a button, and is not shown.
    """

    id: str
    mine: bool
    kind: str
    text: str = ""
    buttons: list[Json] = field(default_factory=list)
    picture: bytes | None = None
    quote: str = ""
    at: datetime | None = None
    seen: bool = False
    hidden: bool = False
    admin: str = ""
    params: Json = field(default_factory=dict)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of its buttons, from top to bottom."""
        return tuple(str(button["title"]) for button in self.buttons)


@dataclass(slots=True, eq=False)
class Person:
    """Somebody with Zalo. refusal: the code that every message to her gets, 0 for none. wrote: since she is here.

    last: when she last did something that counts for the window; info: what she gave of herself.
    """

    id: str
    by_app: str
    name: str
    phone: str = ""
    admin: bool = False
    status: Status = "stranger"
    refusal: int = 0
    wrote: bool = False
    last: datetime | None = None
    shown: list[Shown] = field(default_factory=list)
    info: Json = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    def check_reachable(self) -> None:
        """Raises Refusal where nothing can be sent to her."""
        if self.refusal:
            raise Refusal(self.refusal)
        if self.status == "gone":
            raise Refusal(-213)

    def find(self, message_id: str) -> Shown | None:
        """The message with this id."""
        return next((shown for shown in self.shown if shown.id == message_id), None)

    def detail(self, avatar: str) -> Json:
        """What user/detail answers."""
        last = self.last.strftime("%d/%m/%Y") if self.last else ""
        return {
            "user_id": self.id,
            "user_id_by_app": self.by_app,
            "user_external_id": "",
            "display_name": self.name,
            "user_alias": self.name,
            "is_sensitive": False,
            "user_last_interaction_date": last,
            "user_is_follower": self.status == "follower",
            "avatar": avatar,
            "avatars": {"120": avatar, "240": avatar},
            "dynamic_param": "",
            "tags_and_notes_info": {"notes": [], "tag_names": self.tags},
            "shared_info": self.info,
        }

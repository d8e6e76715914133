"""The channels there are besides our own web chat, a line each. All else of one is in its folder and in its wiring.

Why a line only names where things are: a platform's library costs half a second to load, so a channel is imported only
where the operator turned it on. What has to be known without that, such as whether its servers are abroad, stands in
the line itself, and a test compares it with what the channel's class says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import cast

from bot.channels.contract import Received
from bot.config import Settings
from storage.queries.outgoing.windows import Windows

Sentence = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEntry:
    """One channel. What is loaded when it is needed is named as `module:name`.

    abroad: its servers are outside the country, so nothing private goes through it. is_on: whether the operator turned
    it on. platform: its wiring, called with what is opened, the clock and the inbox. read_again: reads an update that
    was set aside when it came. windows: says when the platform takes what, where that makes a difference.
    """

    name: str
    abroad: bool
    is_on: Callable[[Settings], bool]
    platform: str
    read_again: str
    windows: str = ""

    def load_platform(self) -> object:
        """Import its wiring, and with it the platform's library."""
        return resolve_name(self.platform)

    def load_reader(self) -> Callable[[bytes], Received | None]:
        """Import what reads its updates. The reader raises Unreadable."""
        return cast("Callable[[bytes], Received | None]", resolve_name(self.read_again))

    def load_windows(self, settings: Settings, sentence: Sentence) -> Windows | None:
        """Import what says when it takes what, and ask it. sentence: the words of a text. Raises BadSetting."""
        if not self.windows or not self.is_on(settings):
            return None
        made = cast("Callable[[Settings, Sentence], Windows]", resolve_name(self.windows))
        return made(settings, sentence)


CHANNELS: Sequence[ChannelEntry] = (
    ChannelEntry(
        name="telegram", abroad=True, is_on=lambda settings: settings.telegram_bot_token is not None,
        platform="bot.platforms.telegram:TelegramPlatform", read_again="bot.channels.telegram.updates:read_again",
    ),
    ChannelEntry(
        name="zalo_oa", abroad=False, is_on=lambda settings: settings.zalo_oa_app_id is not None,
        platform="bot.platforms.zalo_oa:ZaloOaPlatform", read_again="bot.channels.zalo_oa.events:read_again",
        windows="bot.channels.zalo_oa.windows:windows",
    ),
    ChannelEntry(
        name="zalo_bot", abroad=False, is_on=lambda settings: settings.zalo_bot_token is not None,
        platform="bot.platforms.zalo_bot:ZaloBotPlatform", read_again="bot.channels.zalo_bot.updates:read_again",
    ),
)  # fmt: skip

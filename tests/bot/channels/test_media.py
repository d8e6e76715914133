"""Files of strangers are fetched from allowed hosts alone, whole, small, and without being led elsewhere."""

import pytest

from bot.channels.contract import NotSent, Refused
from bot.channels.media import Media
from tests.kit.other_end import Platform, answers, failure, leads

ALLOWED = {
    "a host": ("https://zdn.vn/a.jpg", True),
    "below it": ("https://photo-stal-1.zdn.vn/a.jpg", True),
    "a look-alike": ("https://evilzdn.vn/a.jpg", False),
    "at its end": ("https://zdn.vn.evil.example/a.jpg", False),
    "with a user": ("https://zdn.vn@evil.example/a.jpg", False),
    "a user at a host": ("https://x@zdn.vn/a.jpg", False),
    "without TLS": ("http://zdn.vn/a.jpg", False),
    "another scheme": ("file:///etc/passwd", False),
    "an address": ("http://169.254.169.254/latest", False),
    "this machine": ("http://127.0.0.1:8080/", False),
    "no port": ("https://zdn.vn:x/", False),
    "nothing": ("", False),
    "an address that is set": ("http://127.0.0.2:9/a.jpg", True),
    "another port of it": ("http://127.0.0.2:10/a.jpg", False),
}


@pytest.mark.parametrize(("address", "allowed"), [pytest.param(*row, id=name) for name, row in ALLOWED.items()])
def test_only_hosts_that_are_set_are_asked(address: str, allowed: bool) -> None:  # a row's value
    assert Media(("zdn.vn", "127.0.0.2:9")).allows(address) is allowed


async def test_a_name_that_leads_to_a_private_address_leads_nowhere() -> None:
    media = Media(("localhost.localdomain", "localtest.me"))
    await media.open()

    error = await failure(media.fetch("https://localhost.localdomain/a.jpg", 100))
    await media.close()

    assert type(error) is NotSent


async def test_what_is_too_big_or_leads_elsewhere_is_not_read(platform: Platform) -> None:
    media = Media((platform.origin.removeprefix("http://"),))
    await media.open()

    platform.deed = answers(200, b"x" * 100)
    whole = await media.fetch(f"{platform.origin}/a.jpg", 100)
    big = await failure(media.fetch(f"{platform.origin}/a.jpg", 99))
    platform.deed = leads("/b.jpg")
    led = await failure(media.fetch(f"{platform.origin}/a.jpg", 100))
    foreign = await failure(media.fetch("https://example.vn/a.jpg", 100))
    await media.close()

    assert whole == b"x" * 100
    assert [(type(error), str(error)) for error in (big, led, foreign)] == [
        (Refused, "too_big"), (NotSent, "http_307"), (Refused, "foreign_host"),
    ]  # fmt: skip
    assert [call.path for call in platform.calls] == ["/a.jpg"] * 3

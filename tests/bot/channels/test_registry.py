"""The registry: its lines say what the channels say, and loading it loads no platform's library."""

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import bot.channels
from bot.channels.registry import CHANNELS


def declared() -> dict[str, bool]:
    """Whether its servers are abroad, of each class in the folders of the channels that sends."""
    found = {}
    for module in walk_packages(bot.channels.__path__, "bot.channels."):
        if not module.name.endswith(".channel"):
            continue
        for one in vars(import_module(module.name)).values():
            if isinstance(one, type) and one.__module__ == module.name and hasattr(one, "send"):
                found[str(vars(one)["name"])] = bool(vars(one)["abroad"])
    return found


def test_who_is_abroad_is_what_each_channel_says() -> None:
    assert {entry.name: entry.abroad for entry in CHANNELS} == declared()


def test_what_a_line_names_is_there() -> None:
    for entry in CHANNELS:
        platform = entry.load_platform()

        assert isinstance(platform, type)
        assert getattr(platform, "name", "") == entry.name
        assert callable(entry.load_reader())


def test_no_platform_s_library_is_loaded_before_its_channel_is_turned_on() -> None:
    looks = "import sys, bot.app; print([name for name in ('telegram', 'httpx') if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

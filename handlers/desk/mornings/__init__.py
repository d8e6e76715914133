"""What the clock tells officials."""

from handlers.desk.mornings.endings import Endings
from handlers.desk.mornings.lists import MorningList
from handlers.desk.mornings.mornings import Mornings

__all__ = ["Endings", "MorningList", "Mornings"]

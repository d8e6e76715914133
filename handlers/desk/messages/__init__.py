"""What is said to people: messages, what is held, reminders, photos, private pages, words of others."""

from handlers.desk.messages.best_chat import has_better, of_few
from handlers.desk.messages.disclosures import Disclosures
from handlers.desk.messages.files import MOST_A_DAY, MOST_WAITING_BYTES, Files, TooMany, waiting_bytes
from handlers.desk.messages.held import Held
from handlers.desk.messages.messages import Messages, load_asking
from handlers.desk.messages.pages import PrivatePage, PrivatePages
from handlers.desk.messages.reminders import GOES_WITHIN, ReminderMark, Reminders, ReminderStep, step_of
from handlers.desk.messages.standing import PlatformStanding, Standing
from handlers.desk.messages.stuck import StuckMessages, WayOnceMore, way

__all__ = [
    "GOES_WITHIN",
    "MOST_A_DAY",
    "MOST_WAITING_BYTES",
    "Disclosures",
    "Files",
    "Held",
    "Messages",
    "PlatformStanding",
    "PrivatePage",
    "PrivatePages",
    "ReminderMark",
    "ReminderStep",
    "Reminders",
    "Standing",
    "StuckMessages",
    "TooMany",
    "WayOnceMore",
    "has_better",
    "load_asking",
    "of_few",
    "step_of",
    "waiting_bytes",
    "way",
]

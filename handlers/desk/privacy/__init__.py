"""What is stored about a person: read out, joined, forgotten, erased."""

from handlers.desk.privacy.export import Export
from handlers.desk.privacy.joining import Joining
from handlers.desk.privacy.links import Links, OwnChat
from handlers.desk.privacy.people import People
from handlers.desk.privacy.restored import Restored, SettledRestore
from handlers.desk.privacy.retention import Retention
from handlers.desk.privacy.stored import Section, read_out

__all__ = [
    "Export",
    "Joining",
    "Links",
    "OwnChat",
    "People",
    "Restored",
    "Retention",
    "Section",
    "SettledRestore",
    "read_out",
]

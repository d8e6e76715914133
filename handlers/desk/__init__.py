"""What the office does, one noun a file: people, consents, cases, urgent requests, talks, files, messages."""

from handlers.desk.desk import Actor, Desk, Owner, Told
from handlers.desk.office.rights import Official

__all__ = ["Actor", "Desk", "Official", "Owner", "Told"]

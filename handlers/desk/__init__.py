"""What the office does, one noun a file: people, consents, cases, urgent requests, talks, files, messages."""

from handlers.desk.desk import Actor, Desk, Owner, Told

__all__ = ["Actor", "Desk", "Owner", "Told"]

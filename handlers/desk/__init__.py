"""What the office does, in rooms of which each knows only those below it; `Desk` is the door to all of them."""

from handlers.desk.desk import Desk
from handlers.desk.office import Actor, Official, ResponsibleBody, Told

__all__ = ["Actor", "Desk", "Official", "ResponsibleBody", "Told"]

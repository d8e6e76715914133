"""What both sides of a talk are told about it: that somebody waits, who took it, to whom it went, and that it ended."""

from dataclasses import dataclass

from handlers.desk.messages import Messages
from handlers.desk.office import Context, Official
from handlers.desk.officials import Duty, Officials, duty
from handlers.flow.message import MENU, Opening, Say
from storage.tables import Talk


@dataclass(frozen=True, slots=True)
class TalkNews:
    """News of talks, in one transaction."""

    context: Context

    def wanted(self, talk: Talk) -> tuple[int, bool]:
        """Tell the officials on duty that a person waits: how many were told, and whether anybody works there."""
        near = [o for o in Duty(self.context).nearest(talk.unit_id, "talk.take") if o.person_id != talk.person_id]
        say = Say("talk.wanted", unit=duty.place(talk.unit_id), openings=(_taking(talk),))
        return sum(self.tell_official(official, say, talk) for official in near), bool(near)

    def handed_over(self, talk: Talk, by: Official, to: Official) -> None:
        """Tell a colleague that a talk is his now, and the person that it is."""
        name, place = Officials(self.context).name_of(by.id), duty.place(talk.unit_id)
        self.tell_official(to, Say("talk.handed_to_you", officer=name, unit=place, openings=(_taking(talk),)), talk)
        self.begins(talk, "talk.handed_over", "handed")

    def begins(self, talk: Talk, key: str, place: str) -> None:
        """Tell the person who writes to her from now on. key: of the text that says so."""
        end = Opening("doors.end_talk", "end_talk")
        say = Say(key, officer=Officials(self.context).name_of(talk.officer_id), openings=(end,))
        self.tell_person(talk, say, place)

    def ended(self, talk: Talk, key: str, place: str) -> None:
        """Tell the person that it ended, and how else she gets on. key: of the text that says so."""
        doors = (Opening("doors.officer", "officer"), MENU)
        self.tell_person(talk, Say(key, openings=doors), place)

    def tell_person(self, talk: Talk, say: Say, place: str, *, kind: str = "notice") -> bool:
        """Tell the person; False if she can't be reached."""
        return Messages(self.context).tell(talk.person_id, say, kind=kind, place=f"talk/{talk.id}/{place}")

    def tell_official(self, official: Official, say: Say, talk: Talk) -> bool:
        """Tell an official in her chat; False if she has none, or can't be reached there."""
        chat, place = official.person_id, f"talk/{talk.id}/{official.id}"
        return chat is not None and Messages(self.context).tell(chat, say, place=place)


def _taking(talk: Talk) -> Opening:
    return Opening("doors.take_talk", "take_talk", {"talk": talk.id}, once=True)

"""To write an announcement: what is under way first, then the questions; at the end another official has to approve."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf, Open, Reask, Review
from handlers.flow.message import MENU, Lines, Opening, Phrase, Say
from handlers.views import broadcast_form as form
from handlers.views.broadcast import NOT_KNOWN, line, link


def begin(a: Answers, desk: Desk) -> Done:
    """Show what is under way, as far as she may see it, and go on to the questions if she may write."""
    official = desk.acting_chats.speaking("broadcast.write")
    if official is None:
        return Done(NOT_KNOWN)
    at = desk.of(official).chat_broadcasts
    shown = at.under_way()
    lines = Lines(tuple(line(seen, at.states(seen)) for seen in shown))
    says = [Say("under_way", lines=lines)] if shown else []
    if not at.may_write():
        return Done(*says, Say("no_right", openings=(MENU,)))
    return Done(*says, then=Open("write_announcement"))


def submit(a: Answers, desk: Desk) -> Done | Reask:
    """Keep it, freeze whom it goes to, and tell those who may approve it."""
    official, known = desk.acting_chats.speaking("broadcast.write"), a.facts(form.BroadcastKnown)
    if official is None:
        return Done(NOT_KNOWN)
    here = desk.of(official)
    at = here.chat_broadcasts
    if known.places is None or not at.may_write():
        return Done(Say("no_right", openings=(MENU,)))
    if form.is_for_the_console(a):
        return Done(Say("in_console", link=link(desk.public_url), openings=(MENU,)))
    if known.wrong:
        return Reask(form.hour, because=f"start_{known.wrong}")
    code = here.broadcasts.write(form.draft(a, known.places, desk))
    seen = here.broadcasts.read(code) if code is not None else None
    if seen is None:
        return Done(Say("no_right", openings=(MENU,)))
    told = {"code": seen.code, "link": link(desk.public_url, seen.code)}
    if here.broadcasts.submit(seen.code, seen.stamp) != "done":
        return Done(Say(Phrase("to_nobody", told), openings=(Opening("doors.announce", "announce"), MENU)))
    names = tuple(desk.officials.name_of(other.id) for other in at.approvers(seen))
    doors = (Opening("doors.look_at_announcement", "announcement", {"typed": seen.code}), MENU)
    return Done(Say(Phrase("submitted", {**told, "approvers": names or Phrase("nobody_yet")}), openings=doors))


conversations = (
    Conversation("announce", (), begin, ("/thongbao", "/announce"), quiet=True, acts="awake"),
    Conversation(
        "write_announcement",
        (
            FinishIf(form.may_not_write),
            Ask(form.kind),
            FinishIf(form.is_for_the_console),
            Ask(form.topic, only_if=form.is_news),
            Ask(form.her_unit, only_if=form.works_for_several_units),
            Ask(form.any_unit, only_if=form.reaches_the_city),
            Ask(form.title, fits=form.title_tells_nothing),
            Ask(form.body, fits=form.body_has_no_account),
            Ask(form.when),
            Ask(form.day, only_if=form.is_for_later, fits=form.day_is_not_over),
            Ask(form.hour, only_if=form.is_for_later),
            FinishIf(form.starts_wrongly),
            Review(beside=form.preview),
        ),
        submit,
        facts=form.look_up,
        keeps_paused=True,
        texts="announce",
        acts="checked",
    ),
)

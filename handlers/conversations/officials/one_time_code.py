"""A one-time code before something is done for an official, where her chat has slept or the act asks for one."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Open, Reask
from handlers.flow.message import MENU, Say
from handlers.flow.questions import Words
from handlers.flow.session import REVIEW

one_time_code = Words("one_time_code", most=20)


def give_code(a: Answers, desk: Desk) -> Done | Reask:
    """Go on with what was wanted if the code is good; too many wrong ones end that this chat acts for anybody."""
    if desk.acting_chats.bound_here() is None:
        return Done(Say("officials_only", openings=(MENU,)))
    how = desk.signing_in.check_here(a[one_time_code])
    if how == "ended":
        return Done(Say("ended", openings=(MENU,)))
    if how == "wrong":
        return Reask(one_time_code, because="wrong")
    ours = ("next", "reviewed", one_time_code.key)
    brought = {slot: written for slot, written in a.written().items() if slot not in ours}
    if a.given("reviewed"):
        brought[REVIEW] = "send"
    wanted = a.given("next")
    return Done(then=Open(wanted, brought)) if wanted else Done(Say("awake"))


conversations = (Conversation("one_time_code", (Ask(one_time_code),), give_code, quiet=True),)

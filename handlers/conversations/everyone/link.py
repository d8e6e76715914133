"""One person on several channels: a code from one to the other, where her messages go, and parting them again.

Why the question before joining is so long: whoever is talked into typing somebody else's code shows him everything.
"""

from dataclasses import dataclass
from typing import Literal

from handlers.desk import Desk
from handlers.desk.privacy import OwnChat
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Open
from handlers.flow.message import MENU, Phrase, Say
from handlers.flow.questions import Candidate, Choice, YesNo


@dataclass(frozen=True, slots=True)
class Places:
    """Her chats, and what the code is good for that she typed; "none" if she typed none.

    act: her chats act for an official's account, and so will those that are linked with them.
    """

    all: tuple[OwnChat, ...]
    code: Literal["good", "own", "account", "wrong", "none"]
    act: bool = False


def look_at_places(desk: Desk, a: Answers) -> Places:
    typed = a.given("typed")
    act = desk.officials.in_chat(desk.here().person_id) is not None
    return Places(tuple(desk.links.places()), desk.links.judge(typed) if typed else "none", act)


def brings_a_good_code(a: Answers) -> bool:
    return a.facts(Places).code == "good" and not a.facts(Places).act


def brings_a_good_code_as_an_official(a: Answers) -> bool:
    return a.facts(Places).code == "good" and a.facts(Places).act


def writes_elsewhere_too(a: Answers) -> bool:
    return len(a.facts(Places).all) > 1


def to_choose_from(a: Answers) -> tuple[Candidate, ...]:
    """A button for each of her chats."""
    places = a.facts(Places).all
    return tuple(Candidate(p.address_id, Phrase("always", {"place": _named(p, places)})) for p in places)


sure = YesNo("sure")
sure_to_share = YesNo("sure_to_share")
mine = YesNo("mine")
where = Choice("where", supplied=to_choose_from, others=("latest", "unlink"))


def link(a: Answers, desk: Desk) -> Done:
    """Without a code make one; with a good one, and if she is sure, join."""
    known = a.facts(Places)
    if known.code == "none":
        return _new_code(known.all, desk)
    if known.code == "account":
        return _account_found(a.given("typed") or "", desk)
    if known.code == "wrong":
        desk.links.count_wrong()
    if known.code != "good":
        return Done(Say("own_code" if known.code == "own" else "wrong_code", openings=(MENU,)))
    if not a[sure_to_share if known.act else sure]:
        return Done(Say("not_linked", openings=(MENU,)))
    side = desk.links.join(a.given("typed") or "")
    kept = (Say(f"kept_{side}"),) if side else ()
    return Done(Say("linked", openings=(MENU,)), *kept)


def _new_code(places: tuple[OwnChat, ...], desk: Desk) -> Done:
    code, until = desk.links.make_code()
    if len(places) == 1:
        return Done(Say("code", code=code, until=until, openings=(MENU,)))
    named = tuple(_named(place, places) for place in places)
    return Done(Say("code", code=code, until=until), Say("places", places=named), then=Open("choose_channel"))


def _account_found(typed: str, desk: Desk) -> Done:
    name = desk.officials.name_of(desk.links.account_of(typed))
    return Done(Say("account", account=name), then=Open("act_for_account", {"typed": typed}))


def look_at_code(desk: Desk, a: Answers) -> Places:
    return Places((), desk.links.judge(a.given("typed") or ""))


def brings_an_account_s_code(a: Answers) -> bool:
    return a.facts(Places).code == "account"


def act(a: Answers, desk: Desk) -> Done:
    """Let this chat act for an official's account, if the code is still good and she is sure."""
    account = desk.links.account_of(a.given("typed") or "")
    if account is None:
        desk.links.count_wrong()
        return Done(Say("wrong_code", openings=(MENU,)))
    if not a[mine]:
        return Done(Say("not_acting", openings=(MENU,)))
    desk.acting_chats.bind(account, desk.here())
    return Done(Say("acting", account=desk.officials.name_of(account), openings=(MENU,)))


def choose(a: Answers, desk: Desk) -> Done:
    """Remember where her messages go, or go on to unlinking."""
    if a.said(where, "unlink"):
        return Done(then=Open("unlink"))
    places = a.facts(Places).all
    chosen = next((place for place in places if place.address_id == a.get(where)), None)
    desk.links.choose(chosen.address_id if chosen else "")
    if chosen is None:
        return Done(Say("latest_chosen", openings=(MENU,)))
    return Done(Say("chosen", place=_named(chosen, places), openings=(MENU,)))


def unlink(a: Answers, desk: Desk) -> Done:
    """Part this channel from the others, if she is sure and there are others."""
    if a.get(sure) is False:
        return Done(Say("still_linked", openings=(MENU,)))
    return Done(Say("unlinked" if desk.links.unlink() else "only_channel", openings=(MENU,)))


def _named(place: OwnChat, places: tuple[OwnChat, ...]) -> Phrase:
    """A chat in words; of several elsewhere on one channel each with the time she wrote there last."""
    channel = Phrase(f"channel.{place.channel}")
    if place.here:
        return Phrase("place.here", {"channel": channel})
    if sum(p.channel == place.channel and not p.here for p in places) > 1:
        return Phrase("place.since", {"channel": channel, "at": place.last_in_at})
    return channel


conversations = (
    Conversation(
        "link",
        (Ask(sure, only_if=brings_a_good_code), Ask(sure_to_share, only_if=brings_a_good_code_as_an_official)),
        link,
        ("/lienket", "/link"),
        look_at_places,
    ),
    Conversation(
        "act_for_account", (Ask(mine, only_if=brings_an_account_s_code),), act, facts=look_at_code, texts="link"
    ),
    Conversation("choose_channel", (Ask(where, only_if=writes_elsewhere_too),), choose, facts=look_at_places),
    Conversation("unlink", (Ask(sure, only_if=writes_elsewhere_too),), unlink, facts=look_at_places),
)

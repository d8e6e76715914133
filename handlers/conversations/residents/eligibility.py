"""What is my family entitled to? Eighteen questions at most, five for who holds a certificate, then what and why."""

from collections.abc import Mapping

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, EndIf, Reask, Review, Step, Tell
from handlers.flow.message import Opening, Phrase, Say
from handlers.forms import questionnaire as q
from handlers.rules import poverty, reasons
from handlers.verdicts import results

# What may have changed since the last check is asked again; the rest is taken from there.
CHANGES = (
    q.certificate, q.members, q.allowances, q.income, q.income_each, q.out_of_work, q.insurance, q.child_school,
    q.nutrition,
)  # fmt: skip

ENTITLEMENTS = Opening("doors.entitlements", "entitlements")
LEGAL_BASIS = Opening("doors.legal_basis", "legal_basis")
SHEET = Opening("doors.sheet", "sheet")
RULE_CHANGES = Opening("doors.rule_changes", "consent_rule_changes")


def result_doors(a: Answers) -> tuple[Opening, ...]:
    """What to do with a result; a registration opens with all that is known."""
    known = {"needs": "review"} | ({q.unit.key: a[q.unit]} if a.get(q.unit) else {})
    helps = Opening("doors.officer_helps", "registration", known)
    return (helps, SHEET, ENTITLEMENTS, LEGAL_BASIS, Opening("doors.my_answers", "eligibility_review"))


def holder_doors(a: Answers) -> tuple[Opening, ...]:
    """What somebody with a certificate may do; if things have got harder, the check goes on with what was said."""
    known = {"needs": "papers"} | ({q.unit.key: a[q.unit]} if a.get(q.unit) else {})
    harder = Opening("doors.harder", "eligibility", {"harder": "yes", q.certificate.key: a[q.certificate]})
    return (Opening("doors.officer_helps", "registration", known), SHEET, ENTITLEMENTS, LEGAL_BASIS, harder)


def offer_of_news(desk: Desk) -> tuple[Opening, ...]:
    """To be told when rules change, for whoever has not asked for that yet."""
    return () if desk.consents.in_force("rule_changes") else (RULE_CHANGES,)


def known_before(desk: Desk) -> Mapping[str, str]:
    """The answers of the last check, without those that may have changed."""
    changing = {question.key for question in CHANGES}
    return {slot: written for slot, written in all_known_before(desk).items() if slot in ASKED and slot not in changing}


def all_known_before(desk: Desk) -> Mapping[str, str]:
    """All answers of the last check."""
    kept = desk.households.mine()
    return kept.answers if kept else {}


def tell_result(a: Answers, desk: Desk) -> Done | Reask:
    """Assess the family, keep the answers with the verdict, and say what is likely, why, and what to do."""
    household = q.family(a)
    found = poverty.assess(household, a.day)
    holder = q.holds_a_certificate(a)
    outcome = str(a[q.certificate]) if holder else found.outcome
    why = reasons.of_offers(results.holder_offers(household, a.day)) if holder else reasons.reasons(household, found)
    desk.households.keep(a.written(), a.day, outcome, tuple(reason.row.id for reason in why))
    if holder:
        return Done(Say(results.holder(household, a.day), openings=(*holder_doors(a), *offer_of_news(desk))))
    besides = results.of_any_family(household, found)
    return Done(
        Say(results.first(household, found)),
        *((Say(besides),) if besides else ()),
        Say(
            results.second(household, found, desk.office),
            card=None
            if results.is_above_every_line(found)
            else results.card(household, found, desk.office, demo=desk.demo),
            openings=(*result_doors(a), *offer_of_news(desk)),
        ),
    )


def known_so_far(a: Answers) -> Mapping[str, object] | None:
    """What a certificate brings whatever is answered later; a family needn't answer all to hear something."""
    household = q.family(a)
    what = results.without_asking(household, a.day) if q.holds_a_certificate(a) else None
    return None if what is None else {"holds": Phrase(f"verdict.holds.{household.certificate}"), "what": what}


SCRIPT: tuple[Step, ...] = (
    Ask(q.unit),
    EndIf(q.lives_elsewhere, say="elsewhere"),
    Ask(q.certificate),
    Tell("so_far", known_so_far),
    Ask(q.members, only_if=q.holds_none),
    Ask(q.children, only_if=q.number_of_people_known, fits=q.children_fit_in_the_family),
    Ask(q.living_here),
    Ask(q.raised_alone, only_if=q.a_single_parent_of_the_poor_lives_here),
    Ask(q.disability, only_if=q.disabled_people_live_here, private=True),
    Ask(q.disabled_age, only_if=q.somebody_is_severely_disabled, private=True),
    Ask(q.cared_for, only_if=q.somebody_is_especially_disabled, private=True),
    Ask(q.unsupported, only_if=q.older_people_of_the_poor_live_here),
    Ask(q.allowances, only_if=q.older_or_disabled_live_here),
    Ask(q.pension, only_if=q.people_of_seventy_live_here),
    Ask(q.income, only_if=q.number_of_people_known),
    Ask(q.income_each, only_if=q.number_of_people_unknown),
    Ask(q.out_of_work, only_if=q.lacks_matter_and_somebody_can_work),
    Ask(q.toilet, only_if=q.lacks_matter),
    Ask(q.house, only_if=q.lacks_matter),
    Ask(q.insurance, only_if=q.lacks_matter),
    Ask(q.water, only_if=q.lacks_matter),
    Ask(q.adult_school, only_if=q.lacks_matter),
    Ask(q.devices, only_if=q.lacks_matter),
    Ask(q.child_school, only_if=q.lacks_matter_and_children_live_here),
    Ask(q.space, only_if=q.lacks_matter),
    Ask(q.nutrition, only_if=q.lacks_matter_and_children_live_here, private=True),
)

# What an opening brought along counts for that once, and is not asked.
ASKED = {step.question.key for step in SCRIPT if isinstance(step, Ask)}

conversation = Conversation(
    "eligibility",
    opens_with=("/kiemtra", "/check"),
    needs="check",
    keeps_paused=True,
    recalls=known_before,
    script=SCRIPT,
    finish=tell_result,
)

reviewed = Conversation(
    "eligibility_review",
    needs="check",
    recalls=all_known_before,
    script=(*(step for step in SCRIPT if not isinstance(step, Tell)), Review()),
    finish=tell_result,
    texts=conversation.name,
)

"""To offer a job: an official verifies who offers it before anybody is told. None abroad, no fees, no papers held."""

from handlers.desk import Desk
from handlers.desk.pledges import Offer
from handlers.flow.conversation import Answers, Ask, Conversation, Done, EndIf, Review
from handlers.flow.message import MENU
from handlers.flow.questions import Choice, Choices, Day, Money, Number, Words
from handlers.views.giving_form import (
    AT_WORK,
    OFFICER,
    WHO_AND_WHERE,
    giver_of,
    keep_pledge,
    kept,
    lies_ahead,
    look_up,
    told,
)

job = Words("job", most=300)
people = Number("people", least=1, most=9_999)
job_country = Choice("job_country", "city", "vietnam", "abroad")
job_place = Words("job_place", most=300)
provides = Choices("provides", "transport", "lodging", "meals", "nothing", alone=("nothing",))
wage = Money("wage", least=10_000, most=10**9)
wage_per = Choice("wage_per", "month", "day")
contract = Choice("contract", "both", "contract_only", "neither")
hires_until = Day("hires_until", others=("no_end",))


def job_is_abroad(a: Answers) -> bool:
    return a.get(job_country) == "abroad"


def hires_until_lies_ahead(a: Answers) -> bool:
    return lies_ahead(a, hires_until)


def keep(a: Answers, desk: Desk) -> Done:
    """Keep the offer, to be verified."""
    offer = Offer(
        kind="job",
        giver=giver_of(a),
        amount=a[people],
        name="",
        measure="người",
        what=a[job],
        until=a.get(hires_until),
        details=told(a, desk, job_place, provides, wage, wage_per, contract, hires_until),
    )
    return kept(a, "job_kept", keep_pledge(a, desk, offer))


conversation = Conversation(
    "pledge_job",
    needs="give",
    keeps_paused=True,
    texts="pledge",
    facts=look_up,
    script=(
        *WHO_AND_WHERE,
        Ask(job),
        Ask(people),
        Ask(job_country),
        EndIf(job_is_abroad, say="no_jobs_abroad", openings=(OFFICER, MENU)),
        Ask(job_place),
        Ask(provides),
        Ask(wage),
        Ask(wage_per),
        Ask(contract),
        Ask(hires_until, fits=hires_until_lies_ahead),
        *AT_WORK,
        Review(),
    ),
    finish=keep,
)

"""Statements of a bank: read in from a file, and the transfers in which no pledge's code was found."""

from dataclasses import dataclass, replace

from handlers.banking.statements import NotAStatement, Statement, read
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, ShownOnce
from handlers.desk import Desk
from handlers.desk.pledges import ImportedStatement, WaitingTransfer
from handlers.texts import Dong, Phrase

TROUBLES = 20  # of one file; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer that waits. words: as the giver wrote it. codes: pledges it names that can't take it by themselves."""

    id: str
    account: str
    day: object
    amount: Phrase
    reference: str
    words: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementsPage:
    """accounts: (id, what it is called). count: of all that wait. imported, troubles: of the file just read in.

    passed_over: rows of that file that are no gifts.
    """

    accounts: tuple[tuple[str, str], ...]
    waiting: tuple[Transfer, ...]
    count: int
    imported: ImportedStatement | None = None
    passed_over: int = 0
    troubles: tuple[Phrase, ...] = ()
    more_troubles: int = 0


def view(desk: Desk, given: Click) -> StatementsPage:
    """Bank transfers without a pledge, and where a statement is read in."""
    confirmed = [one for one in desk.gift_accounts.all() if one.confirmed_at is not None]
    accounts = tuple((one.id, f"{one.owner} · {one.bank} · {one.number}") for one in confirmed)
    waiting, count = desk.bank.unmatched()
    if waiting:
        desk.note("bank.read", "bank", lines=len(waiting))
    return StatementsPage(accounts=accounts, waiting=tuple(_transfer(one) for one in waiting), count=count)


def read_file(given: Click) -> Statement | NotAStatement | None:
    """The statement that was chosen or pasted; None for neither."""
    raw = given.files.get("file") or given["text"].encode()
    return read(raw) if raw else None


def read_in(desk: Desk, given: Click) -> ShownOnce | Invalid:
    """Read in a bank's statement."""
    statement = given.read
    if isinstance(statement, NotAStatement):
        return Invalid({"file": f"statement_{statement.reason}"})
    if not isinstance(statement, Statement):
        return Invalid({"file": "statement_missing"})
    imported = desk.bank.read_in(given["account"], statement)
    if imported is None:
        return Invalid({"account": "statement_account"})
    troubles = tuple(
        Phrase(f"console.statements.trouble.{what}", {"row": row}) for row, what in statement.troubles[:TROUBLES]
    )
    more = max(len(statement.troubles) - TROUBLES, 0)
    page = replace(view(desk, given), imported=imported, passed_over=statement.passed_over)
    return ShownOnce("giving/statements", replace(page, troubles=troubles, more_troubles=more))


def match(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Say which pledge a transfer is for."""
    outcome = desk.bank.match(given.path["line"], given["code"])
    if outcome == "absent":
        return None
    if outcome == "no_pledge":
        return Invalid({f"code-{given.path['line']}": "statement_no_pledge"})
    return Invalid({}, outdated=True) if outcome == "outdated" else Redirect("/statements", "transfer_matched")


def set_aside(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Say that a transfer is no gift to a pledge."""
    outcome = desk.bank.set_aside(given.path["line"])
    if outcome == "absent":
        return None
    return Invalid({}, outdated=True) if outcome == "outdated" else Redirect("/statements", "transfer_set_aside")


def _transfer(one: WaitingTransfer) -> Transfer:
    amount = Phrase("plain", {"words": Dong(one.amount)})
    return Transfer(
        id=one.id,
        account=f"{one.owner} · {one.bank}",
        day=one.day,
        amount=amount,
        reference=one.reference,
        words=one.words,
        codes=one.codes,
    )


SCREEN = Screen(
    path="/statements", template="giving/statements", right="account.import", view=view, notes=True, menu="giving"
)
screens = (SCREEN,)
acts = (
    Act(path="/statements", right="account.import", do=read_in, screen=SCREEN, checked=True, reads=read_file),
    Act(path="/statements/{line}/match", right="account.import", do=match, screen=SCREEN, checked=True),
    Act(path="/statements/{line}/aside", right="account.import", do=set_aside, screen=SCREEN, checked=True),
)

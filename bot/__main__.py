"""The command line. Each command prints what it did and exits 0, or says in one line why not and exits 2."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path

from bot import accounts, app, config, logs, setup
from bot.cli import backups, keys, rules, zalo
from bot.clock import SystemClock
from bot.jobs import anchors
from bot.receiving import intake
from bot.receiving.desk_factory import DeskFactory
from handlers.demo import town as demo
from handlers.desk import Desk
from handlers.desk.law import book_in_force
from handlers.rules import catalogue
from storage import migrations
from storage.crypto import new_key
from storage.database import Database, DatabaseAway, UnclearCommit
from storage.queries import machine
from storage.queries.incoming import inbox
from storage.queries.outgoing import outbox
from storage.verify import broken

# A thread that computes gives way so soon. With Python's own 5 ms every answer on the network waits so long, twice, for
# whoever writes into the database meanwhile.
SWITCH_S = 0.0001


def main() -> None:
    """Run one command."""
    given = _parser().parse_args()
    try:
        settings = config.load(os.environ, Path(".env"))
        logs.setup(settings.log_level)
        code = given.do(given, settings)
    except (config.BadSetting, setup.CannotStart, DatabaseAway, UnclearCommit) as error:
        print(f"chungtay: {error}", file=sys.stderr)
        code = 2
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chungtay", description="Chung Tay: a service for the city's poor.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, do: Callable[..., int], what: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=what, description=what)
        command.set_defaults(do=do)
        return command

    add("serve", serve, "run the service").add_argument("--demo", action="store_true", help="with sample data")
    add("migrate", migrate, "bring the database to this release's shape")
    verified = add("verify", verify, "check the data; exit 1 names the first broken row")
    verified.add_argument("--unsigned", action="store_true", help="accept anchors of a release that signed none")
    anchored = add("anchors", renew_anchors, "begin the anchors anew, if their file was lost")
    anchored.add_argument("what", choices=("renew",))
    add("backup", back_up, "write the data to a file, and today's keys beside it").add_argument("file", type=Path)
    restored = add("restore", restore, "put a backup into an empty database")
    restored.add_argument("file", type=Path)
    restored.add_argument("--unsigned", action="store_true", help="also one of a release that signed none")
    add("talk", talk, "chat in this terminal, on a throw-away demonstration database")
    owner = add("owner", set_owner, "say who is responsible for the service and its data")
    owner.add_argument("what", choices=("set",))
    for name in ("--body", "--contact", "--data-contact"):
        owner.add_argument(name, required=True)
    accounts.add_arguments(add("officials", officials_command, "accounts of officials: make, list and end them"))
    zalo.add_arguments(
        add("zalo", zalo_command, "Zalo's Official Account: how it stands, tokens, consent, captured calls")
    )
    add("demo", clear_demo, "delete the sample data").add_argument("what", choices=("clear",))
    key = add("key", key_command, "the master key: print a new one, replace the one in use, or tell which is in use")
    key.add_argument("what", choices=("new", "rotate", "status"))
    key.add_argument("--finish", action="store_true", help="have the key before open nothing any more")
    script = add("script", print_script, "print a conversation as a script")
    script.add_argument("name")
    script.add_argument("--lang", choices=("vi", "en"), default="vi")
    dated = add(
        "rules", rules_command, "the dated rows: check them, show a day's or those to compare, print households"
    )
    dated.add_argument("what", choices=("check", "show", "stale", "cases"))
    dated.add_argument("--on", type=date.fromisoformat, help="a day such as 2026-11-24")
    heard = add("hears", hear_lines, "what is heard in messages, one a line of the standard input")
    heard.add_argument("--json", action="store_true")
    heard.add_argument("--lang", choices=("vi", "en"), help="of the page; both are heard alike")
    box = add("outbox", outbox_command, "messages to people, by state")
    box.add_argument("what", choices=("list", "retry"))
    box.add_argument("id", nargs="?", type=int)
    box.add_argument("--state")
    box.add_argument("--json", action="store_true")
    letters = add("dead-letters", letters_command, "messages that could not be handled")
    letters.add_argument("what", choices=("list", "replay"))
    letters.add_argument("id", nargs="?")
    letters.add_argument("--json", action="store_true")
    return parser


def serve(given: argparse.Namespace, settings: config.Settings) -> int:
    """Serve until SIGINT or SIGTERM."""

    def greet(greeting: app.Greeting) -> None:
        host = f"http://{settings.host}:{greeting.port}"
        print(f"Trang chung   {host}/")
        print(f"Trò chuyện    {host}/chat")
        print(f"Cán bộ        {host}/console")
        for one in greeting.log_ins:
            print(f"  {one.email:<24} mật khẩu {one.password}   khóa mã {one.secret}")
        if greeting.log_ins:
            print(f"  mã 6 số: chungtay officials code --email {greeting.log_ins[0].email}")
        print(f"Dữ liệu       {settings.data_dir if not settings.database else 'PostgreSQL'}")
        if given.demo:
            print("DỮ LIỆU MẪU   mọi người, mọi yêu cầu ở đây đều là mẫu")
        if not greeting.has_admin:
            print(accounts.NO_ADMIN)
        print("Dừng          Ctrl+C", flush=True)

    sys.setswitchinterval(SWITCH_S)
    asyncio.run(app.serve(settings, demonstration=given.demo, greet=greet))
    return 0


def migrate(given: argparse.Namespace, settings: config.Settings) -> int:
    """Migrate, also on PostgreSQL, where serving never does."""
    if not settings.database:
        setup.open_office(settings).database.close_now()
    else:
        database = Database.open(settings.database_url)
        if migrations.state(database.engine) == "newer":
            raise setup.CannotStart("the database was made by a newer release")
        migrations.upgrade(database.engine)
        database.close_now()
    print("the database has this release's shape")
    return 0


def set_owner(given: argparse.Namespace, settings: config.Settings) -> int:
    """Enter who is responsible."""

    def work(desk: Desk, _: DeskFactory) -> int:
        machine.set_owner(desk.unit, given.body, given.contact, given.data_contact, str(desk.actor), desk.now)
        desk.note("owner.set", "owner")
        print("the owner is set")
        return 0

    return setup.at_desk(settings, work)


def officials_command(given: argparse.Namespace, settings: config.Settings) -> int:
    """Make, list or end accounts of officials."""
    if given.what == "list":
        _print_rows(accounts.listed(settings), as_json=given.json)
        return 0
    done = accounts.run(given, settings)
    print(done.said)
    return 0 if done.well else 1


def zalo_command(given: argparse.Namespace, settings: config.Settings) -> int:
    """Take tokens, print the link of a consent, or check a captured webhook."""
    code, said = zalo.run(given, settings)
    print(said)
    return code


def clear_demo(given: argparse.Namespace, settings: config.Settings) -> int:
    """Delete the sample data."""

    def work(desk: Desk, _: DeskFactory) -> int:
        done = demo.clear(desk)
        print("the sample data is deleted" if done else "there is no sample data here")
        return 0 if done else 1

    return setup.at_desk(settings, work)


def key_command(given: argparse.Namespace, settings: config.Settings) -> int:
    """Print a new key, replace the one in use, or tell which is in use."""
    if given.what == "new":
        print(new_key())
        return 0
    do = keys.status if given.what == "status" else keys.finish if given.finish else keys.rotate
    code, said = do(settings, partial(print, flush=True))
    print(said)
    return code


def verify(given: argparse.Namespace, settings: config.Settings) -> int:
    """Check the invariants, and show what officials entered over the rows of law beside the shipped ones."""

    file = settings.data_dir / anchors.NAME

    def work(desk: Desk, office: DeskFactory) -> int:
        found = [*broken(desk.unit, desk.now)]
        found += anchors.broken(desk.unit, file, office.master, unsigned=given.unsigned)
        law = book_in_force(desk.unit)
        print("\n".join(found) if found else "all invariants hold", *catalogue.entry_lines(law), sep="\n")
        return 1 if found else 0

    return setup.at_desk(settings, work)


def renew_anchors(given: argparse.Namespace, settings: config.Settings) -> int:
    """Begin the anchors anew; what is left of the file is kept beside it."""
    file = settings.data_dir / anchors.NAME

    def work(desk: Desk, _: DeskFactory) -> int:
        machine.drop_fact(desk.unit, anchors.end_fact(desk.unit, file))
        desk.note("anchors.renewed", "all")
        kept = anchors.set_aside(file, desk.now)
        print("the anchors begin anew" + (f", those before are kept as {kept.name}" if kept else ""))
        return 0

    return setup.at_desk(settings, work)


def back_up(given: argparse.Namespace, settings: config.Settings) -> int:
    """Write the data to a file, and today's keys beside it."""
    print(backups.back_up(settings, given.file))
    return 0


def restore(given: argparse.Namespace, settings: config.Settings) -> int:
    """Put a backup into an empty database."""
    print(backups.restore(settings, given.file, unsigned=given.unsigned))
    return 0


def outbox_command(given: argparse.Namespace, settings: config.Settings) -> int:
    """List or retry messages to people; their words are not shown."""

    def work(desk: Desk, _: DeskFactory) -> int:
        if given.what == "retry":
            done = given.id is not None and outbox.retry(desk.unit, given.id, desk.now)
            desk.note("outbox.retry", f"outbox:{given.id}", done=done)
            print("queued again" if done else "there is no failed, held or expired message with this id")
            return 0 if done else 1
        rows = [asdict(row) for row in outbox.listed(desk.unit, given.state, 1000)]
        _print_rows(rows, as_json=given.json)
        return 0

    return setup.at_desk(settings, work)


def letters_command(given: argparse.Namespace, settings: config.Settings) -> int:
    """List or replay dead letters."""

    def work(desk: Desk, office: DeskFactory) -> int:
        if given.what == "replay":
            done = given.id is not None and intake.replay(desk.unit, office, SystemClock(), given.id)
            desk.note("dead_letter.replay", f"dead_letter:{given.id}", done=done)
            print("it will be tried again" if done else "there is no open dead letter that can be read with this id")
            return 0 if done else 1
        names = ("id", "channel", "reason", "state", "created_at")
        _print_rows([dict(zip(names, row, strict=True)) for row in inbox.dead_letters(desk.unit)], as_json=given.json)
        return 0

    return setup.at_desk(settings, work)


def _print_rows(rows: Sequence[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, default=str))
        return
    for row in rows:
        print("  ".join("-" if value is None else str(value) for value in row.values()))
    print(f"{len(rows)} rows")


def print_script(given: argparse.Namespace, settings: config.Settings) -> int:
    """Print a conversation as a script an official can read and sign."""
    from handlers.conversations import ALL
    from handlers.flow.printing import script
    from handlers.texts import load

    found = next((c for c in ALL if c.name == given.name), None)
    if found is None:
        raise setup.CannotStart(f"no such conversation; there are: {', '.join(c.name for c in ALL)}")
    print(script(found, load(), given.lang))
    return 0


def rules_command(given: argparse.Namespace, settings: config.Settings) -> int:
    """Check or show the dated rows, list those to compare, or print the named households with their results."""
    code, said = rules.run(given, settings)
    print(said)
    return code


def hear_lines(given: argparse.Namespace, settings: config.Settings) -> int:
    """Print what is heard in each line of the standard input."""
    from bot.cli import hears

    for line in hears.lines(sys.stdin, as_json=given.json):
        print(line, flush=True)
    return 0


def talk(given: argparse.Namespace, settings: config.Settings) -> int:
    """Chat in the terminal."""
    from bot.cli.terminal import talk as chat

    asyncio.run(chat(settings))
    return 0


if __name__ == "__main__":
    main()

"""The commands `key rotate`, `key rotate --finish` and `key status`; each says what is done, and what is to be done.

The order, and why: the bridge is committed first, because both keys are good from then on; then the new key is put
where the operator's key lives, and killed in between, the next run does it; only then data keys are rewrapped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot import setup
from bot.cli.progress import Progress
from bot.clock import SystemClock
from bot.config import Settings
from bot.jobs import anchors, key_watch
from handlers.desk import Actor
from storage import bridge, rotation
from storage.backup.rowfile import written_aside
from storage.crypto import decode_key
from storage.database import Unit

PATIENCE_S = 30.0  # for other processes to learn the new key, and for their transactions to end
LOOK_S = 0.2
KEPT_BESIDE = f"{setup.KEY_FILE}.before"
Said = tuple[int, str]  # the exit code, and the sentence


@dataclass(frozen=True, slots=True)
class _Rotation:
    """An opened office whose master key is being replaced."""

    opened: setup.OpenedOffice
    given: bytes
    tell: Callable[[str], None]

    @property
    def path(self) -> Path:
        return self.opened.settings.data_dir / setup.KEY_FILE

    @property
    def starts_with_the_newest(self) -> bool:
        """Whether what is set here is the newest key."""
        return self.given == decode_key(self.opened.office.master.setting())


def rotate(settings: Settings, tell: Callable[[str], None]) -> Said:
    """Begin to replace the master key, or go on where it was left. Raises CannotStart."""
    return _with_key(settings, tell, _rotate)


def finish(settings: Settings, tell: Callable[[str], None]) -> Said:
    """Have the key before open nothing any more. Raises CannotStart."""
    return _with_key(settings, tell, _finish)


def status(settings: Settings, tell: Callable[[str], None]) -> Said:
    """Say which key is in use, and how far its replacement has come. Raises CannotStart."""
    return _with_key(settings, tell, _status)


def _with_key(settings: Settings, tell: Callable[[str], None], do: Callable[[_Rotation], Said]) -> Said:
    opened = setup.open_office(settings, may_migrate=False)
    try:
        # Read again: the file was made if it was missing.
        return do(_Rotation(opened, setup.given_key(settings) or b"", tell))
    except (anchors.BadAnchors, OSError) as error:
        raise setup.CannotStart(str(error)) from None
    finally:
        opened.database.close_now()


def _rotate(at: _Rotation) -> Said:
    database, master = at.opened.database, at.opened.office.master

    def begin(unit: Unit) -> bool:
        now = SystemClock().now()
        if begun := rotation.begin(unit, master, now):
            _note(at, unit, "key.rotation_begun")
        return begun

    file = at.opened.settings.data_dir / anchors.NAME
    key_watch.sign(database, file, master)  # what was changed is said before anything is begun
    begun = database.write_now(begin)
    database.read_now(lambda unit: bridge.fit(unit, master))
    at.tell(f"the new key {master.name} takes over" if begun else f"going on with the new key {master.name}")
    _put_in_place(at)
    key_watch.sign(database, file, master)
    if late := _wait_for_others(at):
        return (
            1,
            f"{late} do not know the new key yet: see that they can reach the database, or stop them; run it again",
        )
    _rewrap(at)
    return 0, "every data key is wrapped by the new key; once it is set wherever Chung Tay is started from," + (
        " run `chungtay key rotate --finish`: until then the old key opens everything too"
    )


def _finish(at: _Rotation) -> Said:
    database, master = at.opened.database, at.opened.office.master
    beside = at.path.with_name(KEPT_BESIDE)
    if not database.read_now(bridge.stands):
        beside.unlink(missing_ok=True)
        return 0, f"no key is being replaced; {master.name} is the only one"
    if not at.starts_with_the_newest:
        return (
            1,
            f"this command was started with the key before: set {master.name} as ENCRYPTION_KEY, here and elsewhere",
        )
    if late := _unaware(at):
        return 1, f"{late} do not know the new key yet and would be locked out: wait for them, or stop them"
    key_watch.sign(database, at.opened.settings.data_dir / anchors.NAME, master)
    since = database.read_now(rotation.moment)
    if not _comes(lambda: not database.read_now(lambda unit: rotation.older_at_work(unit, since))):
        return 1, "a transaction of before is still going on, perhaps a backup: run it again once it has ended"

    def end(unit: Unit) -> None:
        rotation.end(unit, master)
        _note(at, unit, "key.rotated")

    _rewrap(at)
    try:
        database.write_now(end)
    except rotation.NotYet:
        return 1, "a key of before was wrapped meanwhile: run it again"
    beside.unlink(missing_ok=True)
    return 0, (
        f"the key before opens nothing here any more, {master.name} is the only one; a backup of before still needs the"
        " key before: take a new one into another folder now"
    )


def _status(at: _Rotation) -> Said:
    database, master = at.opened.database, at.opened.office.master
    if not database.read_now(bridge.stands):
        return 0, f"{master.name} is the only key; none is being replaced"
    before, left = database.read_now(lambda unit: (rotation.settled_on(unit), rotation.count_left(unit, master)))
    said = [f"{master.name} takes over from {before}", f"{left} data keys are still wrapped by {before} alone"]
    if late := _unaware(at):
        said.append(f"{late} do not know {master.name} yet")
    if not at.starts_with_the_newest:
        said.append(f"ENCRYPTION_KEY is still {before} here: `chungtay key rotate` prints {master.name} again")
    again = left or late or not at.starts_with_the_newest
    said.append(f"next: chungtay key rotate{'' if again else ' --finish'}")
    return 0, "\n".join(said)


def _put_in_place(at: _Rotation) -> None:
    """Put the new key where the operator's key lives: into its file, or before his eyes."""
    if at.starts_with_the_newest:
        return
    key = at.opened.office.master.setting()
    if at.opened.settings.key is not None:
        at.tell(f"set it wherever Chung Tay is started from, and keep a copy elsewhere:\nENCRYPTION_KEY={key}")
        return
    with written_aside(at.path.with_name(KEPT_BESIDE)) as file:
        file.write(at.path.read_bytes())
    with written_aside(at.path) as file:
        file.write(f"{key}\n".encode())
    at.tell(f"{setup.KEY_FILE} in DATA_DIR is the new key: keep a copy of it elsewhere, beside that of the one before")


def _rewrap(at: _Rotation) -> None:
    """Wrap with the newest key what it has not wrapped, some at a time, with room between for whoever writes."""
    database, master = at.opened.database, at.opened.office.master
    total = database.read_now(lambda unit: rotation.count_left(unit, master))
    show, done, after = Progress("wrapping data keys anew"), 0, ""
    while some := database.read_now(partial(rotation.some_left, master=master, after=after)):
        renewed = {name: master.renew(wrapped, name) for name, wrapped in some.items()}
        began = time.monotonic()
        database.mark_now(partial(rotation.put, was=some, renewed=renewed))
        time.sleep(time.monotonic() - began)
        done, after = done + len(some), max(some)
        show(min(done, total), total)


def _wait_for_others(at: _Rotation) -> str:
    """Wait until all processes at work know the newest key; returns those that don't, in words."""
    return "" if _comes(lambda: not _unaware(at)) else _unaware(at)


def _unaware(at: _Rotation) -> str:
    database, master = at.opened.database, at.opened.office.master
    served = database.is_held()
    return ", ".join(database.read_now(lambda unit: rotation.unaware(unit, master, database.process, served=served)))


def _comes(so: Callable[[], bool]) -> bool:
    """Look until it is so, or patience ends; returns whether it is."""
    until = time.monotonic() + PATIENCE_S
    while not (came := so()) and time.monotonic() < until:
        time.sleep(LOOK_S)
    return came


def _note(at: _Rotation, unit: Unit, action: str) -> None:
    at.opened.office.desk(unit, Actor("operator"), "command line", SystemClock()).note(action, "all")

"""Whoever holds the backups and not the key: a role made an admin's, rows taken out, the MAC taken away."""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from storage import bridge, rotation
from storage.backup import backup
from storage.backup.backup import KEYS, BadBackup
from storage.crypto import ROOT, MasterKey, decode_key
from storage.tables import OfficialRow
from storage.vault import Vault
from tests.kit.restoring import back_up, restore, silent
from tests.kit.town import Town
from tests.storage.test_backup import unused

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # what is attacked is a file


@pytest.fixture
async def file(town: Town, tmp_path: Path) -> Path:
    """A backup with an officer in it."""
    await town.official("tam", "officer")
    folder = tmp_path / "kept"
    folder.mkdir()
    back_up(town, folder / "monday.backup")
    return folder / "monday.backup"


def promote(path: Path) -> tuple[bytes, bytes]:
    """Make every officer an admin, with a hash that fits; returns the first line and the rest."""
    first, _, packed = path.read_bytes().rpartition(b"\n\x1f\x8b")
    lines = gzip.decompress((b"\x1f\x8b" if first else b"") + packed).replace(b'["officer"]', b'["admin"]')
    body = lines.splitlines(keepends=True)[:-1]
    rows = json.loads(lines.splitlines()[-1])["rows"]
    closing = json.dumps({"rows": rows, "sha256": hashlib.sha256(b"".join(body)).hexdigest()})
    return first, gzip.compress(b"".join(body) + closing.encode() + b"\n")


def keep_the_mac(path: Path) -> None:
    first, packed = promote(path)
    path.write_bytes(first + b"\n" + packed)


def sign_with_another_key(path: Path) -> None:
    first, packed = promote(path)
    mac = MasterKey(b"x" * 32).mac("backup")
    mac.update(packed)
    path.write_bytes(first[:-64] + mac.hexdigest().encode() + b"\n" + packed)


def take_the_mac_away(path: Path) -> None:
    path.write_bytes(promote(path)[1])


def no_gzip_at_all(path: Path) -> None:
    path.write_bytes(path.read_bytes().partition(b"\n")[0] + b"\nno gzip at all")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (keep_the_mac, "monday.backup can't be read: it was cut or changed, or ENCRYPTION_KEY is not its key"),
        (sign_with_another_key, "it was cut or changed, or ENCRYPTION_KEY is not its key"),
        (
            take_the_mac_away,
            "monday.backup is of an older release: it has no MAC, .* --unsigned restores it all the same",
        ),
    ],
)
async def test_a_changed_backup_is_refused(town: Town, file: Path, change: Callable[[Path], None], said: str) -> None:
    change(file)

    with pytest.raises(BadBackup, match=said):
        backup.find(file, town.office.master, silent)


async def test_what_was_changed_is_refused_before_a_byte_of_it_is_unpacked(town: Town, file: Path) -> None:
    no_gzip_at_all(file)

    with pytest.raises(BadBackup, match="ENCRYPTION_KEY is not its key"):
        backup.find(file, town.office.master, silent)


async def test_keys_without_a_mac_beside_a_sound_backup_are_refused(town: Town, file: Path) -> None:
    take_the_mac_away(file.with_name(KEYS))

    with pytest.raises(BadBackup, match="person-keys is of an older release"):
        backup.find(file, town.office.master, silent)


async def test_whoever_accepts_an_unsigned_one_restores_it(
    town: Town, file: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    take_the_mac_away(file)

    found = backup.find(file, town.office.master, silent, unsigned=True)
    with unused("sqlite", request, tmp_path) as target:
        target.write_now(lambda unit: backup.load(unit, found, "empty", town.clock.now(), silent))
        roles = target.read_now(lambda unit: unit.scalars(select(col(OfficialRow.roles))).all())

    assert roles == [["admin"]]


async def test_a_sound_one_is_restored_as_it_was(
    town: Town, file: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with unused("sqlite", request, tmp_path) as target:
        restore(town, file, target)
        roles = target.read_now(lambda unit: unit.scalars(select(col(OfficialRow.roles))).all())

    assert roles == [["officer"]]


async def test_what_leads_to_a_new_master_key_is_in_no_backup(
    town: Town, file: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    master, now = town.office.master, town.clock.now()
    await town.database.write(lambda unit: rotation.begin(unit, master, now))
    await town.database.read(lambda unit: bridge.fit(unit, master))
    later = tmp_path / "later"
    later.mkdir()
    back_up(town, later / "tuesday.backup")
    new = MasterKey(decode_key(master.setting()))

    with unused("sqlite", request, tmp_path) as target:
        restore(town, later / "tuesday.backup", target, new)
        kept = target.read_now(bridge.kept)
        assert target.read_now(lambda unit: bridge.fit(unit, new))
        left = target.read_now(lambda unit: rotation.count_left(unit, new))

    assert (set(kept), left) == ({ROOT}, 0)
    assert new.look_up("phone", "1") == master.look_up("phone", "1")


async def test_a_backup_says_which_key_it_needs(town: Town, file: Path) -> None:
    other = MasterKey(b"x" * 32)

    with pytest.raises(BadBackup, match=f"signed with the key {town.office.master.name}, and this one is {other.name}"):
        backup.find(file, other, silent)


async def test_a_key_that_was_replaced_meanwhile_is_said(town: Town, file: Path, tmp_path: Path) -> None:
    stale = MasterKey(town.office.master.keys[0].secret)
    now = town.clock.now()
    await town.database.write(lambda unit: rotation.begin(unit, town.office.master, now))
    await town.database.read(lambda unit: bridge.fit(unit, town.office.master))
    await town.database.write(lambda unit: Vault(unit, town.office.master).make("test:1", now))
    later = tmp_path / "later"
    later.mkdir()

    with pytest.raises(BadBackup, match="ENCRYPTION_KEY was replaced meanwhile"):
        backup.write(town.database, stale, later / "tuesday.backup", town.clock.now, silent)

    assert not (later / "tuesday.backup").exists()

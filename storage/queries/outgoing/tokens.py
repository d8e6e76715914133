"""The pair of tokens of a channel, sealed: read, given anew, presented, spent.

Why every change names the number it was decided on: two processes and an operator's command may change it at once, and
whoever comes too late changes nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import insert, select, update

from storage.database import Unit
from storage.tables import ChannelToken
from storage.vault import KeyGone, Vault

MOST_PRESENTATIONS = 2  # of one refresh token, the second only where nobody knows what became of the first
_TOKEN = ChannelToken.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair as it is kept. number: grows with each pair; the rest as the table says."""

    number: int
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    got_at: datetime
    expires_at: datetime | None
    presented: int
    presented_at: datetime | None
    refused: bool
    spent: bool
    reason: str

    @property
    def needs_reauth(self) -> bool:
        """Whether its refresh token must not be presented again, so that only a human can help."""
        return self.spent or self.presented >= MOST_PRESENTATIONS


def find(unit: Unit, vault: Vault, channel: str) -> Pair | None:
    """The pair of a channel; None where none was given, or its key is gone. Raises WrongKey."""
    row = unit.execute(select(_TOKEN).where(_TOKEN.c.channel == channel)).first()
    if row is None or row.access is None or row.refresh is None:
        return None
    try:
        access, refresh = (
            str(vault.open(_key(channel), _place(name, channel), sealed))
            for name, sealed in (("access", row.access), ("refresh", row.refresh))
        )
    except KeyGone:
        return None
    return Pair(
        number=row.number,
        access=access,
        refresh=refresh,
        got_at=row.got_at,
        expires_at=row.expires_at,
        presented=row.presented,
        presented_at=row.presented_at,
        refused=row.refused,
        spent=row.spent,
        reason=row.reason,
    )


def give(
    unit: Unit, vault: Vault, channel: str, access: str, refresh: str, now: datetime, *, expires_at: datetime | None
) -> int:
    """Keep a pair that came from outside, whatever was there before; returns its number."""
    _ensure(unit, vault, channel, now)
    values = _fresh(vault, channel, access, refresh, now, expires_at)
    changed = update(_TOKEN).where(_TOKEN.c.channel == channel).values(number=_TOKEN.c.number + 1, **values)
    return int(unit.execute(changed.returning(_TOKEN.c.number)).scalar_one())


def renew(
    unit: Unit, vault: Vault, channel: str, before: Pair, access: str, refresh: str, now: datetime,
    *, expires_at: datetime,
) -> bool:  # fmt: skip
    """Keep the pair that another was exchanged for. False if that one is no longer the one kept."""
    vault.ensure(_key(channel), now)
    values = _fresh(vault, channel, access, refresh, now, expires_at)
    return _change(unit, channel, before.number, number=before.number + 1, **values)


def present(unit: Unit, channel: str, pair: Pair, now: datetime) -> bool:
    """Count one more presentation of its refresh token, before it. False if anything changed meanwhile."""
    return _count(unit, channel, pair, presented=pair.presented + 1, presented_at=now)


def take_back(unit: Unit, channel: str, pair: Pair) -> bool:
    """The presentation surely did not take place. pair: as it was before it was counted."""
    statement = update(_TOKEN).where(_TOKEN.c.channel == channel, _TOKEN.c.number == pair.number)
    counted = statement.where(_TOKEN.c.presented == pair.presented + 1)
    return unit.change(counted.values(presented=pair.presented, presented_at=pair.presented_at)) == 1


def refuse(unit: Unit, channel: str, number: int) -> bool:
    """The platform refuses the access token of this number."""
    return _change(unit, channel, number, refused=True)


def spend(unit: Unit, channel: str, number: int, reason: str) -> bool:
    """The refresh token of this number must never be presented again. reason: a code."""
    return _change(unit, channel, number, spent=True, reason=reason)


def ask_consent(unit: Unit, vault: Vault, channel: str, verifier: str, state: str, now: datetime) -> None:
    """Remember what a consent will be checked with; what was remembered before counts no more."""
    _ensure(unit, vault, channel, now)
    sealed = vault.seal(_key(channel), _place("consent", channel), [verifier, state])
    unit.execute(update(_TOKEN).where(_TOKEN.c.channel == channel).values(consent=sealed))


def consent(unit: Unit, vault: Vault, channel: str) -> tuple[str, str] | None:
    """(verifier, state) of the consent under way, or None."""
    sealed = unit.execute(select(_TOKEN.c.consent).where(_TOKEN.c.channel == channel)).scalar()
    if sealed is None:
        return None
    try:
        verifier, state = cast("list[str]", vault.open(_key(channel), _place("consent", channel), sealed))
    except KeyGone:
        return None
    return verifier, state


def _ensure(unit: Unit, vault: Vault, channel: str, now: datetime) -> None:
    vault.ensure(_key(channel), now)
    if unit.execute(select(_TOKEN.c.channel).where(_TOKEN.c.channel == channel)).first() is None:
        unit.execute(
            insert(_TOKEN).values(channel=channel, number=0, presented=0, refused=False, spent=False, reason="")
        )


def _fresh(
    vault: Vault, channel: str, access: str, refresh: str, now: datetime, expires_at: datetime | None
) -> dict[str, object]:
    return {
        "access": vault.seal(_key(channel), _place("access", channel), access),
        "refresh": vault.seal(_key(channel), _place("refresh", channel), refresh),
        "got_at": now, "expires_at": expires_at, "presented": 0, "presented_at": None, "refused": False,
        "spent": False, "reason": "",
    }  # fmt: skip


def _count(unit: Unit, channel: str, pair: Pair, **values: object) -> bool:
    statement = update(_TOKEN).where(
        _TOKEN.c.channel == channel,
        _TOKEN.c.number == pair.number,
        _TOKEN.c.presented == pair.presented,
        _TOKEN.c.spent.is_(False),
    )
    return unit.change(statement.values(**values)) == 1


def _change(unit: Unit, channel: str, number_before: int, **values: object) -> bool:
    statement = update(_TOKEN).where(_TOKEN.c.channel == channel, _TOKEN.c.number == number_before)
    return unit.change(statement.values(**values)) == 1


def _key(channel: str) -> str:
    return f"channel:{channel}"


def _place(name: str, channel: str) -> str:
    return f"channel_token.{name}:{channel}"

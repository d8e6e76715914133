"""What the audit holds."""

from collections.abc import Mapping

from sqlmodel import col, select

from storage.tables import AuditRow
from tests.kit.house import House
from tests.kit.town import Town


async def noted(at: Town | House, *actions: str) -> list[AuditRow]:
    """What was noted, oldest first; of these actions alone, where any are named."""
    query = select(AuditRow).order_by(col(AuditRow.id))
    query = query.where(col(AuditRow.action).in_(actions)) if actions else query
    return list(await at.database.read(lambda unit: unit.scalars(query).all()))


async def actions(at: Town | House, *named: str) -> list[str]:
    """The actions that were noted, oldest first; these alone, where any are named."""
    return [row.action for row in await noted(at, *named)]


async def details(at: Town | House, *named: str) -> list[Mapping[str, object]]:
    """What is said of each of these actions."""
    return [row.detail for row in await noted(at, *named)]

"""What people agreed to, and the news they want."""

from handlers.desk.consents.consents import PURPOSES, Consents
from handlers.desk.consents.subscriptions import RHYTHMS, TOPICS, WHOLE_CITY, Again, Subscriptions
from storage.queries.announcing.subscriptions import Wanted

__all__ = ["PURPOSES", "RHYTHMS", "TOPICS", "WHOLE_CITY", "Again", "Consents", "Subscriptions", "Wanted"]

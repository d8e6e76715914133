"""What can go wrong with a call to the Bot Platform alone: the refusals on its pages."""

from fakes.bot_api import Refusal, refused
from fakes.faults import OF_THE_LINE

BAD_REQUEST = refused(Refusal(400, "Bad Request"))
UNAUTHORIZED = refused(Refusal(401, "Unauthorized"))
FORBIDDEN = refused(Refusal(403, "Internal server error"))
"""So it is spelled on their pages; some say that the chat is out of reach, others that it passes."""
NOT_FOUND = refused(Refusal(404, "Not Found"))
TIMED_OUT = refused(Refusal(408, "Request timeout"))
QUOTA = refused(Refusal(429, "Quota exceeded"))
SERVER_ERROR = refused(Refusal(500, "Internal server error"))

ALL = (*OF_THE_LINE, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TIMED_OUT, QUOTA, SERVER_ERROR)

"""Officials: their accounts, browsers, signing in, invitations, and who is on duty."""

from handlers.desk.officials.accounts import Accounts
from handlers.desk.officials.acting_chats import ActingChats, Acts
from handlers.desk.officials.browsers import Browsers, OwnBrowser, SignedIn
from handlers.desk.officials.changes import AccountChanges, ConfirmedChange, SeenChange
from handlers.desk.officials.duty import Duty
from handlers.desk.officials.expiry import Expiry
from handlers.desk.officials.invitations import Invitations
from handlers.desk.officials.news import AccountNews
from handlers.desk.officials.officials import OfficialAccount, Officials
from handlers.desk.officials.signing_in import Invited, Login, SigningIn, uri_of

__all__ = [
    "AccountChanges",
    "AccountNews",
    "Accounts",
    "ActingChats",
    "Acts",
    "Browsers",
    "ConfirmedChange",
    "Duty",
    "Expiry",
    "Invitations",
    "Invited",
    "Login",
    "OfficialAccount",
    "Officials",
    "OwnBrowser",
    "SeenChange",
    "SignedIn",
    "SigningIn",
    "uri_of",
]

"""Officials: their accounts, browsers, signing in, invitations, and who is on duty."""

from handlers.desk.officials.accounts import Accounts
from handlers.desk.officials.browsers import Browsers, OwnBrowser, SignedIn
from handlers.desk.officials.duty import Duty
from handlers.desk.officials.invitations import Invitations
from handlers.desk.officials.officials import OfficialAccount, Officials
from handlers.desk.officials.signing_in import Invited, Login, SigningIn, uri_of

__all__ = [
    "Accounts",
    "Browsers",
    "Duty",
    "Invitations",
    "Invited",
    "Login",
    "OfficialAccount",
    "Officials",
    "OwnBrowser",
    "SignedIn",
    "SigningIn",
    "uri_of",
]

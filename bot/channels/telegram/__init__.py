"""Telegram as a channel. Import it only where a token is set: the client library takes half a second to load."""

import os

# Lengths of time come from the library as timedelta; without this it gives whole seconds and a warning each time.
os.environ["PTB_TIMEDELTA"] = "1"

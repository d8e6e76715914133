"""Gifts: what was offered, for which needs, how it is handed over, and campaigns."""

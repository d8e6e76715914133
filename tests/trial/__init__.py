"""Bars over the real process: small ones in every run, long ones in `make trial`; both are the same functions."""

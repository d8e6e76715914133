"""Teaches the hearing from examples, in an environment of its own: `make hearing`. Nothing here is shipped."""

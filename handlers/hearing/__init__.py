"""What people mean by what they write: one of our doors, by likeness to examples that an official can read and extend.

Taught by `make hearing` from `handlers/texts/heard/`; what it learnt is shipped as weights, applied by plain code.
"""

from handlers.hearing.ear import NONE, URGENT, Heard, hear

__all__ = ["NONE", "URGENT", "Heard", "hear"]

"""The figures of law as officials keep them: compared again, or entered anew, by two of them."""

from handlers.desk.law.rule_overrides import (
    RuleOutcome,
    RuleOverrides,
    RuleState,
    SeenOverride,
    book_in_force,
)

__all__ = ["RuleOutcome", "RuleOverrides", "RuleState", "SeenOverride", "book_in_force"]

"""Every conversation the service has, one file each; they know neither each other nor any channel."""

from handlers.conversations import (
    case_answers,
    casework,
    consent,
    eligibility,
    entitlements,
    general,
    help_page,
    language,
    link,
    my_cases,
    news,
    officer,
    privacy,
    registration,
    start,
    talks,
    tasks,
    urgent_help,
)
from handlers.desk import Desk
from handlers.flow.conversation import Conversation

ALL: tuple[Conversation[Desk], ...] = (
    start.conversation,
    urgent_help.conversation,
    consent.to_check,
    eligibility.conversation,
    eligibility.reviewed,
    *entitlements.conversations,
    consent.to_register,
    consent.to_case_news,
    registration.conversation,
    *my_cases.conversations,
    *case_answers.conversations,
    *tasks.conversations,
    *casework.conversations,
    *privacy.conversations,
    *general.conversations,
    *news.conversations,
    officer.conversation,
    *talks.conversations,
    language.conversation,
    *link.conversations,
    help_page.conversation,
)

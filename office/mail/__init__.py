"""Mails: composing them from templates, calendar files, and addresses that nothing is sent to."""

from office.mail.compose import Composer, Letter

__all__ = ["Composer", "Letter"]

"""Addresses as the envelope needs them, and those that a machine reads: nothing is sent there, so no loop can begin."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

from office.outbox import Undeliverable

# RFC 3834 § 2 and the usual names of mailboxes that nobody reads.
_MACHINE = re.compile(
    r"(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|(?:svar[-_.]?ikke|ikke[-_.]?svar)|auto[-_.]?(?:reply|svar)"
    r"|mailer[-_.]?daemon|daemon|postmaster|bounces?|noreply[-_.]?\w*)(?:[-_.+=].*)?",
    re.IGNORECASE,
)


def envelope_address(address: str | None) -> str:
    """Return the address with its domain in ASCII. Raises Undeliverable without one, or when a machine reads it."""
    if not address:
        raise Undeliverable("no_address")
    try:
        valid = validate_email(address, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError:
        raise Undeliverable("unusable_address") from None
    if _MACHINE.fullmatch(valid.local_part):
        raise Undeliverable("machine_address")
    return str(valid.ascii_email)

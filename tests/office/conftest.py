"""The moment that the office's tests happen at, and cases to work on."""

from datetime import UTC, datetime

import pytest

from knowledge import load
from tests.office.case_work import Cases

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def cases(database):
    """The real office on a Tuesday at half past ten."""
    return Cases(database, load(), NOW)

"""A file is what its bytes are; its name is made harmless."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import FILE_TYPES
from office.file_types import MEDIA_TYPES, clean_name, type_of
from tests.office.made_files import MADE, UNWANTED


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_is_known_by_its_content(kind):
    assert type_of(io.BytesIO(MADE[kind])) == kind


def test_editors_may_choose_among_exactly_the_kinds_that_are_known():
    assert set(MADE) == set(MEDIA_TYPES) == set(FILE_TYPES)


@pytest.mark.parametrize("what", UNWANTED)
def test_everything_else_is_no_kind_at_all(what):
    assert type_of(io.BytesIO(UNWANTED[what])) is None


def test_a_part_that_unpacks_to_gigabytes_is_not_unpacked():
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            found = super().read(size)
            Counting.taken += len(found)
            return found

    bomb = io.BytesIO()
    from zipfile import ZIP_DEFLATED, ZipFile

    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"\0" * 50_000_000)
    assert type_of(Counting(bomb.getvalue())) is None
    assert Counting.taken < 20_000


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Plan 2.pdf", "Plan 2.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\bo\\Plan.PDF", "Plan.pdf"),
        ("faktura.pdf.exe", "faktura.pdf.pdf"),
        ("plan\u202efdp.exe", "planfdp.pdf"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie- x.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "fil.pdf"),
        ("...", "fil.pdf"),
        ("æblegrød.jpeg", "æblegrød.pdf"),
        ("pas 010190-1234.pdf", "pas [CPR-nummer fjernet].pdf"),
    ],
)
def test_names_are_cleaned(sent, kept):
    assert clean_name(sent, "pdf") == kept


@given(st.text(max_size=400))
def test_whatever_the_name_it_is_short_visible_and_no_path(name):
    kept = clean_name(name, "png")
    assert kept.endswith(".png")
    assert len(kept) <= 104
    assert not set('/\\<>:"|?*\r\n\0') & set(kept)
    assert not kept.startswith((".", " "))

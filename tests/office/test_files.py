"""Files lie in their case's folder while and only while the case says so."""

import io
import stat

import pytest

from knowledge.model import Uploads
from office import files
from office.files import FileRefused, Incoming, on_disk
from tests.office.made_files import PDF, UNWANTED

RULES = Uploads(("pdf",), 1, 2)


def incoming(*names, content=PDF):
    return [Incoming(name, io.BytesIO(content)) for name in names]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


@pytest.fixture
def keep(cases, folder):
    """Keep files on a case, as the page does."""

    async def keep(ticket, *names, rules=RULES):
        async with on_disk(folder, ticket, incoming(*names), rules) as kept, cases.database.writing() as uow:
            await files.add(uow, ticket, kept, rules, "virksomheden", cases.now)
            await uow.commit()

    return keep


def on(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


async def listed(cases, ticket):
    async with cases.database.reading() as uow:
        return await files.files_of(uow, ticket)


async def test_a_kept_file_is_on_disk_on_the_case_and_in_the_history(cases, keep, folder):
    ticket = await cases.open()
    await keep(ticket, "../Plan.exe")
    (row,) = await listed(cases, ticket)
    path = files.path_of(folder, ticket, row)
    assert (row.name, row.type, row.size) == ("Plan.pdf", "pdf", len(PDF))
    assert path.read_bytes() == PDF
    assert path.parent == folder / ticket.reference
    assert [event.new for event in await cases.history(ticket, "file_added")] == ["Plan.pdf"]


async def test_only_our_user_reads_it_and_nobody_runs_it(cases, keep, folder):
    ticket = await cases.open()
    await keep(ticket, "Plan.pdf")
    (row,) = await listed(cases, ticket)
    assert stat.S_IMODE(files.path_of(folder, ticket, row).stat().st_mode) == 0o600


async def test_a_block_that_fails_leaves_nothing_behind(cases, folder):
    ticket = await cases.open()
    with pytest.raises(RuntimeError):
        async with on_disk(folder, ticket, incoming("Plan.pdf"), RULES):
            raise RuntimeError
    assert on(folder) == []


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (UNWANTED["a program"], "kind")])
async def test_one_bad_file_refuses_all_and_is_named(cases, folder, content, why):
    ticket = await cases.open()
    with pytest.raises(FileRefused) as refused:
        async with on_disk(folder, ticket, [*incoming("a.pdf"), *incoming("b.pdf", content=content)], RULES):
            pass
    assert (refused.value.why, refused.value.name) == (why, "b.pdf")
    assert on(folder) == []


async def test_a_kind_the_office_does_not_take_is_refused(cases, folder):
    with pytest.raises(FileRefused, match="kind"):
        async with on_disk(folder, await cases.open(), incoming("a.pdf"), Uploads(("png",), 1, 2)):
            pass


async def test_a_case_holds_so_many_files_and_no_more(cases, keep, folder):
    ticket = await cases.open()
    await keep(ticket, "1.pdf", "2.pdf")
    with pytest.raises(FileRefused, match="many"):
        await keep(ticket, "3.pdf")
    assert len(on(folder)) == len(await listed(cases, ticket)) == 2


async def test_a_file_is_found_on_its_own_case_only(cases, keep):
    ticket, other = await cases.open(), await cases.open()
    await keep(ticket, "Plan.pdf")
    (row,) = await listed(cases, ticket)
    async with cases.database.reading() as uow:
        assert await files.file_of(uow, ticket, row.id) is not None
        assert await files.file_of(uow, other, row.id) is None


async def test_deletion_takes_rows_and_bytes_of_one_case(cases, keep, folder):
    ticket, other = await cases.open(), await cases.open()
    await keep(ticket, "Plan.pdf")
    await keep(other, "Plan.pdf")
    async with cases.database.writing() as uow:
        await files.delete_of_ticket(uow, folder, ticket)
        await uow.commit()
    assert await listed(cases, ticket) == []
    assert [path.parent.name for path in on(folder)] == [other.reference]

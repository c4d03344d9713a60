"""The commands that a person types: what they print, in Danish, and the status they end with."""

import asyncio
import json
import shutil
from datetime import UTC, datetime

import pytest

from indgang.cli import main
from office.store import Database
from tests.office.cases import answer_survey, chat, close_case, open_case
from tests.stored import everything_in

LONG_AGO = datetime(2024, 1, 2, 9, tzinfo=UTC)


@pytest.fixture
def system(migrated_sqlite, tmp_path, monkeypatch):
    """A system with one closed case and one chat, both old enough to be let go. Runs a piece of work on its database."""
    shutil.copy(migrated_sqlite, tmp_path / "indgang.db")
    monkeypatch.setenv("INDGANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("INDGANG_CLOCK", "2026-11-24T10:30")

    def run(work):
        async def on_database():
            database = Database(f"sqlite:///{tmp_path / 'indgang.db'}")
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(on_database())

    async def fill(database):
        ticket = await open_case(database, LONG_AGO)
        await answer_survey(database, ticket, LONG_AGO)
        await close_case(database, ticket.reference, LONG_AGO)
        await chat(database, LONG_AGO, "må jeg klippe hækken?")

    run(fill)
    return run


def test_a_dry_run_says_how_much_is_due_and_changes_nothing(system, capsys):
    before = system(everything_in)
    assert main(["purge", "--dry-run"]) == 0
    assert "ufærdige henvendelser: 0, afsluttede sager: 1, samtaler: 2. Intet er ændret." in capsys.readouterr().out
    assert system(everything_in) == before


def test_a_purge_says_what_it_did(system, capsys):
    assert main(["purge"]) == 0
    assert "Anonymiseret – ufærdige henvendelser: 0, afsluttede sager: 1, samtaler: 2." in capsys.readouterr().out
    assert "Lise" not in system(everything_in)


def test_an_export_is_json_with_danish_letters(system, capsys):
    assert main(["export", "--phone", "00 00 11 22"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["tickets"][0]["company"] == "Metalværkstedet Nul"
    assert "Metalværkstedet" in out


def test_erasing_says_what_is_gone(system, capsys):
    assert main(["erase", "--email", "lise@nul.example"]) == 0
    assert capsys.readouterr().out == "Anonymiseret – sager: 1, samtaler: 1.\n"


def test_an_open_case_is_named_and_the_status_says_that_something_is_left(system, capsys):
    system(lambda database: open_case(database, LONG_AGO))
    assert main(["erase", "--email", "lise@nul.example"]) == 1
    assert "Ikke slettet: EK-2024-000002." in capsys.readouterr().out


def test_what_names_nobody_is_explained(system, capsys):
    assert main(["export", "--cvr", "123"]) == 2
    assert capsys.readouterr().err == "'123' kan ikke læses som CVR-nummer.\n"


def test_the_figures_of_a_month_are_printed_in_danish(system, capsys):
    assert main(["statistics", "--month", "2024-01"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "Statistik for januar 2024"
    assert "Chat 1 0 1 2 100,0 %" in lines
    assert "Svar med indhold inden fristen 1 af 1 (100,0 %); 0 er der stadig tid til" in lines
    assert "Har svaret 1 af 1 (100,0 %); målet over 50 % er nået" in lines
    assert lines[-1] == "januar 2024 2"


def test_what_is_no_month_is_explained(system, capsys):
    assert main(["statistics", "--month", "nov"]) == 2
    assert "Skriv den som 2026-11" in capsys.readouterr().err


def test_a_backup_says_where_it_lies(system, tmp_path, capsys):
    assert main(["backup"]) == 0
    assert str(tmp_path / "backup" / "indgang-2026-11-24-1030") in capsys.readouterr().out

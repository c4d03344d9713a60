"""The command `indgang` and its subcommands."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from indgang.engine import ToolFailed
from indgang.model import NoModel
from knowledge import KnowledgeError
from office.clock import COPENHAGEN, system_clock
from office.settings import SETTINGS, SettingError, read_settings

_WHOSE = {"email": "E-MAIL", "phone": "TELEFON", "cvr": "CVR"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand. Returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SettingError, KnowledgeError, NoModel, ToolFailed) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="indgang", description="Én Indgang: virksomhedernes indgang til kommunen.")
    commands = parser.add_subparsers(required=True, metavar="KOMMANDO")

    command = commands.add_parser("run", help="start alle dele og hold dem i gang")
    command.set_defaults(run=_run)

    command = commands.add_parser("train", help="træn modellen, hvis noget er ændret")
    command.set_defaults(run=_train)

    command = commands.add_parser("check", help="tjek artikler, sagstyper, personer og indstillinger")
    command.add_argument("folder", nargs="?", type=Path, help="en anden mappe end knowledge/")
    command.add_argument(
        "--examples",
        action="store_true",
        help="find også linjer, der ligger nærmere et andet emne (tager op til et minut)",
    )
    command.set_defaults(run=_check)

    command = commands.add_parser("ask", help="vis, hvad assistenten ville svare, og hvorfor")
    command.add_argument("text", metavar="SPØRGSMÅL")
    command.set_defaults(run=_ask)

    command = commands.add_parser("gaps", help="vis de spørgsmål, der ikke fik et godt svar, de hyppigste først")
    command.add_argument("--days", type=int, default=30, help="hvor mange dage tilbage (30)")
    command.set_defaults(run=_gaps)

    command = commands.add_parser("evaluate", help="mål forståelsen på spørgsmål, botten ikke er trænet på")
    command.add_argument("files", nargs="+", type=Path, metavar="FIL.jsonl")
    command.add_argument("--url", help="den kørende dør; ellers den lokale")
    command.add_argument("--misses", type=int, default=1000, help="hvor mange fejl der vises (1000)")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("benchmark", help="mål denne pipeline mod Rasas egen, i samme kørsel")
    command.add_argument("--messages", type=int, default=300, help="beskeder til hver (300)")
    command.add_argument(
        "--default-epochs", type=int, default=100, help="omgange, Rasas standard trænes i (100, som Rasa selv gør)"
    )
    command.set_defaults(run=_benchmark)

    command = commands.add_parser("benchmark-desk", help="mål skrankens sider med mange sager mod få")
    command.add_argument("--open", type=_at_least(1), default=5_000, help="åbne sager (5000)")
    command.add_argument("--closed", type=_at_least(0), default=50_000, help="afsluttede sager (50000)")
    command.add_argument("--rounds", type=_at_least(1), default=40, help="indlæsninger af hver side (40)")
    command.set_defaults(run=_benchmark_desk)

    command = commands.add_parser(
        "simulate", help="lad et år gå på kontoret, med opdigtede sager og folk, på de rigtige regler"
    )
    command.add_argument("--cases", type=_at_least(100), default=10_000, help="sager på året, mindst 100 (10000)")
    command.add_argument("--people", type=_at_least(5), default=30, help="medarbejdere, mindst 5 (30)")
    command.add_argument("--seed", type=int, default=1, help="tal, der giver det samme år igen (1)")
    command.set_defaults(run=_simulate)

    command = commands.add_parser("password", help="giv en bruger af skranken en ny adgangskode")
    command.add_argument("username", nargs="?", default="admin")
    command.set_defaults(run=_password)

    command = commands.add_parser("backup", help="tag en sikkerhedskopi af databasen, også mens alt kører")
    command.add_argument("folder", nargs="?", type=Path, metavar="MAPPE", help="hvorhen; ellers backup/ i datamappen")
    command.set_defaults(run=_backup)

    command = commands.add_parser(
        "purge", help="anonymisér det, der er gemt længe nok (sker også hver dag af sig selv)"
    )
    command.add_argument("--dry-run", action="store_true", help="sig kun, hvor meget det er")
    command.set_defaults(run=_purge)

    for name, run, explained in (
        ("export", _export, "udskriv alt, der er gemt om én person, som JSON"),
        ("erase", _erase, "anonymisér alt, der er gemt om én person, efter personens ønske"),
    ):
        command = commands.add_parser(name, help=explained)
        whose = command.add_mutually_exclusive_group(required=True)
        for kind, word in _WHOSE.items():
            whose.add_argument(f"--{kind}", metavar=word)
        command.set_defaults(run=run)

    command = commands.add_parser("statistics", help="vis en måneds henvendelser, og hvordan løfterne blev holdt")
    command.add_argument("--month", metavar="ÅÅÅÅ-MM", help="måneden; ellers den, vi er i")
    command.set_defaults(run=_statistics)

    command = commands.add_parser("settings", help="vis alle indstillinger med forklaring")
    command.set_defaults(run=_settings)
    return parser


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"mindst {least}")
        return int(text)

    return number


def _run(_: argparse.Namespace) -> int:
    from indgang import model, run

    try:
        return run.run(read_settings())
    except run.CannotStart as error:
        print(error, file=sys.stderr)
    except model.TrainingFailed:
        print("Modellen kunne ikke trænes. Se beskeden ovenfor; prøv også: indgang check", file=sys.stderr)
    return 1


def _train(_: argparse.Namespace) -> int:
    from indgang import model

    try:
        print(asyncio.run(model.train(read_settings().data_dir)))
    except model.TrainingFailed:
        return 1
    return 0


def _check(options: argparse.Namespace) -> int:
    from indgang.check import check, check_examples

    status = check(options.folder, datetime.now(COPENHAGEN).date())
    if options.examples:
        check_examples(read_settings().data_dir)
    return status


def _ask(options: argparse.Namespace) -> int:
    from indgang.ask import ask

    return ask(options.text, read_settings().data_dir)


def _gaps(options: argparse.Namespace) -> int:
    from indgang.gaps import show_gaps

    return asyncio.run(show_gaps(read_settings(), options.days))


def _evaluate(options: argparse.Namespace) -> int:
    from indgang.evaluate import evaluate

    return asyncio.run(evaluate(options.files, options.url or read_settings().address, options.misses))


def _benchmark(options: argparse.Namespace) -> int:
    from indgang.benchmark import benchmark

    return asyncio.run(benchmark(options.messages, options.default_epochs))


def _benchmark_desk(options: argparse.Namespace) -> int:
    from indgang.desk_benchmark import benchmark_desk

    return asyncio.run(benchmark_desk(options.open, options.closed, options.rounds))


def _simulate(options: argparse.Namespace) -> int:
    from indgang.simulate import simulate

    return asyncio.run(simulate(options.cases, options.people, options.seed))


def _password(options: argparse.Namespace) -> int:
    from indgang.password import renew

    return asyncio.run(renew(read_settings(), options.username))


def _backup(options: argparse.Namespace) -> int:
    from indgang.backup import backup

    settings = read_settings()
    return backup(settings, options.folder, system_clock(settings.clock)())


def _purge(options: argparse.Namespace) -> int:
    from indgang.personal_data import purge

    settings = read_settings()
    return asyncio.run(purge(settings, system_clock(settings.clock)(), options.dry_run))


def _export(options: argparse.Namespace) -> int:
    from indgang.personal_data import export

    settings = read_settings()
    return asyncio.run(export(settings, *_whose(options), system_clock(settings.clock)()))


def _erase(options: argparse.Namespace) -> int:
    from indgang.personal_data import erase

    settings = read_settings()
    return asyncio.run(erase(settings, *_whose(options), system_clock(settings.clock)()))


def _whose(options: argparse.Namespace) -> tuple[str, str]:
    """Return the kind that was given (email, phone or cvr) and what was typed."""
    return next((kind, getattr(options, kind)) for kind in _WHOSE if getattr(options, kind) is not None)


def _statistics(options: argparse.Namespace) -> int:
    from indgang.statistics import statistics

    settings = read_settings()
    return asyncio.run(statistics(settings, options.month, system_clock(settings.clock)()))


def _settings(_: argparse.Namespace) -> int:
    for setting in SETTINGS:
        print(f"{setting.variable} (default {setting.default or 'empty'})\n    {setting.help}")
    return 0

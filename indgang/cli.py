"""The command `indgang` and its subcommands."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from indgang.engine import ToolFailed
from indgang.model import NoModel
from knowledge import KnowledgeError
from office.clock import COPENHAGEN
from office.settings import SETTINGS, SettingError, read_settings


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

    command = commands.add_parser("password", help="giv en bruger af skranken en ny adgangskode")
    command.add_argument("username", nargs="?", default="admin")
    command.set_defaults(run=_password)

    command = commands.add_parser("settings", help="vis alle indstillinger med forklaring")
    command.set_defaults(run=_settings)
    return parser


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


def _password(options: argparse.Namespace) -> int:
    from indgang.password import renew

    return asyncio.run(renew(read_settings(), options.username))


def _settings(_: argparse.Namespace) -> int:
    for setting in SETTINGS:
        print(f"{setting.variable} (default {setting.default or 'empty'})\n    {setting.help}")
    return 0

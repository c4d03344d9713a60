"""What makes a model stale: exactly what it is made from."""

import ast

from indgang.model import MADE_FROM
from office.settings import ROOT

# Read by an answering engine only: a change in how the model is used needs no new training.
ONLY_FOR_USE = {"bot/decision.py", "bot/text.py"}


def imported_by(file: str) -> set[str]:
    """The modules of bot/ that a file of ours imports, at the top or later."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {f"{name.replace('.', '/')}.py" for name in names if name.startswith("bot.")}


def test_every_file_named_exists():
    for pattern in MADE_FROM:
        assert list(ROOT.glob(pattern)), pattern


def test_whatever_learning_imports_makes_the_model_stale():
    named = {pattern for pattern in MADE_FROM if pattern.startswith("bot/") and pattern.endswith(".py")}
    assert set().union(*map(imported_by, named)) - ONLY_FOR_USE <= named


def test_every_component_of_the_configuration_makes_the_model_stale():
    for line in (ROOT / "config.yml").read_text(encoding="utf-8").splitlines():
        module = line.partition("name: bot.")[2].rpartition(".")[0]
        assert not module or f"bot/{module}.py" in MADE_FROM

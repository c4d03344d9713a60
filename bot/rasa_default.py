"""Rasa's default pipeline, to compare with: trained on a sample of the lines (bot/sample.py), and asked about texts.

    python -m bot.rasa_default train MODEL.tar.gz EPOCHS
    python -m bot.rasa_default ask MODEL.tar.gz TEXTS.json LABELS.json

The pipeline is that of bot/benchmark/default_config.yml, which has 100 epochs. TEXTS is a list of texts; LABELS gets, for each
of them, the three likeliest labels, best first. Runs in a process of its own, since it needs the libraries that bot/lean.py
leaves out.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from bot.sample import deep

ROOT = Path(__file__).resolve().parent.parent
_CONFIG = ROOT / "bot" / "benchmark" / "default_config.yml"
_FALLBACK = "nlu_fallback"
_BEST = 3


def main() -> None:
    """Train the pipeline, or read the texts, ask the model and write the labels."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    match sys.argv[1:]:
        case ["train", model, epochs]:
            train(Path(model), int(epochs))
        case ["ask", model, texts, labels]:
            found = asyncio.run(_ask(model, json.loads(Path(texts).read_text(encoding="utf-8"))))
            Path(labels).write_text(json.dumps(found), encoding="utf-8")
        case _:
            sys.exit(__doc__)


def train(model: Path, epochs: int) -> None:
    """Train the default pipeline on the sample for so many epochs and write it to `model` (.tar.gz)."""
    from rasa.model_training import train_nlu

    config = yaml.safe_load(_CONFIG.read_text(encoding="utf-8"))
    config["importers"] = [{"name": "bot.sample.SampleImporter"}]
    config["pipeline"] = [{**part, "epochs": epochs} if "epochs" in part else part for part in config["pipeline"]]
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder, "config.yml")
        changed.write_text(yaml.safe_dump(config), encoding="utf-8")
        name = model.name.removesuffix(".tar.gz")
        train_nlu(str(changed), str(ROOT / "data"), str(model.parent), fixed_model_name=name)


async def _ask(model: str, texts: list[str]) -> list[list[str]]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    return [best_labels(await agent.parse_message(text)) for text in texts]


def best_labels(parsed: dict[str, Any]) -> list[str]:
    """Return the three likeliest labels in what Rasa made of a message.

    That the pipeline would rather have fallen back is not held against it.
    """
    intents = [each["name"] for each in parsed["intent_ranking"] if each["name"] != _FALLBACK]
    return [deep(intent) for intent in intents[:_BEST]]


if __name__ == "__main__":
    main()

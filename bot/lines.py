"""Print the training lines, one JSON object each: `python -m bot.lines`, from the project's folder, in the engine's environment.

{"text", "label", "left_out"}: what bot/finetune.py learns from, which has an environment of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from bot import lean

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
lean.leave_out()

from bot.importer import KnowledgeImporter, is_description  # noqa: E402
from bot.mixture import is_left_out  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent


def training_lines() -> Iterator[tuple[str, str, bool]]:
    """Yield text, label, and whether it is a description of the label (title, summary …) instead of an example."""
    data = KnowledgeImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]).get_nlu_data()
    for message in data.intent_examples:
        yield message.get("text"), message.get_full_intent(), is_description(message)


if __name__ == "__main__":
    for text, label, describes in training_lines():
        if not describes:
            line = {"text": text, "label": label, "left_out": is_left_out(text)}
            print(json.dumps(line, ensure_ascii=False))

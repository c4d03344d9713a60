"""What Rasa's default pipeline makes of texts: `python -m bot.rasa_default MODEL TEXTS.json LABELS.json`.

MODEL is trained with bot/benchmark/default_config.yml. Runs in a process of its own, since it needs the libraries that
bot/lean.py leaves out. TEXTS is a list of texts; LABELS gets, for each of them, the three likeliest labels, best first.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

_FALLBACK = "nlu_fallback"
_BEST = 3


def main() -> None:
    """Read the texts, ask the model, write the labels."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    model, texts, labels = sys.argv[1:]
    found = asyncio.run(_ask(model, json.loads(Path(texts).read_text(encoding="utf-8"))))
    Path(labels).write_text(json.dumps(found), encoding="utf-8")


async def _ask(model: str, texts: list[str]) -> list[list[str]]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    return [best_labels(await agent.parse_message(text)) for text in texts]


def best_labels(parsed: dict[str, Any]) -> list[str]:
    """Return the three likeliest labels in what Rasa made of a message.

    Intents in the order of their ranking; an intent whose labels the response selector tells apart stands for them in the order
    of the selector. That the pipeline would rather have fallen back is not held against it.
    """
    selected = [each["intent_response_key"] for each in parsed["response_selector"]["default"]["ranking"]]
    labels: list[str] = []
    for intent in (each["name"] for each in parsed["intent_ranking"]):
        if intent != _FALLBACK:
            labels += [label for label in selected if label.startswith(f"{intent}/")] or [intent]
    return labels[:_BEST]


if __name__ == "__main__":
    main()

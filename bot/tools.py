"""The editor's tools: `python -m bot.tools NAME`, JSON on standard input and output. `indgang` puts them in words.

explain: {"text"} -> why a message is understood as it is (bot/explain.py)
gaps: {"texts"} -> messages grouped by meaning (bot/gaps.py)
misplaced: {"most"} -> training lines nearer to another topic than to their own (bot/misplaced.py)
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

from bot import lean, logs


def main() -> None:
    """Run one tool on what standard input holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=("explain", "gaps", "misplaced"))
    parser.add_argument("--model", type=Path, help="the trained model (.tar.gz); misplaced needs none")
    options = parser.parse_args()
    lean.leave_out()
    logs.configure(sys.stderr, logging.WARNING)
    found = _run(options.tool, options.model, json.load(sys.stdin))
    json.dump(found, sys.stdout, ensure_ascii=False)


def _run(tool: str, model: Path, given: dict[str, Any]) -> Any:
    from bot import explain, gaps, misplaced
    from bot.embedding import encoder
    from bot.places import read_lines
    from bot.trained import open_model

    if tool == "misplaced":
        return misplaced.find(read_lines(encoder("onnx-int8")), given["most"])
    trained = open_model(model)
    lines = read_lines(trained.encoder)
    if tool == "gaps":
        return gaps.group([gaps.without_names(text) for text in given["texts"]], trained, lines)
    return explain.explain(given["text"], trained, lines)


if __name__ == "__main__":
    main()

"""Logging of the engine: notices on one line each; what a visitor writes never reaches the log."""

from __future__ import annotations

import logging
import sys
from typing import TextIO


def _quantiser(record: logging.LogRecord) -> bool:
    """Let everything pass but the quantiser's remarks, which it makes on the root logger below ERROR."""
    return record.name != "root" or record.levelno >= logging.ERROR or "quanti" not in record.pathname


def configure(stream: TextIO = sys.stdout, level: int = logging.INFO) -> None:
    """Set up logging to `stream`. Rasa's structured log carries message texts below WARNING, so it starts there."""
    import structlog

    logging.basicConfig(level=level, stream=stream, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Rasa's libraries warn about each other, and the quantiser about every layer: nothing an operator could mend.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.getLogger().addFilter(_quantiser)
    for chatty in ("rasa.telemetry", "apscheduler", "sanic.access", "matplotlib", "tensorflow"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

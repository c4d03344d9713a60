"""Logging of the engine: notices on one line each; what a visitor writes never reaches the log."""

from __future__ import annotations

import logging
import sys


def configure() -> None:
    """Set up logging. Rasa's structured log carries message texts below WARNING, so it starts there."""
    import structlog

    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("rasa.telemetry", "apscheduler", "sanic.access", "matplotlib", "tensorflow"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

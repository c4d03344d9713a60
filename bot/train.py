"""Train the model: `python -m bot.train --out models/name.tar.gz`, from the project's folder, with progress shown."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")  # what Rasa would keep is never read: see force_training

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Train from config.yml, domain.yml and data/ and write the model to the path given; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where to write the model (.tar.gz)")
    parser.add_argument("--config", type=Path, default=ROOT / "config.yml")
    arguments = parser.parse_args()
    started = time.monotonic()
    made = _train(arguments.config, arguments.out)
    if made is None:
        return 1
    print(f"Model {made} trained in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def _train(config: Path, out: Path) -> Path | None:
    from bot import lean, logs

    lean.leave_out()
    logs.configure()
    from rasa.model_training import train

    out.parent.mkdir(parents=True, exist_ok=True)
    result = train(
        domain=str(ROOT / "domain.yml"),
        config=str(config),
        training_files=[str(ROOT / "data")],
        output=str(out.parent),
        fixed_model_name=out.name.removesuffix(".tar.gz"),
        force_training=True,  # the caller decides when; Rasa's cache cannot see into knowledge/
    )
    return Path(result.model) if result.model else None


if __name__ == "__main__":
    sys.exit(main())

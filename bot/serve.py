"""Start the engine: `python -m bot.serve --model models/name.tar.gz --port 5005`, on loopback, with only what it uses."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Serve the model until stopped. The token and the addresses of the other parts come from the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, default=5005)
    arguments = parser.parse_args()
    from bot import lean, logs

    lean.leave_out(lean.UNUSED | lean.ONLY_FOR_TRAINING)
    logs.configure()
    import rasa.core.run
    from rasa.core.actions.action import RemoteAction
    from rasa.core.utils import AvailableEndpoints
    from sqlalchemy import engine, event

    RemoteAction._validate_action_result = _is_action_result
    event.listen(engine.Engine, "connect", _do_not_wait_for_the_disk)

    rasa.core.run.serve_application(
        model_path=str(arguments.model),
        interface="127.0.0.1",
        port=arguments.port,
        credentials=str(ROOT / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml")),
        enable_api=False,
    )


def _do_not_wait_for_the_disk(connection: Any, _: Any) -> None:
    """Let the tracker's database (SQLite) leave writing to the operating system: what is said survives a crash of the engine.

    After a power cut a conversation may have lost its thread, not its words: those lie in the office's own tables, which
    do wait for the disk.
    """
    connection.execute("PRAGMA synchronous=OFF")


def _is_action_result(_: Any, result: Any) -> bool:
    """Check the form of an action's answer.

    In place of Rasa's own check, which validates its JSON schema anew at every call: a third of the time of a message.
    The action server is ours, and its answers are tested.
    """
    return isinstance(result, dict) and all(isinstance(result.get(key), list) for key in ("events", "responses"))


if __name__ == "__main__":
    main()

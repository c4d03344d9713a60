"""Start the engine: `python -m bot.serve --model models/name.tar.gz --port 5005`, on loopback, with only what it uses."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
# One message is small work: a second thread for its sums only spins, a third of the engine's processor time. Before numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

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
    from rasa.utils.endpoints import EndpointConfig

    RemoteAction._validate_action_result = _is_action_result
    EndpointConfig.new_session, EndpointConfig.session = EndpointConfig.session, _kept_session

    rasa.core.run.serve_application(
        model_path=str(arguments.model),
        interface="127.0.0.1",
        port=arguments.port,
        credentials=str(ROOT / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml")),
        enable_api=False,
    )


def _is_action_result(_: Any, result: Any) -> bool:
    """Check the form of an action's answer.

    In place of Rasa's own check, which validates its JSON schema anew at every call: a third of the time of a message.
    The action server is ours, and its answers are tested.
    """
    return isinstance(result, dict) and all(isinstance(result.get(key), list) for key in ("events", "responses"))


class _KeptOpen:
    """A block that lends a session and leaves it open."""

    def __init__(self, session: Any) -> None:
        self._session = session

    async def __aenter__(self) -> Any:
        return self._session

    async def __aexit__(self, *_: object) -> None:
        """Leave it open for the next call."""


def _kept_session(endpoint: Any) -> _KeptOpen:
    """Call the action server over connections that stay open, in place of Rasa's new session and connection for each call."""
    if not hasattr(endpoint, "kept"):
        endpoint.kept = type(endpoint).new_session(endpoint)
    return _KeptOpen(endpoint.kept)


if __name__ == "__main__":
    main()

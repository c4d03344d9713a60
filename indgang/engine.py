"""The engine's tools from our own environment: run one of bot/'s modules there and read what it found."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from indgang import model
from office.settings import ROOT


class ToolFailed(Exception):
    """A tool of the engine ended in error; its own words are on the terminal above."""


def in_engine(data_dir: Path, module: str, *arguments: str, given: str = "") -> Any:
    """Run `python -m module` in the engine's environment with `given` on its standard input; return the JSON it prints.

    Raises ToolFailed.
    """
    command = [str(model.ENGINE), "-m", module, *arguments]
    environment = model.engine_environment(data_dir)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=given, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise ToolFailed(f"{module} ended with code {done.returncode}")
    return json.loads(done.stdout)

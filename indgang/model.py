"""The trained model: named after what it is made from, so that it is stale exactly when its file is missing."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from office.settings import ROOT

MODELS = ROOT / "models"
ENGINE = ROOT / "bot" / ".venv" / "bin" / "python"
MADE_FROM = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    # What reads the examples and learns from them; how a trained model is *used* (decision, text, serve …) is not among it.
    "bot/importer.py",
    "bot/language.py",
    "bot/embedding.py",
    "bot/onnx_encoder.py",
    "bot/finetuned.npz",
    "bot/classifier.py",
    "bot/mixture.py",
    "bot/kind_trees.py",
    "bot/nearest.py",
    "bot/network.py",
    "bot/ngrams.py",
    "bot/concreteness.py",
    "bot/uv.lock",
    "knowledge/loader.py",
    "knowledge/model.py",
    "knowledge/articles/**/*.md",
    "knowledge/cases/*.yml",
    "knowledge/questions/*.txt",
    "knowledge/inquiries/*.txt",
)
_KEEP = 3


class TrainingFailed(Exception):
    """The engine could not train a model; its own words are on the terminal above."""


class NoModel(Exception):
    """Nothing has been trained yet; the message says how."""


def engine_environment(data_dir: Path) -> dict[str, str]:
    """Return the environment the engine's Python needs: our folders importable, telemetry off, caches in the data folder."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        # Rasa's progress bars and its warnings about its own old libraries would bury ours.
        "PYTHONWARNINGS": "ignore",
        "LOG_LEVEL": "WARNING",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        # Threads that spin while they wait cost seconds a message when all parts share two cores.
        "OMP_WAIT_POLICY": "PASSIVE",
        "GOMP_SPINCOUNT": "0",
        "INDGANG_CACHE": str(data_dir / "cache"),
    }


def current() -> Path:
    """Return where the model made from the present files lies, whether it has been trained yet or not."""
    return MODELS / f"indgang-{_fingerprint()}.tar.gz"


def newest() -> tuple[Path, bool]:
    """Return the model made last, and whether it is made from the present files. Raises NoModel."""
    trained = sorted(MODELS.glob("indgang-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if current() in trained:
        return current(), True
    if not trained:
        raise NoModel("Der er ingen trænet model endnu. Kør: indgang train")
    return trained[-1], False


async def train(data_dir: Path) -> Path:
    """Train when the model is older than what it is made from, with progress shown; cancelling ends the training too.

    Returns the model's path. Raises TrainingFailed.
    """
    path = current()
    if path.exists():
        return path
    print("Træner modellen, fordi viden, data eller bot er ændret …", flush=True)
    command = [str(ENGINE), "-m", "bot.train", "--out", str(path)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=engine_environment(data_dir))
    try:
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if status or not path.exists():
        raise TrainingFailed
    for old in sorted(MODELS.glob("indgang-*.tar.gz"), key=lambda p: p.stat().st_mtime)[:-_KEEP]:
        old.unlink()
    return path


def _fingerprint() -> str:
    digest = hashlib.sha256(_language_pipeline().encode())
    for path in _files():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for pattern in MADE_FROM:
        yield from sorted(ROOT.glob(pattern))


def _language_pipeline() -> str:
    """Name the Danish pipeline the engine has: a model is bound to the one it was trained with (bot/language.py)."""
    found = list((ROOT / "bot" / ".venv" / "lib").glob("python*/site-packages/da_core_news_sm"))
    return "da_core_news_sm" if found else "rules"

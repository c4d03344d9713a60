"""`indgang benchmark`: this pipeline against Rasa's default one, on the same content, on this machine, in one run.

Both stand behind actions and web of their own, on free loopback ports with a temporary data folder, and are asked through
the public chat API, in turns, so that whatever else the machine does hits both. docs/benchmark.md says what is compared.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import secrets
import signal
import socket
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import yaml

from indgang import run
from indgang.comparison import Figures, comparison, number
from indgang.model import ENGINE
from indgang.run import Part
from office.settings import ROOT, SETTINGS, Settings, read_settings
from office.store import Database
from office.store.migrate import upgrade

DEFAULT_CONFIG = ROOT / "bot" / "benchmark" / "default_config.yml"
VISITORS = 8
_EVALUATION = ROOT / "tests" / "evaluation" / "development"
_TURNS = 3  # messages in a conversation
_SLICE = 2 * _TURNS * VISITORS  # messages asked of one pipeline before it is the other's turn
_STARTS_ALONE = 2  # timed starts before the one that stays up
_TRAINING_HOURS = 12
_START_SECONDS = 300
_ANSWER_SECONDS = 60
_PROGRESS_SECONDS = 30
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Unmeasurable(Exception):
    """Something that is measured did not work; the message says what, and what it said itself."""


@dataclass
class Pipeline:
    """One of the two that are compared, with everything needed to train and start it, and its figures."""

    name: str
    settings: Settings
    training: Part
    front: Sequence[Part]
    engine: Part
    figures: Figures = field(default_factory=Figures)

    @property
    def logs(self) -> Path:
        return Path(self.settings.data_dir)


async def benchmark(messages: int, default_epochs: int) -> int:
    """Measure both pipelines with `messages` messages each and print the comparison. Returns 0, or 1 when one of them fails.

    Rasa's default trains for 100 epochs; fewer make its training time incomparable, and the output says so.
    """
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))  # however it is stopped, the parts end with it
    with tempfile.TemporaryDirectory(prefix="indgang-benchmark-") as folder:
        ours, default = _ours(Path(folder, "ours")), _default(Path(folder, "default"), default_epochs)
        print(f"{os.cpu_count()} kerner, belastning {number(os.getloadavg()[0])} ved start.", flush=True)
        try:
            await _measure((ours, default), _real_messages(messages))
            print(comparison(ours.figures, default.figures, VISITORS, default_epochs))
        except (Unmeasurable, aiohttp.ClientError, OSError) as error:
            print(f"Målingen kunne ikke gennemføres: {error}")
            return 1
    return 0


# --- the two pipelines ------------------------------------------------------------------------------------


def _ours(folder: Path) -> Pipeline:
    settings, environment = _own_system(folder)
    model = folder / "model.tar.gz"
    command = (str(ENGINE), "-m", "bot.train", "--out", str(model))
    return Pipeline(
        "denne pipeline",
        settings,
        Part("training", command, environment),
        run.light_parts(environment),
        run.engine_part(settings, environment, model),
    )


def _default(folder: Path, epochs: int) -> Pipeline:
    """Rasa's default pipeline, trained and served by the ordinary `rasa` command, with everything Rasa imports."""
    settings, environment = _own_system(folder)
    config, model = folder / "config.yml", folder / "model.tar.gz"
    default = yaml.safe_load(DEFAULT_CONFIG.read_text(encoding="utf-8"))
    config.write_text(yaml.safe_dump(with_epochs(default, epochs)), encoding="utf-8")
    rasa = (str(ENGINE), "-m", "rasa")
    train = (*rasa, "train", "--force", "--config", str(config), "--out", str(folder), "--fixed-model-name", "model")
    serve = (*rasa, "run", "--model", str(model), "--interface", "127.0.0.1", "--port", str(settings.engine_port))
    return Pipeline(
        "Rasas standard",
        settings,
        Part("training", train, {**environment, "LOG_LEVEL": "INFO"}),  # at which it names the component it trains
        run.light_parts(environment),
        replace(run.engine_part(settings, environment, model), command=serve),
    )


def with_epochs(config: dict[str, Any], epochs: int) -> dict[str, Any]:
    """Return the configuration with another number of epochs wherever one is given."""
    changed = dict(config)
    for part in ("pipeline", "policies"):
        changed[part] = [{**c, "epochs": epochs} if "epochs" in c else dict(c) for c in config[part]]
    return changed


def _own_system(folder: Path) -> tuple[Settings, dict[str, str]]:
    """Return settings and environment of a system apart from any other: whatever is set outside does not reach it."""
    folder.mkdir()
    own = {
        "PORT": _free_port(),
        "ENGINE_PORT": _free_port(),
        "ACTIONS_PORT": _free_port(),
        "ENGINE_TOKEN": secrets.token_urlsafe(),
        "SECRET_KEY": secrets.token_urlsafe(),
        "DATA_DIR": folder,
        "ENGINE_TIMEOUT": _ANSWER_SECONDS,
        "ACTION_TIMEOUT": _ANSWER_SECONDS,
        "RATE_LIMITS": "off",
    }
    chosen = {f"INDGANG_{name}": str(value) for name, value in own.items()}
    settings = read_settings(chosen)
    defaults = {setting.variable: "" for setting in SETTINGS}
    return settings, {
        **run.shared_environment(settings),
        **defaults,
        **chosen,
        "RASA_CACHE_DIRECTORY": str(folder / "rasa"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _real_messages(count: int) -> list[str]:
    """Return `count` of the labelled sets' messages, the same ones in the same mixed order every time."""
    files = sorted(_EVALUATION.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines or count < VISITORS:
        raise Unmeasurable(f"Der skal være mindst {VISITORS} beskeder, og eksempler i {_EVALUATION}.")
    texts = [str(json.loads(line)["text"]) for line in lines]
    random.Random(1).shuffle(texts)
    return [texts[i % len(texts)] for i in range(count)]


# --- measuring --------------------------------------------------------------------------------------------


async def _measure(pipelines: Sequence[Pipeline], texts: Sequence[str]) -> None:
    for pipeline in pipelines:
        await _train(pipeline)
    async with AsyncExitStack() as until_done:
        client = await until_done.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2 * _ANSWER_SECONDS))
        )
        for pipeline in pipelines:
            await _migrate(pipeline.settings)
            for part in pipeline.front:
                await until_done.enter_async_context(_running(part, pipeline.logs))
        for _ in range(_STARTS_ALONE):
            for pipeline in pipelines:
                async with _answering(client, pipeline):
                    pass
        engines = [await until_done.enter_async_context(_answering(client, pipeline)) for pipeline in pipelines]
        await _ask_in_turns(client, pipelines, texts)
        for pipeline, engine in zip(pipelines, engines, strict=True):
            if len(pipeline.figures.latencies) < VISITORS:
                raise Unmeasurable(_with_log(f"{pipeline.name} svarede ikke.", pipeline.logs / "engine.log"))
            pipeline.figures.memory = _resident(engine.pid)


async def _train(pipeline: Pipeline) -> None:
    """Train from nothing, with the last line of what the training says shown now and then. Raises Unmeasurable."""
    print(f"Træner {pipeline.name} …", flush=True)
    began = time.monotonic()
    async with _running(pipeline.training, pipeline.logs) as training:
        while training.returncode is None:
            try:
                await asyncio.wait_for(training.wait(), _PROGRESS_SECONDS)
            except TimeoutError:
                said = last_words((pipeline.logs / "training.log").read_text(encoding="utf-8", errors="replace"))
                print(f"  {time.monotonic() - began:>6.0f} s  {said[:100]}", flush=True)
            if time.monotonic() - began > _TRAINING_HOURS * 3600:
                raise Unmeasurable(f"Træningen af {pipeline.name} tog mere end {_TRAINING_HOURS} timer.")
    pipeline.figures.training = time.monotonic() - began
    if training.returncode:
        what = f"Træningen af {pipeline.name} mislykkedes (kode {training.returncode})."
        raise Unmeasurable(_with_log(what, pipeline.logs / "training.log"))
    print(f"Trænet på {number(pipeline.figures.training)} s.", flush=True)


def last_words(log: str) -> str:
    """Return the last line of a log, where a progress bar rewrites its line over and over."""
    lines = [line.strip() for line in re.split(r"[\r\n]", _COLOURS.sub("", log))]
    return next((line for line in reversed(lines) if line), "")


async def _migrate(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        await upgrade(database)
    finally:
        await database.close()


@asynccontextmanager
async def _running(part: Part, logs: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await run.start(part, logs)
    try:
        yield process
    finally:
        await run.end(process)


@asynccontextmanager
async def _answering(client: aiohttp.ClientSession, pipeline: Pipeline) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the engine, note the seconds until a visitor had the first answer, and keep it running."""
    conversation = await Conversation.begin(client, pipeline.settings.address)
    began = time.monotonic()
    async with _running(pipeline.engine, pipeline.logs) as engine:
        await _until_ready(client, pipeline, engine)
        outcome, _ = await conversation.write("må jeg klippe folk derhjemme i min stue?")
        if not outcome:
            raise Unmeasurable(_with_log(f"{pipeline.name} svarede ikke.", pipeline.logs / "engine.log"))
        pipeline.figures.starts.append(time.monotonic() - began)
        print(f"Startet {pipeline.name}: første svar efter {number(pipeline.figures.starts[-1])} s.", flush=True)
        yield engine


async def _until_ready(client: aiohttp.ClientSession, pipeline: Pipeline, engine: asyncio.subprocess.Process) -> None:
    end = time.monotonic() + _START_SECONDS
    while not await run.is_ready(client, pipeline.settings.address):
        if engine.returncode is not None or time.monotonic() > end:
            raise Unmeasurable(_with_log(f"{pipeline.name} kom ikke op.", pipeline.logs / "engine.log"))
        await asyncio.sleep(0.05)


async def _ask_in_turns(client: aiohttp.ClientSession, pipelines: Sequence[Pipeline], texts: Sequence[str]) -> None:
    """Ask each pipeline the same messages, a slice at a time, after one slice that is not counted."""
    slices = in_slices(texts)
    for pipeline in pipelines:
        await _ask(client, pipeline.settings.address, slices[-1], Figures())
    for turn, part in enumerate(slices, start=1):
        print(f"Måler {VISITORS} besøgende ad gangen, del {turn} af {len(slices)} …", flush=True)
        for pipeline in pipelines:
            await _ask(client, pipeline.settings.address, part, pipeline.figures)


def in_slices(texts: Sequence[str]) -> list[Sequence[str]]:
    """Return the texts in equal slices, so that every slice keeps all visitors busy."""
    count = max(1, len(texts) // _SLICE)
    return [texts[len(texts) * i // count : len(texts) * (i + 1) // count] for i in range(count)]


async def _ask(client: aiohttp.ClientSession, url: str, texts: Sequence[str], figures: Figures) -> None:
    """Send `texts` in conversations of a few messages each, as many at once as there are visitors."""
    said = [texts[i : i + _TURNS] for i in range(0, len(texts), _TURNS)]
    waiting = deque([(await Conversation.begin(client, url), part) for part in said])
    began = time.monotonic()
    await asyncio.gather(*(_visit(waiting, figures) for _ in range(VISITORS)))
    figures.loaded += time.monotonic() - began


async def _visit(waiting: deque[tuple[Conversation, Sequence[str]]], figures: Figures) -> None:
    while waiting:
        conversation, texts = waiting.popleft()
        for text in texts:
            figures.note(*await conversation.write(text))


@dataclass
class Conversation:
    """A conversation in the public chat API."""

    client: aiohttp.ClientSession
    url: str
    token: str

    @classmethod
    async def begin(cls, client: aiohttp.ClientSession, url: str) -> Conversation:
        """Open a conversation. Waits for the door, which may still be starting. Raises aiohttp.ClientError."""
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                async with client.post(f"{url}/api/v1/conversations", json={}) as response:
                    response.raise_for_status()
                    body = await response.json()
                return cls(client, f"{url}/api/v1/conversations/{body['id']}/messages", body["token"])
            except aiohttp.ClientConnectorError:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.1)

    async def write(self, text: str) -> tuple[str | None, float]:
        """Send a message. Returns the kind of outcome (None when the engine did not answer it) and the seconds it took."""
        began = time.monotonic()
        body = {"text": text, "client_message_id": secrets.token_hex(8)}
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.client.post(self.url, json=body, headers=headers) as response:
            answered = await response.json()
        kind = (answered.get("outcome") or {}).get("kind")
        return (None if kind == "failed" else kind), time.monotonic() - began


def _resident(pid: int) -> int:
    """Return the memory (resident set, bytes) of a process and its children."""
    process = psutil.Process(pid)
    return sum(int(p.memory_info().rss) for p in (process, *process.children(recursive=True)))


def _with_log(message: str, log: Path) -> str:
    """Return the message with the end of a log that will be gone with the temporary folder."""
    lines = _COLOURS.sub("", log.read_text(encoding="utf-8", errors="replace")).splitlines()
    return "\n".join([message, *(line[:300] for line in lines[-20:])])

"""`indgang run`: prepares everything, then keeps engine, actions and web alive until it is stopped.

Only web may listen on a public address (setting `host`); engine and actions stay on loopback behind a token.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from indgang import model
from office import access
from office.clock import system_clock
from office.keys import signing_key
from office.settings import ROOT, Settings
from office.store import Database
from office.store.migrate import upgrade

_STABLE_SECONDS = 60
_LONGEST_PAUSE = 30.0
_STOP_SECONDS = 10
_READY_SECONDS = 180


class CannotStart(Exception):
    """The system cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class Part:
    """One process: what people call it, its command, and its environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


def run(settings: Settings) -> int:
    """Set up, start and watch all parts. Returns 0 after an orderly stop."""
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    started = time.monotonic()
    _check_ports(settings)
    logs = settings.data_dir / "log"
    logs.mkdir(parents=True, exist_ok=True)
    await _prepare_database(settings)
    environment = shared_environment(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    watched = [asyncio.create_task(_keep_alive(part, logs, stop)) for part in light_parts(environment)]
    try:
        model_path = await _trained_model(settings, stop)
        if model_path is not None:
            engine = engine_part(settings, environment, model_path)
            watched.append(asyncio.create_task(_keep_alive(engine, logs, stop)))
            watched.append(asyncio.create_task(_announce(settings, started, logs, stop)))
        await stop.wait()
        _say("Stopper …")
    finally:
        stop.set()
        await asyncio.gather(*watched)
    return 0


async def _trained_model(settings: Settings, stop: asyncio.Event) -> Path | None:
    """Return the model, trained first if it is stale; None when the system is stopped before it is ready."""
    training = asyncio.create_task(model.train(settings.data_dir))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({training, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not training.done():
        training.cancel()
        await asyncio.wait({training})
        return None
    return training.result()


def _check_ports(settings: Settings) -> None:
    for name, host, port in (
        ("port", settings.host, settings.port),
        ("engine_port", "127.0.0.1", settings.engine_port),
        ("actions_port", "127.0.0.1", settings.actions_port),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CannotStart(
                    f"Port {port} på {host} er optaget eller kan ikke bruges. Stop det andet program, "
                    f"eller vælg en anden med INDGANG_{name.upper()}."
                ) from error


async def _prepare_database(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        await upgrade(database)
        async with database.writing() as uow:
            now, password = system_clock(settings.clock)(), None
            if settings.password_login:  # otherwise the first administrator comes from the provider
                password = await access.create_first_administrator(uow, now)
            await uow.commit()
    finally:
        await database.close()
    if password:
        _say("Skranken har fået sin første bruger. Adgangskoden vises kun her og kun denne gang:")
        _say(f"    bruger: admin    adgangskode: {password}")


def shared_environment(settings: Settings) -> dict[str, str]:
    """Return the environment of all parts: the same token and the same signing key, chosen here when no setting does."""
    return {
        **model.engine_environment(settings.data_dir),
        "INDGANG_ENGINE_TOKEN": settings.engine_token or secrets.token_urlsafe(32),
        "INDGANG_SECRET_KEY": signing_key(settings),
        "INDGANG_ACTIONS_PORT": str(settings.actions_port),
    }


def light_parts(environment: dict[str, str]) -> list[Part]:
    """Return the parts that run in our own environment: actions and web."""
    ours = {k: v for k, v in environment.items() if k != "INDGANG_CACHE"}
    return [Part(name, (sys.executable, "-m", name), ours) for name in ("actions", "web")]


def engine_part(settings: Settings, environment: dict[str, str], model_path: Path) -> Part:
    """Return the engine, serving the model at `model_path`."""
    command = (str(model.ENGINE), "-m", "bot.serve", "--model", str(model_path), "--port", str(settings.engine_port))
    return Part("engine", command, {**environment, "INDGANG_TRACKER_FILE": str(settings.tracker)})


async def _keep_alive(part: Part, logs: Path, stop: asyncio.Event) -> None:
    """Start a part and start it again, with growing pauses, whenever it ends by itself."""
    pause = 0.5
    while not stop.is_set():
        began = time.monotonic()
        process = await start(part, logs)
        stopping = asyncio.create_task(stop.wait())
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            await end(process)
            return
        stopping.cancel()
        pause = 0.5 if time.monotonic() - began > _STABLE_SECONDS else min(pause * 2, _LONGEST_PAUSE)
        _say(f"{part.name} stoppede uventet (kode {process.returncode}) og startes igen om {pause:g} sekunder.")
        await asyncio.wait({asyncio.create_task(stop.wait())}, timeout=pause)


async def start(part: Part, logs: Path) -> asyncio.subprocess.Process:
    """Start a part in a process group of its own; what it prints goes into `logs`."""
    with (logs / f"{part.name}.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *part.command, cwd=ROOT, env=part.environment, stdout=log, stderr=log, start_new_session=True
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """End a part: ask first, then do not wait for ever."""
    if process.returncode is not None:
        return
    _signal_group(process, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        _signal_group(process, signal.SIGKILL)
        await process.wait()


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


async def _announce(settings: Settings, started: float, logs: Path, stop: asyncio.Event) -> None:
    """Say the addresses as soon as every part is ready."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    address = f"http://{host}:{settings.port}"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as client:
        for _ in range(_READY_SECONDS * 4):
            if stop.is_set():
                return
            if await is_ready(client, address):
                _say(f"Klar efter {time.monotonic() - started:.0f} sekunder.")
                _say(f"    Kommunens side med chatten: {settings.address}/")
                _say(f"    Skranken for medarbejdere:  {settings.address}/desk")
                _say("    Stop med Ctrl-C.")
                return
            await asyncio.sleep(0.25)
    _say(f"Ikke alle dele er klar endnu. Se hvorfor i {logs} og på {address}/readyz")


async def is_ready(client: aiohttp.ClientSession, address: str) -> bool:
    """Tell whether engine, actions and database are ready behind the door at `address`."""
    try:
        async with client.get(f"{address}/readyz") as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def _say(text: str) -> None:
    print(text, flush=True)

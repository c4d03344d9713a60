"""The real stack for whole conversations: engine, actions, web and database, started as users start them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

ROOT = Path(__file__).parents[2]
OFFICE_HOURS = "2026-11-24T10:30"  # a Tuesday
_READY_SECONDS = 150


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """A running system: its address, the desk's first password, and a hand on its processes."""

    process: subprocess.Popen[str]
    url: str
    data_dir: Path
    output: Path

    @property
    def password(self) -> str:
        found = re.search(r"adgangskode: (\S+)", self.output.read_text(encoding="utf-8"))
        assert found, "the first start did not print the desk's password"
        return found.group(1)

    def part(self, name: str) -> psutil.Process:
        """Return the process of a part: engine, actions or web."""
        module = {"engine": "bot.serve", "actions": "actions", "web": "web"}[name]
        for child in psutil.Process(self.process.pid).children():
            if module in child.cmdline():
                return child
        raise LookupError(name)

    def kill(self, name: str) -> None:
        """End a part as a crash would: no warning, no cleaning up."""
        victim = self.part(name)
        victim.kill()
        victim.wait(10)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=3) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def wait_until_ready(self) -> None:
        end = time.monotonic() + _READY_SECONDS
        while not self.is_ready():
            assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
            assert time.monotonic() < end, f"not ready in {_READY_SECONDS} s: {self.output.read_text(encoding='utf-8')}"
            time.sleep(0.3)


def start_stack(data_dir: Path, **settings: str) -> Stack:
    """Start `indgang run` on free ports with its own data folder, and wait until every part is ready."""
    data_dir.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("INDGANG_")},
        "INDGANG_PORT": str(port),
        "INDGANG_ENGINE_PORT": str(free_port()),
        "INDGANG_ACTIONS_PORT": str(free_port()),
        "INDGANG_DATA_DIR": str(data_dir),
        "INDGANG_RATE_LIMITS": "off",
        "INDGANG_CLOCK": OFFICE_HOURS,
        **settings,
    }
    output = data_dir / "output.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "indgang", "run"], cwd=ROOT, env=environment, stdout=file, stderr=file, text=True
        )
    stack = Stack(process, f"http://127.0.0.1:{port}", data_dir, output)
    try:
        stack.wait_until_ready()
    except BaseException:
        stop_stack(stack)
        raise
    return stack


def stop_stack(stack: Stack) -> None:
    if stack.process.poll() is None:
        stack.process.send_signal(signal.SIGINT)
        try:
            stack.process.wait(30)
        except subprocess.TimeoutExpired:
            stack.process.kill()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running system for all conversations that break nothing."""
    running = start_stack(tmp_path_factory.mktemp("stack"))
    yield running
    stop_stack(running)


@dataclass
class Visitor:
    """Somebody in the chat: writes, chooses, and reads what comes back."""

    http: aiohttp.ClientSession
    url: str
    id: str = ""
    token: str = ""
    last: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def messages_url(self) -> str:
        return f"{self.url}/api/v1/conversations/{self.id}/messages"

    async def arrive(self) -> dict[str, Any]:
        async with self.http.post(f"{self.url}/api/v1/conversations", json={}) as response:
            assert response.status == 201, await response.text()
            body: dict[str, Any] = await response.json()
        self.id, self.token = body["id"], body["token"]
        return body

    async def post(self, body: Any, **more: Any) -> tuple[int, dict[str, Any]]:
        async with self.http.post(self.messages_url, json=body, headers=self.headers, **more) as response:
            return response.status, await response.json()

    async def say(self, text: str, client_message_id: str | None = None) -> dict[str, Any]:
        """Write `text`; returns {messages, outcome}."""
        status, self.last = await self.post({"text": text, "client_message_id": client_message_id or uuid.uuid4().hex})
        assert status == 200, self.last
        return self.last

    async def choose(self, label: str) -> dict[str, Any]:
        """Press the button of the last reply whose label begins with `label`."""
        choices = [c for m in self.last["messages"] for c in m.get("choices") or []]
        choice = next(c for c in choices if c["label"].startswith(label))
        status, self.last = await self.post({"choice": choice["id"], "client_message_id": uuid.uuid4().hex})
        assert status == 200, self.last
        return self.last

    async def heard(self, after: int = 0) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.messages_url}?after={after}", headers=self.headers) as response:
            assert response.status == 200
            messages: list[dict[str, Any]] = (await response.json())["messages"]
        return messages

    @property
    def words(self) -> str:
        return "\n".join(m["text"] for m in self.last["messages"])

    @property
    def outcome(self) -> dict[str, Any]:
        return dict(self.last["outcome"])

    def articles(self) -> list[dict[str, Any]]:
        return [m["article"] for m in self.last["messages"] if m.get("article")]

    def ticket(self) -> dict[str, Any] | None:
        return next((m["ticket"] for m in self.last["messages"] if m.get("ticket")), None)


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


@pytest.fixture
async def visitor(stack: Stack, http: aiohttp.ClientSession) -> Visitor:
    somebody = Visitor(http, stack.url)
    await somebody.arrive()
    return somebody


async def until(condition: Any, seconds: float = 60) -> Any:
    """Return the first true value of `condition()`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.3)

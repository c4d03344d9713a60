"""A real application on a real database, with a stand-in engine, for every test that asks for one."""

from __future__ import annotations

import socket
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from knowledge import Knowledge, load
from office import access, tickets
from office.intake import Facts
from office.settings import Settings, read_settings
from office.store import Database
from tests.web.standin_engine import TOKEN, StandinEngine
from web.app import build_app
from web.chat_api import openapi
from web.parts import PARTS, Parts

SAMPLE = Path(__file__).parents[1] / "knowledge_sample"
TUESDAY_MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10.00 in Denmark: the office is open
SATURDAY = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
PASSWORD = "korrekt hest batteri"


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self) -> None:
        self.now = TUESDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little effort: what a test shows of passwords does not depend on it."""
    monkeypatch.setattr("office.access._hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def background_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sweeper and sender run when a test asks them to, not between two lines of one."""
    for work in ("sweep_while_running", "deliver_while_running"):
        monkeypatch.setattr(f"web.app.{work}", _never)


async def _never(app: web.Application) -> AsyncIterator[None]:
    yield


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def sample() -> Knowledge:
    return load(SAMPLE)


@pytest.fixture
def engine() -> StandinEngine:
    return StandinEngine()


@pytest.fixture
async def engine_port(engine: StandinEngine) -> AsyncIterator[int]:
    server = TestServer(engine.app())
    await server.start_server()
    yield int(server.port or 0)
    await server.close()


@pytest.fixture
def changed_settings() -> dict[str, str]:
    """Settings a test (or its module) wants otherwise; override this fixture or use `indirect` parameters."""
    return {}


@pytest.fixture
def settings(tmp_path: Path, database_url: str, engine_port: int, changed_settings: dict[str, str]) -> Settings:
    return read_settings(
        {
            "INDGANG_DATA_DIR": str(tmp_path),
            "INDGANG_DATABASE_URL": database_url,
            "INDGANG_ENGINE_PORT": str(engine_port),
            "INDGANG_ACTIONS_PORT": str(engine_port),
            "INDGANG_ENGINE_TOKEN": TOKEN,
            "INDGANG_ENGINE_TIMEOUT": "1",
            "INDGANG_RATE_LIMITS": "off",
            **changed_settings,
        }
    )


@pytest.fixture
async def client(
    settings: Settings, database: Database, sample: Knowledge, clock: Hands
) -> AsyncIterator[TestClient[Any, Any]]:
    app = build_app(settings, database, sample, clock)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
def parts(client: TestClient[Any, Any]) -> Parts:
    return client.app[PARTS]


@pytest.fixture
async def chat(client: TestClient[Any, Any]) -> Chat:
    """A conversation that has begun."""
    chat = Chat(client)
    await chat.begin()
    return chat


async def open_ticket(parts: Parts, conversation_id: str, language: str = "da") -> str:
    """Open a larger case in a conversation. Returns its reference."""
    async with parts.database.writing() as uow:
        inquiry = tickets.Inquiry(
            conversation_id=conversation_id,
            subject="Vi vil udvide vores hal",
            facts=Facts(company="Nul ApS", phone="00005999"),
            case_type="udvidelse-produktionshal",
            language=language,
        )
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now())
        await uow.commit()
    return str(ticket.reference)


@pytest.fixture
async def reference(chat: Chat, parts: Parts) -> str:
    """The reference of an open case of the conversation."""
    return await open_ticket(parts, chat.id)


@pytest.fixture
def case(reference: str) -> str:
    """The desk's page of that case."""
    return f"/desk/sager/{reference}"


def free_port() -> int:
    """A port on which nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- the API, with every response held against its description -------------------------------------------

_DESCRIPTION = "urn:openapi"
_REGISTRY: Registry[Any] = Registry().with_resource(
    _DESCRIPTION, Resource(contents=openapi(), specification=DRAFT202012)
)


def check_response(path: str, method: str, status: int, body: Any) -> None:
    """Fail unless the description names this response and `body` is what it says."""
    operation = openapi()["paths"][path][method]
    assert str(status) in operation["responses"], f"{method} {path} answered {status}, which is not described"
    pointer = f"#/paths/{path.replace('/', '~1')}/{method}/responses/{status}"
    if "$ref" in operation["responses"][str(status)]:
        pointer = operation["responses"][str(status)]["$ref"]
    reference = f"{_DESCRIPTION}{pointer}/content/application~1json/schema"
    validator = Draft202012Validator({"$ref": reference}, registry=_REGISTRY, format_checker=FormatChecker())
    validator.validate(body)


class Chat:
    """A visitor of the chat. Every response is checked against web/openapi.yaml."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.id = ""
        self.token = ""
        self.status = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def begin(self, **headers: str) -> Any:
        body = await self.request("post", "/conversations", json={}, headers=headers)
        if self.status == 201:
            self.id, self.token = body["id"], body["token"]
        return body

    async def send(self, body: Any, **headers: str) -> Any:
        """Post `body` as JSON (a string goes as it is) and return the response's body."""
        payload = {"data": body} if isinstance(body, (str, bytes)) else {"json": body}
        return await self.request(
            "post", "/conversations/{id}/messages", headers={**self.headers, **headers}, **payload
        )

    async def say(self, text: str, client_message_id: str | None = None, **headers: str) -> Any:
        return await self.send({"text": text, "client_message_id": client_message_id or uuid.uuid4().hex}, **headers)

    async def choose(self, choice: str, client_message_id: str | None = None) -> Any:
        return await self.send({"choice": choice, "client_message_id": client_message_id or uuid.uuid4().hex})

    async def read(self, after: int = 0) -> Any:
        body = await self.request(
            "get", "/conversations/{id}/messages", headers=self.headers, params={"after": str(after)}
        )
        return body["messages"] if self.status == 200 else body

    async def request(self, method: str, path: str, **options: Any) -> Any:
        address = f"/api/v1{path}".replace("{id}", self.id)
        async with self.client.request(method, address, **options) as response:
            self.status = response.status
            self.response_headers = response.headers
            body = await response.json()
        check_response(path, method, self.status, body)
        return body


# --- the desk -------------------------------------------------------------------------------------------


class Desk:
    """A caseworker's browser."""

    def __init__(self, client: TestClient[Any, Any], parts: Parts) -> None:
        self.client = client
        self.parts = parts

    async def add_user(
        self,
        username: str = "bo",
        name: str = "Bo Byggesen",
        person: str | None = "bo-byg",
        role: str = "caseworker",
    ) -> None:
        async with self.parts.database.writing() as uow:
            await access.create_user(uow, username, name, role, PASSWORD, self.parts.now(), person)
            await uow.commit()

    async def log_in(self, username: str = "bo", password: str = PASSWORD) -> Any:
        page = await (await self.client.get("/desk/login")).text()
        fields = {"username": username, "password": password, "token": hidden(page, "token")}
        return await self.client.post("/desk/login", data=fields, allow_redirects=False)

    async def page(self, path: str) -> str:
        response = await self.client.get(path)
        assert response.status == 200, response.status
        return await response.text()

    async def send(self, page: str, path: str, allow_redirects: bool = False, **fields: str) -> Any:
        """Send a form of `page`, with its hidden fields."""
        hidden_fields = {"csrf": hidden(page, "csrf"), "version": hidden(page, "version")}
        return await self.client.post(path, data={**hidden_fields, **fields}, allow_redirects=allow_redirects)


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of this name in `page`."""
    _, found, rest = page.partition(f'name="{name}" value="')
    assert found, f"no hidden field {name}"
    return rest.partition('"')[0]


@pytest.fixture
async def stranger(client: TestClient[Any, Any], parts: Parts) -> AsyncIterator[Desk]:
    """Another browser, from which nobody has logged in."""
    async with TestClient(client.server, cookie_jar=CookieJar(unsafe=True)) as other:
        yield Desk(other, parts)


@pytest.fixture
async def desk(client: TestClient[Any, Any], parts: Parts) -> Desk:
    """A caseworker who is logged in."""
    desk = Desk(client, parts)
    await desk.add_user()
    response = await desk.log_in()
    assert response.status == 303
    return desk

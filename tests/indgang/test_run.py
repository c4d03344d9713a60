"""One supervisor: a crashed part comes back and is spoken of, a stop ends everything, a taken port is explained."""

import asyncio
import socket
import sys

import pytest

from indgang import model
from indgang.run import CannotStart, Part, _check_ports, _keep_alive
from office.keys import signing_key
from office.settings import read_settings


def part(*code: str) -> Part:
    return Part("prøve", (sys.executable, "-c", "\n".join(code)), {})


async def test_a_part_that_ends_is_started_again_and_it_is_said(tmp_path, capsys):
    stop = asyncio.Event()
    marks = tmp_path / "marks"
    code = f"open({str(marks)!r}, 'a').write('x')"
    watching = asyncio.create_task(_keep_alive(part(code), tmp_path, stop))
    for _ in range(100):
        await asyncio.sleep(0.1)
        if marks.exists() and len(marks.read_text()) >= 2:
            break
    stop.set()
    await watching
    assert len(marks.read_text()) >= 2
    assert "prøve stoppede uventet" in capsys.readouterr().out


async def test_stopping_ends_a_running_part(tmp_path):
    stop = asyncio.Event()
    watching = asyncio.create_task(_keep_alive(part("import time", "time.sleep(600)"), tmp_path, stop))
    await asyncio.sleep(0.5)
    stop.set()
    await asyncio.wait_for(watching, 8)


def test_a_taken_port_is_explained_with_the_setting_that_moves_it():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} .*INDGANG_PORT"):
            _check_ports(read_settings({"INDGANG_PORT": str(port)}))


def test_the_signing_key_is_made_once_kept_and_private(tmp_path):
    settings = read_settings({"INDGANG_DATA_DIR": str(tmp_path)})
    key = signing_key(settings)
    assert len(key) > 40
    assert signing_key(settings) == key
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_a_changed_article_makes_another_model(tmp_path, monkeypatch):
    (tmp_path / "knowledge" / "articles").mkdir(parents=True)
    article = tmp_path / "knowledge" / "articles" / "a.md"
    article.write_text("one")
    monkeypatch.setattr(model, "ROOT", tmp_path)
    first = model.current()
    assert model.current() == first
    article.write_text("two")
    assert model.current() != first

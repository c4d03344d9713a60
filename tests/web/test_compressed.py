"""The design system's style sheet goes out compressed, and without its fonts to pages that bring their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web.compressed import compressed_file, compressed_style

STYLE = "@font-face{font-family:x;src:url(a.woff)}.button{color:red}" * 50


@pytest.fixture
async def browser(tmp_path: Path):
    path = tmp_path / "style.css"
    path.write_text(STYLE, encoding="utf-8")
    app = web.Application()
    app.router.add_get("/whole", compressed_style(path))
    app.router.add_get("/script", compressed_file(path, "text/javascript"))
    app.router.add_get("/bare", compressed_style(path, without_fonts=True))
    async with TestClient(TestServer(app)) as browser:
        yield browser


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, br", "gzip"), ("identity", None)])
async def test_it_is_compressed_for_those_who_take_it(browser, accepted, sent):
    response = await browser.get("/whole", headers={"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == sent
    assert response.headers["Vary"] == "Accept-Encoding"
    assert await response.text() == STYLE


async def test_who_has_it_already_gets_nothing(browser):
    tag = (await browser.get("/whole")).headers["ETag"]
    response = await browser.get("/whole", headers={"If-None-Match": tag})
    assert (response.status, await response.read()) == (304, b"")


async def test_pages_with_fonts_of_their_own_get_it_without(browser):
    assert await (await browser.get("/bare")).text() == ".button{color:red}" * 50


async def test_other_files_keep_their_kind(browser):
    response = await browser.get("/script")
    assert (response.content_type, await response.text()) == ("text/javascript", STYLE)

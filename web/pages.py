"""The demonstration pages of a municipal site, on which the chat stands."""

from __future__ import annotations

from aiohttp import web

from web.templating import render

routes = web.RouteTableDef()


@routes.get("/")
async def front(request: web.Request) -> web.Response:
    """Show the business front page."""
    return render(request, "demo/index.html")


@routes.get("/lokaler")
async def premises(request: web.Request) -> web.Response:
    """Show a second page, so that changing pages in mid-conversation can be seen."""
    return render(request, "demo/lokaler.html")

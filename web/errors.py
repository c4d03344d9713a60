"""One error shape everywhere: `{"error": {"code", "message"}}` under /api, a page elsewhere; never a trace.

The whole list of codes is here, in both languages. `PublicError` is raised with a code; everything else that goes wrong
is turned into one of them by the middleware.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from web.language import leading
from web.templating import render

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Error:
    """HTTP status and what is said in Danish and English, with {placeholders}."""

    status: int
    da: str
    en: str


ERRORS: dict[str, _Error] = {
    "bad_request": _Error(400, "Forespørgslen kan ikke læses.", "The request cannot be read."),
    "bad_json": _Error(400, "Forespørgslen er ikke gyldig JSON.", "The request is not valid JSON."),
    "not_an_object": _Error(
        400,
        'Forespørgslen skal være et JSON-objekt, for eksempel {{"text": "…"}}.',
        'The request must be a JSON object such as {{"text": "…"}}.',
    ),
    "unauthorised": _Error(
        401,
        "Samtalen findes ikke, eller adgangen til den passer ikke. Begynd en ny samtale.",
        "There is no such conversation, or its token is not right. Please begin a new conversation.",
    ),
    "refused": _Error(
        403,
        "Vi kunne ikke se, at det var dig, der sendte. Gå tilbage, genindlæs siden, og send igen.",
        "We could not see that it was you who sent this. Go back, reload the page and send again.",
    ),
    "forbidden": _Error(
        403,
        "Din rolle giver ikke adgang til denne side. Bed administratoren om adgang, hvis du har brug for den.",
        "Your role does not give access to this page. Ask the administrator if you need it.",
    ),
    "not_found": _Error(
        404,
        "Der er ikke noget på denne adresse. Se efter, om hele linket er kommet med.",
        "There is nothing at this address. Please check that the whole link was copied.",
    ),
    "method_not_allowed": _Error(
        405, "Den handling findes ikke på denne adresse.", "This address does not offer that action."
    ),
    "too_large": _Error(
        413,
        "Beskeden er for stor. Du kan højst sende {limit} bytes ad gangen. Skriv det vigtigste først, og del resten op.",
        "The message is too large. You can send at most {limit} bytes at a time. Please write the essentials first.",
    ),
    "nothing_to_send": _Error(
        422,
        "Der står ikke noget i beskeden. Skriv dit spørgsmål, og send igen.",
        "The message is empty. Please write your question and send again.",
    ),
    "text_expected": _Error(422, "Feltet 'text' skal være tekst.", "The field 'text' must be text."),
    "too_long": _Error(
        422,
        "Beskeden er på {length} tegn, og der er plads til {limit}. Forkort den, eller del den i flere beskeder.",
        "The message has {length} characters and there is room for {limit}. Please shorten it or send it in parts.",
    ),
    "unknown_choice": _Error(
        422,
        "Det valg findes ikke i samtalen. Vælg en af knapperne igen, eller skriv med dine egne ord.",
        "That choice does not exist in this conversation. Please choose again, or write in your own words.",
    ),
    "bad_message_id": _Error(
        422,
        "Feltet 'client_message_id' skal være 1-64 bogstaver, tal eller tegnene - _ . :",
        "The field 'client_message_id' must be 1-64 letters, digits or the characters - _ . :",
    ),
    "bad_number": _Error(
        422, "'{name}' skal være et helt tal fra 0 og op.", "'{name}' must be a whole number from 0 up."
    ),
    "too_many": _Error(
        429,
        "Det gik lidt hurtigt. Vent {wait}, og prøv igen. Det, du har skrevet, er her stadig.",
        "That was a little fast. Please wait {wait} and try again.",
    ),
    "unexpected": _Error(
        500,
        "Noget gik galt hos os. Prøv igen om lidt, eller ring til os.",
        "Something went wrong on our side. Please try again in a moment, or call us.",
    ),
}
_BY_STATUS = {400: "bad_request", 403: "refused", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_JSON_PATHS = ("/api/", "/healthz", "/readyz")


class PublicError(Exception):
    """Something to tell the one who asked: a code of ERRORS, values for its placeholders, headers for the response."""

    def __init__(self, code: str, headers: Mapping[str, str] | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = ERRORS[code].status
        self.headers = dict(headers or {})
        self.values = values

    def message(self, language: str) -> str:
        """Return the words in "da" or "en"."""
        error = ERRORS[self.code]
        values = {key: value[language] if isinstance(value, dict) else value for key, value in self.values.items()}
        return (error.en if language == "en" else error.da).format(**values)


@web.middleware
async def speak_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn everything that is raised into our error shape, or into a page that says the same."""
    try:
        return await handler(request)
    except PublicError as error:
        return error_response(request, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return error_response(request, _from_http(request, error))
    except ConnectionResetError:
        raise  # the other side has left: there is nobody to tell
    except Exception as error:
        _log(request, error)
        return error_response(request, PublicError("unexpected"))


def error_response(request: web.Request, error: PublicError) -> web.Response:
    """Return `error` as JSON for the API and as a page for people."""
    if request.path.startswith(_JSON_PATHS):
        return _as_json(request, error)
    response = render(request, "error.html", error.status, heading=_HEADINGS[error.code], words=error.message("da"))
    response.headers.update(error.headers)
    return response


_HEADINGS = dict.fromkeys(ERRORS, "Det kan vi ikke bruge") | {
    "not_found": "Siden findes ikke",
    "refused": "Det blev ikke sendt",
    "forbidden": "Ingen adgang",
    "too_large": "Det fylder for meget",
    "too_many": "Vent et øjeblik",
    "unexpected": "Noget gik galt",
    "method_not_allowed": "Siden findes ikke",
}


def _as_json(request: web.Request, error: PublicError) -> web.Response:
    language = leading(request.headers.get("Accept-Language", ""))
    body = {"error": {"code": error.code, "message": error.message(language)}}
    headers = {**error.headers, "Content-Language": language}
    return web.json_response(body, status=error.status, headers=headers, dumps=_dumps)


def _from_http(request: web.Request, error: web.HTTPException) -> PublicError:
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    code = _BY_STATUS.get(error.status, "bad_request" if error.status < 500 else "unexpected")
    return PublicError(code, headers, limit=request.client_max_size)


def _log(request: web.Request, error: Exception) -> None:
    # The words of an error may quote what somebody wrote; its kind and its place in the code may not.
    place = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s %s failed: %s\n%s", request.method, route_of(request), type(error).__name__, place)


def route_of(request: web.BaseRequest) -> str:
    """Return the pattern of the address ("/sag/{reference}/{token}"), which holds no secrets."""
    try:
        resource = request.match_info.route.resource  # type: ignore[attr-defined]
    except (AttributeError, AssertionError):
        resource = None  # the request broke before it was routed
    return str(resource.canonical) if resource is not None else "(no route)"


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

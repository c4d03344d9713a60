"""A real OpenID Connect provider, made of authlib's server half: discovery, keys, code with PKCE, signed tokens, log-out.

It logs in whoever `user` says without asking. Tests can make it lie: `lie` replaces claims of the token it signs.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiohttp import web
from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Payload
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet, RSAKey

from office.clock import Clock

CLIENT_ID, CLIENT_SECRET = "en-indgang", "hemmelig: +/%25"
BO = {"sub": "8731", "preferred_username": "Bo", "name": "Bo Byggesen", "email": "bo@proeve.example", "roles": ["Sag"]}


@cache
def _first_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


class Payload(OAuth2Payload):
    def __init__(self, data: dict[str, str]) -> None:
        self._data = data

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, {name: [value] for name, value in self._data.items()})


class Request(OAuth2Request):
    """What authlib reads of a request: the address, the headers, and the fields of query and form."""

    def __init__(self, request: web.Request, form: dict[str, str]) -> None:
        super().__init__(request.method, str(request.url), headers=dict(request.headers))
        self._query, self._form = dict(request.query), form
        self.payload = Payload({**self._query, **form})

    @property
    def args(self) -> dict[str, str]:
        return self._query

    @property
    def form(self) -> dict[str, str]:
        return self._form


@dataclass
class Client(ClientMixin):
    address: str
    auth_method: str = "client_secret_basic"

    @property
    def client_metadata(self) -> dict[str, list[str]]:
        return {"post_logout_redirect_uris": [f"{self.address}/desk/login"]}

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return f"{self.address}/desk/login/retur"

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.get_default_redirect_uri()

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    user: dict[str, Any]
    redirect_uri: str
    scope: str
    nonce: str | None
    code: str
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def save_authorization_code(self, code: str, request: Request) -> None:
        sent = request.payload.data
        self.server.codes[code] = Code(
            request.user,
            sent["redirect_uri"],
            sent["scope"],
            sent.get("nonce"),
            code,
            sent.get("code_challenge"),
            sent.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.server.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.server.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.user


class Tokens(OpenIDCode):  # type: ignore[misc]
    def __init__(self, server: Provider) -> None:
        super().__init__(require_nonce=True)
        self.server = server

    def exists_nonce(self, nonce: str, request: Request) -> bool:
        return any(code.nonce == nonce for code in self.server.codes.values())

    def resolve_client_private_key(self, client: Client) -> Any:
        return self.server.signing_key

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": self.server.signing_key.kid}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = int(self.server.clock().timestamp())
        return {"iss": self.server.issuer, "aud": [CLIENT_ID], "iat": now, "exp": now + 300, "auth_time": now}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
        told = {name: user[name] for name in user if name not in self.server.only_userinfo}
        return {**told, **self.server.lie}


class EndSession(EndSessionEndpoint):  # type: ignore[misc]
    def get_server_jwks(self) -> Any:
        return self.server.keys

    def end_session(self, end_session_request: Any) -> None:
        self.server.logged_out.append(end_session_request.id_token_claims["sub"])


class Provider(AuthorizationServer):  # type: ignore[misc]
    """The provider. `client` is whom it knows, `user` who logs in, `up` whether it answers at all."""

    def __init__(self, clock: Clock, client: Client) -> None:
        super().__init__()
        self.clock, self.client = clock, client
        self.issuer = ""
        self.user: dict[str, Any] = dict(BO)
        self.lie: dict[str, Any] = {}
        self.only_userinfo: tuple[str, ...] = ()
        self.up = True
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.logged_out: list[str] = []
        self.signing_key = _first_key()
        self.keys = KeySet([self.signing_key])
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda *_args, **_kwargs: secrets.token_urlsafe(24))
        )
        self.register_grant(Grant, [CodeChallenge(required=True), Tokens(self)])
        self.register_endpoint(EndSession)

    def new_key(self, published: bool = True) -> None:
        """Sign with another key from now on, which is published or not."""
        self.signing_key = RSAKey.generate_key(2048, auto_kid=True)
        if published:
            self.keys = KeySet([self.signing_key])

    def query_client(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: Request) -> None:
        self.tokens[token["access_token"]] = request.user

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> web.Response:
        text = json.dumps(body) if isinstance(body, dict) else body or ""
        return web.Response(text=text, status=status, headers=dict(headers or {}))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def app(self) -> web.Application:
        """Return the provider as a web application."""
        app = web.Application(middlewares=[self._only_when_up])
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/userinfo", self._userinfo)
        app.router.add_get("/end", self._end)
        return app

    @web.middleware
    async def _only_when_up(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if not self.up:
            return web.Response(status=503, text="down")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _discovery(self, _request: web.Request) -> web.Response:
        addresses = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "end_session_endpoint": "end",
            "jwks_uri": "keys",
        }
        return web.json_response(
            {
                "issuer": self.issuer,
                **{name: f"{self.issuer}/{path}" for name, path in addresses.items()},
                "token_endpoint_auth_methods_supported": [self.client.auth_method],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response(self.keys.as_dict(private=False))

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = Request(request, {})
        try:
            grant = self.get_consent_grant(asked, self.user)
        except OAuth2Error as error:
            answer: web.Response = self.handle_error_response(asked, error)
            return answer
        done: web.Response = self.create_authorization_response(asked, self.user or None, grant)
        return done

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        answer: web.Response = self.create_token_response(Request(request, form))
        return answer

    async def _userinfo(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return web.json_response(self.tokens[token]) if token in self.tokens else web.Response(status=401)

    async def _end(self, request: web.Request) -> web.Response:
        answer: web.Response = self.create_endpoint_response("end_session", Request(request, {}))
        return answer

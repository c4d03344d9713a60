"""The municipality's own log-in, an OpenID Connect provider: where it is, and what it says of who comes back from it.

Authorization code with PKCE (authlib). What comes back is believed only when the signature is the provider's and issuer,
audience, times and nonce are right (OpenID Connect Core 3.1.3.7).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
from aiohttp import web
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from office.provider_users import Identity
from office.settings import Settings, is_secure
from web.desk.session import LOG_IN, PROVIDER_RETURN

_WAIT_SECONDS = 10.0
_REMEMBER_SECONDS = 3600.0
_KEYS_AGAIN_SECONDS = 60.0  # an unknown key makes us ask again, but nobody can make us ask all the time
_LEEWAY_SECONDS = 60
_SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderFailed(Exception):
    """The provider does not answer, or answers what cannot be believed; the text is for the log and names no person."""

    def __init__(self, reason: str, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.unreachable = unreachable


@dataclass(frozen=True)
class Attempt:
    """The secrets of one log-in: `state` comes back with the browser, `nonce` in the token, `verifier` proves who began."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """The provider of the settings `oidc_*`. What it says of itself is asked for when first needed, and kept for an hour."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._issuer = str(settings.oidc_issuer)
        self._metadata: dict[str, Any] = {}
        self._metadata_at = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    async def log_in_address(self, attempt: Attempt) -> str:
        """Return where to send the browser. Raises ProviderFailed."""
        metadata = await self._about()
        async with self._client(metadata) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.state,
                code_verifier=attempt.verifier,
                nonce=attempt.nonce,
            )
        return str(address)

    async def log_out_address(self, id_token: str) -> str | None:
        """Return where the browser ends its session at the provider, if it can be ended. Raises ProviderFailed."""
        endpoint = (await self._about()).get("end_session_endpoint")
        if not isinstance(endpoint, str) or not is_secure(endpoint):
            return None
        query = {
            "id_token_hint": id_token,
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": self._settings.address + LOG_IN,
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def identity(self, code: str, attempt: Attempt, now: datetime) -> tuple[Identity, str]:
        """Exchange the code that the browser brought for who it is. Returns the identity and the token that says so.

        Raises ProviderFailed.
        """
        metadata = await self._about()
        async with self._client(metadata) as client:
            try:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    code=code,
                    code_verifier=attempt.verifier,
                    grant_type="authorization_code",
                )
                id_token = token.get("id_token")
                if not isinstance(id_token, str):
                    raise ProviderFailed("no id_token")
                claims = await self._believe(id_token, str(token.get("access_token", "")), attempt.nonce, now)
                claims |= await self._more(client, metadata, claims)
            except OAuthError as error:
                raise ProviderFailed(f"refused the code: {error.error}") from None
            except (httpx2.HTTPError, ValueError) as error:
                raise ProviderFailed(f"no usable answer: {type(error).__name__}", unreachable=True) from None
        return self._identity(claims), id_token

    def _client(self, metadata: Mapping[str, Any]) -> Any:
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        secret = str(self._settings.oidc_client_secret)
        if way == "client_secret_basic":
            secret = quote(secret, safe="")  # RFC 6749, 2.3.1; authlib leaves it to us
        return AsyncOAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=secret or None,
            token_endpoint_auth_method=way if secret else "none",
            scope=self._settings.oidc_scope,
            redirect_uri=self._settings.address + PROVIDER_RETURN,
            code_challenge_method="S256",
            timeout=_WAIT_SECONDS,
        )

    async def _about(self) -> dict[str, Any]:
        if not self._metadata or time.monotonic() - self._metadata_at > _REMEMBER_SECONDS:
            metadata = await _get_json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata.get("issuer") != self._issuer:
                raise ProviderFailed("calls itself another issuer than the settings do")
            unsafe = [name for name in _ENDPOINTS if not is_secure(str(metadata.get(name, "")))]
            if unsafe:
                raise ProviderFailed(f"no safe address: {', '.join(unsafe)}")
            self._metadata, self._metadata_at = metadata, time.monotonic()
        return self._metadata

    async def _believe(self, id_token: str, access_token: str, nonce: str, now: datetime) -> dict[str, Any]:
        """Return the claims of a token that is right in every way. Raises ProviderFailed."""
        try:
            signed = await self._signed(id_token)
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._settings.oidc_client_id},
                },
                {"nonce": nonce, "client_id": self._settings.oidc_client_id, "access_token": access_token},
            )
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError) as error:
            raise ProviderFailed(f"a token that cannot be believed: {_kind(error)}") from None
        return dict(claims)

    async def _signed(self, id_token: str) -> jwt.Token:
        """Return what the provider has signed. Its keys are asked for again, once, when none of those we know fits."""
        may_ask_again = self._keys is not None and time.monotonic() - self._keys_at > _KEYS_AGAIN_SECONDS
        keys = self._keys or await self._ask_for_keys()
        try:
            return jwt.decode(id_token, keys, algorithms=_SIGNATURES)
        except (JoseError, ValueError):
            if not may_ask_again:
                raise
        return jwt.decode(id_token, await self._ask_for_keys(), algorithms=_SIGNATURES)

    async def _ask_for_keys(self) -> KeySet:
        found: Any = await _get_json((await self._about())["jwks_uri"])
        self._keys, self._keys_at = KeySet.import_key_set(found), time.monotonic()
        return self._keys

    async def _more(self, client: Any, metadata: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the provider tells beside the token, where the token says too little and there is such a place."""
        endpoint = str(metadata.get("userinfo_endpoint", ""))
        enough = all(_deep(claims, name) for name in (self._settings.oidc_role_claim, "name"))
        if enough or not is_secure(endpoint):
            return {}
        response = await client.get(endpoint)
        response.raise_for_status()
        told = response.json()
        if told.get("sub") != claims["sub"]:
            raise ProviderFailed("userinfo is about somebody else")
        # What is signed comes first.
        return {name: value for name, value in told.items() if name not in claims}

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        roles = _deep(claims, self._settings.oidc_role_claim)
        return Identity(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            username=_text(_deep(claims, self._settings.oidc_username_claim)),
            name=_text(claims.get("name")),
            email=_text(claims.get("email")) if claims.get("email_verified") is not False else "",
            roles=tuple(str(role) for role in (roles if isinstance(roles, list) else [roles] if roles else [])),
        )


PROVIDER = web.AppKey("provider", Provider)


async def _get_json(url: str) -> dict[str, Any]:
    try:
        async with httpx2.AsyncClient(timeout=_WAIT_SECONDS) as client:
            response = await client.get(url)
            response.raise_for_status()
            found = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderFailed(f"does not answer: {type(error).__name__}", unreachable=True) from None
    if not isinstance(found, dict):
        raise ProviderFailed("does not answer with an object", unreachable=True)
    return found


def _deep(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its name, or by a path into nested ones ("realm_access.roles"); a name with dots comes first."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(value: Any) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _kind(error: Exception) -> str:
    return f"{type(error).__name__} {getattr(error, 'claim', '')}".strip()

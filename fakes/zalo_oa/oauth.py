"""The OAuth host: the consent of an administrator, and the endpoint that gives tokens."""

import re
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from fakes.wire import Json
from fakes.zalo_oa.wire import OauthRefusal
from fakes.zalo_oa.world import ZaloOaWorld

CONSENT = "/v4/oa/permission"
_GRANTS = {"refresh_token": {"refresh_token"}, "authorization_code": {"code", "code_verifier"}}


def consent(world: ZaloOaWorld, request: web.Request) -> web.Response:
    """An administrator opens the link and agrees: she is sent back with a code."""
    given, account = dict(request.query), world.account
    if set(given) - {"app_id", "redirect_uri", "code_challenge", "state"}:
        return _page("invalid parameter")
    if given.get("app_id") != account.app_id:
        return _page("-14002 invalid app_id")
    if not account.callback or given.get("redirect_uri") != account.callback:
        return _page("-14003 invalid redirect uri")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", given.get("code_challenge", "")):
        return _page("invalid code_challenge")
    back = {"code": world.tokens.consent(given["code_challenge"]), "oa_id": account.oa_id}
    back |= {"state": given["state"]} if given.get("state") else {}
    return web.Response(status=302, headers={"Location": f"{account.callback}?{urlencode(back)}"})


async def read_form(world: ZaloOaWorld, request: web.Request) -> Json:
    """The form of the token endpoint. Raises OauthRefusal."""
    if request.content_type != "application/x-www-form-urlencoded" or request.query_string:
        world.complaints.append(f"token endpoint: {request.content_type}")
        raise OauthRefusal("Invalid request", "the body is no form")
    form = parse_qsl(await request.text(), keep_blank_values=True)
    given = dict(form)
    if len(given) != len(form):
        raise OauthRefusal("Invalid request", "a field comes twice")
    return given


def grant(world: ZaloOaWorld, request: web.Request, given: Json) -> Json:
    """Give a pair of tokens. Raises OauthRefusal."""
    wanted = _GRANTS.get(given.get("grant_type", ""))
    if wanted is None:
        raise OauthRefusal("Invalid grant type", "grant_type is unknown")
    if set(given) != wanted | {"grant_type", "app_id"}:
        world.complaints.append(f"token endpoint: fields {sorted(given)}")
        raise OauthRefusal("Invalid request", "fields are missing or too many")
    if given["app_id"] != world.account.app_id:
        raise OauthRefusal("Invalid app", "app_id is unknown or the app is not active", -14002)
    if request.headers.get("secret_key") != world.account.app_secret:
        raise OauthRefusal("Invalid secret key", "the header secret_key does not fit the app")
    if given["grant_type"] == "refresh_token":
        return world.tokens.refresh(given["refresh_token"]).json()
    if not re.fullmatch(r"[A-Za-z0-9]{43}", given["code_verifier"]):
        raise OauthRefusal("Invalid code verifier", "code_verifier is not 43 letters and digits")
    return world.tokens.redeem(given["code"], given["code_verifier"]).json()


def _page(why: str) -> web.Response:
    return web.Response(text=f"<html><body>{why}</body></html>", content_type="text/html")

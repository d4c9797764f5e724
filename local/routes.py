"""The routes that this machine has besides the API's: what this run is made of, codes sent, the contract, the docs."""

import json
import re
from dataclasses import asdict, replace
from urllib.parse import quote, unquote, urlsplit
from urllib.request import urlopen

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from local.addresses import is_from_here, names_this_machine
from local.banner import About, front_end_environment
from local.contract import contract_text, load
from local.docs.page import docs_page
from local.gateway.responses import ANY_ORIGIN, NO_SUCH_ROUTE, RefusedError

HOST_HEADER = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d+)?")


def local_routes(about: About, *, is_everywhere: bool) -> list[BaseRoute]:
    """Return the routes; none of them needs a token.

    If the system `is_everywhere`, each client is given addresses with the host that it reached this machine by.
    """

    def about_for(request: Request) -> About:
        return addressed(about, request.headers.get("Host", "")) if is_everywhere else about

    def get_root(request: Request) -> Response:
        if "text/html" not in request.headers.get("Accept", ""):
            raise RefusedError(NO_SUCH_ROUTE)  # the API has nothing there
        return RedirectResponse("/docs")

    def get_about(request: Request) -> Response:
        return JSONResponse(asdict(about_for(request)), headers=ANY_ORIGIN)

    def get_environment(request: Request) -> Response:
        return PlainTextResponse(front_end_environment(about_for(request)), headers=ANY_ORIGIN)

    def get_code(request: Request) -> Response:
        email = unquote(request.path_params["email"]).lower()
        client, server = request.client, request.scope["server"]
        is_own = client is not None and is_from_here(client.host, server[0])
        is_own = is_own and names_this_machine(request.headers.get("Host", ""))
        code = code_for(about.cognito_endpoint, email) if is_own else None
        if code is None:
            raise RefusedError(NO_SUCH_ROUTE)
        return JSONResponse({"email": email, "code": code})  # a page of another origin cannot read it

    def get_contract(request: Request) -> Response:
        text = contract_text(about_for(request).api_url)
        return PlainTextResponse(text, headers=ANY_ORIGIN, media_type="application/yaml")

    return [
        Route("/", get_root),
        Route("/_local", get_about),
        Route("/_local/env", get_environment),
        Route("/_local/codes/{email}", get_code),
        Route("/openapi.yaml", get_contract),
        *docs_page(load()),
    ]


def addressed(about: About, host_header: str) -> About:
    """Return the same with the addresses as a client knows them that sent this Host header, if it is a valid one."""
    match = HOST_HEADER.fullmatch(host_header)
    if match is None:
        return about
    endpoint = f"http://{match['host']}:{urlsplit(about.cognito_endpoint).port}"
    return replace(
        about,
        api_url=f"http://{host_header}",
        cognito_endpoint=endpoint,
        login_url=about.login_url.replace(about.cognito_endpoint, endpoint, 1),
    )


def code_for(cognito_endpoint: str, email: str) -> str | None:
    """Return the code that this address was sent last, unless it has been used; the user pool's process has it."""
    with urlopen(f"{cognito_endpoint}/_local/codes/{quote(email, safe='@')}", timeout=10) as response:  # noqa: S310
        code: str | None = json.load(response)["code"]
        return code

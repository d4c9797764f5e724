"""The routes that this machine has besides the API's: what this run is made of, codes sent, the contract, the docs."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from local.about import About
from local.contract import contract_text, load
from local.docs_page import docs_page
from local.gateway_answers import ANY_ORIGIN, NO_SUCH_ROUTE, RefusedError
from local.mailbox import Mailbox


def own_routes(about: About, mailbox: Mailbox) -> list[BaseRoute]:
    """Make the routes; none of them asks for a token."""
    contract = contract_text(about.api_url)

    def get_about(_request: Request) -> Response:
        return JSONResponse(asdict(about), headers=ANY_ORIGIN)

    def get_code(request: Request) -> Response:
        email = request.path_params["email"].lower()
        code = mailbox.code_for(email)
        if code is None:
            raise RefusedError(NO_SUCH_ROUTE)
        return JSONResponse({"email": email, "code": code}, headers=ANY_ORIGIN)

    def get_contract(_request: Request) -> Response:
        return PlainTextResponse(contract, headers=ANY_ORIGIN, media_type="application/yaml")

    return [
        Route("/_local", get_about),
        Route("/_local/codes/{email}", get_code),
        Route("/openapi.yaml", get_contract),
        *docs_page(load()),
    ]

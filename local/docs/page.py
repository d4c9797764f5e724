"""The docs page: Swagger UI, and a panel to sign in, so that every operation can be tried without a terminal.

Swagger UI comes with its package; nothing is loaded from elsewhere.
"""

from pathlib import Path
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]

from api.openapi.document import dereference, operations
from definitions.user_pool import PASSWORD_POLICY, PasswordPolicy

ASSETS = Path(__file__).parent / "assets"


def docs_page(contract: dict[str, Any]) -> list[BaseRoute]:
    """Return the routes of the page and of what it loads."""
    shown = without_parameter_examples(contract) | {"servers": [{"url": "/"}]}
    page = Template((ASSETS / "index.html").read_text(encoding="utf-8"))
    html = page.substitute(password_rule=password_rule(PASSWORD_POLICY))

    def get_docs(_request: Request) -> Response:
        return HTMLResponse(html)

    def get_shown_contract(_request: Request) -> Response:
        return JSONResponse(shown)

    return [
        Route("/docs", get_docs),
        Route("/docs/contract.json", get_shown_contract),
        Mount("/docs/page", StaticFiles(directory=ASSETS)),
        Mount("/docs/swagger-ui", StaticFiles(directory=swagger_ui_path)),
    ]


def password_rule(policy: PasswordPolicy) -> str:
    """Return what a password must have, as a sentence."""
    required = {
        "a small letter": policy.require_lowercase,
        "a capital": policy.require_uppercase,
        "a digit": policy.require_numbers,
        "a symbol": policy.require_symbols,
    }
    parts = [part for part, is_required in required.items() if is_required]
    kinds = f", with {', '.join(parts)}" if parts else ""
    return f"At least {policy.minimum_length} characters{kinds}."


def without_parameter_examples(contract: dict[str, Any]) -> dict[str, Any]:
    """Return the contract for Swagger UI, which would send a parameter's example as if the user had filled it in."""
    shown = {}
    for operation in operations(contract):
        parameters = [
            _without_example(parameter) | {"schema": _without_example(dereference(contract, parameter["schema"]))}
            for parameter in operation.parameters
        ]
        shown[operation.path, operation.method] = operation.definition | {"parameters": parameters}
        if "requestBody" in operation.definition:
            body = operation.definition["requestBody"]
            shown[operation.path, operation.method]["requestBody"] = body | {"content": _samples(body["content"])}
    paths = {
        path: {method: shown[path, method] for method in item if (path, method) in shown}
        for path, item in contract["paths"].items()
    }
    return contract | {"paths": paths}


def _samples(content: dict[str, Any]) -> dict[str, Any]:
    """Return the media types of a body with the text that Swagger UI begins with, which it takes from the schema alone.

    What it takes for JSON by its name comes last, since it puts the text in quotes.
    """
    shown = {}
    for name, media_type in content.items():
        schema = media_type["schema"]
        if schema.get("type") == "string":
            example = next(iter(media_type["examples"].values()))["value"]
            shown[name] = media_type | {"schema": schema | {"example": example}}
    return dict(sorted((content | shown).items(), key=lambda each: "json" in each[0]))


def _without_example(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name != "example"}

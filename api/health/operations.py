"""The operation that monitors call: public, and without data."""

from api.openapi.contract import Request, Response


def get_health(_request: Request, version: str) -> Response:
    """See that the service answers. Public, so it takes no caller."""
    return Response(200, {"status": "ok", "version": version})

"""The operation that monitors call: public, and without data."""

from api.models import GetHealthParameters
from api.openapi.contract import Request, Response


def get_health(_request: Request[GetHealthParameters, None], version: str) -> Response:
    """See that the service answers. Public, so it takes no caller."""
    return Response(200, {"status": "ok", "version": version})

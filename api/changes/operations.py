"""One function for each operationId of the contract, of the same name: request → service → response."""

from api.changes.service import ChangeService, CursorExpired
from api.gateway import problems
from api.gateway.caller import Caller
from api.gateway.links import next_link
from api.gateway.problems import ProblemTable
from api.models import ListChangesParameters
from api.openapi.contract import Request, Response

PROBLEMS: ProblemTable = {CursorExpired: problems.CURSOR_EXPIRED}


def list_changes(request: Request[ListChangesParameters, None], service: ChangeService, caller: Caller) -> Response:
    """List what changed, a page at a time."""
    given = request.parameters
    page = service.changes(caller, given["limit"], given["cursor"] or None)
    return Response(200, page, next_link(given, None if page["up_to_date"] else page["next_cursor"]))

"""The operations of the trash: request → service → response. The problems of expenses are theirs, too."""

from api.gateway.caller import Caller
from api.gateway.entity_tags import etag
from api.gateway.links import next_link
from api.models import (
    EmptyTrashParameters,
    ListDeletedExpensesParameters,
    PurgeExpenseParameters,
    RestoreExpenseParameters,
)
from api.openapi.contract import Request, Response
from api.trash.service import TrashService


def list_deleted_expenses(
    request: Request[ListDeletedExpensesParameters, None], service: TrashService, caller: Caller
) -> Response:
    """List what is in the trash, a page at a time."""
    given = request.parameters
    page = service.find(caller, given["limit"], given["cursor"] or None)
    return Response(200, page, next_link(given, page["next_cursor"]))


def restore_expense(
    request: Request[RestoreExpenseParameters, None], service: TrashService, caller: Caller
) -> Response:
    """Take an expense out of the trash."""
    expense = service.restore(caller, request.parameters["expense_id"])
    return Response(200, expense, {"ETag": etag(expense["version"])})


def purge_expense(request: Request[PurgeExpenseParameters, None], service: TrashService, caller: Caller) -> Response:
    """Delete an expense that is in the trash for good."""
    service.purge(caller, request.parameters["expense_id"])
    return Response(204)


def empty_trash(_request: Request[EmptyTrashParameters, None], service: TrashService, caller: Caller) -> Response:
    """Delete what is in the trash for good, so much of it as one request may."""
    return Response(200, service.empty(caller))

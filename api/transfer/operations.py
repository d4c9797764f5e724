"""One function for each operationId of the contract, of the same name: request → service → response."""

from dataclasses import replace
from typing import cast
from urllib.parse import quote, urlencode

from api.dynamodb import advising
from api.expenses.filters import shared_filters
from api.expenses.operations import CREATED
from api.gateway.caller import Caller
from api.models import ExportExpensesParameters, ImportExpensesParameters, ListExpensesParameters
from api.openapi.contract import Request, Response
from api.openapi.errors import UnsupportedContract
from api.transfer.service import TransferService


def export_expenses(
    request: Request[ExportExpensesParameters, None], service: TransferService, caller: Caller
) -> Response:
    """Export expenses as lines, a page at a time."""
    given = request.parameters
    # Those of the list that are key conditions.
    filters = replace(shared_filters(cast("ListExpensesParameters", given)), newest_first=False)
    page = service.export(caller, filters, given["limit"], given["cursor"] or None, request.accept)
    headers = {}
    if page.next_cursor is not None:
        query = urlencode({**given, "cursor": page.next_cursor}, quote_via=quote)
        headers["Link"] = f'<?{query}>; rel="next"'
    return Response(200, page.text, headers, f"{request.accept}; charset=utf-8")


def import_expenses(
    request: Request[ImportExpensesParameters, str], service: TransferService, caller: Caller
) -> Response:
    """Record what a file has and is not there."""
    if request.line is None:
        raise UnsupportedContract("import_expenses has no x-line")
    dry_run = request.parameters["dry_run"]
    with advising(_ADVICE):
        report = service.import_(caller, request.body, request.content_type, request.line, dry_run=dry_run)
    count = 0 if dry_run else report["recorded"]
    return Response(200, report, event=CREATED if count else "", event_count=count)


_ADVICE = "Send the same file again after the number of seconds in Retry-After: no line is recorded twice."

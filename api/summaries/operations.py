"""One function for each operationId of the contract, of the same name: request → service → response."""

from api.expenses.filters import shared_filters
from api.gateway.caller import Caller
from api.models import GetSummaryParameters
from api.openapi.contract import Request, Response
from api.summaries.service import SummaryService


def get_summary(request: Request[GetSummaryParameters, None], service: SummaryService, caller: Caller) -> Response:
    """Sum up expenses."""
    given = request.parameters
    summary = service.summarize(caller, shared_filters(given), given.get("currency"), given.get("group_by", ()))
    return Response(200, summary)

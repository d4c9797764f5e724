"""The operations of categories: request → service → response. The problems of expenses are theirs, too."""

from collections.abc import Mapping

from api.categories.service import CategoryService, name_violations
from api.dynamodb import advising
from api.gateway.caller import Caller
from api.gateway.dispatcher import Check
from api.models import CategoryRename, ListCategoriesParameters, RenameCategoryParameters
from api.openapi.contract import Request, Response

CHECKS: Mapping[str, Check] = {"rename_category": lambda body, *_: name_violations(body)}


def list_categories(
    request: Request[ListCategoriesParameters, None], service: CategoryService, caller: Caller
) -> Response:
    """List categories, a page at a time."""
    limit = request.parameters["limit"]
    page = service.find(caller, limit, request.parameters["cursor"] or None)
    cursor = page["next_cursor"]
    return Response(200, page, {} if cursor is None else {"Link": f'<?limit={limit}&cursor={cursor}>; rel="next"'})


def rename_category(
    request: Request[RenameCategoryParameters, CategoryRename], service: CategoryService, caller: Caller
) -> Response:
    """Rename a category, so much of it as one request may."""
    with advising(_ADVICE):
        renamed = service.rename(caller, request.body["from"], request.body["to"])
    return Response(200, renamed)


_ADVICE = "Send the same request again after the number of seconds in Retry-After: it moves what is left."

"""The operations of recurrences: request → service → response."""

from collections.abc import Mapping

from api.dynamodb import advising
from api.expenses.operations import CREATED
from api.gateway import problems
from api.gateway.caller import Caller
from api.gateway.dispatcher import Check
from api.gateway.entity_tags import entity_tags, etag, expected_versions
from api.gateway.links import next_link
from api.gateway.problems import ProblemTable
from api.models import (
    CreateRecurrenceParameters,
    DeleteRecurrenceParameters,
    GetRecurrenceParameters,
    ListDueOccurrencesParameters,
    ListRecurrencesParameters,
    RecordDueExpensesParameters,
    RecordingOfDue,
    Recurrence,
    RecurrenceCreate,
    RecurrencePatch,
    UpdateRecurrenceParameters,
)
from api.openapi.contract import Request, Response
from api.recurrences.errors import (
    RecurrenceBusy,
    RecurrenceChanged,
    RecurrenceDeleted,
    RecurrenceKeyReused,
    RecurrenceNotFound,
    TooManyRecurrences,
)
from api.recurrences.service import RecurrenceService
from api.recurrences.terms import partial_terms_violations

PROBLEMS: ProblemTable = {
    RecurrenceNotFound: problems.NOT_FOUND,
    RecurrenceBusy: problems.CONFLICT,
    TooManyRecurrences: problems.STORAGE_FULL,
    RecurrenceDeleted: problems.DELETED,
    RecurrenceChanged: problems.PRECONDITION_FAILED,
    RecurrenceKeyReused: problems.IDEMPOTENCY_KEY_REUSED,
}


CHECKS: Mapping[str, Check] = {
    "create_recurrence": lambda body, service, _: service.violations(body),
    "update_recurrence": lambda body, *_: partial_terms_violations(body, None),
}


def create_recurrence(
    request: Request[CreateRecurrenceParameters, RecurrenceCreate], service: RecurrenceService, caller: Caller
) -> Response:
    """Let an expense recur."""
    made = service.make(caller, request.body, request.parameters["idempotency_key"] or None)
    location = f"/{request.path.strip('/')}/{made.recurrence['recurrence_id']}"
    headers = {"Location": location, **_etag(made.recurrence)}
    if made.is_replay:
        headers["Idempotency-Replayed"] = "true"
    return Response(201, made.recurrence, headers)


def list_recurrences(
    request: Request[ListRecurrencesParameters, None], service: RecurrenceService, caller: Caller
) -> Response:
    """List recurrences, a page at a time."""
    given = request.parameters
    page = service.find(caller, given["limit"], given["cursor"] or None)
    return Response(200, page, next_link(given, page["next_cursor"]))


def list_due_occurrences(
    request: Request[ListDueOccurrencesParameters, None], service: RecurrenceService, caller: Caller
) -> Response:
    """See what is due, a page at a time."""
    given = request.parameters
    page = service.due(caller, given.get("until"), given["limit"], given["cursor"] or None)
    return Response(200, page, next_link(given, page["next_cursor"]))


def record_due_expenses(
    request: Request[RecordDueExpensesParameters, RecordingOfDue], service: RecurrenceService, caller: Caller
) -> Response:
    """Record what is due, so much of it as one request may."""
    with advising(_ADVICE):
        recorded = service.record(caller, request.body.get("until"))
    count = recorded["count"]
    return Response(200, recorded, event=CREATED if count else "", event_count=count)


def get_recurrence(
    request: Request[GetRecurrenceParameters, None], service: RecurrenceService, caller: Caller
) -> Response:
    """Look up a recurrence."""
    recurrence = service.look_up(caller, request.parameters["recurrence_id"])
    tags = entity_tags(request.parameters.get("if_none_match", ""))
    if tags.is_any or recurrence["version"] in tags.all:
        return Response(304, headers=_etag(recurrence))
    return Response(200, recurrence, _etag(recurrence))


def update_recurrence(
    request: Request[UpdateRecurrenceParameters, RecurrencePatch], service: RecurrenceService, caller: Caller
) -> Response:
    """Change a recurrence, or skip an occurrence."""
    given = request.parameters
    recurrence = service.change(caller, given["recurrence_id"], request.body, expected_versions(given["if_match"]))
    return Response(200, recurrence, _etag(recurrence))


def delete_recurrence(
    request: Request[DeleteRecurrenceParameters, None], service: RecurrenceService, caller: Caller
) -> Response:
    """Delete a recurrence; what it has recorded stays."""
    given = request.parameters
    service.remove(caller, given["recurrence_id"], expected_versions(given["if_match"]))
    return Response(204)


def _etag(recurrence: Recurrence) -> dict[str, str]:
    return {"ETag": etag(recurrence["version"])}


_ADVICE = "Send the same request again after the number of seconds in Retry-After: no occurrence is recorded twice."

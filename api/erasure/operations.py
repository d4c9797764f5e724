"""The operation of erasure: request → service → response. The problems of expenses are its own, too."""

from api.dynamodb import advising
from api.erasure.service import ErasureService
from api.gateway.caller import Caller
from api.models import EraseEverythingParameters, Erasure
from api.openapi.contract import Request, Response


def erase_everything(
    _request: Request[EraseEverythingParameters, Erasure], service: ErasureService, caller: Caller
) -> Response:
    """Erase all that is kept of the caller, so much of it as one request may; the contract has it confirmed."""
    with advising(_ADVICE):
        erased = service.erase(caller)
    return Response(200, erased)


_ADVICE = "Send the same request again after the number of seconds in Retry-After: it erases what is left."

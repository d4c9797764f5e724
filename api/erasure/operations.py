"""The operation of erasure: request → service → response. The problems of expenses are its own, too."""

from api.erasure.service import ErasureService
from api.gateway.caller import Caller
from api.models import EraseEverythingParameters, Erasure
from api.openapi.contract import Request, Response


def erase_everything(
    _request: Request[EraseEverythingParameters, Erasure], service: ErasureService, caller: Caller
) -> Response:
    """Erase all that is kept of the caller, so much of it as one request may; the contract has it confirmed."""
    return Response(200, service.erase(caller))

"""A gate before moto, for what moto accepts and AWS does not: wrong codes, wrong SRP proofs, calls without credentials.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
"""

import base64
import json
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING

import botocore.session
from moto.cognitoidp.models import CognitoIdpUser, UserStatus
from werkzeug.wrappers import Request, Response

from definitions.user_pool import AUTH_FLOWS, ROTATION_GRACE_SECONDS
from local.addresses import is_loopback
from local.identity import errors
from local.identity.errors import CognitoError
from local.identity.pool_users import Call, Mailbox, email_of, in_lower_case, known_user, pool_of, read_call, user_of
from local.identity.srp import Challenge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TARGET = "AWSCognitoIdentityProviderService."
MEDIA_TYPE = "application/x-amz-json-1.1"
SERVED = (TARGET, "DynamoDB_20120810.")
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType",
}
PREFLIGHT_HEADERS = {"Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "172800"}


def _without_credentials() -> frozenset[str]:
    """Return the targets that need no AWS credentials; moto asks for none elsewhere either."""
    cognito = botocore.session.get_session().get_service_model("cognito-idp")
    names = cognito.operation_names
    return frozenset(TARGET + name for name in names if cognito.operation_model(name).auth_type == "none")


class UserPoolGate:
    """The WSGI application that stands before moto. What it does not guard goes through untouched.

    Web pages and other machines may call only what Cognito needs no AWS credentials for.
    """

    def __init__(self, moto: "WSGIApplication", mailbox: Mailbox) -> None:
        self._moto = moto
        self._mailbox = mailbox
        self._challenges: dict[str, Challenge] = {}
        self._rotated: dict[str, float] = {}
        """When the grace period of each refresh token that was used ends, on the monotonic clock, in seconds."""
        self._public = _without_credentials()
        self._guarded: dict[str, Callable[[Request, Call], Call]] = {
            f"{TARGET}SignUp": self._sign_up,
            f"{TARGET}ConfirmSignUp": self._confirm_sign_up,
            f"{TARGET}ResendConfirmationCode": self._resend_confirmation_code,
            f"{TARGET}ForgotPassword": self._forgot_password,
            f"{TARGET}ConfirmForgotPassword": self._confirm_forgot_password,
            f"{TARGET}InitiateAuth": self._initiate_auth,
            f"{TARGET}RespondToAuthChallenge": self._respond_to_auth_challenge,
            f"{TARGET}GetTokensFromRefreshToken": self._get_tokens_from_refresh_token,
            f"{TARGET}RevokeToken": self._revoke_token,
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        target = request.headers.get("X-Amz-Target", "")
        is_for_keys = request.method == "GET" and request.path.endswith("/.well-known/jwks.json")
        is_trusted = "Origin" not in request.headers and is_loopback(request.remote_addr or "")
        if request.method == "OPTIONS":
            requested = request.headers.get("Access-Control-Request-Headers", "")
            response = Response(headers={**PREFLIGHT_HEADERS, "Access-Control-Allow-Headers": requested})
        elif not is_for_keys and not target.startswith(SERVED):
            response = _response(404, {"__type": "UnknownOperationException"})
        elif not is_trusted and not is_for_keys and target not in self._public:
            return _response(403, {"__type": "AccessDeniedException"})(environ, start_response)
        else:
            response = self._respond(request, target)
        response.headers.update(CORS_HEADERS)
        return response(environ, start_response)

    def _respond(self, request: Request, target: str) -> Response:
        guard = self._guarded.get(target)
        try:
            if guard is None:
                return Response.from_app(self._moto, request.environ)
            return _response(200, guard(request, in_lower_case(read_call(request.get_data()))))
        except (CognitoError, KeyError, NotImplementedError, json.JSONDecodeError, UnicodeError) as error:
            refused = errors.cognito_error(error)
            return _response(400, {"__type": refused.kind, "message": str(refused)})

    def _call_moto(self, request: Request, call: Call, operation: str | None = None) -> Call:
        """Return moto's response to a call, if given to another operation. Raises `CognitoError` for its error."""
        body = json.dumps(call).encode()
        environ = request.environ | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        if operation is not None:
            environ["HTTP_X_AMZ_TARGET"] = TARGET + operation
        response = Response.from_app(self._moto, environ)
        result: Call = json.loads(response.get_data() or b"{}")
        if response.status_code != 200:
            raise errors.as_cognito(result["__type"], result["message"])
        return result

    def _sign_up(self, request: Request, call: Call) -> Call:
        result = self._call_moto(request, call)
        self._mailbox.send(call["Username"])
        return result

    def _confirm_sign_up(self, request: Request, call: Call) -> Call:
        user = known_user(call)
        if user.status is UserStatus.CONFIRMED:
            raise CognitoError(*errors.ALREADY_CONFIRMED)
        self._check_code(user, call)
        result = self._call_moto(request, call)
        user.update_attributes([{"Name": "email_verified", "Value": "true"}])
        self._mailbox.discard(email_of(user))
        return result

    def _resend_confirmation_code(self, _request: Request, call: Call) -> Call:
        user = user_of(call)
        if user is not None and user.status is UserStatus.CONFIRMED:
            raise CognitoError(*errors.NOTHING_TO_RESEND)
        return self._deliver_code(user)

    def _forgot_password(self, _request: Request, call: Call) -> Call:
        user = user_of(call)
        if user is not None and user.status is UserStatus.UNCONFIRMED:
            raise CognitoError(*errors.NOT_RESETTABLE)
        return self._deliver_code(user)

    def _confirm_forgot_password(self, request: Request, call: Call) -> Call:
        user = known_user(call)
        if user.status is UserStatus.UNCONFIRMED:
            raise CognitoError(*errors.NO_CODE)
        self._check_code(user, call)
        new = {"UserPoolId": user.user_pool_id, "Username": user.username, "Password": call["Password"]}
        result = self._call_moto(request, new | {"Permanent": True}, "AdminSetUserPassword")
        self._mailbox.discard(email_of(user))
        return result

    def _initiate_auth(self, request: Request, call: Call) -> Call:
        if f"ALLOW_{call['AuthFlow']}" not in AUTH_FLOWS:
            raise errors.flow_not_enabled(call["AuthFlow"])
        result = self._call_moto(request, call)
        if call["AuthFlow"] != "USER_SRP_AUTH":
            return result
        user = known_user(call)
        try:
            client_public = int(call["AuthParameters"]["SRP_A"], 16)
            challenge = Challenge.of(user.user_pool_id.partition("_")[2], user.id, str(user.password), client_public)
        except ValueError as error:
            raise CognitoError(*errors.BAD_SRP_A) from error
        self._challenges[result["Session"]] = challenge
        result["ChallengeParameters"] |= {
            "SALT": f"{challenge.salt:x}",
            "SRP_B": f"{challenge.public:x}",
            "SECRET_BLOCK": base64.b64encode(result["Session"].encode()).decode(),
        }
        return result

    def _respond_to_auth_challenge(self, request: Request, call: Call) -> Call:
        if call["ChallengeName"] != "PASSWORD_VERIFIER":
            return self._call_moto(request, call)
        proof = call["ChallengeResponses"]
        block = proof["PASSWORD_CLAIM_SECRET_BLOCK"]
        try:
            session = base64.b64decode(block).decode()
        except ValueError as error:
            raise CognitoError(*errors.WRONG_PASSWORD) from error
        challenge = self._challenges.pop(session, None)
        if challenge is None or not challenge.is_proved(proof["PASSWORD_CLAIM_SIGNATURE"], block, proof["TIMESTAMP"]):
            raise CognitoError(*errors.WRONG_PASSWORD)
        # Moto's own secret block is its session.
        return self._call_moto(request, call | {"ChallengeResponses": proof | {"PASSWORD_CLAIM_SECRET_BLOCK": session}})

    def _get_tokens_from_refresh_token(self, request: Request, call: Call) -> Call:
        """Return new tokens, a new refresh token among them; the old one ends after the grace period."""
        old = call["RefreshToken"]
        pool = pool_of(call)
        issued = pool.refresh_tokens.get(old)
        now = time.monotonic()
        if issued is None or now > self._rotated.setdefault(old, now + ROTATION_GRACE_SECONDS):
            raise CognitoError(*errors.REVOKED_REFRESH_TOKEN)
        flow = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": old}}
        result = self._call_moto(request, {"ClientId": call["ClientId"], **flow}, "InitiateAuth")
        client_id, username, _ = issued
        result["AuthenticationResult"]["RefreshToken"], _ = pool.create_refresh_token(client_id, username)
        return result

    def _revoke_token(self, _request: Request, call: Call) -> Call:
        pool_of(call).refresh_tokens[call["Token"]] = None
        return {}

    def _check_code(self, user: CognitoIdpUser, call: Call) -> None:
        expected = self._mailbox.code_for(email_of(user))
        if expected is None:
            raise CognitoError(*errors.NO_CODE)
        if call["ConfirmationCode"] != expected:
            raise CognitoError(*errors.WRONG_CODE)

    def _deliver_code(self, user: CognitoIdpUser | None) -> Call:
        """Send a code. The response is the same for an address without a user, as Cognito's is."""
        if user is not None:
            self._mailbox.send(email_of(user))
        return {"CodeDeliveryDetails": {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "***"}}


def _response(status: int, body: Call) -> Response:
    return Response(json.dumps(body), status, mimetype=MEDIA_TYPE)

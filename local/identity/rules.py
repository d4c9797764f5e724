"""Cognito's rules that MiniStack's user pool lacks, put into it before it serves: each may change a call or refuse it.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
"""

import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from botocore.validate import ParamValidator
from ministack.services import cognito

from definitions.user_pool import ROTATION_GRACE_SECONDS, TOKEN_VALIDITY, WRITABLE_ATTRIBUTES

Json = dict[str, Any]
Response = Any
"""MiniStack's: a status, headers and a body."""
Proceed = Callable[[Json], Awaitable[Response]]
SERVICE: Any = botocore.session.get_session().get_service_model("cognito-idp")
_dispatch_to_ministack, _find, _token_endpoint = cognito._dispatch_idp, cognito._resolve_user, cognito._oauth2_token
_challenged: dict[str, str] = {}
"""Whose each session of a challenge is."""


class RefusedError(Exception):
    """A call that Cognito does not allow; its arguments are the type and the message of the error."""


async def _dispatch(operation: str, call: Any) -> Response:
    """Respond to a call: one of Cognito's own model, to which its rule applies if there is one."""
    try:
        if operation not in SERVICE.operation_names:
            raise RefusedError("UnknownOperationException", f"Unknown operation: {operation}")
        violations = ParamValidator().validate(call, SERVICE.operation_model(operation).input_shape).generate_report()
        if violations:
            kind = "SerializationException" if "Invalid type" in violations else "InvalidParameterException"
            raise RefusedError(kind, violations)
        rule = RULES.get(operation)
        proceed: Proceed = lambda call: _dispatch_to_ministack(operation, call)  # noqa: E731
        return await (rule(call, proceed) if rule else proceed(call))
    except RefusedError as refused:
        return cognito.error_response_json(*refused.args, 400)


def _find_in_lower_case(pool: Json, username: str) -> Any:
    return _find(pool, username and username.lower())


def _subject(call: Json) -> tuple[Json, Json]:
    """Return the user that a call is about, empty for an unknown one, and the pool."""
    if "AccessToken" not in call:
        pool = cognito._pool_for_client(call["ClientId"])[0] or {"_users": {}}
        return _find_in_lower_case(pool, call["Username"])[0] or {}, pool
    user, pool = cognito._user_pool_for_access_token(call["AccessToken"])
    if cognito._access_token_error(call) or not user:
        raise RefusedError("NotAuthorizedException", "Invalid Access Token")
    return user, pool


def _email(user: Json) -> str:
    return str(cognito._attr_list_to_dict(user["Attributes"])["email"])


def _verify(user: Json, pool: Json, email: str) -> None:
    changed = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    user["Attributes"] = cognito._merge_attributes(user["Attributes"], changed)
    pool["_mailbox"].pop(email, None)


def _mail(pool: Json, email: str) -> str:
    """Return a new code. No email leaves this machine: the code is printed, and kept for `/_local/codes/`."""
    code = f"{secrets.randbelow(1_000_000):06}"
    pool.setdefault("_mailbox", {})[email] = code
    print(f"Email to {email}: your code is {code}", flush=True)  # noqa: T201
    return code


def _send_code(pool: Json, username: str, attributes: Json, _same: str, attribute_name: str = "email") -> None:
    """Replace the code that MiniStack is about to send, which is the same each time."""
    field = "_reset_code" if attribute_name == "password" else "_confirmation_code"
    _find_in_lower_case(pool, username)[0][field] = _mail(pool, attributes["email"])


def _send_code_to_new_address(user: Json, pool: Json, email: str) -> Json:
    user["_new_email"], user["_new_email_code"] = email, _mail(pool, email)
    return {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": cognito._masked_destination(email)}


def _writable(attributes: list[Json]) -> list[Json]:
    if {each["Name"] for each in attributes} - set(WRITABLE_ATTRIBUTES):
        raise RefusedError("NotAuthorizedException", "A client attempted to write unauthorized attribute")
    return [each | {"Value": each["Value"].lower()} if each["Name"] == "email" else each for each in attributes]


async def _sign_up(call: Json, proceed: Proceed) -> Response:
    attributes = _writable(call.get("UserAttributes", []))
    return await proceed(call | {"Username": call["Username"].lower(), "UserAttributes": attributes})


async def _confirm(call: Json, proceed: Proceed) -> Response:
    user, pool = _subject(call)
    if not user:
        raise RefusedError("ExpiredCodeException", "Invalid code provided, please request a code again.")
    response = await proceed(call)
    if response[0] == 200:
        _verify(user, pool, _email(user))
    return response


async def _resend(call: Json, proceed: Proceed) -> Response:
    if _subject(call)[0].get("UserStatus") == "CONFIRMED":
        raise RefusedError("InvalidParameterException", "User is already confirmed.")
    return await proceed(call)


async def _forgot_password(call: Json, proceed: Proceed) -> Response:
    if _subject(call)[0].get("UserStatus") == "UNCONFIRMED":
        reason = "there is no registered/verified email or phone_number"
        raise RefusedError("InvalidParameterException", f"Cannot reset password for the user as {reason}")
    return await proceed(call)


async def _update_attributes(call: Json, proceed: Proceed) -> Response:
    """Change all at once but the email address, which its code changes: `VerifyUserAttribute`."""
    user, pool = _subject(call)
    attributes = _writable(call["UserAttributes"])
    new = [each["Value"] for each in attributes if each["Name"] == "email" and each["Value"] != _email(user)]
    if any(_find(pool, email)[0] for email in new):
        raise RefusedError("AliasExistsException", "An account with the email already exists.")
    response = await proceed(call | {"UserAttributes": [each for each in attributes if each["Name"] != "email"]})
    sent = [_send_code_to_new_address(user, pool, email) for email in new if response[0] == 200]
    return cognito.json_response({"CodeDeliveryDetailsList": sent}) if sent else response


async def _code_for_attribute(call: Json, _proceed: Proceed) -> Response:
    user, pool = _subject(call)
    sent = _send_code_to_new_address(user, pool, user.get("_new_email") or _email(user))
    return cognito.json_response({"CodeDeliveryDetails": sent})


async def _verify_attribute(call: Json, _proceed: Proceed) -> Response:
    user, pool = _subject(call)
    error = cognito._code_error(user.get("_new_email_code"), call["Code"])
    if error is None:
        _verify(user, pool, user.pop("_new_email"))
        del user["_new_email_code"]
    return error or cognito.json_response({})


async def _log_in(call: Json, proceed: Proceed) -> Response:
    """Log in by a flow of the client's, and answer a challenge only in its own session: MiniStack takes any."""
    client = (cognito._pool_for_client(call["ClientId"])[0] or {"_clients": {}})["_clients"].get(call["ClientId"])
    flow, challenge = call.get("AuthFlow"), call.get("ChallengeName", "PASSWORD_VERIFIER")
    if flow and client and f"ALLOW_{flow}" not in client["ExplicitAuthFlows"]:
        raise RefusedError("InvalidParameterException", f"{flow} flow not enabled for this client")
    if challenge != "PASSWORD_VERIFIER":
        user = _challenged.get(call.get("Session", ""))
        if user is None:
            raise RefusedError("NotAuthorizedException", "Invalid session for the user.")
        call = call | {"ChallengeResponses": call.get("ChallengeResponses", {}) | {"USERNAME": user}}
    response = await proceed(call)
    issued = json.loads(response[2])
    if response[0] == 200:
        _challenged.pop(call.get("Session", ""), None)
    if "Session" in issued:
        _challenged[issued["Session"]] = issued["ChallengeParameters"]["USER_ID_FOR_SRP"]
    return response


async def _renew(call: Json, proceed: Proceed) -> Response:
    response = await proceed(call)
    if response[0] != 200:
        return response
    tokens = json.loads(response[2])["AuthenticationResult"]
    return cognito.json_response({"AuthenticationResult": tokens | _rotated(call["RefreshToken"], "RefreshToken")})


def _renew_at_token_endpoint(data: Json, query: Json, body: bytes = b"", headers: Json | None = None) -> Response:
    response = _token_endpoint(data, query, body, headers)
    form = parse_qs(body.decode(errors="replace"))
    if response[0] != 200 or form["grant_type"] != ["refresh_token"]:
        return response
    try:
        rotated = _rotated(form["refresh_token"][0], "refresh_token")
    except RefusedError as refused:
        return cognito._oauth2_error("invalid_grant", refused.args[1])
    lifetime = {"expires_in": TOKEN_VALIDITY.access_minutes * 60}
    return *response[:2], json.dumps(json.loads(response[2]) | lifetime | rotated).encode()


def _rotated(token: str, name: str) -> dict[str, str]:
    """Return the refresh token that follows one just used, under a name; nothing if the client does not rotate them."""
    claims = cognito._token_claims(token)
    pool = cognito._user_pools[claims["iss"].rpartition("/")[2]]
    if "ALLOW_REFRESH_TOKEN_AUTH" in pool["_clients"][claims["client_id"]]["ExplicitAuthFlows"]:
        return {}
    now = time.time()
    used = cognito._user_from_token(token, pool).setdefault("_used_refresh_tokens", {})
    if now > min(claims["exp"], used.setdefault(claims["jti"], now + ROTATION_GRACE_SECONDS)):
        raise RefusedError(
            "RefreshTokenReuseException", "The refresh token has been replaced by another, or is too old."
        )
    return {name: cognito._signed_jwt(claims | {"jti": cognito.new_uuid()}, pool["Id"], "access")}


RULES: dict[str, Callable[[Json, Proceed], Awaitable[Response]]] = {
    "ConfirmForgotPassword": _confirm,
    "ConfirmSignUp": _confirm,
    "ForgotPassword": _forgot_password,
    "GetTokensFromRefreshToken": _renew,
    "GetUserAttributeVerificationCode": _code_for_attribute,
    "InitiateAuth": _log_in,
    "ResendConfirmationCode": _resend,
    "RespondToAuthChallenge": _log_in,
    "SignUp": _sign_up,
    "UpdateUserAttributes": _update_attributes,
    "VerifyUserAttribute": _verify_attribute,
}


def apply_rules(client_id: str) -> None:
    """Put the rules into MiniStack, which looks its functions up at each call."""
    cognito._client_id = lambda: client_id
    cognito._dispatch_idp = _dispatch
    cognito._oauth2_token = _renew_at_token_endpoint
    cognito._resolve_user = _find_in_lower_case
    cognito._send_verification_email = _send_code

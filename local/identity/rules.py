"""Cognito's rules that MiniStack's user pool lacks, each put around MiniStack's function of the same name.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
"""

import json
import re
import secrets
import time
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import botocore.session
from botocore.validate import ParamValidator
from ministack.services import cognito

from definitions.user_pool import RENEWAL_WITHOUT_ROTATION, ROTATION_GRACE_SECONDS, WRITABLE_ATTRIBUTES

Json = dict[str, Any]
SERVICE: Any = botocore.session.get_session().get_service_model("cognito-idp")
_refused = cognito.error_response_json
_challenged: dict[str, str] = {}
"""Whose each session of a challenge is."""


async def _dispatch_idp(dispatch: Any, operation: str, call: Any) -> Any:
    """Respond to a call that is as Cognito's own model says; capitals do not count in names, email addresses."""
    if operation not in SERVICE.operation_names:
        return _refused("UnknownOperationException", f"Unknown operation: {operation}")
    violations = ParamValidator().validate(call, SERVICE.operation_model(operation).input_shape).generate_report()
    if violations:
        kind = "SerializationException" if "Invalid type" in violations else "InvalidParameterException"
        return _refused(kind, violations)
    attributes = {each["Name"]: each.get("Value", "") for each in call.get("UserAttributes", [])}
    if attributes.keys() - set(WRITABLE_ATTRIBUTES) and not operation.startswith("Admin"):
        return _refused("NotAuthorizedException", "A client attempted to write unauthorized attribute")
    lower = {name: value.lower() if name == "email" else value for name, value in attributes.items()}
    call |= {"Username": call["Username"].lower()} if "Username" in call else {}
    call |= {"UserAttributes": cognito._dict_to_attr_list(lower)} if attributes else {}
    added = ADDED.get(operation)
    return cognito._run_idp_handler(added, operation, call) if added else await dispatch(operation, call)


def _resolve_user(resolve: Any, pool: Json, username: str) -> Any:
    return resolve(pool, username and username.lower())


def _send_verification_email(
    _send: Any, pool: Json, username: str, attributes: Json, _code: str, attribute_name: str = "email"
) -> None:
    """Print another code in place of the one that is always the same; for a password, only to a verified address."""
    user = cognito._resolve_user(pool, username)[0]
    if attribute_name == "email":
        user["_confirmation_code"] = _new_code(attributes["email"])
    elif user.pop("_reset_code") and attributes.get("email_verified") == "true":
        user["_reset_code"] = _new_code(attributes["email"])


def _new_code(email: str) -> str:
    code = f"{secrets.randbelow(1_000_000):06}"
    print(f"Email to {email}: your code is {code}", flush=True)  # noqa: T201
    return code


def code_sent_to(email: str) -> Any:
    """Return the code that an address was sent, unless it has been used."""
    for user in (user for pool in cognito._user_pools.all_values() for user in pool["_users"].values()):
        if user.get("_new_email") == email:
            return user["_new_email_code"]
        if _email(user) == email:
            return user.get("_reset_code") or user.get("_confirmation_code")
    return None


def _email(user: Json) -> Any:
    return cognito._attr_list_to_dict(user["Attributes"])["email"]


def _confirmation_code_error(check: Any, operation: str, call: Json) -> Any:
    """Return what is wrong with a call about a code, if anything; the right code makes its address a verified one."""
    pool = cognito._pool_for_client(call["ClientId"])[0] if "Username" in call and "ClientId" in call else None
    user = cognito._resolve_user(pool, call["Username"])[0] if pool else None
    if operation == "ResendConfirmationCode" and user and user["UserStatus"] == "CONFIRMED":
        return _refused("InvalidParameterException", "User is already confirmed.")
    is_unknown = operation == "ConfirmSignUp" and pool and not user
    error = cognito._code_error(None, None) if is_unknown else check(operation, call)
    if operation == "ConfirmSignUp" and user and not error:
        _verified(user, _email(user))
    return error


def _verified(user: Json, email: str) -> Any:
    changes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    user["Attributes"] = cognito._merge_attributes(user["Attributes"], changes)
    return cognito.json_response({})


def _update_user_attributes(update: Any, call: Json) -> Any:
    """Change all at once but the email address, which its code changes."""
    user, pool = cognito._user_pool_for_access_token(call["AccessToken"])
    attributes = cognito._attr_list_to_dict(call["UserAttributes"])
    email = attributes.pop("email", _email(user))
    if email == _email(user):
        return update(call)
    if cognito._resolve_user(pool, email)[0]:
        return _refused("AliasExistsException", "An account with the email already exists.")
    update(call | {"UserAttributes": cognito._dict_to_attr_list(attributes)})
    return cognito.json_response({"CodeDeliveryDetailsList": [_code_for_address(user, email)]})


def _code_for_address(user: Json, email: str) -> Json:
    user["_new_email"], user["_new_email_code"] = email, _new_code(email)
    return {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": cognito._masked_destination(email)}


def _code_for_attribute(call: Json) -> Any:
    user = cognito._user_for_access_token(call["AccessToken"])
    details = _code_for_address(user, user.get("_new_email") or _email(user))
    return cognito.json_response({"CodeDeliveryDetails": details})


def _verify_attribute(call: Json) -> Any:
    user = cognito._user_for_access_token(call["AccessToken"])
    error = cognito._code_error(user.get("_new_email_code"), call["Code"])
    return error or (user.pop("_new_email_code") and _verified(user, user.pop("_new_email")))


ADDED = {"GetUserAttributeVerificationCode": _code_for_attribute, "VerifyUserAttribute": _verify_attribute}


def _password_auth_result(
    proceed: Any, pool: Json, pool_id: str, client_id: str, user: Json, *rest: Any, **more: Any
) -> Any:
    response = proceed(pool, pool_id, client_id, user, *rest, **more)
    issued = json.loads(response[2])
    if "Session" in issued:
        _challenged[issued["Session"]] = user["Username"]
    return response


def _respond_to_auth_challenge(respond: Any, call: Json) -> Any:
    """Take a response to a challenge only in the session of that challenge."""
    session = call.get("Session", "")
    if call["ChallengeName"] != "PASSWORD_VERIFIER":
        if session not in _challenged:
            return _refused("NotAuthorizedException", "Invalid session for the user.")
        call["ChallengeResponses"] = call.get("ChallengeResponses", {}) | {"USERNAME": _challenged[session]}
    response = respond(call)
    if response[0] == 200:
        _challenged.pop(session, None)
    return response


def _refresh_auth_result(refresh: Any, pool: Json, pool_id: str, client_id: str, token: str) -> Any:
    """Replace the refresh token, too, unless the client does not rotate it; the old one is good for a while more."""
    result, error = refresh(pool, pool_id, client_id, token)
    if error or RENEWAL_WITHOUT_ROTATION in pool["_clients"][client_id]["ExplicitAuthFlows"]:
        return result, error
    claims, now = cognito._token_claims(token), time.time()
    used = cognito._user_from_token(token, pool).setdefault("_used_refresh_tokens", {})
    if now > min(claims["exp"], used.setdefault(claims["jti"], now + ROTATION_GRACE_SECONDS)):
        return None, _refused("RefreshTokenReuseException", "The refresh token was replaced by another, or is too old.")
    next_token = cognito._signed_jwt(claims | {"jti": cognito.new_uuid()}, pool_id, "access")
    return result | {"RefreshToken": next_token}, None


def _oauth2_token(token: Any, data: Json, query: Json, body: bytes = b"", headers: Json | None = None) -> Any:
    """Renew as Cognito's API does, with the names of OAuth."""
    form = dict(parse_qsl(body.decode(errors="replace")))
    if form.get("grant_type") != "refresh_token":
        return token(data, query, body, headers)
    pool, pool_id = cognito._pool_for_client(form.get("client_id"))
    if not pool:
        return cognito._oauth2_error("invalid_client", "There is no such client.")
    result, error = cognito._refresh_auth_result(pool, pool_id, form["client_id"], form.get("refresh_token"))
    if error:
        return cognito._oauth2_error("invalid_grant", json.loads(error[2])["message"])
    return cognito.json_response({re.sub(r"\B[A-Z]", r"_\g<0>", name).lower(): value for name, value in result.items()})


RULES = (
    _confirmation_code_error,
    _dispatch_idp,
    _oauth2_token,
    _password_auth_result,
    _refresh_auth_result,
    _resolve_user,
    _respond_to_auth_challenge,
    _send_verification_email,
    _update_user_attributes,
)


def apply_rules(client_id: str) -> None:
    """Put the rules into MiniStack, which looks its functions up at each call."""
    for rule in RULES:
        setattr(cognito, rule.__name__, partial(rule, getattr(cognito, rule.__name__)))
    cognito._client_id = lambda: client_id
    cognito._PASSWORD_AUTH_FLOWS["REFRESH_TOKEN_AUTH"] = (
        {RENEWAL_WITHOUT_ROTATION},
        "REFRESH_TOKEN_AUTH flow not enabled for this client",
    )

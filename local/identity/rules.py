"""Cognito's rules that MiniStack lacks.

A function named as one of MiniStack's goes around it: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
"""

import json
import secrets
import time
from functools import partial
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from ministack.services import cognito

from definitions.user_pool import RENEWAL_WITHOUT_ROTATION, ROTATION_GRACE_SECONDS, WRITABLE_ATTRIBUTES

SERVICE: Any = botocore.session.get_session().get_service_model("cognito-idp")
_refused = cognito.error_response_json


async def _dispatch_idp(dispatch: Any, operation: str, call: Any) -> Any:
    """Respond to a call that is as Cognito's own model says; capitals do not count in names, email addresses."""
    if report := ParamValidator().validate(call, SERVICE.operation_model(operation).input_shape).generate_report():
        return _refused("InvalidParameterException", report)
    if call.get("AccessToken") == "":
        return _refused("NotAuthorizedException", "Invalid Access Token")
    call |= {"Username": call["Username"].lower()} if "Username" in call else {}
    for attribute in call.get("UserAttributes", ()):
        if attribute["Name"] not in WRITABLE_ATTRIBUTES and not operation.startswith("Admin"):
            return _refused("NotAuthorizedException", "A client attempted to write unauthorized attribute")
        value = attribute.get("Value", "")
        attribute["Value"] = value.lower() if attribute["Name"] == "email" else value
    if operation == "VerifyUserAttribute":
        return cognito._run_idp_handler(_verify_user_attribute, operation, call)
    return await dispatch(operation, call)


def _resolve_user(resolve: Any, pool: Any, username: str) -> Any:
    return resolve(pool, username and username.lower())


def _send_verification_email(_: Any, pool: Any, username: str, attributes: Any, *__: Any, **purpose: str) -> None:
    """Print another code in place of the one that is always the same; for a password, only to a verified address."""
    user = cognito._resolve_user(pool, username)[0]
    if not purpose:
        user["_confirmation_code"] = _new_code(attributes["email"])
    elif user.pop("_reset_code") and attributes.get("email_verified") == "true":
        user["_reset_code"] = _new_code(attributes["email"])


def _new_code(email: str) -> str:
    code = f"{secrets.randbelow(1_000_000):06}"
    print(f"Email to {email}: your code is {code}", flush=True)  # noqa: T201
    return code


def _confirm_sign_up(confirm: Any, call: Any) -> Any:
    response = confirm(call)
    if response[0] == 200:
        _confirm_email(cognito._resolve_user(cognito._pool_for_client(call["ClientId"])[0], call["Username"])[0])
    return response


def _confirm_email(user: Any, **attributes: str) -> None:
    changes = cognito._dict_to_attr_list({**attributes, "email_verified": "true"})
    user["Attributes"] = cognito._merge_attributes(user["Attributes"], changes)


def _update_user_attributes(update: Any, call: Any) -> Any:
    """Change all at once but the email address, which its code changes."""
    user, pool = cognito._user_pool_for_access_token(call["AccessToken"])
    attributes = cognito._attr_list_to_dict(call["UserAttributes"])
    email = attributes.pop("email", None)
    if email in (None, cognito._attr_list_to_dict(user["Attributes"]).get("email")):
        return update(call)
    if error := _email_error(pool, email):
        return error
    update(call | {"UserAttributes": cognito._dict_to_attr_list(attributes)})
    user["_email_change"] = email, _new_code(email)
    sent = {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": cognito._masked_destination(email)}
    return cognito.json_response({"CodeDeliveryDetailsList": [sent]})


def _verify_user_attribute(call: Any) -> Any:
    user, pool = cognito._user_pool_for_access_token(call["AccessToken"])
    email, code = user.get("_email_change", ("", ""))
    error = cognito._code_error(code, call["Code"]) or _email_error(pool, email)
    if not error:
        _confirm_email(user, email=user.pop("_email_change")[0])
    return error or cognito.json_response({})


def _email_error(pool: Any, email: str) -> Any:
    if not cognito._USERNAME_EMAIL_RE.fullmatch(email):
        return _refused("InvalidParameterException", "Invalid email address format.")
    if cognito._resolve_user(pool, email)[0]:
        return _refused("AliasExistsException", "An account with the email already exists.")
    return None


def _password_auth_result(
    proceed: Any, pool: Any, pool_id: str, client: str, user: Any, *rest: Any, **more: Any
) -> Any:
    """Keep a challenge and its session with the user whom it is for."""
    response = proceed(pool, pool_id, client, user, *rest, **more)
    user["_challenge"] = [json.loads(response[2]).get(name) for name in ("ChallengeName", "Session")]
    return response


def _respond_to_auth_challenge(respond: Any, call: Any) -> Any:
    """Take a response to a challenge in its own session only."""
    pool, name = cognito._pool_for_client(call["ClientId"])[0], call["ChallengeName"]
    user = cognito._resolve_user(pool, call.get("ChallengeResponses", {}).get("USERNAME"))[0] if pool else None
    if name != "PASSWORD_VERIFIER" and not (user and user.get("_challenge") == [name, call.get("Session")]):
        return _refused("NotAuthorizedException", "Invalid session for the user.")
    return respond(call)


def _get_tokens_from_refresh_token(_: Any, call: Any) -> Any:
    """Replace the refresh token, too, unless the client does not rotate it; the old one is good for a while more."""
    pool, pool_id = cognito._pool_for_client(call["ClientId"])
    result, error = cognito._refresh_auth_result(pool, pool_id, call["ClientId"], call["RefreshToken"])
    if not error and RENEWAL_WITHOUT_ROTATION not in pool["_clients"][call["ClientId"]]["ExplicitAuthFlows"]:
        claims, now = cognito._token_claims(call["RefreshToken"]), time.time()
        used = cognito._user_from_token(call["RefreshToken"], pool).setdefault("_used_refresh_tokens", {})
        if now > min(claims["exp"], used.setdefault(claims["jti"], now + ROTATION_GRACE_SECONDS)):
            return _refused("RefreshTokenReuseException", "The refresh token was replaced by another, or is too old.")
        result["RefreshToken"] = cognito._signed_jwt(claims | {"jti": cognito.new_uuid()}, pool_id, "access")
    return error or cognito.json_response({"AuthenticationResult": result})


def apply_rules(client_id: str) -> None:
    """Put the rules into MiniStack, which looks its functions up at each call."""
    for name, rule in globals().items():
        if getattr(rule, "__module__", "") == __name__ and hasattr(cognito, name):
            setattr(cognito, name, partial(rule, getattr(cognito, name)))
    cognito._client_id = lambda: client_id
    allowed = {RENEWAL_WITHOUT_ROTATION}, "Auth flow not enabled for this client"
    cognito._PASSWORD_AUTH_FLOWS |= {"REFRESH_TOKEN_AUTH": allowed, "REFRESH_TOKEN": allowed}

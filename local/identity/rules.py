"""Cognito's rules that MiniStack lacks: who may call what, and those of the user pool.

A function named as one of MiniStack's goes around it: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
"""

import secrets
import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.validate import ParamValidator
from ministack import app
from ministack.services import cognito

from definitions.user_pool import RENEWAL_WITHOUT_ROTATION, ROTATION_GRACE_SECONDS, WRITABLE_ATTRIBUTES
from local.addresses import is_loopback, is_private

SERVICE: Any = botocore.session.get_session().get_service_model("cognito-idp")
PREFIX = SERVICE.metadata["targetPrefix"] + "."
PUBLIC = {PREFIX + name for name in SERVICE.operation_names if SERVICE.operation_model(name).auth_type == "none"}
PAGES = {"/login", "/logout", "/oauth2/authorize", "/oauth2/token", "/oauth2/userInfo"}
_refused = cognito.error_response_json


async def gated(ministack: Any, scope: Any, receive: Any, send: Any) -> None:
    """Serve web pages and other machines what Cognito asks no AWS credentials for, and this machine the rest."""
    headers, path, method = dict(scope.get("headers", ())), scope.get("path", ""), scope.get("method", "OPTIONS")
    target = headers.get(b"x-amz-target", b"").decode("latin-1")
    is_public = target in PUBLIC or path in PAGES or path.endswith("/.well-known/jwks.json") or method == "OPTIONS"
    is_trusted = is_public or (b"origin" not in headers and is_loopback(scope["client"][0]))
    if is_public or (is_trusted and target.startswith((PREFIX, "DynamoDB_20120810."))):
        page = {"path": "/oauth2/authorize"} if (path, method) == ("/login", "GET") else {}
        await ministack(scope | page, receive, send)
    elif is_trusted and path.startswith("/_local/codes/"):
        email, pools = path.split("/", 3)[3], cognito._user_pools.all_values()
        code = next((pool["_codes"][email] for pool in pools if email in pool.get("_codes", ())), None)
        await app._send_response(send, *cognito.json_response({"code": code}))
    else:
        await app._send_response(send, *_refused("AccessDeniedException", "Not for this caller.", 403))


def handle_oauth2_authorize(show: Any, method: str, path: str, headers: Any, query: Any) -> Any:
    """Show the login page, which sends users back to any page of this machine or its network, whatever its port."""
    client = cognito._find_pool_by_client_id(cognito._qp(query, "client_id"))[2]
    uri = cognito._qp(query, "redirect_uri")
    if client and is_private(urlsplit(uri).hostname or ""):
        client["CallbackURLs"] = [*{*client["CallbackURLs"], uri}]
    return show(method, path, headers, query)


async def _dispatch_idp(dispatch: Any, operation: str, call: Any) -> Any:
    """Respond to a call that is as Cognito's own model says; capitals do not count in names, email addresses."""
    if report := ParamValidator().validate(call, SERVICE.operation_model(operation).input_shape).generate_report():
        return _refused("InvalidParameterException", report)
    call |= {"Username": call["Username"].lower()} if "Username" in call else {}
    for attribute in call.get("UserAttributes", ()):
        if attribute["Name"] not in WRITABLE_ATTRIBUTES and not operation.startswith("Admin"):
            return _refused("NotAuthorizedException", "A client attempted to write unauthorized attribute")
        attribute["Value"] = attribute["Value"].lower() if attribute["Name"] == "email" else attribute["Value"]
    if operation == "VerifyUserAttribute":
        return cognito._run_idp_handler(_verify_user_attribute, operation, call)
    return await dispatch(operation, call)


def _resolve_user(resolve: Any, pool: Any, username: str) -> Any:
    return resolve(pool, username and username.lower())


def _send_verification_email(_: Any, pool: Any, username: str, attributes: Any, *__: Any, **purpose: str) -> None:
    """Print another code in place of the one that is always the same; for a password, only to a verified address."""
    user = cognito._resolve_user(pool, username)[0]
    if not purpose:
        user["_confirmation_code"] = _new_code(pool, attributes["email"])
    elif user.pop("_reset_code") and attributes.get("email_verified") == "true":
        user["_reset_code"] = _new_code(pool, attributes["email"])


def _new_code(pool: Any, email: str) -> str:
    code = pool.setdefault("_codes", {})[email] = f"{secrets.randbelow(1_000_000):06}"
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
    owner = email and cognito._resolve_user(pool, email)[0]
    if not email or owner is user:
        return update(call)
    if owner:
        return _refused("AliasExistsException", "An account with the email already exists.")
    update(call | {"UserAttributes": cognito._dict_to_attr_list(attributes)})
    user["_new_email"] = email, _new_code(pool, email)
    sent = {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": cognito._masked_destination(email)}
    return cognito.json_response({"CodeDeliveryDetailsList": [sent]})


def _verify_user_attribute(call: Any) -> Any:
    user = cognito._user_for_access_token(call["AccessToken"])
    error = cognito._code_error(user.get("_new_email", ("", ""))[1], call["Code"])
    if not error:
        _confirm_email(user, email=user.pop("_new_email")[0])
    return error or cognito.json_response({})


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
    message = "Auth flow not enabled for this client"
    cognito._PASSWORD_AUTH_FLOWS["REFRESH_TOKEN_AUTH"] = {RENEWAL_WITHOUT_ROTATION}, message

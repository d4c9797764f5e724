"""Signing up and in against `cognito_endpoint`, with the responses of Cognito."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import jwt
import pytest
import requests
from botocore.exceptions import ClientError
from pycognito.aws_srp import AWSSRP  # type: ignore[import-untyped]

from tests.e2e.system import PASSWORD, ROOT, System

NEW_PASSWORD = "Another-horse-2"


@contextmanager
def refused(kind: str, message: str = "") -> Iterator[None]:
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert error["Code"] == kind
    assert message in error["Message"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_new_user_confirms_with_the_code_and_logs_in(system: System) -> None:
    email = system.new_user(name="Amina", zoneinfo="Africa/Nairobi")
    tokens = system.log_in(email)

    claims = jwt.decode(tokens["IdToken"], options={"verify_signature": False})
    assert claims["email"] == email
    assert claims["zoneinfo"] == "Africa/Nairobi"
    assert claims["token_use"] == "id"
    assert claims["aud"] == system.about["client_id"]


def test_the_code_is_printed_since_no_email_is_sent(system: System) -> None:
    email = system.sign_up()

    assert f"Email to {email}: your code is {system.code_for(email)}" in system.printed()


def test_a_wrong_code_is_refused_and_the_right_one_still_works(system: System) -> None:
    email = system.sign_up()

    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        system.cognito().confirm_sign_up(
            ClientId=system.about["client_id"], Username=email, ConfirmationCode=wrong(system.code_for(email))
        )
    system.confirm(email)


def test_a_code_that_was_sent_again_replaces_the_first(system: System) -> None:
    email = system.sign_up()
    first = system.code_for(email)
    while system.code_for(email) == first:
        system.cognito().resend_confirmation_code(ClientId=system.about["client_id"], Username=email)

    with refused("CodeMismatchException"):
        system.cognito().confirm_sign_up(ClientId=system.about["client_id"], Username=email, ConfirmationCode=first)
    system.confirm(email)


def test_a_user_confirms_only_once(system: System) -> None:
    email = system.sign_up()
    code = system.code_for(email)
    system.confirm(email)

    with refused("NotAuthorizedException", "Current status is CONFIRMED"):
        system.cognito().confirm_sign_up(ClientId=system.about["client_id"], Username=email, ConfirmationCode=code)


def test_an_unknown_user_is_not_confirmed_by_any_code(system: System) -> None:
    with refused("CodeMismatchException"):
        system.cognito().confirm_sign_up(
            ClientId=system.about["client_id"], Username="unknown@example.com", ConfirmationCode="123456"
        )


def test_an_unconfirmed_user_cannot_log_in(system: System) -> None:
    email = system.sign_up()

    with refused("UserNotConfirmedException", "User is not confirmed."):
        system.log_in(email)


def test_an_email_address_is_the_same_in_upper_and_lower_case(system: System) -> None:
    email = system.sign_up()
    system.confirm(email.upper())

    assert system.log_in(email.title())


def test_a_wrong_password_and_an_unknown_user_are_refused_alike(system: System) -> None:
    for email in (system.about["demo_user"]["username"], "unknown@example.com"):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            system.log_in(email, "Wrong-horse-123")


@pytest.mark.parametrize(
    "password", ["short-1A", "no-number-Here", "NO-LOWER-CASE-1", "no-upper-case-1", "NoSymbolHere1"]
)
def test_a_weak_password_is_refused(system: System, password: str) -> None:
    with refused("InvalidPasswordException"):
        system.cognito().sign_up(ClientId=system.about["client_id"], Username="weak@example.com", Password=password)


def test_an_email_address_signs_up_only_once(system: System) -> None:
    email = system.sign_up()

    with refused("UsernameExistsException"):
        system.cognito().sign_up(ClientId=system.about["client_id"], Username=email, Password=PASSWORD)


def test_a_name_that_is_no_email_address_cannot_sign_up(system: System) -> None:
    with refused("InvalidParameterException"):
        system.cognito().sign_up(ClientId=system.about["client_id"], Username="amina", Password=PASSWORD)


def test_another_client_is_unknown(system: System) -> None:
    with refused("ResourceNotFoundException"):
        system.cognito().forgot_password(ClientId="unknown", Username="a@example.com")


def test_a_refresh_token_gives_new_tokens_that_the_api_accepts(system: System) -> None:
    tokens = system.log_in(**system.about["demo_user"])

    refreshed = system.refresh(tokens["RefreshToken"])

    assert system.client(f"Bearer {refreshed['IdToken']}").get("/expenses").status == 200


def test_each_use_of_a_refresh_token_gives_another_one(system: System) -> None:
    first = system.log_in(**system.about["demo_user"])["RefreshToken"]

    second = system.refresh(first)["RefreshToken"]
    third = system.refresh(second)["RefreshToken"]

    assert len({first, second, third}) == 3


def test_a_lost_renewal_can_be_repeated_with_the_same_token(system: System) -> None:
    token = system.log_in(**system.about["demo_user"])["RefreshToken"]

    assert [system.refresh(token)["TokenType"] for _ in range(2)] == ["Bearer", "Bearer"]


ROTATING = """
import json, time
from local.identity import rules
from ministack.services import cognito

rules.ROTATION_GRACE_SECONDS = 0.5
rules.apply_rules("frontend")
pool_id = json.loads(cognito._create_user_pool({"PoolName": "users"})[2])["UserPool"]["Id"]
cognito._create_user_pool_client({"UserPoolId": pool_id, "ClientName": "frontend", "ExplicitAuthFlows": []})
pool = cognito._user_pools.get(pool_id)
pool["_users"]["amina"] = user = {"Username": "amina", "Attributes": [{"Name": "sub", "Value": "1"}]}
token = cognito._build_auth_result(pool_id, "frontend", user)["RefreshToken"]
call = {"ClientId": "frontend", "RefreshToken": token}
for seconds in (0, 0, 0.6):
    time.sleep(seconds)
    response = json.loads(cognito._get_tokens_from_refresh_token(call)[2])
    print(response.get("__type") or response["AuthenticationResult"]["RefreshToken"] != token)
"""


def test_a_replaced_refresh_token_is_refused_after_its_grace(tmp_path: Path) -> None:
    """With half a second of grace, in MiniStack's own environment."""
    python = str(ROOT / ".venv" / "ministack" / "bin" / "python")
    environment = {**os.environ, "STATE_DIR": str(tmp_path)}
    done = subprocess.run(
        [python, "-c", ROTATING], cwd=ROOT, env=environment, capture_output=True, check=True, text=True
    )
    assert done.stdout.split() == ["True", "True", "RefreshTokenReuseException"]


def test_an_invented_refresh_token_is_refused(system: System) -> None:
    with refused("NotAuthorizedException"):
        system.refresh("invented")


def test_a_flow_that_the_client_does_not_allow_is_refused(system: System) -> None:
    parameters = {"REFRESH_TOKEN": system.log_in(**system.about["demo_user"])["RefreshToken"]}
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        system.cognito().initiate_auth(
            ClientId=system.about["client_id"], AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters
        )


def test_a_forgotten_password_is_replaced_with_the_code(system: System) -> None:
    email = system.new_user()
    cognito, client_id = system.cognito(), system.about["client_id"]
    cognito.forgot_password(ClientId=client_id, Username=email)
    code = system.code_for(email)

    with refused("CodeMismatchException"):
        cognito.confirm_forgot_password(
            ClientId=client_id, Username=email, ConfirmationCode=wrong(code), Password=NEW_PASSWORD
        )
    with refused("InvalidPasswordException"):
        cognito.confirm_forgot_password(ClientId=client_id, Username=email, ConfirmationCode=code, Password="weak")
    cognito.confirm_forgot_password(ClientId=client_id, Username=email, ConfirmationCode=code, Password=NEW_PASSWORD)

    assert system.log_in(email, NEW_PASSWORD)
    with refused("NotAuthorizedException"):
        system.log_in(email)
    with refused("ExpiredCodeException"):
        cognito.confirm_forgot_password(ClientId=client_id, Username=email, ConfirmationCode=code, Password=PASSWORD)


def test_a_code_for_a_password_of_an_unknown_user_is_a_wrong_one(system: System) -> None:
    with refused("CodeMismatchException"):
        system.cognito().confirm_forgot_password(
            ClientId=system.about["client_id"],
            Username="unknown@example.com",
            ConfirmationCode="123456",
            Password=NEW_PASSWORD,
        )


@pytest.mark.parametrize("challenge", ["SOFTWARE_TOKEN_MFA", "MFA_SETUP", "NEW_PASSWORD_REQUIRED"])
def test_a_challenge_that_was_not_made_is_not_answered(system: System, challenge: Any) -> None:
    email = system.about["demo_user"]["username"]
    responses = {"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": "123456", "NEW_PASSWORD": NEW_PASSWORD}
    sessions: list[dict[str, Any]] = [{}, {"Session": "a session that was never issued"}]
    for session in sessions:
        with refused("NotAuthorizedException", "Invalid session for the user."):
            system.cognito().respond_to_auth_challenge(
                ClientId=system.about["client_id"],
                ChallengeName=challenge,
                ChallengeResponses=responses,
                **session,
            )


def test_a_challenge_is_answered_in_its_own_session(system: System) -> None:
    administrator = boto3.client(
        "cognito-idp",
        endpoint_url=system.about["cognito_endpoint"],
        region_name=system.about["region"],
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    email, client_id = f"{uuid4()}@example.com", system.about["client_id"]
    administrator.admin_create_user(
        UserPoolId=system.about["user_pool_id"], Username=email.upper(), TemporaryPassword=PASSWORD
    )
    session = system.cognito().initiate_auth(
        ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD}
    )["Session"]
    responses = {"USERNAME": email, "NEW_PASSWORD": NEW_PASSWORD}
    with refused("NotAuthorizedException", "Invalid session for the user."):
        system.cognito().respond_to_auth_challenge(
            ClientId=client_id, ChallengeName="MFA_SETUP", Session=session, ChallengeResponses=responses
        )
    assert system.cognito().respond_to_auth_challenge(
        ClientId=client_id, ChallengeName="NEW_PASSWORD_REQUIRED", Session=session, ChallengeResponses=responses
    )["AuthenticationResult"]["IdToken"]


def test_an_email_address_that_another_has_confirmed_meanwhile_is_not_taken_over(system: System) -> None:
    shared = f"{uuid4()}@example.com"
    first = system.sign_up()
    system.confirm(first)
    token = system.log_in(first)["AccessToken"]
    system.cognito().update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": shared}])
    code = system.code_for(shared)
    system.cognito().sign_up(ClientId=system.about["client_id"], Username=shared, Password=NEW_PASSWORD)

    with refused("AliasExistsException"):
        system.cognito().verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)


@pytest.mark.parametrize("name", ["email_verified", "sub", "custom:role"])
def test_a_user_writes_only_what_the_client_may(system: System, name: str) -> None:
    with refused("NotAuthorizedException", "unauthorized attribute"):
        system.sign_up(**{name: "true"})


def test_a_forgotten_password_of_an_unknown_user_looks_like_any_other(system: System) -> None:
    response = system.cognito().forgot_password(ClientId=system.about["client_id"], Username="unknown@example.com")

    assert response["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"


def test_an_unconfirmed_user_is_sent_no_code_for_a_new_password(system: System) -> None:
    email = system.sign_up()
    code, client_id = system.code_for(email), system.about["client_id"]

    response = system.cognito().forgot_password(ClientId=client_id, Username=email)

    assert response["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    assert system.code_for(email) == code
    with refused("ExpiredCodeException"):
        system.cognito().confirm_forgot_password(
            ClientId=client_id, Username=email, ConfirmationCode=code, Password=NEW_PASSWORD
        )


def log_in_by_srp(system: System, password: str) -> dict[str, str]:
    """Log the demo user in as Cognito's SDKs do, without sending the password."""
    about = system.about
    username = about["demo_user"]["username"]
    client = AWSSRP(username, password, about["user_pool_id"], about["client_id"], client=system.cognito())
    return dict(client.authenticate_user()["AuthenticationResult"])


def test_a_login_by_srp_gives_tokens_that_the_api_accepts(system: System) -> None:
    tokens = log_in_by_srp(system, system.about["demo_user"]["password"])

    assert system.client(f"Bearer {tokens['IdToken']}").get("/expenses").status == 200


def test_a_login_by_srp_with_a_wrong_password_is_refused(system: System) -> None:
    with refused("NotAuthorizedException", "Incorrect username or password."):
        log_in_by_srp(system, "Wrong-horse-123")


def test_a_user_changes_the_password(system: System) -> None:
    email = system.new_user()

    system.cognito().change_password(
        AccessToken=system.log_in(email)["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword=NEW_PASSWORD
    )

    assert system.log_in(email, NEW_PASSWORD)


def test_a_revoked_refresh_token_is_refused(system: System) -> None:
    email = system.new_user()
    refresh_token = system.log_in(email)["RefreshToken"]

    system.cognito().revoke_token(Token=refresh_token, ClientId=system.about["client_id"])

    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        system.refresh(refresh_token)


@pytest.mark.parametrize(
    ("body", "kind"), [("{", "SerializationException"), ('{"Username": "a"}', "InvalidParameterException")]
)
def test_a_malformed_call_names_its_kind_of_error(system: System, body: str, kind: str) -> None:
    response = requests.post(
        system.about["cognito_endpoint"],
        data=body,
        headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.ConfirmSignUp"},
        timeout=10,
    )

    assert (response.status_code, response.json()["__type"]) == (400, kind)


def test_a_web_page_may_sign_in(system: System) -> None:
    endpoint = system.about["cognito_endpoint"]
    preflight = requests.options(
        endpoint,
        headers={
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-amz-target",
        },
        timeout=10,
    )
    rejected = requests.post(
        endpoint,
        json={
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": system.about["client_id"],
            "AuthParameters": {"USERNAME": "unknown@example.com", "PASSWORD": "x"},
        },
        headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth", "Origin": "https://app.example"},
        timeout=10,
    )

    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Access-Control-Allow-Headers"] == "*"
    assert rejected.status_code == 400
    assert rejected.headers["Access-Control-Allow-Origin"] == "*"
    assert rejected.json()["__type"] == "NotAuthorizedException"


@pytest.mark.parametrize(
    "target",
    [
        "AWSCognitoIdentityProviderService.AdminSetUserPassword",
        "AWSCognitoIdentityProviderService.DeleteUserPool",
        "DynamoDB_20120810.Scan",
        "Logs_20140328.DescribeLogGroups",
    ],
)
def test_a_web_page_gets_no_further_than_cognito_lets_browsers(system: System, target: str) -> None:
    headers = {"X-Amz-Target": target, "Origin": "https://page.example", "Content-Type": "application/x-amz-json-1.1"}
    response = requests.post(system.about["cognito_endpoint"], "{}", headers=headers, timeout=10)
    assert response.status_code == 403


PUBLIC = {"X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser"}
SCAN = {
    "X-Amz-Target": "DynamoDB_20120810.Scan",
    "Authorization": "AWS4-HMAC-SHA256 "
    "Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x",
}


@pytest.mark.parametrize("is_page", [True, False])
@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/_ministack/reset", PUBLIC),
        ("POST", "/_ministack/config", PUBLIC),
        ("POST", "/?Action=CreateStack", PUBLIC),
        ("POST", "/logout?X-Amz-Credential=local/20260101/us-east-1/cloudformation/aws4_request", {}),
        ("POST", "/logout", SCAN),
        ("POST", "/oauth2/authorize", SCAN),
        ("GET", "/oauth2/token", SCAN),
        ("GET", "/x/.well-known/jwks.json", SCAN),
        ("PUT", "/bucket", {}),
        ("GET", "/login", {"Host": "x.alb.localhost"}),
        ("POST", "/", {"Host": "x.alb.localhost", **PUBLIC}),
        ("OPTIONS", "/oauth2/authorize", {"Host": "x.alb.localhost", **SCAN}),
        ("GET", "/_local/codes/demo@example.com", {"Host": "page.example"}),
    ],
)
def test_what_is_no_page_and_no_call_is_not_served(
    system: System, method: str, path: str, headers: dict[str, str], is_page: bool
) -> None:
    origin = {"Origin": "https://page.example"} if is_page else {}
    response = requests.request(
        method,
        system.about["cognito_endpoint"] + path,
        headers={**headers, **origin},
        data='{"TableName": "expenses"}',
        timeout=10,
    )
    assert (response.status_code, response.json()["__type"]) == (403, "AccessDeniedException")


def test_a_page_gets_no_data_of_dynamodb_with_its_credentials(system: System) -> None:
    headers = {**SCAN, "Origin": "https://page.example"}
    for method, path in (("GET", "/logout"), ("GET", "/login"), ("POST", "/oauth2/token"), ("POST", "/login")):
        address = system.about["cognito_endpoint"] + path
        response = requests.request(method, address, data='{"TableName": "expenses"}', headers=headers, timeout=10)
        assert "Items" not in response.text


@pytest.mark.parametrize("path", ["/", "/_alb/x", "/oauth2/authorize?Action=CreateStack"])
def test_a_preflight_is_a_preflight_whatever_it_has_besides(system: System, path: str) -> None:
    address = system.about["cognito_endpoint"] + path
    response = requests.options(address, data='{"TableName": "expenses"}', headers=SCAN, timeout=10)
    assert (response.status_code, response.text) == (200, "")


@pytest.mark.parametrize(
    "url",
    [
        r"http://evil.example\@localhost/",
        r"http://evil.example\.local/",
        "http://localhost@evil.example/",
        "javascript://localhost/%0aalert(1)",
        "http://localhost.evil.example/",
        "http://[::1",
    ],
)
def test_the_login_page_sends_nobody_to_another_site(system: System, url: str) -> None:
    query = {"client_id": system.about["client_id"], "response_type": "code", "redirect_uri": url}
    response = requests.get(f"{system.about['cognito_endpoint']}/login", query, timeout=10)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_a_page_of_another_origin_reads_no_code(system: System) -> None:
    email = system.sign_up()
    address = f"{system.about['api_url']}/_local/codes/{email}"
    response = requests.get(address, headers={"Origin": "https://page.example"}, timeout=10)
    assert "Access-Control-Allow-Origin" not in response.headers
    assert requests.get(address, headers={"Host": "page.example"}, timeout=10).status_code == 404


def test_the_emulators_own_routes_are_not_served(system: System) -> None:
    assert requests.post(f"{system.about['cognito_endpoint']}/_ministack/reset", timeout=10).status_code == 403


@pytest.mark.parametrize("operation", ["GetTokensFromRefreshToken", "DeleteUser", "UpdateUserAttributes"])
def test_a_web_page_may_call_what_needs_no_credentials(system: System, operation: str) -> None:
    headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}", "Origin": "https://app.example"}
    response = requests.post(system.about["cognito_endpoint"], "{}", headers=headers, timeout=10)
    assert response.status_code == 400
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("operation", ["SignUp", "InitiateAuth", "ConfirmSignUp", "RevokeToken"])
@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{", '{"Username": 5}', '{"AuthParameters": null}', "{}"])
def test_a_malformed_call_is_a_400(system: System, operation: str, body: str) -> None:
    headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
    response = requests.post(system.about["cognito_endpoint"], body, headers=headers, timeout=10)
    assert response.status_code == 400
    assert response.json()["__type"].endswith("Exception")


@pytest.mark.parametrize(
    "call",
    [
        {"AccessToken": "", "UserAttributes": [{"Name": "email", "Value": "q@example.com"}]},
        {"AccessToken": "", "AttributeName": "email", "Code": "1"},
        {"ClientId": "frontend", "Username": "q@example.com", "Password": "x", "UserAttributes": [{"Name": "email"}]},
        {"ClientId": "frontend", "Username": "\ud800@example.com", "Password": "x"},
    ],
)
@pytest.mark.parametrize("operation", ["UpdateUserAttributes", "VerifyUserAttribute", "SignUp"])
def test_a_call_without_what_it_needs_is_a_400(system: System, operation: str, call: dict[str, Any]) -> None:
    headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
    response = requests.post(system.about["cognito_endpoint"], json.dumps(call), headers=headers, timeout=10)
    assert (response.status_code, response.json()["__type"][-9:]) == (400, "Exception")


@pytest.mark.parametrize("email", ["nonsense", "a b@example.com", ""])
def test_an_email_address_is_changed_to_one_only(system: System, email: str) -> None:
    name = system.sign_up()
    system.confirm(name)
    token = system.log_in(name)["AccessToken"]
    with refused("InvalidParameterException"):
        system.cognito().update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": email}])

"""Runs `tools.smoke` as a user who is made for it and deleted after it: `make smoke` with USER_POOL.

Beside API, CLIENT, REGION and ORIGIN it reads USER_POOL, the id of the user pool. It needs AWS credentials that may
call AdminCreateUser, AdminSetUserPassword, AdminDeleteUser and DescribeUserPool of that pool.
"""

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.smoke import InvalidTarget, run

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


@contextmanager
def temporary_user(cognito: "CognitoIdentityProviderClient", user_pool: str) -> Iterator[Mapping[str, str]]:
    """Make a confirmed user, give USER_NAME and PASSWORD, and delete the user when the block is left.

    No mail is sent: the address is of a domain that is reserved for examples (RFC 2606).
    """
    email = f"smoke-{secrets.token_hex(8)}@example.com"
    # Of all four kinds, whatever the random part has.
    password = f"Aa1-{secrets.token_urlsafe(24)}"
    cognito.admin_create_user(
        UserPoolId=user_pool,
        Username=email,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
    )
    try:
        cognito.admin_set_user_password(UserPoolId=user_pool, Username=email, Password=password, Permanent=True)
        yield {"USER_NAME": email, "PASSWORD": password}
    finally:
        cognito.admin_delete_user(UserPoolId=user_pool, Username=email)


def smoke(
    cognito: "CognitoIdentityProviderClient", env: Mapping[str, str], write: Callable[[str], object] = print
) -> int:
    """Make the checks as a temporary user, and return how many failed. Raises `InvalidTarget`.

    Where the pool demands a second factor, a password gives no token: then only what needs none is checked.
    """
    user_pool = env["USER_POOL"]
    target = {name: value for name, value in env.items() if name not in {"TOKEN", "USER_NAME", "PASSWORD"}}
    if cognito.describe_user_pool(UserPoolId=user_pool)["UserPool"].get("MfaConfiguration") == "ON":
        write("The user pool demands a second factor: only what needs no token is checked.")
        return run(target, write)
    with temporary_user(cognito, user_pool) as user:
        return run({**target, **user}, write)


def main() -> int:
    """Return the exit code: 0 if everything holds, 1 if not, 2 if nothing could be checked."""
    region = os.environ.get("REGION") or os.environ.get("AWS_REGION")
    try:
        return 1 if smoke(boto3.client("cognito-idp", region_name=region), os.environ) else 0
    except (InvalidTarget, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    sys.exit(main())
